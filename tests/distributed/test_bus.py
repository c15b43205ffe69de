"""Names on the broker are kept for ever: renaming one would leave the old queue behind with its backlog."""

import pytest

from dienhong.bus import EXCHANGES, HEARD, check, queues, setup
from kernel.adapters.bus_rabbit import connected
from kernel.settings import Settings


def test_queue_names_are_frozen() -> None:
    assert [each.name for each in queues()] == [
        "evt-documents-DocumentAdded--documents.on_event",
        "evt-documents-DocumentAdded--documents.on_event.dead",
        "evt-documents-VersionAdded--documents.on_event",
        "evt-documents-VersionAdded--documents.on_event.dead",
        "evt-meeting-ConclusionRecorded--tasks.on_event",
        "evt-meeting-ConclusionRecorded--tasks.on_event.dead",
        "evt-meeting-SessionOpened--meeting.on_event",
        "evt-meeting-SessionOpened--meeting.on_event.dead",
        "evt-meeting-SessionOpened--voting.on_event",
        "evt-meeting-SessionOpened--voting.on_event.dead",
        "evt-signing-CopyIssued--signing.on_event",
        "evt-signing-CopyIssued--signing.on_event.dead",
        "evt-signing-CopyMade--signing.on_event",
        "evt-signing-CopyMade--signing.on_event.dead",
        "evt-signing-CopySealed--signing.on_event",
        "evt-signing-CopySealed--signing.on_event.dead",
        "evt-signing-IncomingReceived--signing.on_event",
        "evt-signing-IncomingReceived--signing.on_event.dead",
        "evt-signing-NumberAllotted--signing.on_event",
        "evt-signing-NumberAllotted--signing.on_event.dead",
        "evt-signing-NumberRequested--signing.on_event",
        "evt-signing-NumberRequested--signing.on_event.dead",
        "evt-signing-OfficialIssued--signing.on_event",
        "evt-signing-OfficialIssued--signing.on_event.dead",
        "evt-signing-OfficialSubmitted--signing.on_event",
        "evt-signing-OfficialSubmitted--signing.on_event.dead",
        "evt-signing-ProofRenewed--documents.on_event",
        "evt-signing-ProofRenewed--documents.on_event.dead",
        "evt-signing-RegistrationRequested--signing.on_event",
        "evt-signing-RegistrationRequested--signing.on_event.dead",
        "evt-signing-SealAsked--signing.on_event",
        "evt-signing-SealAsked--signing.on_event.dead",
        "evt-signing-SigningCancelled--signing.on_event",
        "evt-signing-SigningCancelled--signing.on_event.dead",
        "evt-signing-SigningCompleted--documents.on_event",
        "evt-signing-SigningCompleted--documents.on_event.dead",
        "evt-signing-SigningCompleted--signing.on_event",
        "evt-signing-SigningCompleted--signing.on_event.dead",
        "evt-signing-SigningDeclined--signing.on_event",
        "evt-signing-SigningDeclined--signing.on_event.dead",
        "evt-voting-OpinionFormClosed--voting.on_event",
        "evt-voting-OpinionFormClosed--voting.on_event.dead",
        "evt-voting-OpinionResultAnnounced--voting.on_event",
        "evt-voting-OpinionResultAnnounced--voting.on_event.dead",
        "evt-voting-PollClosed--voting.on_event",
        "evt-voting-PollClosed--voting.on_event.dead",
        "rpc-directory",
        "rpc-documents",
        "rpc-meeting",
        "rpc-signing",
        "rpc-tasks",
        "rpc-voting",
    ]


def test_every_event_type_has_one_exchange() -> None:
    assert set(EXCHANGES.values()) == {
        f"{name}.events" for name in ("directory", "documents", "meeting", "signing", "tasks", "voting")
    }
    assert EXCHANGES.keys() >= HEARD


@pytest.mark.needs("postgres", "rabbitmq")
def test_setup_makes_quorum_queues_and_check_names_what_is_wrong(settings: Settings) -> None:
    setup(settings)
    setup(settings)
    unheard = sorted(each.name for each in queues() if not each.name.endswith(".dead"))
    assert sorted(check(settings)) == [f"{name} has no consumer: is its service running?" for name in unheard]
    with connected(settings.bus_url) as connection:
        connection.channel().queue_delete("rpc-tasks")
        connection.channel().queue_declare("rpc-renamed", durable=True, auto_delete=False)
    wrong = check(settings)
    assert "rpc-tasks is missing: run `dienhong bus setup`" in wrong
    assert "rpc-renamed belongs to no service: an orphan of a renamed handler?" in wrong
