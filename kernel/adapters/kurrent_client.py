"""The client of EventStoreDB and KurrentDB: loaded so that it runs beside eventlet, its failures, its address."""

import importlib
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from kernel.offload import patched, unpatched
from kernel.ports import StoreUnavailable

with unpatched():
    for late in ("grpc._channel", "grpc._plugin_wrapping"):  # grpc itself imports them inside calls
        importlib.import_module(late)
    import kurrentdbclient as kurrent
    from kurrentdbclient import exceptions as failures
IMPORTED_PATCHED = patched()

__all__ = [
    "IMPORTED_PATCHED",
    "NO_POSITION",
    "TOO_LARGE",
    "UNREACHED",
    "connection_string",
    "failures",
    "kurrent",
    "reaching",
]

DEFAULTS = {"ConnectionName": "dienhong", "KeepAliveInterval": "10000", "KeepAliveTimeout": "10000"}

UNREACHED = (
    failures.GrpcError,
    failures.DeadlineExceededError,
    failures.DiscoveryFailedError,
    failures.NodeIsNotLeaderError,
    failures.AbortedByServerError,
    failures.UnknownError,
)
"""After these an append may or may not have been written."""
NO_POSITION = (failures.InvalidCommitPositionError, failures.UnknownError)
"""What servers, newer and older, say when no event stands at the position that is to be read from."""
TOO_LARGE = (
    failures.MaximumAppendSizeExceededError,
    failures.RecordMaxSizeExceededError,
    failures.TransactionMaxSizeExceededError,
)


@contextmanager
def reaching(but: tuple[type[Exception], ...] = ()) -> Iterator[None]:
    try:
        yield
    except but:
        raise
    except UNREACHED as error:
        raise StoreUnavailable(f"{type(error).__name__}: {error}") from error
    except ValueError as error:  # grpc's word for a channel that another thread has just replaced
        if "channel" not in str(error).lower():
            raise
        raise StoreUnavailable(str(error)) from error


def connection_string(url: str) -> str:
    """With keep-alive, so that a subscription notices a dead line; reads from followers are refused."""
    parts = urlsplit(url)
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    given = {name.lower(): value for name, value in options.items()}
    if given.get("nodepreference", "leader").lower() != "leader":
        raise ValueError("the log is read from the leader: leave NodePreference out of the address")
    options.update({name: value for name, value in DEFAULTS.items() if name.lower() not in given})
    return urlunsplit(parts._replace(query=urlencode(options)))
