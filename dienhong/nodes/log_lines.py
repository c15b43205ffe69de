"""One log of many processes, twice: lines for people, and JSON lines for `jq`."""

import json
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TextIO

NAMED_ELSEWHERE = frozenset({"process", "event", "level", "timestamp", "span", "parent", "trace", "exception"})
TRACE_SHOWN = 8
"""Enough to tell requests of a day apart; the JSON has the whole."""


class OneLog:
    """`say` takes what `Child` says: the name of a process, then its line. The screen shows what `log` gets."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __enter__(self) -> Self:
        self._read: TextIO = (self._folder / "log").open("a", encoding="utf-8")
        self._json: TextIO = (self._folder / "log.jsonl").open("a", encoding="utf-8")
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._read.close()
        self._json.close()

    def say(self, line: str) -> None:
        name, _, said = line.partition(" ")
        fields = _fields(said.strip())
        text = f"{_clock(datetime.now())} {line}" if fields is None else readable(name, fields)
        print(text, flush=True)
        print(text, file=self._read, flush=True)
        kept = fields or {"process": "distributed", "event": line, "timestamp": _now()}
        print(json.dumps(kept, ensure_ascii=False), file=self._json, flush=True)


def readable(name: str, fields: dict[str, Any]) -> str:
    """`09:30:19.765 voting       command OpenPoll stream=poll-… ms=6.1 trace=dbfd6ba0`, local time."""
    at = datetime.fromisoformat(fields["timestamp"]).astimezone() if "timestamp" in fields else datetime.now()
    level = fields.get("level", "info")
    parts = [_clock(at), f"{name:<12}"]
    parts += [level.upper()] if level != "info" else []
    parts += [str(fields.get("event", ""))]
    parts += [f"{key}={value}" for key, value in fields.items() if key not in NAMED_ELSEWHERE]
    parts += [f"trace={fields['trace'][:TRACE_SHOWN]}"] if "trace" in fields else []
    return "\n".join([" ".join(parts), *str(fields.get("exception", "")).splitlines()])


def _fields(said: str) -> dict[str, Any] | None:
    """None for what is no JSON line: a traceback, words for people, our own words."""
    if not said.startswith("{"):
        return None
    try:
        fields: dict[str, Any] = json.loads(said)
    except ValueError:
        return None
    return fields


def _clock(at: datetime) -> str:
    return at.isoformat(timespec="milliseconds")[11:23]


def _now() -> str:
    return datetime.now().astimezone().isoformat()
