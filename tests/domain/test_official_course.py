"""A resolution from draft to the recipient's register through the service, and what people see of it."""

import sqlite3
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import UUID

import pytest

from kernel import search
from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from kernel.messages import Accepted, Command
from kernel.vietnam import VIETNAM
from services.meeting import views as meetings
from services.signing import lists, queries, views
from services.signing.checking import Checked
from services.signing.messages.incoming import RegisterIncoming, Verdict
from services.signing.messages.official import (
    AskForSeal,
    CommentOnDraft,
    DraftOfficial,
    IssueOfficial,
    RequestNumber,
    SubmitOfficial,
)
from services.signing.messages.orders import (
    CancelSigningOrder,
    DeclineToSign,
    DelegateSigning,
    RecordSignature,
    RenewProof,
    RevokeDelegation,
)
from services.signing.messages.registers import ReserveNumber
from services.signing.selection import OfficialViewer, Reach, WantedOfficials
from services.signing.service import CODEC, REACTS_TO, SigningService
from tests.official_examples import (
    DRAFT,
    INITIALLED,
    NUMBERED,
    OFFICIAL,
    ORDER,
    REGISTER,
    SEAL_ORDER,
    SEALED,
    SIGNED,
    STEPS,
    TODAY,
    described,
    sign,
)
from tests.stamps import ids, stamp

FOUND = Checked(Verdict.valid, "valid", ("Chủ tịch",))


class Desk:
    """The service with its reactions handled as soon as they are due, and the views."""

    def __init__(self) -> None:
        self.store = SqliteStore(":memory:")
        self.service = SigningService(self.store, "test.dienhong", lambda _sha256: FOUND)
        self.seen = 0
        self.views = sqlite3.connect(":memory:")
        self.views.row_factory = sqlite3.Row
        self.views.executescript(search.SCHEMA + meetings.SCHEMA + views.SCHEMA)

    def does(self, command: Command) -> Accepted:
        accepted = self.service.execute(command)
        while batch := self.store.read_all(self.seen, 100):
            for recorded in batch:
                event = CODEC.decode(recorded)
                views.project(self.views, recorded, event)
                if recorded.type in REACTS_TO:
                    self.service.on_event(recorded, event)
            self.seen = batch[-1].position
        return accepted

    def sees(self, statement: str, *values: object) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in self.views.execute(statement, values)]


@pytest.fixture
def desk() -> Iterator[Desk]:
    desk = Desk()
    yield desk
    desk.views.close()
    desk.store.close()


def submit(desk: Desk) -> None:
    desk.does(stamp(DraftOfficial, official_id=OFFICIAL, described=described()))
    desk.does(stamp(SubmitOfficial, official_id=OFFICIAL, order_id=ORDER, sha256=DRAFT, steps=STEPS))


def sign_by_all(desk: Desk) -> None:
    desk.does(sign("deputy", DRAFT, INITIALLED))
    desk.does(sign("chair", INITIALLED, SIGNED))


def stage(desk: Desk) -> str:
    return str(desk.sees("SELECT stage FROM officials")[0][0])


def test_a_resolution_goes_from_draft_to_the_register_of_its_recipient(desk: Desk) -> None:
    submit(desk)
    waits = "SELECT person_id FROM signing_waits ORDER BY act, person_id"
    assert desk.sees(waits) == sorted([(str(ids("deputy")),), (str(ids("secretary")),)])
    sign_by_all(desk)
    assert (stage(desk), desk.sees(waits)) == ("signed", [])
    desk.does(stamp(RequestNumber, official_id=OFFICIAL, entered_on=TODAY))
    assert desk.sees("SELECT stage, number, symbol FROM officials") == [("numbered", 1, "NQ-HĐND")]
    seal = {"order_id": SEAL_ORDER, "sha256": NUMBERED, "clerk_ids": (ids("clerk"),)}
    desk.does(stamp(AskForSeal, official_id=OFFICIAL, **seal))
    assert desk.sees(waits) == [(str(ids("clerk")),)]
    desk.does(sign("clerk", NUMBERED, SEALED, order_id=SEAL_ORDER))
    desk.does(stamp(IssueOfficial, official_id=OFFICIAL))
    assert stage(desk) == "issued"
    ((incoming, symbol, document),) = desk.sees("SELECT id, symbol, document_id FROM incoming")
    assert (symbol, document) == ("01/NQ-HĐND", str(described().document_id))
    assert desk.sees("SELECT verdict, finding FROM incoming") == [(FOUND.verdict, FOUND.finding)]
    about = {"incoming_id": UUID(incoming)}
    assert desk.sees("SELECT verdict, signers FROM incoming") == [("valid", '["Ch\\u1ee7 t\\u1ecbch"]')]
    desk.does(stamp(RegisterIncoming, **about, entered_on=TODAY))
    assert desk.sees("SELECT stage, number FROM incoming") == [("registered", 1)]
    entries = desk.sees("SELECT series, number, state FROM register_entries ORDER BY series")
    assert entries == [("incoming", 1, "allotted"), ("resolution", 1, "allotted")]


