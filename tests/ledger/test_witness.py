"""The witness cosigns what only grew, says why it does not, and keeps the evidence of a fork."""

import base64
from concurrent.futures import ThreadPoolExecutor

import pytest

from ledger.note import Algorithm, Checkpoint, Note, parse, parse_checkpoint, signed_note, signer, verify
from ledger.tiles import Tiles, grown
from ledger.tree import consistency_proof, leaf_hash, root
from ledger.witness import SIZE_TYPE, Witness

ORIGIN = "ward-1.example/council-log/1"
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))
STRANGER = signer(ORIGIN, Algorithm.log_ed25519, bytes([9]) * 32)
CITY = signer("city.example/witness", Algorithm.cosigner_ed25519, bytes([1]) * 32)
AT = 1767225660


class Tree:
    def __init__(self, word: str = "leaf", size: int = 100) -> None:
        leaves = [leaf_hash(f"{word}{i}".encode()) for i in range(size)]
        tiles = {(level, n): tile for level, n, tile in grown(lambda *_: b"", 0, leaves)}
        self.subtree = Tiles(lambda level, n: tiles.get((level, n), b"")).subtree

    def checkpoint(self, size: int, origin: str = ORIGIN) -> Checkpoint:
        return Checkpoint(origin, size, root(size, self.subtree))

    def request(self, old: int, size: int, by=LOG, origin: str = ORIGIN) -> str:
        checkpoint = self.checkpoint(size, origin)
        proof = consistency_proof(old, size, self.subtree) if old <= size else []
        lines = [base64.b64encode(each).decode() for each in proof]
        return "\n".join((f"old {old}", *lines, "", signed_note(checkpoint, [by.sign(checkpoint, 0)])))


TREE, OTHER = Tree(), Tree("other")


@pytest.fixture
def witness(tmp_path):
    witness = Witness(tmp_path / "witness.db", [LOG.key], [CITY], clock=lambda: AT)
    yield witness
    witness.close()


def test_a_log_that_grows_is_cosigned_each_time(witness):
    for old, size in ((0, 3), (3, 3), (3, 64), (64, 100)):
        answer = witness.add_checkpoint(TREE.request(old, size))
        assert answer.status == 200
        note = parse(signed_note(TREE.checkpoint(size), []) + answer.body)
        assert verify(note, [CITY.key]) == {CITY.key: AT}
    held = witness.cosigned(ORIGIN)
    assert held is not None and verify(parse(held), [LOG.key, CITY.key]) == {LOG.key: None, CITY.key: AT}


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        (TREE.request(0, 3, origin="ward-9.example/council-log/1"), 404),
        (TREE.request(0, 3, by=STRANGER), 403),
        (TREE.request(5, 3), 400),
        ("", 400),
        ("old 0\n", 400),
        (TREE.request(0, 3).replace("old 0", "old 00"), 400),
        (TREE.request(0, 3).replace("old 0", "old -1"), 400),
        (TREE.request(0, 3).replace("old 0\n", "old 0\n" + "AAAA\n" * 64), 400),
        (TREE.request(0, 3).replace("old 0\n", f"old 0\n{'A' * 43}=\n"), 422),
    ],
)
def test_each_refusal_has_its_status(witness, request_text, status):
    assert witness.add_checkpoint(request_text).status == status
    assert witness.cosigned(ORIGIN) is None


def test_who_has_missed_a_checkpoint_is_told_the_size(witness):
    witness.add_checkpoint(TREE.request(0, 64))
    answer = witness.add_checkpoint(TREE.request(3, 100))
    assert (answer.status, answer.body, answer.content_type) == (409, "64\n", SIZE_TYPE)


@pytest.mark.parametrize("size", [64, 100])
def test_a_fork_is_not_cosigned_and_the_evidence_is_kept(witness, size):
    witness.add_checkpoint(TREE.request(0, 64))
    request = OTHER.request(64, size)
    assert witness.add_checkpoint(request).status == 422
    assert witness.add_checkpoint(request).status == 422
    (origin, held, contradiction), *more = witness.evidence()
    assert witness.kept_evidence() == 1 + len(more)
    assert origin == ORIGIN and contradiction == request and not more
    mine = parse_checkpoint(parse(held).text)
    theirs = parse_checkpoint(Note(*[request.partition("\n\n")[2].rpartition("\n\n")[0] + "\n", ()]).text)
    assert mine.root == TREE.checkpoint(64).root and theirs.root == OTHER.checkpoint(size).root


def test_requests_at_once_never_roll_a_log_back(witness):
    witness.add_checkpoint(TREE.request(0, 1))
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda size: witness.add_checkpoint(TREE.request(1, size)), range(2, 34)))
    assert sorted(answer.status for answer in answers) == [200] + [409] * 31
    held = witness.cosigned(ORIGIN)
    assert held is not None
    size = parse_checkpoint(parse(held).text).size
    assert all(answer.body == f"{size}\n" for answer in answers if answer.status == 409)


def test_what_was_cosigned_is_known_after_a_restart(tmp_path):
    first = Witness(tmp_path / "witness.db", [LOG.key], [CITY])
    first.add_checkpoint(TREE.request(0, 64))
    first.close()
    again = Witness(tmp_path / "witness.db", [LOG.key], [CITY])
    assert again.add_checkpoint(TREE.request(0, 3)).status == 409
    assert again.add_checkpoint(TREE.request(64, 100)).status == 200
    again.close()


def test_a_log_that_has_passed_to_another_key_is_cosigned_where_the_policy_names_both(tmp_path, witness):
    both = Witness(tmp_path / "other.db", [LOG.key, STRANGER.key], [CITY], clock=lambda: AT)
    assert [each.add_checkpoint(TREE.request(0, 3)).status for each in (witness, both)] == [200, 200]
    last = TREE.request(3, 4) + STRANGER.sign(TREE.checkpoint(4), 0).line  # both keys sign the old one's last
    assert [each.add_checkpoint(last).status for each in (witness, both)] == [200, 200]
    later = TREE.request(4, 9, by=STRANGER)
    assert [each.add_checkpoint(later).status for each in (witness, both)] == [403, 200]
    both.close()
