"""GET /stream: server-sent events for the topics a page shows."""

import re
from collections.abc import AsyncIterator, Collection
from time import monotonic
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent
from starlette.concurrency import run_in_threadpool

from gateway.edge import Context, Edge, subject_from_views
from gateway.identity.store import IdentityUnavailable
from kernel.decider import Refused

router = APIRouter(tags=["live"])

TOPIC = re.compile(r"(meeting|task|document)-([0-9a-f-]{36})|tasks|documents|opinions|directory")
MAX_TOPICS = 20
CHECK_AFTER_SECONDS = 7
"""A stream that is seldom quiet is checked at a change; together with the longest quiet time this stays under 15."""


def checked(edge: Edge, topics: Annotated[str, Query(max_length=1000)]) -> frozenset[str]:
    """The topics asked for."""
    wanted = frozenset(topics.replace(",", " ").split())
    if not wanted or len(wanted) > MAX_TOPICS:
        raise Refused("bad_topics")
    require_topics(edge, wanted)
    return wanted


def require_topics(edge: Context, wanted: Collection[str]) -> None:
    """A topic that this person may not see is refused like one that does not exist."""
    for topic in wanted:
        match = TOPIC.fullmatch(topic)
        if match is None:
            raise Refused("bad_topics")
        if match[1]:
            edge.require(f"see_{match[1]}", **{f"{match[1]}_id": match[2]})


def still_entitled(edge: Context, wanted: Collection[str]) -> bool:
    """Whether the session lives and its person may still see all of this. Looking is no use of the session.

    A session that cannot be looked up now is over for this stream; whoever reads it asks again from where it stopped.
    """
    gate = edge.gate
    try:
        person_id = gate.identity.holder_of(edge.request.cookies.get(gate.identity.cookie_name, ""))
        me = subject_from_views(gate.views.reader(), person_id or "")
        require_topics(Context(edge.request, gate, me, None), wanted)
    except (Refused, IdentityUnavailable):
        return False
    return True


# FastAPI describes the frames by OpenAPI 3.2's `itemSchema` in a 3.1 document, so docs/api.md describes them instead.
@router.get("/stream", response_class=EventSourceResponse, include_in_schema=False)
async def stream(
    edge: Edge,
    wanted: Annotated[frozenset[str], Depends(checked)],
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Each frame names a kind of change; its id is the log position to resume from.

    The stream ends within 15 seconds of the end of the session or of the right to see one of its topics.
    """
    checked_at = monotonic()
    start = last_event_id if last_event_id is not None else after
    yield ServerSentEvent(comment="open", retry=2000)
    async for change in edge.gate.live.follow(wanted, start):
        if change is None or monotonic() - checked_at > CHECK_AFTER_SECONDS:
            if not await run_in_threadpool(still_entitled, edge, wanted):
                return
            checked_at = monotonic()
        if change is None:
            yield ServerSentEvent(comment="still here")
        else:
            name, position = change
            yield ServerSentEvent(event=name, id=str(position), raw_data=str(position))
