"""Answers that race the close: whoever is acknowledged is counted, whoever is refused is not."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

import pytest

from kernel.adapters.store_sqlite import SqliteStore
from kernel.decider import Refused
from services.voting.messages import (
    CirculateOpinionForm,
    CloseOpinionForm,
    DraftOpinionForm,
    SubmitAnswer,
    SubmitOpinionForm,
)
from services.voting.messages.circulation import AnswersCounted
from services.voting.service import CODEC, VotingService
from tests.domain.test_circulation import BODY, CARD, CHAIR, CONTENT, FORM
from tests.stamps import STAMP_AT, ids, stamp

ROLL = (CHAIR, *(ids(f"member {n}") for n in range(60)))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    log = SqliteStore(tmp_path / "events.db")
    yield log
    log.close()


@pytest.fixture
def service(store: SqliteStore) -> VotingService:
    voting = VotingService(store, "test")
    content = {**CONTENT, "rule_card": CARD.model_copy(update={"allows_change": True})}
    voting.execute(stamp(DraftOpinionForm, form_id=FORM, body_id=BODY, **content))
    voting.execute(stamp(SubmitOpinionForm, form_id=FORM))
    sending = {"form_id": FORM, "roll": ROLL, "members": len(ROLL), "serving": len(ROLL)}
    voting.execute(stamp(CirculateOpinionForm, actor="chair", **sending))
    return voting


@pytest.mark.parametrize("run", range(5))
def test_across_the_close_each_acknowledged_answer_is_counted_and_no_other(
    service: VotingService, store: SqliteStore, run: int
) -> None:
    together = Barrier(len(ROLL) + 1)

    def answers(place: int) -> str | None:
        together.wait()
        kept = None
        for choice in ("for", "against", "other_opinion"):
            try:
                service.execute(stamp(SubmitAnswer, form_id=FORM, voter_id=ROLL[place], choice=choice))
                kept = choice
            except Refused as refused:
                assert refused.code == "form_closed"
        return kept

    def closes() -> None:
        together.wait()
        after = STAMP_AT + timedelta(days=3)
        service.execute(stamp(CloseOpinionForm, at=after, form_id=FORM, answered=0))

    with ThreadPoolExecutor(len(ROLL) + 1) as people:
        acknowledged = [people.submit(answers, place) for place in range(len(ROLL))]
        people.submit(closes).result()
        told = [each.result() for each in acknowledged]
    closed = next(each for each in store.read(f"opinionForm-{FORM}") if each.type == "OpinionFormClosed")
    service.on_event(closed, CODEC.decode(closed))
    counted = CODEC.decode(store.read(f"opinionForm-{FORM}")[-1])
    assert isinstance(counted, AnswersCounted)
    assert counted.counts == {key: told.count(key) for key in ("for", "against", "other_opinion")}
