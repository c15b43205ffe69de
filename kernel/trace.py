"""W3C Trace Context: one id from the request through its commands and events to the last reaction.

The id is random, no secret, and names no person. It stands in every log line, and in the envelope of what was written
under it.
"""

import json
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from random import getrandbits

from structlog.contextvars import bound_contextvars

from kernel.messages import Recorded

TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?", re.ASCII)
_current: ContextVar[str] = ContextVar("traceparent", default="")


def current() -> str:
    """The `traceparent` to hand on, to a service called or into an event's envelope; empty outside any trace."""
    return _current.get()


def span_in(traceparent: str) -> str:
    """A new span in the given trace, or in a new trace when none is given or it is not well-formed."""
    known = parsed(traceparent) if traceparent else None
    trace, _parent, flags = known or (f"{getrandbits(128):032x}", "", "01")
    return f"00-{trace}-{getrandbits(64) or 1:016x}-{flags}"


@contextmanager
def continued(traceparent: str) -> Iterator[None]:
    """Everything inside belongs to a new span in the given trace, or in a new trace."""
    _trace, parent, _flags = parsed(traceparent) or ("", "", "")
    within = span_in(traceparent)
    _version, trace, span, _flags = within.split("-")
    token = _current.set(within)
    try:
        with bound_contextvars(trace=trace, span=span, **({"parent": parent} if parent else {})):
            yield
    finally:
        _current.reset(token)


def caused_by(recorded: Recorded) -> AbstractContextManager[None]:
    """For a reaction: a span in the trace that recorded the event. Events of before traces begin a new one."""
    return continued(json.loads(recorded.meta).get("traceparent", ""))


def parsed(traceparent: str) -> tuple[str, str, str] | None:
    """Trace, parent and flags; None for what Level 1, section 3.2 of the recommendation calls invalid."""
    found = TRACEPARENT.fullmatch(traceparent)
    if found is None:
        return None
    version, trace, parent, flags, more = found.groups()
    if version == "ff" or (version == "00" and more) or not int(trace, 16) or not int(parent, 16):
        return None
    return trace, parent, flags
