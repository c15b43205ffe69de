"""Elections, ratings, several drafts and secret ballots in the record and the minutes of a session."""

import pytest

from kernel.messages import Event
from services.meeting.paper.minutes import render_minutes
from services.meeting.paper.proceedings import poll_blocks, votes_table
from services.meeting.record import assemble
from services.meeting.record_facts import Record
from services.voting import policy
from services.voting.decider import decider
from services.voting.messages import (
    BallotCast,
    Election,
    PollClosed,
    PollOpened,
    QuorumSnapshot,
    Rating,
    Representation,
    ResultPublished,
    SeveralDrafts,
)
from tests.domain.session_log import CARD, CHAIR, CHOICES, MEETING, Log, delegate, directory, item, opened, prepared
from tests.domain.test_paper import FONTS, Sections
from tests.domain.test_voting_methods import CANDIDATES, GRADES, LINES
from tests.stamps import ids

POLL = ids("way of voting")
ROLL = tuple(delegate(i) for i in range(5))
ELECTION = {"method": Election(maximum=2, posts=2), "choices": CANDIDATES}
RATING = {"method": Rating(), "choices": GRADES, "lines": LINES}
DRAFTS = {"method": SeveralDrafts(), "lines": LINES}


def recorded(ballots: list[tuple[str, ...]], *, changes: list[tuple[int, tuple[str, ...]]] = (), **question) -> Record:
    """The first delegates' ballots in order, then changed ones; closed, counted by the service's rules, published."""
    log = Log()
    directory(log, 5)
    prepared(log, 1)
    opened(log, 5)
    asked = PollOpened.model_validate(
        {
            "poll_id": POLL,
            "meeting_id": MEETING,
            "item_id": item(0),
            "question": "Xem xét, quyết định",
            "roll": ROLL,
            "choices": CHOICES,
            "rule_card": CARD,
            "members": 5,
            "quorum": QuorumSnapshot(seats=5, needed=4, present=5, as_of=1),
            "chair_id": CHAIR,
        }
        | question
    )
    log.add(30, f"poll-{POLL}", asked)
    holders = {each.voter_id: each.holder_id for each in asked.represented}
    for i, marks in [*enumerate(ballots), *changes]:
        voter = ROLL[i]
        cast = BallotCast(poll_id=POLL, voter_id=voter, marks=marks, holder_id=holders.get(voter))
        log.add(31 + i, f"ballot-{POLL}+{voter}", cast)
    log.add(40, f"poll-{POLL}", PollClosed(poll_id=POLL))
    log.add(41, f"poll-{POLL}", counted(log, asked), ResultPublished(poll_id=POLL))
    return assemble(MEETING, log.events, log.head)


def counted(log: Log, asked: PollOpened) -> Event:
    closed, event = log.events[-1]
    cast = [(each.position, found) for each, found in log.events if isinstance(found, BallotCast)]
    electronic = asked.model_copy(update={"secret": False})
    [command] = policy.react(closed, event, electronic, cast)
    [tally] = decider.decide(command, decider.fold([electronic, event]))
    return tally


def printed(record: Record) -> str:
    """Everything that the minutes say of the poll, row by row."""
    lines = []
    for block in poll_blocks(record.polls[0], record):
        if block["kind"] == "table":
            lines += [
                block["caption"],
                " | ".join(each["title"] for each in block["columns"]),
                *map(" | ".join, block["rows"]),
            ]
        else:
            lines.append(f"{block['label']} {block['text']}".strip())
    return "\n".join(lines)


def test_an_election_is_printed_with_each_candidates_votes():
    record = recorded([("an", "binh")] * 3 + [("an",)], **ELECTION)
    text = printed(record)
    assert "STT | Người ứng cử | Số phiếu | Kết quả" in text
    assert "1 | an | 4 | Trúng cử\n2 | binh | 3 | Trúng cử\n3 | cuong | 0 | Không trúng cử" in text
    assert "5 đại biểu; cần 3 phiếu để trúng cử; bầu đủ số lượng; quy tắc:" in text
    assert "Số phiếu: 4 phiếu đã bỏ; không bỏ phiếu 1." in text
    assert [each.choice for each in record.polls[0].votes] == ["an; binh"] * 3 + ["an", None]
    assert record.polls[0].proof.agrees


def test_open_posts_of_an_election_are_printed():
    assert "còn 1 chức danh chưa bầu được" in printed(recorded([("an",)] * 3, **ELECTION))


def test_a_rating_is_printed_with_the_votes_in_each_grade():
    text = printed(recorded([("one:low", "two:high")] * 3 + [("two:low",)], **RATING))
    assert "STT | Họ và tên | Tín nhiệm cao | Tín nhiệm | Tín nhiệm thấp | Kết quả" in text
    assert "1 | Dòng một | 0 | 0 | 3 | Quá nửa ở mức thấp\n2 | Dòng hai | 3 | 0 | 1 | Không quá nửa ở mức thấp" in text


def test_several_drafts_are_printed_line_by_line():
    record = recorded([("one:for", "two:against")] * 3, **DRAFTS)
    text = printed(record)
    assert "1 | Dòng một | 3 | 0 | 0 | Thông qua\n2 | Dòng hai | 0 | 3 | 0 | Không thông qua" in text
    assert record.polls[0].votes[0].choice == "1: Tán thành; 2: Không tán thành"


def test_a_changed_ballot_is_printed_as_it_counted():
    record = recorded([("for",)] * 3, changes=[(0, ("against",))])
    assert [each.choice for each in record.polls[0].votes][:3] == ["Không tán thành", "Tán thành", "Tán thành"]
    assert record.polls[0].proof.agrees


def test_who_voted_in_anothers_place_and_with_which_weight_is_printed():
    card = CARD.model_copy(update={"allows_proxies": True, "allows_weights": True})
    proxy = Representation(voter_id=ROLL[1], holder_id=ROLL[2], kind="proxy", basis="Giấy ủy quyền")
    record = recorded([("for",)] * 2, rule_card=card, represented=(proxy,), weights={ROLL[0]: 2}, members=6)
    [*_, rows] = (votes_table([(1, record.polls[0])])["rows"],)
    assert rows[0][2] == "Tán thành (2 phiếu)"
    assert rows[1][2].startswith("Tán thành (") and rows[1][2].endswith("biểu quyết thay)")
    assert record.polls[0].proof.agrees


@pytest.mark.parametrize("way", [{}, ELECTION, RATING])
def test_of_a_secret_ballot_the_session_minutes_tell_the_outcome_without_figures(way):
    marks = {"election": ("an",), "rating": ("one:low",)}.get(way["method"].kind if way else "", ("for",))
    record = recorded([marks] * 4, secret=True, **way)
    text = printed(record)
    assert "số liệu ghi tại biên bản kiểm phiếu" in text
    assert "| 4 |" not in text and "4 tán thành" not in text
    assert (record.polls[0].votes, record.polls[0].counts, record.polls[0].proof.votes_for) == ((), (), None)
    assert all((line.votes, line.counts) == (None, ()) for line in record.polls[0].lines)


@pytest.mark.needs("vendor")
def test_the_minutes_with_every_way_of_voting_can_be_set():
    for way, marks in ((ELECTION, ("an",)), (RATING, ("one:low",)), (DRAFTS, ("one:for",))):
        assert render_minutes(recorded([marks] * 3, **way), Sections({}), FONTS).startswith(b"%PDF")
