"""Lists of documents hold exactly what the rules let somebody see one by one, and pages of them lose nothing."""

import sqlite3
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway import policy, resources
from gateway.policy.officials import HEAD, ISSUE, REGISTER, incoming_viewer, official_viewer, reach
from gateway.policy.subject import Subject
from kernel import search
from kernel.ids import derived
from kernel.messages import Event, Recorded
from services.directory import views as directory
from services.meeting import views as meetings
from services.signing import lists, queries, views
from services.signing.messages.incoming import IncomingReceived, IncomingRegistered, IncomingRouted, Sent
from services.signing.messages.official import (
    Competence,
    DraftAbandoned,
    Kind,
    OfficialDrafted,
    OfficialIssued,
    OfficialNumbered,
    OfficialReturned,
    OfficialSealed,
    OfficialWithdrawn,
    Recipient,
    Signatory,
    Withdrawal,
)
from services.signing.messages.orders import (
    Act,
    Purpose,
    SignatureMade,
    SigningCompleted,
    SigningDelegated,
    SigningOrderOpened,
    Step,
)
from services.signing.messages.registers import NumberAllotted, NumberReserved, NumberVoided, Register
from services.signing.selection import MOST_WORDS, Reach, WantedIncoming, WantedOfficials
from tests.official_examples import CERTIFICATE, described
from tests.stamps import STAMP_AT, ids

UNITS = [ids(each) for each in ("council", "committee", "culture")]
PEOPLE = [ids(each) for each in ("an", "binh", "chi", "dung", "giang", "hai")]
MEETINGS = [ids(each) for each in ("one", "another")]
TODAY = date(2026, 11, 22)

unit, person = st.sampled_from(UNITS), st.sampled_from(PEOPLE)
ROLES = ("auditor", *ISSUE, *HEAD, "administrator", "minute_taker", "delegate")
role = st.sampled_from(ROLES)
roles = st.frozensets(st.tuples(role, st.none() | unit.map(str)), max_size=2)
subjects = st.builds(Subject, person.map(str), st.just(""), roles, st.none() | unit.map(str))


class Log:
    """Views of events that are made up one after the other."""

    def __init__(self) -> None:
        self.views = sqlite3.connect(":memory:")
        self.views.row_factory = sqlite3.Row
        self.views.executescript(search.SCHEMA + directory.SCHEMA + meetings.SCHEMA + views.SCHEMA)
        self.position = 0

    def tell(self, stream: str, event: Event, actor: UUID = PEOPLE[0], at: datetime = STAMP_AT) -> None:
        self.position += 1
        known = derived(ids("log"), self.position)
        views.project(
            self.views,
            Recorded(
                known,
                type(event).__name__,
                stream,
                0,
                self.position,
                at,
                str(actor),
                "test",
                known,
                known,
                b"{}",
                b"{}",
            ),
            event,
        )

    def sees(self, action: str, subject: Subject, **named: str) -> bool:
        resource = resources.load(self.views, named, STAMP_AT)
        return resource is not None and policy.allowed(action, subject, resource)

    def all(self, table: str) -> list[str]:
        return [row["id"] for row in self.views.execute(f"SELECT id FROM {table} ORDER BY position DESC")]


def add_meeting(log: Log, meeting_id: UUID, **known: object) -> None:
    facts = {
        **dict.fromkeys(("title", "place"), ""),
        **dict.fromkeys(("starts_at", "ends_at", "changed_at"), STAMP_AT.isoformat()),
        "id": str(meeting_id),
        "kind": "briefing",
        "phase": "draft",
        **known,
    }
    names, marks = ", ".join(facts), ", ".join("?" * len(facts))
    log.views.execute(f"INSERT INTO meetings ({names}) VALUES ({marks})", tuple(facts.values()))


def invite(log: Log, meeting_id: UUID, person_id: UUID) -> None:
    columns = "INSERT INTO invitations (meeting_id, person_id, voting, invited_at)"
    log.views.execute(f"{columns} VALUES (?, ?, 1, ?)", (str(meeting_id), str(person_id), STAMP_AT.isoformat()))


def draw_meeting(draw: st.DrawFn, log: Log, meeting_id: UUID) -> None:
    """Planned or published, open or closed, directed by somebody; others are invited."""
    add_meeting(
        log,
        meeting_id,
        presiding_officer_id=str(draw(person)),
        minute_taker_id=str(draw(person)),
        leader_id=draw(st.none() | person.map(str)),
        body_id=str(draw(unit)),
        closed_sitting=int(draw(st.booleans())),
        published_at=draw(st.none() | st.just(STAMP_AT.isoformat())),
    )
    for each in draw(st.lists(person, max_size=2, unique=True)):
        invite(log, meeting_id, each)


