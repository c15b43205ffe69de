"""The log passes to another key: what both keys have signed holds, and nothing else does."""

import pytest

from ledger.note import Algorithm, BadNote, Note, Signer, parse, parse_checkpoint, signer
from ledger.rotation import Handover, read_statement, stated, terms

ORIGIN = "ward-1.example/council-log/1"
POST_QUANTUM = signer(ORIGIN, Algorithm.cosigner_mldsa44, bytes(32))


def key(n: int, name: str = ORIGIN) -> Signer:
    return signer(name, Algorithm.log_ed25519, bytes([n] * 32))


ONE, TWO, THREE = key(1), key(2), key(3)


def handed(old: Signer, new: Signer, size: int = 5, origin: str = ORIGIN) -> str:
    return stated(Handover(origin, size, old.key, new.key), old, new)


def test_a_statement_names_both_keys_and_is_signed_by_both() -> None:
    handover = Handover(ORIGIN, 5, ONE.key, TWO.key, (POST_QUANTUM.key,))
    statement = stated(handover, ONE, TWO)
    assert read_statement(statement) == handover
    assert [each.key_id for each in parse(statement).signatures] == [ONE.key.key_id, TWO.key.key_id]


def test_a_statement_is_never_taken_for_a_checkpoint() -> None:
    with pytest.raises(BadNote):
        parse_checkpoint(parse(handed(ONE, TWO)).text)


def without(statement: str, number: int) -> str:
    note = parse(statement)
    return Note(note.text, tuple(each for n, each in enumerate(note.signatures) if n != number)).signed


@pytest.mark.parametrize(
    "statement",
    [
        without(handed(ONE, TWO), 0),
        without(handed(ONE, TWO), 1),
        handed(ONE, TWO).replace("\n5\n", "\n6\n"),
        handed(ONE, TWO).replace("\n5\n", "\n05\n"),
        handed(ONE, TWO).replace(str(TWO.key), str(THREE.key)),
        handed(ONE, TWO).replace("log-key/1", "log-key/2"),
        handed(ONE, ONE),
        handed(key(1, "city.example/council-log/1"), TWO),
        stated(Handover(ORIGIN, 5, ONE.key, TWO.key), THREE, TWO),
        "",
        "no statement\n\n",
    ],
)
def test_what_is_not_signed_by_both_keys_is_none(statement: str) -> None:
    with pytest.raises(BadNote):
        read_statement(statement)


def test_each_key_has_its_term() -> None:
    found, bad = terms(ORIGIN, [(5, handed(ONE, TWO)), (9, handed(TWO, THREE, 8))], [TWO.key])
    assert bad == []
    assert [(each.key, each.first, each.last) for each in found] == [
        (ONE.key, 0, 6),
        (TWO.key, 6, 10),
        (THREE.key, 10, None),
    ]
    assert [[each.holds(size) for each in found] for size in (5, 6, 7, 10, 11)] == [
        [True, False, False],
        [True, True, False],
        [False, True, False],
        [False, True, True],
        [False, False, True],
    ]


@pytest.mark.parametrize(
    ("later", "bad"),
    [
        (handed(ONE, THREE, 8), [9]),
        (handed(THREE, ONE, 8), [9]),
        (handed(TWO, ONE, 8), [9]),
        (handed(TWO, THREE, 10), [9]),
        (without(handed(TWO, THREE, 8), 0), [9]),
        (handed(key(1, "other.example/log"), key(2, "other.example/log"), 8, "other.example/log"), []),
    ],
)
def test_only_the_key_whose_turn_it_is_hands_the_log_on(later: str, bad: list[int]) -> None:
    found, wrong = terms(ORIGIN, [(5, handed(ONE, TWO)), (9, later)], [ONE.key])
    assert [each.key for each in found] == [ONE.key, TWO.key] and wrong == bad


@pytest.mark.parametrize("believed", [ONE, TWO, THREE])
def test_what_strangers_hand_to_each_other_says_nothing_of_our_key(believed: Signer) -> None:
    strangers = handed(key(8), key(9), 0)
    log = [(1, strangers), (5, handed(ONE, TWO)), (7, strangers), (9, handed(TWO, THREE, 8))]
    found, bad = terms(ORIGIN, log, [believed.key])
    assert [each.key for each in found] == [ONE.key, TWO.key, THREE.key] and bad == [1, 7]
    assert terms(ORIGIN, log[:1], [believed.key]) == ([], [1])


def test_a_key_that_hands_the_log_to_two_has_handed_it_to_the_first() -> None:
    found, bad = terms(ORIGIN, [(5, handed(ONE, TWO)), (6, handed(ONE, THREE))], [ONE.key])
    assert [each.key for each in found] == [ONE.key, TWO.key] and bad == [6]
