"""Every event type ever written stays readable: a frozen stored sample of each is decoded for ever."""

import json
from pathlib import Path
from uuid import UUID

import pytest

from dienhong.embedded import CODEC
from kernel.codec import Codec, UnknownEvent
from kernel.messages import Event, Recorded
from tests.stamps import STAMP_AT

HERE = Path(__file__).parent
SAMPLES = HERE / "samples"


def stored(kind: str, data: bytes) -> Recorded:
    meta = json.dumps(
        {"actor": "ana", "deployment": "test", "correlation_id": str(UUID(int=1)), "causation_id": str(UUID(int=2))}
    )
    return Recorded.of_row(str(UUID(int=3)), kind, "thing-1", 0, 1, STAMP_AT, data, meta.encode())


def test_the_list_of_event_types_only_ever_grows() -> None:
    frozen = (HERE / "event_types.txt").read_text().split()
    assert frozen == sorted(CODEC.types)


@pytest.mark.parametrize("kind", sorted(CODEC.types))
def test_a_stored_sample_is_still_readable(kind: str) -> None:
    data = (SAMPLES / f"{kind}.json").read_bytes().strip()
    event = CODEC.decode(stored(kind, data))
    assert CODEC.decode(stored(kind, event.model_dump_json().encode())) == event


def test_an_unknown_type_stops_the_reader() -> None:
    with pytest.raises(UnknownEvent):
        CODEC.decode(stored("NeverHeardOf", b"{}"))


def test_an_old_type_is_read_as_the_new_one() -> None:
    class Renamed(Event):
        label: str

    codec = Codec([Renamed], {"Named": lambda old: ("Renamed", {"label": old["name"]})})
    assert codec.decode(stored("Named", b'{"name":"x"}')) == Renamed(label="x")


def test_two_services_cannot_define_one_type() -> None:
    class Same(Event):
        pass

    with pytest.raises(ValueError, match="Same"):
        Codec([Same]) | Codec([Same])