def test_who_will_not_sign_gives_the_draft_back_with_the_reason(desk: Desk) -> None:
    submit(desk)
    about = {"order_id": ORDER, "signer_id": ids("secretary"), "reason": "Thiếu căn cứ."}
    desk.does(stamp(DeclineToSign, actor="secretary", **about))
    assert desk.sees("SELECT stage, reason FROM officials") == [("draft", "Thiếu căn cứ.")]
    assert desk.sees("SELECT stage FROM signing_orders") == [("declined",)]
    again = stamp(SubmitOfficial, official_id=OFFICIAL, order_id=ids("second"), sha256=DRAFT, steps=STEPS)
    desk.does(again)
    assert desk.sees("SELECT count(*) FROM signing_waits") == [(2,)]


def test_a_submission_that_is_taken_back_is_a_draft_again(desk: Desk) -> None:
    submit(desk)
    desk.does(stamp(CancelSigningOrder, order_id=ORDER, reason="Bổ sung phụ lục."))
    assert stage(desk) == "draft"


def test_a_reserved_number_is_taken_when_it_is_asked_for(desk: Desk) -> None:
    desk.does(stamp(ReserveNumber, in_register=REGISTER, reason="Ký giấy trước"))
    desk.does(stamp(ReserveNumber, in_register=REGISTER, reason="Ký giấy trước"))
    submit(desk)
    sign_by_all(desk)
    desk.does(stamp(RequestNumber, official_id=OFFICIAL, entered_on=TODAY, reserved=2))
    entries = desk.sees("SELECT number, state, reason FROM register_entries ORDER BY number")
    assert entries == [(1, "reserved", "Ký giấy trước"), (2, "allotted", "Ký giấy trước")]


def test_a_comment_stands_beside_the_draft(desk: Desk) -> None:
    desk.does(stamp(DraftOfficial, official_id=OFFICIAL, described=described()))
    desk.does(stamp(CommentOnDraft, actor="an", official_id=OFFICIAL, comment_id=ids("one"), text="Bổ sung."))
    assert desk.sees("SELECT author, text, accepted FROM official_comments") == [(str(ids("an")), "Bổ sung.", None)]


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"on_behalf_of": ids("deputy")}, "delegation_not_named"),
        ({"delegation_id": ids("current")}, "delegation_not_named"),
        ({"on_behalf_of": ids("deputy"), "delegation_id": ids("none")}, "delegation_not_in_force"),
        ({"on_behalf_of": ids("deputy"), "delegation_id": ids("old")}, "delegation_not_in_force"),
        ({"on_behalf_of": ids("secretary"), "delegation_id": ids("current")}, "delegation_not_in_force"),
    ],
)
def test_nobody_signs_for_somebody_without_an_authorisation(desk: Desk, fields: dict[str, Any], code: str) -> None:
    submit(desk)
    authorise(desk)
    with pytest.raises(Refused) as refusal:
        desk.does(stands_in(**fields))
    assert refusal.value.code == code


