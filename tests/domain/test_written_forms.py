"""What pydantic spells, because it is quick at it, is what Python's own modules spell."""

import json
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kernel.codec import encode_meta
from kernel.ids import each_written, written

texts = st.text(st.characters(codec="utf-8"))


@given(st.lists(st.uuids()))
def test_ids_are_written_as_everywhere(ids: list[UUID]) -> None:
    assert each_written(ids) == [written(each) for each in ids] == [str(each) for each in ids]


@given(texts, texts, st.uuids(), st.uuids(), texts)
def test_an_envelope_says_who_where_and_why(
    actor: str, deployment: str, correlation_id: UUID, causation_id: UUID, traceparent: str
) -> None:
    meta = encode_meta(actor, deployment, correlation_id, causation_id, traceparent)
    said = {
        "actor": actor,
        "deployment": deployment,
        "correlation_id": str(correlation_id),
        "causation_id": str(causation_id),
    }
    if traceparent:
        said["traceparent"] = traceparent
    assert json.loads(meta) == said
    assert meta == json.dumps(said, ensure_ascii=False, separators=(",", ":")).encode()
