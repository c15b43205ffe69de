"""A copy from its seal to the recipients through the service, and what people see of it."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from kernel.decider import Refused
from services.signing import copy_views
from services.signing.messages.copies import CopyForm, IssueCopy
from services.signing.messages.official import AskForSeal, IssueOfficial, RequestNumber
from services.signing.messages.orders import DeclineToSign, RenewProof
from tests.copy_examples import COPY, COPY_ORDER, MARKED, PAGES, described_copy, make
from tests.domain.test_official_course import Desk, sign_by_all, submit
from tests.official_examples import COMMITTEE, NUMBERED, OFFICIAL, SEAL_ORDER, SEALED, TODAY, sign
from tests.stamps import ids, stamp


@pytest.fixture
def desk() -> Iterator[Desk]:
    """With the resolution issued."""
    desk = Desk()
    submit(desk)
    sign_by_all(desk)
    desk.does(stamp(RequestNumber, official_id=OFFICIAL, entered_on=TODAY))
    seal = {"order_id": SEAL_ORDER, "sha256": NUMBERED, "clerk_ids": (ids("clerk"),)}
    desk.does(stamp(AskForSeal, official_id=OFFICIAL, **seal))
    desk.does(sign("clerk", NUMBERED, SEALED, order_id=SEAL_ORDER))
    desk.does(stamp(IssueOfficial, official_id=OFFICIAL))
    yield desk


def test_a_copy_is_sealed_numbered_in_one_register_for_all_forms_and_arrives(desk: Desk) -> None:
    desk.does(make())
    assert desk.sees("SELECT person_id, act FROM signing_waits") == [(str(ids("clerk")), "seal")]
    desk.does(sign("clerk", PAGES, MARKED, order_id=COPY_ORDER))
    found = copy_views.copy(desk.views, COPY)
    assert found is not None
    assert (found.stage, found.number, found.symbol, found.sha256) == ("numbered", 1, "SY-HĐND", MARKED)
    desk.does(stamp(IssueCopy, copy_id=COPY))
    arrived = desk.sees("SELECT receiver_id, symbol, document_id, sha256 FROM incoming WHERE official_id IS NULL")
    assert arrived == [(str(COMMITTEE), "01/SY-HĐND", str(COPY), MARKED)]
    extract = described_copy(form=CopyForm.extract, pages=(1,), part="Điều 1")
    second = make(extract).model_copy(update={"copy_id": ids("second"), "order_id": ids("second order")})
    desk.does(second)
    desk.does(sign("clerk", PAGES, "3" * 64, order_id=ids("second order")))
    entries = desk.sees("SELECT number, symbol FROM register_entries WHERE series = 'copies' ORDER BY number")
    assert entries == [(1, "SY-HĐND"), (2, "TrS-HĐND")]


def test_a_copy_that_was_stamped_again_is_still_known_by_both_files(desk: Desk) -> None:
    desk.does(make())
    desk.does(sign("clerk", PAGES, MARKED, order_id=COPY_ORDER, provable_until=datetime(2031, 5, 1, tzinfo=UTC)))
    stamped = {"stamped_sha256": "9" * 64, "stamped_size": 30_000, "provable_until": datetime(2036, 5, 1, tzinfo=UTC)}
    desk.does(stamp(RenewProof, order_id=COPY_ORDER, **stamped))
    for sha256 in (MARKED, "9" * 64):
        found = copy_views.copy_of_file(desk.views, sha256)
        assert found is not None and found.sha256 == "9" * 64
    assert copy_views.copy_of_file(desk.views, PAGES) is None


def test_what_is_not_sealed_takes_no_number(desk: Desk) -> None:
    desk.does(make())
    desk.does(stamp(DeclineToSign, order_id=COPY_ORDER, signer_id=ids("clerk"), reason="Thiếu trang."))
    found = copy_views.copy(desk.views, COPY)
    assert found is not None and (found.stage, found.reason, found.number) == ("declined", "Thiếu trang.", None)
    assert desk.sees("SELECT count(*) FROM register_entries WHERE series = 'copies'") == [(0,)]


def test_the_service_looks_at_the_original_itself(desk: Desk) -> None:
    other = described_copy(original=described_copy().original.model_copy(update={"sha256": "9" * 64}))
    with pytest.raises(Refused) as refusal:
        desk.does(make(other))
    assert refusal.value.code == "stale_document"
