"""One process for parsers that a hostile file may crash, stall or bloat: it dies, the service lives on.

pdfium is not thread-safe and is imported nowhere else than in functions that run here.
"""

import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from typing import TypeVar

from kernel.ports import Stopping

MEMORY_BYTES = 1024 * 1024 * 1024
"""Address space, libraries included: room for a 100 MiB file, one inflated stream and the parser's own objects."""

START_SECONDS = 60

Answer = TypeVar("Answer")


class WorkerFailed(Exception):
    """The process died or was killed at its limit; nothing is known about the file but that."""


class Worker:
    """Runs one function at a time; the process is started at first use and again after each death."""

    def __init__(self, limit_seconds: int) -> None:
        self._limit_seconds = limit_seconds
        self._closed = False
        self._pool: ProcessPoolExecutor | None = None
        self._turn = threading.Lock()

    def run(self, function: Callable[..., Answer], *args: object) -> Answer:
        """The function's answer or exception; `WorkerFailed` if it took too long or killed its process.

        Once closed it raises `Stopping`: nothing was tried, so nothing is known about the file.
        """
        with self._turn:
            if self._closed:
                raise Stopping("documents are no longer examined or read here")
            try:
                pool = self._pool = self._pool or _started(function)
                return pool.submit(_limited, self._limit_seconds, function, args).result(self._limit_seconds)
            except (TimeoutError, BrokenProcessPool, MemoryError) as error:
                self._end()
                raise WorkerFailed(type(error).__name__) from error

    def close(self) -> None:
        with self._turn:
            self._closed = True
            self._end()

    def _end(self) -> None:
        pool, self._pool = self._pool, None
        if pool is not None:
            _kill(pool)


def _started(function: Callable[..., object]) -> ProcessPoolExecutor:
    """With the function's module imported there: a slow machine's start takes no time from the file."""
    pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_confine)
    try:
        pool.submit(callable, function).result(START_SECONDS)
    except BaseException:
        _kill(pool)
        raise
    return pool


def _kill(pool: ProcessPoolExecutor) -> None:
    for process in list(pool._processes.values()):
        process.kill()
    pool.shutdown(wait=True, cancel_futures=True)


def _confine() -> None:
    """A signal to the whole group is for the service, which finishes its file first; this process ends with it."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    threading.Thread(target=end_with_parent, daemon=True).start()


def end_with_parent() -> None:
    """For a thread of a child process."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _limited(seconds: int, function: Callable[..., Answer], args: tuple[object, ...]) -> Answer:
    """Past its processor time the process gets SIGXCPU, which ends it even inside native code."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    spent = int(used.ru_utime + used.ru_stime) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))
    return function(*args)