@st.composite
def officials(draw: st.DrawFn) -> Log:
    log = Log()
    for each in MEETINGS:
        draw_meeting(draw, log, each)
    for n in range(draw(st.integers(3, 6))):
        _official(draw, log, n)
    if draw(st.booleans()):
        days = {"valid_from": TODAY - timedelta(days=draw(st.integers(0, 1))), "valid_until": TODAY}
        given_to = {"from_id": draw(person), "to_id": draw(person), "basis": "Giấy ủy quyền", **days}
        log.tell("delegation-x", SigningDelegated(delegation_id=ids("delegation"), **given_to))
    return log


def _official(draw: st.DrawFn, log: Log, n: int) -> None:
    official_id, document, stream = ids(f"official {n}"), ids(f"text {n}"), f"official-{n}"
    sent_to = draw(st.lists(st.sampled_from([*UNITS, None]), min_size=1, max_size=2))
    to = tuple(Recipient(name="Nơi nhận", unit_id=each) for each in sent_to)
    signatory = Signatory(person_id=draw(person), competence=Competence.own, position="CHỦ TỊCH")
    units = {"issuer_id": draw(unit), "drafter_id": draw(unit)}
    follows = draw(st.none() | st.sampled_from(MEETINGS))
    facts = described(**units, signatory=signatory, recipients=to, document_id=document, meeting_id=follows)
    log.tell(stream, OfficialDrafted(official_id=official_id, described=facts), draw(person))
    for k in range(draw(st.sampled_from((0, 1, 2)))):
        _asked(draw, log, document, draw(st.sampled_from((official_id, None))), ids(f"order {n} {k}"))
    reached = draw(st.sampled_from(("draft", "numbered", "issued", "withdrawn")))
    issued = {"official_id": official_id, "number": n + 1, "symbol": "NQ-HĐND", "entered_on": TODAY}
    if reached != "draft":
        log.tell(stream, OfficialNumbered.model_validate(issued))
    if reached in ("issued", "withdrawn"):
        whole = {**issued, **facts.model_dump(include={"document_id", "issuer_id", "kind", "summary", "recipients"})}
        log.tell(stream, OfficialIssued.model_validate({**whole, "sha256": "a" * 64}))
    if reached == "withdrawn":
        why = {"how": Withdrawal.recalled, "reason": "Sai"}
        log.tell(stream, OfficialWithdrawn.model_validate({"official_id": official_id, **why}))


def _asked(draw: st.DrawFn, log: Log, document: UUID, official_id: UUID | None, order: UUID) -> None:
    signers = draw(st.lists(person, min_size=1, max_size=2, unique=True))
    of = {"order_id": order, "document_id": document, "official_id": official_id, "purpose": Purpose.issue}
    steps = tuple(Step(act=Act.sign, signer_ids=(each,)) for each in signers)
    log.tell("x", SigningOrderOpened(**of, title="Tên", sha256="a" * 64, steps=steps), draw(person))
    signed = {"signer_id": signers[0], "seen_sha256": "a" * 64, "signed_sha256": "b" * 64, "signed_size": 1}
    proof = {"certificate": CERTIFICATE, "key": "software", "level": "b_t", "signed_at": STAMP_AT}
    until = {"act": Act.sign, "provable_until": STAMP_AT + timedelta(days=draw(st.integers(0, 3)))}
    log.tell("x", SignatureMade.model_validate({"order_id": order, **signed, **proof, **until}))
    if draw(st.booleans()):
        log.tell("x", SigningCompleted(**of, sha256="b" * 64, size=1))


@given(officials(), subjects)
def test_the_list_of_documents_is_what_one_sees_one_by_one(log: Log, subject: Subject) -> None:
    seen = [each for each in log.all("officials") if log.sees("see_official", subject, official_id=each)]
    viewer = official_viewer(subject)
    assert [each.id for each in lists.officials(log.views, viewer)] == seen
    assert sum(lists.official_counts(log.views, viewer).values()) == len(seen)
    assert lists.seen_officials(log.views, viewer, log.all("officials")) == set(seen)
    assert paged(log, subject) == seen
    kept = [each for each in seen if log.sees("register_official", subject, official_id=each)]
    stages = {each: queries.official(log.views, each) for each in kept}
    numbered = [each for each in kept if (found := stages[each]) and found.stage == "numbered"]
    duties = lists.issued_by(log.views, reach(subject, ("records_clerk",)), ("numbered",), 50)
    assert [each.id for each in duties] == numbered


