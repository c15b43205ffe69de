"""How far a browser has been told of the log, in a cookie: whichever gateway it asks next shows at least that much."""

import re
from contextlib import suppress

from fastapi import Request, Response

from gateway.views import Views
from kernel.ports import EventStore, StoreUnavailable

COOKIE = "seen"
POSITION = re.compile(r"[0-9]{1,18}")
PATIENCE_SECONDS = 2.0


def seen(request: Request) -> int:
    given = request.cookies.get(COOKIE, "")
    return int(given) if POSITION.fullmatch(given) else 0


def wait_for_seen(request: Request, views: Views, store: EventStore) -> None:
    """A gateway that is behind catches up first; one that cannot goes on with what it has.

    Nobody waits for what the log does not hold: a cookie may be older than the deployment, or made up.
    """
    wanted = seen(request)
    if wanted > views.position:
        with suppress(StoreUnavailable):
            views.wait_for(min(wanted, store.wait(0, 0)), PATIENCE_SECONDS)


def remember(request: Request, response: Response, position: int, secure: bool) -> None:
    """Pages raise it too, when they hear of a change (live.js), so it is open to scripts."""
    response.set_cookie(COOKIE, str(max(position, seen(request))), secure=secure, samesite="strict")
