"""Targets for atheris: `python -m tests.audit.fuzz TARGET CORPUS [options of libFuzzer]`.

Both verifiers get the same bytes and must judge alike; anything but their own refusals ends the run.
"""

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from tempfile import TemporaryDirectory

import atheris

with atheris.instrument_imports(include=["audit", "ledger"]):
    from audit import verifier
    from audit.records import BadRecord, read_line
    from ledger.leaf import BadLeaf, decode
    from ledger.note import BadNote, parse, parse_checkpoint, parse_key, verify
    from ledger.policy import BadPolicy, parse_policy
    from ledger.proof import verify_proof
    from ledger.receipt import BadReceipt, parse_receipt, verify_receipt

LOG_KEY = "ward-1.example/council-log/1+41fd3cc2+AQOhB7/zzhC+HXDdGOdLwJln5NYwm6UNXx3chmQSVTG4"
OURS, THEIRS = [parse_key(LOG_KEY)], [verifier.read_key(LOG_KEY)]
CHECKPOINT = "ward-1.example/council-log/1\n3\n338iEKtnjrHXDDMTMLQA960AWdtRM8NA7MfZU2X5LnA=\n"
SIGNATURE = (
    "— ward-1.example/council-log/1 "
    "Qf08wgQ630YdINoLUUKQhpoV1GGU/fKOh5iq8UlrpgZcKxhFZmNGbxGLq/QNPHVzQJJTEMtTc/bVqCzFK/V3aiUMqA8=\n"
)
FIELDS = {**dict.fromkeys(verifier.FIELDS), "index": 0, "leaf": "00"}
SEEDS = {
    "note": f"{CHECKPOINT}\n{SIGNATURE}",
    "policy": f"log {LOG_KEY}\ngroup any 1 a b\nquorum none\n",
    "receipt": f"c2sp.org/tlog-proof@v1\nindex 0\n\n{CHECKPOINT}\n{SIGNATURE}",
    "proof": f"c2sp.org/tlog-proof@v1\nextra e30=\nindex 0\n\n{CHECKPOINT}\n{SIGNATURE}",
    "leaf": "\x01" * 120,
    "segment": json.dumps(FIELDS, separators=(",", ":")) + "\n",
}


def accepts(judge: Callable[[], object], *refusals: type[Exception]) -> bool:
    try:
        judge()
    except refusals:
        return False
    return True


def alike(ours: Callable[[], object], theirs: Callable[[], object], *refusals: type[Exception]) -> None:
    assert accepts(ours, *refusals) == accepts(theirs, verifier.Bad)


def note(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    alike(lambda: parse(text), lambda: verifier.read_note(text), BadNote)
    alike(lambda: parse_checkpoint(text), lambda: verifier.read_checkpoint(text), BadNote)
    alike(lambda: verify(parse(text), OURS), lambda: verifier.signed_by(verifier.read_note(text), THEIRS), BadNote)
    alike(lambda: parse_key(text), lambda: verifier.read_key(text), BadNote)


def policy(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    alike(lambda: parse_policy(text), lambda: verifier.read_policy(text), BadPolicy)


def receipt(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    alike(lambda: parse_receipt(text), lambda: verifier.read_receipt(text), BadReceipt)
    alike(
        lambda: verify_receipt(parse_receipt(text), bytes(32), OURS),
        lambda: verifier.check_receipt(verifier.read_receipt(text), bytes(32), THEIRS),
        BadReceipt,
    )


def proof(data: bytes) -> None:
    text = data.decode("utf-8", "ignore")
    with suppress(BadReceipt):
        verify_proof(text, OURS)
    with suppress(*verifier.MALFORMED):
        verifier.read_extra(verifier.read_receipt(text).extra)
    with suppress(*verifier.MALFORMED):
        verifier.read_extra(data)


def leaf(data: bytes) -> None:
    alike(lambda: decode(data), lambda: verifier.read_leaf(data), BadLeaf)


def segment(data: bytes) -> None:
    path = FOLDER / "segment"
    path.write_bytes(data)
    verifier.check_segment(verifier.Place(str(path), 0, len(data)), 0, [1, 2])
    for line in data.split(b"\n"):
        with suppress(BadRecord):
            read_line(line)


TARGETS = {each.__name__: each for each in (note, policy, receipt, proof, leaf, segment)}

if __name__ == "__main__":
    name, corpus = sys.argv[1], Path(sys.argv[2])
    (corpus / "seed").write_bytes(SEEDS[name].encode())
    with TemporaryDirectory() as folder:
        FOLDER = Path(folder)
        atheris.Setup([sys.argv[0], str(corpus), *sys.argv[3:]], TARGETS[name])
        atheris.Fuzz()
