"""Checkpoints, signatures and cosignatures: known answers; nothing else verifies."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.note import (
    Algorithm,
    BadNote,
    Checkpoint,
    Note,
    parse,
    parse_checkpoint,
    parse_key,
    signed_note,
    signer,
    verify,
)
from tests.ledger.known import known_tree

ORIGIN, WITNESS, AT = "ward-1.example/council-log/1", "city.example/witness", 1767225660
LOG_KEY = "ward-1.example/council-log/1+41fd3cc2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
WITNESS_KEY = "city.example/witness+cb518cd2+BCmsuuFBvMrwsi4alNNNC8c2HlJtC/4SyJeUvJMilm3X"
KNOWN = (
    "ward-1.example/council-log/1\n"
    "3\n"
    "338iEKtnjrHXDDMTMLQA960AWdtRM8NA7MfZU2X5LnA=\n"
    "\n"
    "— ward-1.example/council-log/1 "
    "Qf08wgQ630YdINoLUUKQhpoV1GGU/fKOh5iq8UlrpgZcKxhFZmNGbxGLq/QNPHVzQJJTEMtTc/bVqCzFK/V3aiUMqA8=\n"
    "— city.example/witness "
    "y1GM0gAAAABpVbk8gN3A+qaNn8Z84tLwL2TyWldAXcUJfBGAVj/m5F4K3qiCpXilQg9O2fxVfqYb6aXzKPE/Rby1L3T52j8L9dj1Dw==\n"
)
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(range(0x20)))
CITY = signer(WITNESS, Algorithm.cosigner_ed25519, bytes(range(0x20, 0x40)))
POST_QUANTUM = signer(WITNESS, Algorithm.cosigner_mldsa44, bytes(range(0x40, 0x60)))
C2SP_NOTE = """If you think cryptography is the answer to your problem,
then you don't know what your problem is.

— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=
"""
C2SP_KEY = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"


def test_the_known_checkpoint_is_made_and_verified():
    checkpoint = Checkpoint(ORIGIN, 3, known_tree())
    assert signed_note(checkpoint, [LOG.sign(checkpoint, AT), CITY.sign(checkpoint, AT)]) == KNOWN
    assert (str(LOG.key), str(CITY.key)) == (LOG_KEY, WITNESS_KEY)
    assert verify(parse(KNOWN), [parse_key(LOG_KEY), parse_key(WITNESS_KEY)]) == {LOG.key: None, CITY.key: AT}
    assert parse_checkpoint(parse(KNOWN).text) == checkpoint


def test_a_note_that_others_have_published_verifies():
    assert verify(parse(C2SP_NOTE), [parse_key(C2SP_KEY)]) == {parse_key(C2SP_KEY): None}


def test_a_post_quantum_cosignature_states_its_time():
    checkpoint = Checkpoint(ORIGIN, 3, known_tree())
    note = parse(signed_note(checkpoint, [POST_QUANTUM.sign(checkpoint, AT)]))
    assert verify(note, [parse_key(str(POST_QUANTUM.key))]) == {POST_QUANTUM.key: AT}
    other = Note(Checkpoint(ORIGIN, 4, known_tree()).text, note.signatures)
    with pytest.raises(BadNote):
        verify(other, [POST_QUANTUM.key])


def test_an_unknown_key_is_passed_over():
    assert verify(parse(KNOWN), [LOG.key]) == {LOG.key: None}


def test_a_known_key_whose_signature_fails_rejects_the_note():
    forged = KNOWN.replace("y1GM0gAAAABpVbk8", "y1GM0gAAAABpVbk9")
    with pytest.raises(BadNote):
        verify(parse(forged), [LOG.key, CITY.key])


def test_the_same_key_signs_once():
    with pytest.raises(BadNote):
        verify(parse(KNOWN + KNOWN.splitlines(keepends=True)[-1]), [CITY.key])


@given(at=st.integers(0, len(KNOWN) - 1), other=st.characters(codec="utf-8"))
def test_no_changed_letter_leaves_both_signatures_standing(at, other):
    changed = KNOWN[:at] + other + KNOWN[at + 1 :]
    try:
        found = verify(parse(changed), [LOG.key, CITY.key])
    except BadNote:
        return
    assert len(found) < 2 or changed == KNOWN


@given(st.text(max_size=300))
def test_whatever_text_comes_it_is_a_note_or_refused(text):
    with suppress(BadNote):
        assert parse(text).signed == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "origin\n3\n",
        f"origin\n03\n{'A' * 43}=\n",
        f"origin\n-3\n{'A' * 43}=\n",
        f"origin\n٣\n{'A' * 43}=\n",
        f"origin\n{1 << 63}\n{'A' * 43}=\n",
        f"\n3\n{'A' * 43}=\n",
        f"origin\n3\n{'A' * 43}=\nextension\n",
        "origin\n3\nAAAA\n",
        f"origin\n3\n{'A' * 42}B=\n",
    ],
)
def test_another_spelling_of_a_checkpoint_is_refused(text):
    with pytest.raises(BadNote):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    "key",
    [
        "",
        "name",
        WITNESS_KEY.replace("cb518cd2", "cb518cd3"),
        WITNESS_KEY.replace("+BC", "+CC"),
        LOG_KEY[:-4],
        f"two words+{WITNESS_KEY.partition('+')[2]}",
    ],
)
def test_another_spelling_of_a_key_is_refused(key):
    with pytest.raises(BadNote):
        parse_key(key)
