"""What every verb of the command shares: where words go, the settings in force, and how expected failures end."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from pydantic import ValidationError
from rich.console import Console

from dienhong.folder import NoLog, Unusable
from gateway.identity.store import IdentityUnavailable
from gateway.problems import PROBLEMS
from gateway.texts import translate
from kernel.codec import UnknownEvent
from kernel.decider import Refused
from kernel.ports import BlobsUnavailable, StoreInUse, StoreUnavailable
from kernel.settings import PREFIX, Settings, UnknownVariables, UnusableFile, from_environment

FOUND_PROBLEMS = 1
USAGE = 2
IN_USE = 3

people = Console(stderr=True, soft_wrap=True, highlight=False)


class Fault(Exception):
    """An expected failure: one sentence for people, and the exit code."""

    def __init__(self, sentence: str, code: int = USAGE) -> None:
        super().__init__(sentence, code)
        self.sentence = sentence
        self.code = code


def settings() -> Settings:
    try:
        return from_environment()
    except UnknownVariables as error:
        known = ", ".join(PREFIX + name.upper() for name in Settings.model_fields)
        raise Fault(f"Unknown variable {', '.join(error.args)}. There are: {known}.") from error
    except ValidationError as error:
        wrong = [f"{PREFIX}{str(each['loc'][0]).upper()}: {each['msg']}" for each in error.errors()]
        raise Fault("\n".join(wrong)) from error


@contextmanager
def expected_failures() -> Iterator[None]:
    """Ends the process with one sentence instead of a traceback for everything that the surroundings can do to us."""
    try:
        yield
    except Exception as error:  # the last stop of the command line; what has no sentence goes on as a traceback
        fault = _fault(error)
        if fault is None:
            raise
        people.print(fault.sentence, markup=False)
        raise SystemExit(fault.code) from error


def _fault(error: Exception) -> Fault | None:
    match error:
        case Fault():
            return error
        case StoreInUse():
            stop = "Stop it first, or name another by DIENHONG_DATA_DIR or DIENHONG_STORE_URL."
            return Fault(f"Another process already uses {error.args[0]}. {stop}", IN_USE)
        case NoLog():
            return Fault(f"There is no log at {error.args[0]}. Set DIENHONG_DATA_DIR to the folder that holds it.")
        case Unusable() | UnusableFile():
            return Fault(f"{error.args[0]} cannot be used: {error.args[1]}.", FOUND_PROBLEMS)
        case UnknownEvent():
            return Fault(
                f"The log holds an event this version does not know: {error.args[0]}. Install the newer version.",
                FOUND_PROBLEMS,
            )
        case Refused():
            return Fault(refusal(error))
        case IdentityUnavailable():
            return Fault(f"Passwords and sessions cannot be reached: {error}.", FOUND_PROBLEMS)
        case BlobsUnavailable():
            return Fault(f"The object store that keeps the documents cannot be reached: {error}.", FOUND_PROBLEMS)
        case StoreUnavailable() | sqlite3.DatabaseError():
            return Fault(f"The data folder cannot be written: {error}.", FOUND_PROBLEMS)
        case _:
            return None


def refusal(error: Refused) -> str:
    known = PROBLEMS.get(error.code)
    return translate(known[1], "en") if known else f"Refused: {error.code} {error.detail}".strip()
