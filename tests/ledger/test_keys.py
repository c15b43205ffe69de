"""Keys: made once, for their owner only, and the same for ever."""

import os
import stat

import pytest

from ledger.keys import UnsafeKey, open_keys, public_keys, seed
from ledger.note import Algorithm, parse_key


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def test_the_first_start_makes_the_keys_and_every_other_finds_them(tmp_path):
    first = open_keys(tmp_path / "keys", "ward-1.example")
    again = open_keys(tmp_path / "keys", "ward-1.example")
    assert first.log[0].key == again.log[0].key and first.witness[0].key == again.witness[0].key
    assert [each.key.name for each in (*first.log, *first.witness)] == [
        "ward-1.example/council-log/1",
        "ward-1.example/witness",
    ]
    assert first.log[0].key.public_key != first.witness[0].key.public_key


def test_key_files_are_for_their_owner_only(tmp_path):
    open_keys(tmp_path / "keys", "ward-1.example", post_quantum=True)
    files = sorted((tmp_path / "keys").iterdir())
    assert [each.name for each in files] == [
        "log-ed25519.seed",
        "log-mldsa44.seed",
        "witness-ed25519.seed",
        "witness-mldsa44.seed",
    ]
    assert {mode(each) for each in files} == {0o400} and mode(tmp_path / "keys") == 0o700


def test_a_post_quantum_line_is_one_more_key(tmp_path):
    keys = open_keys(tmp_path, "ward-1.example", post_quantum=True)
    wanted = [Algorithm.log_ed25519, Algorithm.cosigner_mldsa44]
    assert [parse_key(each).algorithm for each in public_keys(keys.log)] == wanted
    assert open_keys(tmp_path, "ward-1.example").log[0].key == keys.log[0].key


@pytest.mark.parametrize("open_to_others", [0o444, 0o440, 0o600])
def test_a_key_that_others_could_read_or_that_can_be_written_is_not_used(tmp_path, open_to_others):
    open_keys(tmp_path, "ward-1.example")
    os.chmod(tmp_path / "log-ed25519.seed", open_to_others)
    with pytest.raises(UnsafeKey):
        open_keys(tmp_path, "ward-1.example")


@pytest.mark.parametrize("length", [0, 31, 33])
def test_what_is_no_seed_is_not_used(tmp_path, length):
    path = tmp_path / "x.seed"
    path.write_bytes(bytes(length))
    os.chmod(path, 0o400)
    with pytest.raises(UnsafeKey):
        seed(path)
