"""A round in a process of its own: nothing of the round before is cached, collected or still running."""

import logging
import multiprocessing
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from typing import Any, TypeVar

import structlog

T = TypeVar("T")


def in_fresh_process(function: Callable[..., T], *arguments: Any) -> T:
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn"), initializer=quiet) as pool:
        return pool.submit(function, *arguments).result()


def quiet() -> None:
    """Log lines would be measured too, and only ours."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