def paged(log: Log, subject: Subject) -> list[str]:
    found: list[str] = []
    before = None
    while page := lists.officials(log.views, official_viewer(subject), before=before, limit=2):
        found += [each.id for each in page]
        before = page[-1].position
    return found


@given(officials(), subjects)
def test_the_forecast_is_of_orders_that_one_sees_one_by_one(log: Log, subject: Subject) -> None:
    before = TODAY + timedelta(days=3)
    ending = [each.id for each in lists.orders_to_renew(log.views, before)]
    seen = [each for each in ending if log.sees("see_signing_order", subject, order_id=each)]
    in_force = queries.delegations_in_force(log.views, subject.person_id, STAMP_AT.date())
    signers = [subject.person_id, *(each.from_id for each in in_force)]
    viewer = official_viewer(subject)
    whole = lists.orders_ending(log.views, viewer, signers, before)
    assert [each.id for each in whole] == seen
    after = [("", ""), *((each.provable_until or "", each.id) for each in whole)]
    ones = [
        lists.orders_ending(log.views, official_viewer(subject), signers, before, after=at, limit=1) for at in after
    ]
    assert [each.id for page in ones for each in page] == seen


@st.composite
def arrivals(draw: st.DrawFn) -> Log:
    log = Log()
    for n in range(draw(st.integers(3, 6))):
        incoming_id = ids(f"incoming {n}")
        sent = Sent(sender="Bộ Nội vụ", summary="Về biên chế")
        known = {"incoming_id": incoming_id, "document_id": ids(f"text {n}"), "sha256": "a" * 64}
        log.tell("incoming-x", IncomingReceived(**known, receiver_id=draw(unit), sent=sent))
        if draw(st.booleans()):
            to = {"unit_id": draw(unit), "person_id": draw(st.none() | person), "instruction": "Tham mưu."}
            log.tell("incoming-x", IncomingRouted(incoming_id=incoming_id, **to))
    return log


@given(arrivals(), subjects)
def test_the_list_of_arrivals_is_what_one_sees_one_by_one(log: Log, subject: Subject) -> None:
    seen = [each for each in log.all("incoming") if log.sees("see_incoming", subject, incoming_id=each)]
    viewer = incoming_viewer(subject)
    assert [each.id for each in lists.incoming(log.views, viewer)] == seen
    assert sum(lists.incoming_counts(log.views, viewer).values()) == len(seen)
    assert lists.seen_incoming(log.views, viewer, log.all("incoming")) == set(seen)
    ours = [each for each in seen if log.sees("receive_incoming", subject, incoming_id=each)]
    waiting = lists.arrivals_to_keep(log.views, reach(subject, ("records_clerk",)), ("received", "routed"), 50)
    assert [each.id for each in waiting] == ours


@given(subjects)
def test_the_list_of_registers_is_what_one_sees_one_by_one(subject: Subject) -> None:
    log = Log()
    founded = ("Hội đồng", "HĐND", "people_council", "commune_level", "2020-01-01", "")
    for each in UNITS:
        columns = "INSERT INTO units (id, name, short_name, kind, tier, valid_from, agency_code)"
        log.views.execute(f"{columns} VALUES (?, ?, ?, ?, ?, ?, ?)", (str(each), *founded))
        log.tell("register-x", NumberReserved(in_register=book(each), number=1, reason="Giữ"))
    seen = {str(each) for each in UNITS if log.sees("see_register", subject, issuer_id=str(each))}
    assert {each.body_id for each in lists.register_books(log.views, reach(subject, REGISTER))} == seen


def book(body_id: UUID, series: str = "resolution", year: int = 2026) -> Register:
    return Register(body_id=body_id, year=year, series=series)


