"""Native blocking calls, in plain processes and beside eventlet.

nameko's processes are monkey-patched: their threads are greenlets of one hub, and whatever blocks natively stops them
all. Libraries with native threads of their own (grpc) even die there ("Cannot switch to a different thread"). So they
are imported with the original modules (`unpatched`) and called in native threads (`blocking`). What runs there
neither logs nor takes a lock that a greenlet could hold, for such a lock switches greenlets in a thread without a hub.
"""

import importlib
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any, ParamSpec, TypeVar

AT_ONCE = 16
"""Calls of one `blocking_each` under way together; eventlet's pool has 20 threads for the whole process."""

ORIGINALS = ("threading", "queue", "time")

P = ParamSpec("P")
T = TypeVar("T")
Item = TypeVar("Item")


def patched() -> bool:
    """Whether eventlet has replaced this process's threads; eventlet is not loaded to find out."""
    patcher = sys.modules.get("eventlet.patcher")
    return patcher is not None and bool(patcher.is_monkey_patched("thread"))


def blocking(function: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
    """The call's result; greenlets go on meanwhile where there are any."""
    if not patched():
        return function(*args, **named)
    result: T = _eventlet("tpool").execute(function, *args, **named)
    return result


def blocking_each(function: Callable[[Item], T], items: Sequence[Item]) -> list[T]:
    """The results of `function` for each item, in order, several at once; it must not call this again itself."""
    if len(items) < 2:
        return [blocking(function, each) for each in items]
    if patched():
        pool = _eventlet("greenpool").GreenPool(AT_ONCE)
        return list(pool.imap(lambda each: blocking(function, each), items))
    return list(_threads().map(function, items))


@contextmanager
def unpatched() -> Iterator[None]:
    """Modules first imported inside keep the original `threading`, `queue` and `time`."""
    if not patched():
        yield
        return
    for shared in ("asyncio", "concurrent.futures.thread"):  # everybody's, hence not to be imported first inside
        importlib.import_module(shared)
    green = {name: sys.modules[name] for name in ORIGINALS if name in sys.modules}
    sys.modules.update({name: native(name) for name in ORIGINALS})
    try:
        yield
    finally:
        sys.modules.update(green)


def native(name: str) -> Any:
    """The module with its original meaning, for code that runs in native threads."""
    return _eventlet("patcher").original(name) if patched() else importlib.import_module(name)


def _eventlet(part: str) -> Any:
    module: ModuleType = importlib.import_module(f"eventlet.{part}")
    return module


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="offload")