def test_an_authorisation_ends_with_its_last_day_in_vietnam_or_once_it_is_revoked(desk: Desk) -> None:
    submit(desk)
    authorise(desk)
    paper = {"on_behalf_of": ids("deputy"), "delegation_id": ids("current")}
    with pytest.raises(Refused, match="delegation_not_in_force"):
        desk.does(stands_in(**paper, at=datetime(2026, 11, 22, 17, tzinfo=UTC)))
    desk.does(stamp(RevokeDelegation, delegation_id=ids("current"), reason="Đã trở lại làm việc."))
    with pytest.raises(Refused, match="delegation_not_in_force"):
        desk.does(stands_in(**paper))


def test_who_is_authorised_signs_in_the_place_of_another(desk: Desk) -> None:
    submit(desk)
    authorise(desk)
    desk.does(stands_in(on_behalf_of=ids("deputy"), delegation_id=ids("current")))
    assert desk.sees("SELECT person_id FROM signing_waits") == [(str(ids("chair")),)]
    assert desk.sees("SELECT signer_id, on_behalf_of FROM signatures") == [(str(ids("stand-in")), str(ids("deputy")))]


def authorise(desk: Desk) -> None:
    about = {"from_id": ids("deputy"), "to_id": ids("stand-in"), "basis": "Giấy ủy quyền số 02"}
    days = {"old": (date(2026, 1, 1), date(2026, 1, 31)), "current": (date(2026, 11, 1), TODAY)}
    for name, (valid_from, valid_until) in days.items():
        command = {"delegation_id": ids(name), "valid_from": valid_from, "valid_until": valid_until}
        given_at = datetime.combine(valid_from, time(9), VIETNAM)
        desk.does(stamp(DelegateSigning, at=given_at, **about, **command))


def stands_in(**fields: Any) -> RecordSignature:
    return sign("stand-in", DRAFT, INITIALLED, **fields)


def test_people_see_what_waits_for_them_who_signed_and_what_the_registers_hold(desk: Desk) -> None:
    submit(desk)
    authorise(desk)
    views_of = desk.views
    ((wait, order),) = queries.waiting_for(views_of, [str(ids("deputy"))])
    assert (wait.act, order.sha256, order.steps[0].needed) == ("initial", DRAFT, 1)
    assert [each.id for each in queries.delegations_in_force(views_of, ids("stand-in"), TODAY)] == [str(ids("current"))]
    assert len(queries.delegations(views_of, ids("deputy"))) == 2
    sign_by_all(desk)
    assert [each.signed_sha256 for each in queries.signatures(views_of, ORDER)] == [INITIALLED, SIGNED]
    assert queries.waited(views_of, ORDER) == []
    desk.does(stamp(RequestNumber, official_id=OFFICIAL, entered_on=TODAY))
    (book,) = lists.register_books(views_of, Reach(everywhere=True))
    (entry,) = lists.register_entries(views_of, book.body_id, book.year, book.series)
    assert (book.series, book.last, entry.subject_id) == ("resolution", 1, str(OFFICIAL))
    found = queries.official(views_of, OFFICIAL)
    assert found is not None and found.described == described() and found.number == 1
    assert queries.official_of_document(views_of, described().document_id) == found
    drafter = OfficialViewer(found.drafted_by)
    assert lists.officials(views_of, drafter, WantedOfficials(stages=("draft",))) == []
    assert lists.officials(views_of, drafter) == [found]
    types = [each.type for each in queries.course(views_of, OFFICIAL)]
    assert types == ["OfficialDrafted", "OfficialSubmitted", "OfficialSigned", "NumberRequested", "OfficialNumbered"]


def test_signatures_that_can_soon_no_longer_be_proved_are_listed(desk: Desk) -> None:
    submit(desk)
    desk.does(sign("deputy", DRAFT, INITIALLED))
    desk.does(sign("chair", INITIALLED, SIGNED, provable_until=datetime(2031, 5, 1, tzinfo=UTC)))
    assert lists.orders_to_renew(desk.views, date(2031, 5, 1)) == []
    assert [each.id for each in lists.orders_to_renew(desk.views, date(2031, 6, 1))] == [str(ORDER)]
    stamped = {"stamped_sha256": "9" * 64, "stamped_size": 30_000}
    desk.does(stamp(RenewProof, order_id=ORDER, **stamped, provable_until=datetime(2036, 5, 1, tzinfo=UTC)))
    assert lists.orders_to_renew(desk.views, date(2031, 6, 1)) == []