@pytest.fixture
def cabinet() -> Log:
    """Four documents that went out, in different stages, and what a clerk of both bodies looks for among them."""
    log = Log()
    for n, (issuer, kind, summary) in enumerate(
        (
            (UNITS[0], Kind.resolution, "Về dự toán ngân sách năm 2027"),
            (UNITS[0], Kind.decision, "Về quy hoạch sử dụng đất"),
            (UNITS[1], Kind.resolution, "Về (dự toán) bổ sung"),
            (UNITS[1], Kind.notice, "Lịch tiếp công dân"),
        )
    ):
        facts = described(issuer_id=issuer, kind=kind, summary=summary, document_id=ids(f"text {n}"))
        log.tell(f"official-{n}", OfficialDrafted(official_id=ids(str(n)), described=facts), at=STAMP_AT)
    for n, number, day in ((0, 5, date(2025, 12, 31)), (1, 15, date(2026, 3, 2)), (2, 115, date(2026, 3, 3))):
        numbered = {"number": number, "symbol": "NQ-HĐND", "entered_on": day}
        log.tell(f"official-{n}", OfficialNumbered(official_id=ids(str(n)), **numbered))
    log.tell("official-2", OfficialSealed(official_id=ids("2"), order_id=ids("seal"), sha256="a" * 64))
    return log


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (WantedOfficials(), "2103"),
        (WantedOfficials(words="DU TOAN"), "20"),
        (WantedOfficials(words="dự toán 2027"), "0"),
        (WantedOfficials(words="toan"), "20"),
        (WantedOfficials(words="oan"), ""),
        (WantedOfficials(words="15/nq"), "1"),
        (WantedOfficials(words="5/NQ-HĐND"), "0"),
        (WantedOfficials(words="05/NQ-HĐND"), "0"),
        (WantedOfficials(words="100% _"), ""),
        (WantedOfficials(words=" ( ) "), "2103"),
        (WantedOfficials(kind="resolution"), "20"),
        (WantedOfficials(issuer_id=str(UNITS[1])), "23"),
        (WantedOfficials(stages=("draft", "sealed")), "23"),
        (WantedOfficials(year=2025), "0"),
        (WantedOfficials(year=2026), "213"),
        (WantedOfficials(since=date(2026, 3, 3)), "23"),
        (WantedOfficials(since=date(2025, 12, 31), until=date(2026, 3, 2)), "10"),
        (WantedOfficials(year=2026, until=date(2026, 3, 2)), "1"),
        (WantedOfficials(year=2026, since=date(2026, 3, 3)), "23"),
        (WantedOfficials(year=2026, since=date(2025, 1, 1)), "213"),
        (WantedOfficials(year=2025, until=date(2026, 3, 2)), "0"),
        (WantedOfficials(words=" ".join(["toán"] * MOST_WORDS) + " thừa"), "20"),
        (WantedOfficials(since=date.min, until=date.max), "2103"),
        (WantedOfficials(since=date.max, until=date.min), ""),
    ],
)
def test_a_clerk_finds_documents_by_what_they_know_of_them(cabinet: Log, wanted: WantedOfficials, found: str) -> None:
    clerk = official_viewer(Subject("x", "", frozenset({("records_clerk", None)})))
    listed = lists.officials(cabinet.views, clerk, wanted)
    assert [each.id for each in listed] == [str(ids(n)) for n in found]
    assert sum(lists.official_counts(cabinet.views, clerk, wanted).values()) == len(found)


def test_days_are_those_of_vietnam() -> None:
    log, clerk = Log(), incoming_viewer(Subject("x", "", frozenset({("records_clerk", None)})))
    for n, moment in enumerate((datetime(2026, 1, 1, 16, 59, tzinfo=UTC), datetime(2026, 1, 1, 17, tzinfo=UTC))):
        sent = Sent(sender="Sở Y tế", summary=f"Văn bản {n}")
        known = {"incoming_id": ids(str(n)), "document_id": ids("text"), "sha256": "a" * 64}
        log.tell("incoming-x", IncomingReceived(**known, receiver_id=UNITS[0], sent=sent), at=moment)
    first, second = date(2026, 1, 1), date(2026, 1, 2)

    def found(**asked: date) -> list[str]:
        return [each.summary for each in lists.incoming(log.views, clerk, WantedIncoming(**asked))]  # type: ignore[arg-type]

    assert found(until=first) == ["Văn bản 0"] and found(since=second) == ["Văn bản 1"]
    assert len(found(since=first, until=second)) == 2


