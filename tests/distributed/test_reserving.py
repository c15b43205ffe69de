"""A port named to a child is its own, before it starts and after it dies."""

import socket
from collections.abc import Iterator

import pytest

from dienhong.nodes.reserving import Places


@pytest.fixture
def places() -> Iterator[Places]:
    places = Places()
    yield places
    places.close()


def test_only_who_is_told_the_number_listens_there_and_again_after_its_end(places: Places) -> None:
    port = places.port()
    assert places.port() != port
    for _ in range(2):
        with pytest.raises(OSError), socket.socket() as stranger:
            stranger.bind(("127.0.0.1", port))
        with (
            socket.create_server(("127.0.0.1", port)) as server,
            socket.create_connection(("127.0.0.1", port), timeout=10) as client,
            server.accept()[0] as seat,
        ):
            client.sendall(b"?")
            assert seat.recv(1) == b"?"
