"""One event in the words of the auditor's pages, with names from nothing but the log before it."""

import json

from audit.sources import Source
from audit.verbs import readable
from gateway.audits.names import NamesInLog
from gateway.audits.words import plain, sentence


def in_words(source: Source, index: int) -> dict[str, str]:
    """What happened and who did it, in Vietnamese; empty for what is not there, was erased or cannot be read."""
    names = NamesInLog()
    for record in readable(source):
        recorded = record.recorded
        if recorded is None or record.erased:
            continue
        names.see(recorded)
        if record.entry is None or record.entry.index != index:
            continue
        try:
            data = json.loads(recorded.data)
            return {"says": sentence(recorded.type, data, names), "by": plain(recorded.actor, names)}
        except (ValueError, KeyError, AttributeError, RecursionError):
            return {}
    return {}
