"""Whom to believe: the specification's example, and every way a policy file can be unclear."""

import pytest

from ledger.note import Algorithm, BadNote, Checkpoint, signed_note, signer
from ledger.policy import BadPolicy, parse_policy
from tests.ledger.known import known_tree

ORIGIN = "ward-1.example/council-log/1"
LOG = signer(ORIGIN, Algorithm.log_ed25519, bytes(32))
NAMES = ("city", "district", "ward2", "ward3", "audit", "university")
WITNESSES = {
    name: signer(f"{name}.example/witness", Algorithm.cosigner_ed25519, bytes([i]) * 32)
    for i, name in enumerate(NAMES, start=1)
}
EXAMPLE = f"""# the ward's log
log {LOG.key}
{"".join(f"witness {name} {each.key}" + chr(10) for name, each in WITNESSES.items())}
group gov 2 city district ward2 ward3
group indep any audit university
group q all gov indep
quorum q
"""


def checkpoint_cosigned_by(*names: str) -> str:
    checkpoint = Checkpoint(ORIGIN, 3, known_tree())
    signatures = [LOG.sign(checkpoint, 0), *(WITNESSES[name].sign(checkpoint, 1767225660) for name in names)]
    return signed_note(checkpoint, signatures)


@pytest.mark.parametrize(
    ("names", "enough"),
    [
        ((), False),
        (("city", "district"), False),
        (("city", "audit"), False),
        (("city", "ward3", "university"), True),
        (NAMES, True),
    ],
)
def test_a_quorum_of_the_administration_and_one_from_outside(names, enough):
    policy, signed = parse_policy(EXAMPLE), checkpoint_cosigned_by(*names)
    if enough:
        assert policy.check(signed)[0] == Checkpoint(ORIGIN, 3, known_tree())
    else:
        with pytest.raises(BadNote):
            policy.check(signed)


def test_a_policy_without_witnesses_says_so():
    policy = parse_policy(f"log {LOG.key} \n\t quorum\tnone")
    assert policy.check(checkpoint_cosigned_by())[0].size == 3


def test_a_log_speaks_only_for_its_own_origin():
    other = Checkpoint("ward-2.example/council-log/1", 3, known_tree())
    with pytest.raises(BadNote):
        parse_policy(f"log {LOG.key}\nquorum none\n").check(signed_note(other, [LOG.sign(other, 0)]))


CITY = f"witness city {WITNESSES['city'].key}\n"


@pytest.mark.parametrize(
    "text",
    [
        "",
        CITY,
        "quorum city\n",
        CITY + "quorum city\nquorum city\n",
        CITY + "quorum city extra\n",
        CITY + CITY.replace("city ", "again ") + "quorum city\n",
        CITY + "group g 2 city\nquorum g\n",
        CITY + "group g 0 city\nquorum g\n",
        CITY + "group g any\nquorum g\n",
        CITY + "group g all city city\nquorum g\n",
        CITY + "group g all city\ngroup h all city\nquorum h\n",
        CITY + "group g all h\ngroup h all city\nquorum h\n",
        CITY + "group none all city\nquorum none\n",
        CITY + "group city all city\nquorum city\n",
        f"log {WITNESSES['city'].key}\nquorum none\n",
        f"log {LOG.key}\nlog {LOG.key}\nquorum none\n",
        f"witness city {LOG.key}\nquorum city\n",
        "witness city notakey\nquorum city\n",
        "anything\nquorum none\n",
    ],
)
def test_an_unclear_policy_is_refused(text):
    with pytest.raises(BadPolicy):
        parse_policy(text)
