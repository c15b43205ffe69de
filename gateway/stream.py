"""GET /stream: server-sent events for the topics a page shows."""

import re
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query
from fastapi.sse import EventSourceResponse, ServerSentEvent

from gateway.edge import Edge
from kernel.decider import Refused

router = APIRouter(tags=["live"])

TOPIC = re.compile(r"(meeting|task|document)-([0-9a-f-]{36})|tasks|documents|directory")
MAX_TOPICS = 20


def checked(edge: Edge, topics: Annotated[str, Query(max_length=1000)]) -> frozenset[str]:
    """The topics this person may follow; one that they may not see is refused like one that does not exist."""
    wanted = frozenset(topics.replace(",", " ").split())
    if not wanted or len(wanted) > MAX_TOPICS:
        raise Refused("bad_topics")
    for topic in wanted:
        match = TOPIC.fullmatch(topic)
        if match is None:
            raise Refused("bad_topics")
        if match[1]:
            edge.require(f"see_{match[1]}", **{f"{match[1]}_id": match[2]})
    return wanted


@router.get("/stream", response_class=EventSourceResponse)
async def stream(
    edge: Edge,
    wanted: Annotated[frozenset[str], Depends(checked)],
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> AsyncIterator[ServerSentEvent]:
    """Each frame names a kind of change; its id is the log position to resume from."""
    start = last_event_id if last_event_id is not None else after
    yield ServerSentEvent(comment="open", retry=2000)
    async for change in edge.gate.live.follow(wanted, start):
        if change is None:
            yield ServerSentEvent(comment="still here")
        else:
            name, position = change
            yield ServerSentEvent(event=name, id=str(position), raw_data=str(position))
