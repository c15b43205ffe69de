"""Ballots on connections of the product's own server, byte for byte: whatever else comes on them is served as ever."""

import json
import socket
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from http.client import parse_headers
from urllib.parse import urlsplit

import httpx2
import pytest

from gateway.ballot_queue import Answer, Casting
from gateway.line import LARGEST
from tests.distributed.waiting import eventually
from tests.scenario.test_voting import Hall
from tests.world import World


@pytest.fixture
def hall(world: World) -> Hall:
    return Hall(world).opened()


@contextmanager
def line(hall: Hall) -> Iterator[socket.socket]:
    place = urlsplit(hall.world.serve())
    with socket.create_connection((place.hostname or "", place.port or 0), timeout=60) as connected:
        yield connected


def ballot(hall: Hall, poll: str, login: str, *more: str, body: bytes = b'{"choice":"for"}') -> bytes:
    headers = [
        f"POST /api/v1/polls/{poll}/ballots HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: application/json",
        f"Cookie: s={hall.world.client(login).cookies['s']}",
        f"Content-Length: {len(body)}",
        *more,
    ]
    return "\r\n".join([*headers, "", ""]).encode() + body


LIVE = b"GET /live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"


def answers(connected: socket.socket, count: int) -> list[tuple[int, bytes]]:
    """The next answers in the order in which they come; an invitation to go on is none."""
    stream, found = connected.makefile("rb"), list[tuple[int, bytes]]()
    while len(found) < count:
        status, headers = int(stream.readline().split()[1]), parse_headers(stream)
        if status != 100:
            found.append((status, stream.read(int(headers["content-length"]))))
    return found


def test_a_ballot_is_answered_as_by_every_other_server(hall: Hall) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ana"))
        [(status, body)] = answers(connected, 1)
    usual = ana.request("POST", f"/api/v1/polls/{poll}/ballots", json={"choice": "for"})
    assert (status, json.loads(body)) == (200, usual.json())


def test_the_answer_has_the_headers_of_every_answer(hall: Hall) -> None:
    poll, ana = hall.asks(), hall.world.client("ana")
    path, sent = f"/api/v1/polls/{poll}/ballots", {"cookie": f"s={ana.cookies['s']}"}
    with httpx2.Client(base_url=hall.world.serve(), headers=sent, timeout=60) as device:
        quick = device.post(path, json={"choice": "for"}).headers
        usual = device.post(path, json={"choice": "for", "marks": []}).headers
    assert {**quick, "date": "", "content-length": ""} == {**usual, "date": "", "content-length": ""}
    assert "date" in quick


def test_what_comes_behind_a_ballot_waits_for_its_turn(hall: Hall) -> None:
    first, second = hall.asks(), hall.asks()
    with line(hall) as connected:
        connected.sendall(ballot(hall, first, "ana") + LIVE + ballot(hall, second, "ana") + ballot(hall, first, "ana"))
        told = answers(connected, 4)
    assert [status for status, _ in told] == [200] * 4
    assert [json.loads(body).get("poll_id") for _, body in told] == [str(first), None, str(second), str(first)]
    assert told[3] == told[0]


def test_a_ballot_may_come_byte_by_byte(hall: Hall) -> None:
    poll = hall.asks()
    with line(hall) as connected:
        for byte in ballot(hall, poll, "ana"):
            connected.sendall(bytes([byte]))
        assert answers(connected, 1)[0][0] == 200


def test_a_refusal_names_the_problem_and_the_connection_lives(hall: Hall) -> None:
    poll = hall.asks()
    hall.closes(poll)
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ana", "Accept-Language: en"))
        connected.sendall(LIVE)
        (status, body), (live, _) = answers(connected, 2)
    assert (status, json.loads(body)["code"], live) == (409, "poll_closed", 200)
    assert json.loads(body)["detail"].startswith("The poll is closed.")


@pytest.mark.parametrize(
    ("more", "body", "expected"),
    [
        ("Expect: 100-continue", b'{"choice":"for"}', 200),
        ("Upgrade: h2c", b'{"choice":"for"}', 200),
        ("Connection: close", b'{"choice":"for"}', 200),
        ("Origin: http://elsewhere.example", b'{"choice":"for"}', 403),
        ("X-Nothing: 1", b"{" + b" " * LARGEST + b'"choice":"for"}', 200),
        ("X-Nothing: 1", b" " * 3_000_000, 413),
    ],
)
def test_what_is_not_plainly_a_ballot_is_served_as_ever(hall: Hall, more: str, body: bytes, expected: int) -> None:
    poll = hall.asks()
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ana", more, body=body))
        assert [status for status, _ in answers(connected, 1)] == [expected]


def test_who_leaves_before_the_answer_has_a_ballot_and_disturbs_nobody(hall: Hall) -> None:
    poll = hall.asks()
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ana"))
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ben"))
        assert answers(connected, 1)[0][0] == 200
    eventually(lambda: hall.chair.ok("GET", f"/polls/{poll}/turnout")["voted"] == 2)


def test_a_ballot_under_way_has_its_receipt_before_the_server_ends(hall: Hall) -> None:
    poll, world, queue = hall.asks(), hall.world, hall.world.app.state.ballots.queue
    serve, under_way, go_on = queue._serve, threading.Event(), threading.Event()

    def held(batch: Sequence[Casting]) -> list[Answer]:
        under_way.set()
        assert go_on.wait(60)
        return list(serve(batch))

    queue._serve = held
    with line(hall) as connected:
        connected.sendall(ballot(hall, poll, "ana"))
        assert under_way.wait(60)
        assert world._server is not None
        world._server.should_exit = True
        eventually(lambda: refuses(world.url))
        go_on.set()
        answer = connected.makefile("rb").read()
    assert answer.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nconnection: close\r\n" in answer


def refuses(address: str) -> bool:
    place = urlsplit(address)
    with socket.socket() as knocking:
        return knocking.connect_ex((place.hostname or "", place.port or 0)) != 0
