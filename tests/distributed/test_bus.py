"""Names on the broker are kept for ever: renaming one would leave the old queue behind with its backlog."""

from dienhong.bus import EXCHANGES, HEARD, queues


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
        "evt-voting-PollClosed--voting.on_event",
        "evt-voting-PollClosed--voting.on_event.dead",
        "rpc-directory",
        "rpc-documents",
        "rpc-meeting",
        "rpc-tasks",
        "rpc-voting",
    ]


def test_every_event_type_has_one_exchange() -> None:
    assert set(EXCHANGES.values()) == {
        f"{name}.events" for name in ("directory", "documents", "meeting", "tasks", "voting")
    }
    assert EXCHANGES.keys() >= HEARD
