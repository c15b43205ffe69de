"""For each role and each kind of meeting, without chance: a list holds what its reader sees one by one."""

from itertools import product
from uuid import UUID

import pytest

from gateway.policy.officials import HEAD, ISSUE, incoming_viewer, official_viewer
from gateway.policy.subject import Subject
from services.signing import lists
from services.signing.messages.incoming import IncomingReceived, IncomingRouted, Sent
from services.signing.messages.official import OfficialDrafted, OfficialIssued, OfficialNumbered, Recipient
from tests.copy_examples import original
from tests.domain.test_copy_lists import make
from tests.domain.test_official_lists import PEOPLE, TODAY, UNITS, Log, add_meeting, invite
from tests.official_examples import described
from tests.stamps import STAMP_AT, ids

BODY, OTHER, DRAFTER = UNITS
RECEIVER, AUTHOR = ids("receiver"), ids("author")
STRANGER, INVITED, *OFFICES = PEOPLE[:5]
NOW = STAMP_AT.isoformat()
TO = (Recipient(name="Nơi nhận", unit_id=RECEIVER),)
ROLES = ("auditor", *ISSUE, *HEAD, "minute_taker", "administrator", "delegate")
SUBJECTS = (
    *(Subject(str(each), "") for each in (*PEOPLE, AUTHOR, described().signatory.person_id)),
    *(Subject(str(STRANGER), "", unit_id=str(each)) for each in (BODY, RECEIVER)),
    Subject(str(STRANGER), "", frozenset({("leader", str(BODY)), ("auditor", str(OTHER))})),
    *(
        Subject(str(who), "", frozenset({(role, where)}))
        for who in (STRANGER, INVITED)
        for role in ROLES
        for where in (None, *map(str, (*UNITS, RECEIVER)))
    ),
)


@pytest.fixture(scope="module")
def log() -> Log:
    """For each kind of meeting, and for none, a document that is issued and one that is not, and two copies of each."""
    log = Log()
    meetings = [hold(log, closed, published_at) for closed in (0, 1) for published_at in (None, NOW)]
    for meeting_id, issuer, issued in product((None, *meetings), (BODY, OTHER), (False, True)):
        name = f"{meeting_id} {issuer} {issued}"
        units = {"issuer_id": issuer, "drafter_id": DRAFTER}
        facts = described(**units, meeting_id=meeting_id, recipients=TO, document_id=ids(f"text {name}"))
        log.tell(f"official-{name}", OfficialDrafted(official_id=ids(name), described=facts), AUTHOR)
        if issued:
            issue(log, name, facts.model_dump(include={"document_id", "issuer_id", "kind", "summary", "recipients"}))
        for until in ("sealing", "issued"):
            of = original(source_id=ids(name))
            make(log, f"copy {name} {until}", until=until, body_id=issuer, original=of, recipients=TO)
    return log


def hold(log: Log, closed: int, published_at: str | None) -> UUID:
    meeting_id = ids(f"{closed} {published_at}")
    offices = dict(zip(("presiding_officer_id", "minute_taker_id", "leader_id"), map(str, OFFICES), strict=True))
    add_meeting(log, meeting_id, **offices, body_id=str(BODY), closed_sitting=closed, published_at=published_at)
    invite(log, meeting_id, INVITED)
    return meeting_id


def issue(log: Log, name: str, facts: dict[str, object]) -> None:
    number = {"official_id": ids(name), "number": 1, "symbol": "NQ-HĐND", "entered_on": TODAY}
    log.tell(f"official-{name}", OfficialNumbered.model_validate(number))
    log.tell(f"official-{name}", OfficialIssued.model_validate({**number, **facts, "sha256": "a" * 64}))


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_role_finds_in_lists_what_it_sees_one_by_one(log: Log, subject: Subject) -> None:
    viewer = official_viewer(subject)
    documents = [each for each in log.all("officials") if log.sees("see_official", subject, official_id=each)]
    assert [each.id for each in lists.officials(log.views, viewer)] == documents
    copies = [each for each in log.all("copies") if log.sees("see_copy", subject, copy_id=each)]
    assert [each.id for each in lists.copies(log.views, viewer)] == copies


@pytest.mark.parametrize("subject", SUBJECTS)
def test_each_role_finds_the_arrivals_that_it_sees_one_by_one(subject: Subject) -> None:
    """One that nobody has passed on is nobody's to handle, not even theirs who head every unit."""
    log = Log()
    for n, to in enumerate(({}, {"unit_id": DRAFTER}, {"unit_id": OTHER, "person_id": INVITED})):
        about = {"incoming_id": ids(f"arrival {n}"), "document_id": ids(f"text {n}"), "sha256": "a" * 64}
        log.tell("x", IncomingReceived(**about, receiver_id=BODY, sent=Sent(sender="Bộ Nội vụ", summary="Về biên chế")))
        if to:
            log.tell("x", IncomingRouted(incoming_id=about["incoming_id"], **to, instruction="Tham mưu."))
    seen = [each for each in log.all("incoming") if log.sees("see_incoming", subject, incoming_id=each)]
    assert [each.id for each in lists.incoming(log.views, incoming_viewer(subject))] == seen
