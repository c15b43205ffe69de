"""The leaf's bytes: known answers, and nothing but what `encode` writes is read."""

from contextlib import suppress
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kernel.messages import Recorded
from ledger.leaf import BadLeaf, Leaf, commit, decode, encode, leaf_of
from ledger.tree import leaf_hash
from tests.ledger.known import known_event, known_tree

DATA_COMMIT = "fd4066cd187bb2c037bdb804f6f3931eb40d81ff80fd6a756ef11fb5e3916b2f"
META_COMMIT = "dce01aae181972848437ad3899f966450ea3a22899bcbe5a9eaf5e60dc5f5426"
LEAF = (
    "01000647484620400000000000000000000000000000000001096d656574696e672d3100000000000000000f"
    "4167656e64614974656d4164646564" + DATA_COMMIT + META_COMMIT
)
LEAVES = st.builds(
    Leaf,
    recorded_at=st.integers(0, 2**63),
    event_id=st.uuids(),
    stream=st.text(max_size=60),
    version=st.integers(0, 2**63),
    type=st.text(max_size=60),
    data_commit=st.binary(min_size=32, max_size=32),
    meta_commit=st.binary(min_size=32, max_size=32),
)


def test_the_commitments_and_the_leaf_of_the_known_event():
    recorded, salt = known_event(0)
    assert commit(salt, recorded.data).hex() == DATA_COMMIT
    assert leaf_of(recorded, salt).hex() == LEAF
    assert leaf_hash(leaf_of(recorded, salt)).hex() == (
        "057eec0fa2e56325663144732b656baa03463b447439bba45e0f253aa4421d04"
    )


def test_the_root_of_the_three_known_events():
    assert known_tree().hex() == "df7f2210ab678eb1d70c331330b400f7ad0059db5133c340ecc7d95365f92e70"


@given(LEAVES)
def test_a_leaf_is_read_as_it_was_written(leaf):
    assert decode(encode(leaf)) == leaf


@given(LEAVES, st.data())
def test_a_leaf_cut_short_or_longer_is_none(leaf, data):
    written = encode(leaf)
    cut = data.draw(st.integers(0, len(written) - 1))
    for other in (written[:cut], written + b"\x00", b"\x02" + written[1:]):
        with pytest.raises(BadLeaf):
            decode(other)


@given(st.binary(max_size=200))
def test_whatever_bytes_come_they_are_a_leaf_or_refused(data):
    with suppress(BadLeaf):
        assert encode(decode(data)) == data


def test_a_name_longer_than_its_length_byte_is_refused():
    with pytest.raises(BadLeaf):
        encode(Leaf(0, UUID(int=1), "s" * 256, 0, "T", bytes(32), bytes(32)))


def test_the_time_is_counted_in_microseconds():
    recorded = Recorded(
        id=UUID(int=1),
        type="T",
        stream="s-1",
        version=0,
        position=1,
        recorded_at=datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=UTC),
        actor="",
        deployment="",
        correlation_id=UUID(int=1),
        causation_id=UUID(int=1),
        data=b"",
        meta=b"",
    )
    assert decode(leaf_of(recorded, bytes(32))).recorded_at == 1767225600000001
