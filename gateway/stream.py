"""GET /stream: server-sent events for the topics a page shows."""

import asyncio
import random
import re
from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import Annotated

from fastapi import APIRouter, Depends, Header, Query, Response
from starlette.types import Receive, Scope, Send

from gateway.edge import Context, Edge, Gate, subject_from_views
from gateway.identity.store import IdentityUnavailable
from gateway.line import Line
from gateway.listener import Listener
from gateway.problems import TryLater
from kernel.decider import Refused

router = APIRouter(tags=["live"])

TOPIC = re.compile(r"(meeting|task|document)-([0-9a-f-]{36})|tasks|documents|opinions|officials|directory")
MAX_TOPICS = 20
STREAMS_OF_A_PERSON = 30
"""Open at the same time: all their devices and tabs."""


def checked(edge: Edge, topics: Annotated[str, Query(max_length=1000)]) -> frozenset[str]:
    """The topics asked for."""
    wanted = frozenset(topics.replace(",", " ").split())
    if not wanted or len(wanted) > MAX_TOPICS:
        raise Refused("bad_topics")
    require_topics(edge, wanted)
    return frozenset(own(edge) if each == "me" else each for each in wanted)


def own(edge: Context) -> str:
    """What concerns only this person: that their ballot was cast, on this device or another."""
    return f"me-{edge.me.person_id}"


def require_topics(edge: Context, wanted: Collection[str]) -> None:
    """A topic that this person may not see is refused like one that does not exist."""
    for topic in set(wanted) - {"me", own(edge)}:
        match = TOPIC.fullmatch(topic)
        if match is None:
            raise Refused("bad_topics")
        if match[1]:
            edge.require(f"see_{match[1]}", **{f"{match[1]}_id": match[2]})


class Reader(Listener):
    """Somebody's stream. `sure_at`: what could change their rights was looked at up to there in the log."""

    def __init__(self, edge: Context, topics: frozenset[str], push: Callable[[bytes], Awaitable[None] | None]) -> None:
        super().__init__(topics, push, edge.me.person_id)
        self.token = edge.request.cookies.get(edge.gate.identity.cookie_name, "")
        self.edge = edge
        self.sure_at = 0


def entitled(gate: Gate, readers: Sequence[Listener]) -> list[bool]:
    """Whether each session lives and its person may still see all of it. Looking is no use of the session.

    A session that cannot be looked up now is over for this stream; whoever reads it asks again from where it stopped.
    """
    try:
        people = gate.identity.subjects_of({each.token for each in readers if isinstance(each, Reader)})
    except IdentityUnavailable:
        return [False] * len(readers)
    return [isinstance(each, Reader) and may_follow(each, people.get(each.token)) for each in readers]


def may_follow(reader: Reader, person_id: str | None) -> bool:
    gate = reader.edge.gate
    moved_at = gate.live.rights_moved_at
    if person_id is not None and reader.sure_at >= moved_at > 0:
        return True
    try:
        me = subject_from_views(gate.views.reader(), person_id or "")
        require_topics(Context(reader.edge.request, gate, me, None), reader.topics)
    except Refused:
        return False
    reader.sure_at = moved_at
    return True


class LiveStream(Response):
    """Straight to the connection: the frames pass none of the layers that the answer's head has passed."""

    media_type = "text/event-stream"

    def __init__(self, edge: Context, topics: frozenset[str], after: int | None) -> None:
        super().__init__(headers={"X-Accel-Buffering": "no"})
        del self.headers["content-length"]
        self._edge = edge
        self._topics = topics
        self._after = after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        line: Line = scope["state"]["line"]
        await send({"type": "http.response.start", "status": 200, "headers": self.raw_headers})
        await send({"type": "http.response.body", "body": b": open\nretry: 2000\n\n", "more_body": True})
        reader, live = Reader(self._edge, self._topics, line.push), self._edge.gate.live
        live.join(reader, self._after)
        waits = {asyncio.ensure_future(left(receive)), asyncio.ensure_future(reader.ended.wait())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            live.leave(reader)
            reader.end()
            for each in waits:
                each.cancel()
        await send({"type": "http.response.body", "body": b""})


async def left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


# FastAPI describes no frames, so docs/api.md describes them.
@router.get("/stream", response_class=LiveStream, include_in_schema=False)
def stream(
    edge: Edge,
    wanted: Annotated[frozenset[str], Depends(checked)],
    after: Annotated[int | None, Query(ge=0)] = None,
    last_event_id: Annotated[int | None, Header(ge=0)] = None,
) -> Response:
    """Each frame names a kind of change; its id is the log position to resume from.

    The stream ends within 15 seconds of the end of the session or of the right to see one of its topics.
    """
    if edge.gate.live.followed_by(edge.me.person_id) >= STREAMS_OF_A_PERSON:
        raise TryLater("too_many_streams", random.randint(10, 30))
    return LiveStream(edge, wanted, last_event_id if last_event_id is not None else after)
