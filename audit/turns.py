"""Whose turn it was to sign: a log's key passes on by events of the log, which bear what both keys have signed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from audit.findings import Report
from ledger.note import BadNote, Checkpoint, VerifierKey, parse, parse_checkpoint
from ledger.policy import Log, Policy
from ledger.rotation import Term, terms

Statements = Sequence[tuple[int, str]]
"""Each with the index of its event's leaf, in the order of the log."""


@dataclass(frozen=True)
class Turns:
    """`terms` is empty where the key was never rotated. `origin` names the log. `bad`: leaves of what does not hold."""

    origin: str
    terms: Sequence[Term]
    bad: Sequence[int] = ()

    def believed_by(self, policy: Policy) -> Policy:
        """Who believes one of the keys can believe those that came before and after it."""
        keys = [each.key for each in self.terms]
        named = {log.key for log in policy.logs}
        if named.isdisjoint(keys):
            return policy
        return replace(policy, logs=(*policy.logs, *(Log(key) for key in keys if key not in named)))

    def check(self, report: Report, signed: Sequence[tuple[Checkpoint, Collection[VerifierKey]]]) -> None:
        """Each checkpoint by a key that had its turn; without rotations all by the same key."""
        for index in self.bad:
            report.add("bad_rotation", self.origin, index)
        ours = [(head.size, {each for each in by if each.name == self.origin}) for head, by in signed]
        if self.terms:
            for size, keys in ours:
                if not any(term.key in keys and term.holds(size) for term in self.terms):
                    report.add("wrong_key", str(size))
        elif ours and not set.intersection(*(keys for _, keys in ours)):
            report.add("wrong_key", ", ".join(sorted({str(each) for _, keys in ours for each in keys})))


def turns(report: Report, signed: str, statements: Statements, policy: Policy) -> Turns:
    """`signed`: the log's newest checkpoint, which says its name."""
    try:
        origin = parse_checkpoint(parse(signed).text).origin
    except BadNote:
        return Turns("", ())
    found, bad = terms(origin, statements, [log.key for log in policy.logs])
    if found:
        report.facts["keys"] = [{"key": str(each.key), "first": each.first, "last": each.last} for each in found]
    return Turns(origin, found, bad)