def test_a_clerk_finds_arrivals_by_sender_state_deadline_and_number() -> None:
    log, clerk = Log(), incoming_viewer(Subject("x", "", frozenset({("records_clerk", None)})))
    columns = "INSERT INTO units (id, name, short_name, kind, tier, valid_from, agency_code)"
    council = (str(UNITS[0]), "Hội đồng nhân dân phường", "HĐND", "people_council", "commune_level", "2020-01-01", "")
    log.views.execute(f"{columns} VALUES (?, ?, ?, ?, ?, ?, ?)", council)
    senders = ({"sender": "Bộ Nội vụ"}, {"sender": "Sở Nội vụ"}, {"sender_id": UNITS[0]})
    for n, sender in enumerate(senders):
        sent = Sent.model_validate({**sender, "summary": f"Văn bản {n}", "symbol": f"{n}/BNV-VP"})
        known = {"incoming_id": ids(str(n)), "document_id": ids("text"), "sha256": "a" * 64}
        log.tell("incoming-x", IncomingReceived(**known, receiver_id=UNITS[1], sent=sent))
    log.tell("incoming-x", IncomingRegistered(incoming_id=ids("1"), number=41, entered_on=TODAY))
    routed = {"unit_id": UNITS[2], "instruction": "Tham mưu.", "due_on": TODAY}
    log.tell("incoming-x", IncomingRouted.model_validate({"incoming_id": ids("1"), **routed}))

    def found(**asked: object) -> str:
        wanted = replace(WantedIncoming(), **asked)  # type: ignore[arg-type]
        return "".join(each.summary[-1] for each in lists.incoming(log.views, clerk, wanted))

    assert (found(sender="noi vu"), found(sender="sở nội"), found(sender="hoi dong")) == ("10", "1", "2")
    assert (found(words="2/bnv"), found(words="41"), found(words="văn bản 0")) == ("2", "1", "0")
    assert (found(stage="received"), found(stage="routed"), found(stage="returned")) == ("20", "1", "")
    assert (found(due_before=TODAY), found(due_before=TODAY + timedelta(days=1)), found(due_from=TODAY)) == (
        "",
        "1",
        "1",
    )
    assert lists.incoming_counts(log.views, clerk) == {"received": 2, "routed": 1}


def test_drafts_come_back_to_who_wrote_them() -> None:
    log = Log()
    for n in range(3):
        facts = described(document_id=ids(f"text {n}"))
        log.tell(f"official-{n}", OfficialDrafted(official_id=ids(str(n)), described=facts), PEOPLE[n % 2])
    back = {"order_id": ids("order"), "returned_by": PEOPLE[2], "reason": "Thiếu căn cứ."}
    for n in range(2):
        log.tell(f"official-{n}", OfficialReturned(official_id=ids(str(n)), **back))
    log.tell("official-0", DraftAbandoned(official_id=ids("0"), reason="Thôi."))
    assert lists.returned_to(log.views, str(PEOPLE[0])) == []
    assert [each.id for each in lists.returned_to(log.views, str(PEOPLE[1]))] == [str(ids("1"))]


def test_a_register_is_read_from_its_end_and_printed_from_its_beginning() -> None:
    log, council = Log(), UNITS[0]
    for n in range(1, 6):
        entry = {"number": n, "subject_id": ids(str(n)), "entered_on": TODAY, "summary": f"Văn bản {n}"}
        log.tell("register-x", NumberAllotted.model_validate({"in_register": book(council), **entry}))
    log.tell("register-x", NumberReserved(in_register=book(council), number=6, reason="Giữ"))
    log.tell("register-x", NumberReserved(in_register=book(council), number=7, reason="Giữ"))
    log.tell("register-x", NumberVoided(in_register=book(council), number=7, reason="Bỏ"))

    def numbers(**asked: object) -> list[int]:
        entries = lists.register_entries(log.views, council, 2026, "resolution", **asked)  # type: ignore[arg-type]
        return [each.number for each in entries]

    assert numbers(limit=3) == [7, 6, 5] and numbers(before=5, limit=3) == [4, 3, 2] and numbers(before=2) == [1]
    assert numbers(state="reserved") == [6]
    whole = lists.whole_register(log.views, council, 2026, "resolution")
    assert [each.number for each in whole] == [1, 2, 3, 4, 5, 6, 7]


def test_registers_are_listed_by_year_body_and_type() -> None:
    log, every = Log(), Reach(everywhere=True)
    for n, (body, series, year) in enumerate(
        ((UNITS[0], "resolution", 2025), (UNITS[0], "resolution", 2026), (UNITS[1], "incoming", 2026))
    ):
        log.tell("register-x", NumberReserved(in_register=book(body, series, year), number=n + 1, reason="Giữ"))
    assert [each.year for each in lists.register_books(log.views, every)] == [2026, 2026, 2025]
    assert [each.last for each in lists.register_books(log.views, every, year=2025)] == [1]
    assert [each.last for each in lists.register_books(log.views, every, body_id=str(UNITS[1]))] == [3]
    assert [each.last for each in lists.register_books(log.views, every, series="resolution")] == [2, 1]
    assert len(lists.register_books(log.views, every, limit=1, offset=2)) == 1
    assert lists.register_books(log.views, Reach()) == []
