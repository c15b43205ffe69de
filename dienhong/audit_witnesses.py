"""What the witnesses were shown: two histories of one log prove a fork to anybody."""

import io
import tarfile
import urllib.error
import urllib.request
from hashlib import sha256
from itertools import combinations
from pathlib import Path

from audit.check import ALONE, Believed, How, believed, verify_log
from audit.findings import TAMPERED, Report
from audit.sources import Source
from ledger.policy import Policy

TIMEOUT_SECONDS = 10
MAX_BYTES = 1_000_000

Shown = dict[str, str]
"""Checkpoints word for word, by the name of the witness that cosigned them."""


def compare_witnesses(report: Report, source: Source, policy: Policy, evidence: Path, how: How = ALONE) -> None:
    """Asks every witness of the policy that has an address for what it cosigned last of each log.

    What contradicts another, or the log itself, goes into a tar file that anybody can check.
    """
    shown = fetched(report, policy)
    heads = {name: found for name, text in shown.items() if (found := believed(report, text, policy, quorum=False))}
    _check_cosigned(report, policy, heads)
    for (one, first), (other, second) in combinations(heads.items(), 2):
        same = (first.head.origin, first.head.size) == (second.head.origin, second.head.size)
        if same and first.head.root != second.head.root:
            report.add("fork", f"{one}, {other}: {first.head.size}")
    verify_log(report, source, policy, [shown[name] for name in heads], how)
    report.facts["witnesses"] = {name: found.head.size for name, found in heads.items()}
    if report.exit == TAMPERED:
        keep(evidence, shown | {"log": source.checkpoints[-1]})
        report.facts["evidence"] = str(evidence)


def fetch(address: str) -> bytes:
    """Over HTTP alone; raises `OSError`."""
    if not address.startswith(("http://", "https://")):
        raise OSError(f"{address}: neither http nor https")
    with urllib.request.urlopen(address, timeout=TIMEOUT_SECONDS) as answer:
        contents: bytes = answer.read(MAX_BYTES)
    return contents


def fetched(report: Report, policy: Policy) -> Shown:
    """A witness that cannot be asked leaves the question open; one that knows nothing of the log yet does not count."""
    shown: Shown = {}
    for witness in policy.witnesses:
        for log in policy.logs if witness.url else ():
            address = f"{witness.url.rstrip('/')}/{sha256(log.key.name.encode()).hexdigest()}/checkpoint"
            try:
                shown[witness.name] = fetch(address).decode("utf-8", "replace")
            except urllib.error.HTTPError as error:
                error.close()
                if error.code != 404:
                    report.add("unreadable", f"{witness.name}: {error}")
            except (OSError, ValueError) as error:
                report.add("unreadable", f"{witness.name}: {error}")
    return shown


def _check_cosigned(report: Report, policy: Policy, heads: dict[str, Believed]) -> None:
    """It must be the witness itself that says so."""
    for witness in policy.witnesses:
        found = heads.get(witness.name)
        if found is not None and witness.key not in found.signers:
            report.add("few_witnesses", witness.name)


def keep(evidence: Path, notes: Shown) -> None:
    with tarfile.open(evidence, "x:") as tar:
        for name, text in sorted(notes.items()):
            member = tarfile.TarInfo(f"{name}.checkpoint")
            member.size = len(text.encode())
            tar.addfile(member, io.BytesIO(text.encode()))
