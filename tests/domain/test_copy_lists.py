"""The list of copies holds exactly what the rules let somebody see one by one, and they are found by what is known."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.policy.officials import official_viewer
from gateway.policy.subject import Subject
from services.signing import lists
from services.signing.copying import symbol_of
from services.signing.messages.copies import (
    CopyDeclined,
    CopyForm,
    CopyIssued,
    CopyMade,
    CopyNumbered,
    CopySealed,
    Original,
    Source,
)
from services.signing.messages.official import OfficialDrafted, Recipient
from services.signing.selection import WantedCopies
from tests.copy_examples import described_copy, original
from tests.domain.test_official_lists import MEETINGS, UNITS, Log, draw_meeting, subjects, unit
from tests.official_examples import TODAY, described
from tests.stamps import STAMP_AT, ids

OFFICIALS = [ids(f"official {n}") for n in range(3)]
ARRIVAL = ids("arrival")
ORIGINALS = (
    *(original(source_id=each) for each in OFFICIALS),
    original(source=Source.incoming, source_id=ARRIVAL),
    original(source=Source.scan, source_id=None),
)


def make(log: Log, name: str, at: datetime = STAMP_AT, until: str = "issued", **facts: object) -> None:
    """A copy that has come as far as the stage `until`, with number 4 if it has one."""
    about, copy_id, order_id, clerk = described_copy(**facts), ids(name), ids(f"order of {name}"), ids("clerk")
    stream, of, sha256 = f"copy-{copy_id}", {"copy_id": copy_id, "order_id": order_id}, {"sha256": "a" * 64}
    log.tell(stream, CopyMade.model_validate({**of, **sha256, "described": about, "clerk_ids": (clerk,)}), at=at)
    if until == "declined":
        log.tell(stream, CopyDeclined(**of, declined_by=clerk, reason="Thiếu trang."))
    entry = {"symbol": symbol_of(about), "entered_on": TODAY}
    body = {**sha256, **entry, "body_id": about.body_id, "summary": about.original.summary}
    if until in ("numbering", "numbered", "issued"):
        log.tell(stream, CopySealed.model_validate({**of, **body}))
    if until in ("numbered", "issued"):
        log.tell(stream, CopyNumbered.model_validate({"copy_id": copy_id, "number": 4, **entry}))
    if until == "issued":
        sent = {"copy_id": copy_id, "document_id": copy_id, "form": about.form, "recipients": about.recipients}
        log.tell(stream, CopyIssued.model_validate({**sent, **body, "number": 4}))


@st.composite
def copies(draw: st.DrawFn) -> Log:
    """Of documents that follow from a meeting or from none, of arrivals and of paper."""
    log = Log()
    for each in MEETINGS:
        draw_meeting(draw, log, each)
    for each in OFFICIALS:
        facts = described(issuer_id=draw(unit), meeting_id=draw(st.none() | st.sampled_from(MEETINGS)))
        log.tell(f"official-{each}", OfficialDrafted(official_id=each, described=facts))
    for n in range(draw(st.integers(3, 6))):
        sent_to = draw(st.lists(st.sampled_from([*UNITS, None]), max_size=2))
        make(
            log,
            f"copy {n}",
            until=draw(st.sampled_from(("sealing", "numbered", "issued"))),
            body_id=draw(unit),
            original=draw(st.sampled_from(ORIGINALS)),
            recipients=tuple(Recipient(name="Nơi nhận", unit_id=each) for each in sent_to),
        )
    return log


@given(copies(), subjects)
def test_the_list_of_copies_is_what_one_sees_one_by_one(log: Log, subject: Subject) -> None:
    seen = [each for each in log.all("copies") if log.sees("see_copy", subject, copy_id=each)]
    viewer = official_viewer(subject)
    assert [each.id for each in lists.copies(log.views, viewer)] == seen
    assert sum(lists.copy_counts(log.views, viewer).values()) == len(seen)
    assert lists.seen_copies(log.views, viewer, log.all("copies")) == set(seen)
    paged, before = list[str](), None
    while page := lists.copies(log.views, viewer, before=before, limit=2):
        paged += [each.id for each in page]
        before = page[-1].position
    assert paged == seen


def paper(symbol: str, summary: str) -> Original:
    return original(source=Source.scan, source_id=None, symbol=symbol, summary=summary)


@pytest.fixture
def shelf() -> Log:
    """Four copies in four stages, made at midnight in Vietnam, a day after each other."""
    log = Log()
    days = [datetime(2026, 3, day, 17, tzinfo=UTC) for day in (1, 2, 3, 4)]
    extract = {"form": CopyForm.extract, "pages": (1,), "part": "Điều 1"}
    make(log, "0", days[0], "declined", original=original(source_id=OFFICIALS[0]))
    make(log, "1", days[1], "numbered", original=paper("07/BNV-VP", "Về biên chế năm 2027"))
    make(log, "2", days[2], "sealing", original=original(source_id=OFFICIALS[0]), **extract)
    make(log, "3", days[3], "numbering", original=original(source_id=OFFICIALS[1], symbol="15/NQ-HĐND"))
    return log


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (WantedCopies(), "3210"),
        (WantedCopies(words="DU TOAN"), "320"),
        (WantedCopies(words="biên chế năm"), "1"),
        (WantedCopies(words="ien"), ""),
        (WantedCopies(words="15/nq"), "3"),
        (WantedCopies(words="7/BNV"), "1"),
        (WantedCopies(words="07/BNV"), "1"),
        (WantedCopies(words="4/SY"), "1"),
        (WantedCopies(words="04/SY-HĐND"), "1"),
        (WantedCopies(words="01/NQ-HĐND"), "20"),
        (WantedCopies(form="extract"), "2"),
        (WantedCopies(form="true_copy"), "310"),
        (WantedCopies(source_id=str(OFFICIALS[0])), "20"),
        (WantedCopies(source_id=str(OFFICIALS[0]), form="true_copy"), "0"),
        (WantedCopies(stage="declined"), "0"),
        (WantedCopies(stage="sealing"), "2"),
        (WantedCopies(stage="numbering"), "3"),
        (WantedCopies(stage="numbered"), "1"),
        (WantedCopies(stage="issued"), ""),
        (WantedCopies(since=date(2026, 3, 4)), "32"),
        (WantedCopies(until=date(2026, 3, 2)), "0"),
        (WantedCopies(since=date(2026, 3, 3), until=date(2026, 3, 4)), "21"),
        (WantedCopies(since=date.min, until=date.max), "3210"),
    ],
)
def test_a_clerk_finds_copies_by_what_they_know_of_them(shelf: Log, wanted: WantedCopies, found: str) -> None:
    clerk = official_viewer(Subject("x", "", frozenset({("records_clerk", None)})))
    assert [each.id for each in lists.copies(shelf.views, clerk, wanted)] == [str(ids(n)) for n in found]
    assert sum(lists.copy_counts(shelf.views, clerk, wanted).values()) == len(found)


def test_copies_are_counted_by_stage(shelf: Log) -> None:
    clerk = official_viewer(Subject("x", "", frozenset({("records_clerk", None)})))
    stages = dict.fromkeys(("sealing", "numbering", "numbered", "declined"), 1)
    assert lists.copy_counts(shelf.views, clerk) == stages
    assert lists.copy_counts(shelf.views, official_viewer(Subject("x", ""))) == {}
