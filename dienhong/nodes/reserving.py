"""Ports kept for children that start later, or again."""

import socket


class Places:
    """Ports of loopback, bound and not listening until `close`.

    The system gives them to nobody who asks for any port; whoever is told a number may listen there.
    """

    def __init__(self) -> None:
        self._held: list[socket.socket] = []

    def port(self) -> int:
        """Another one at each call."""
        place = socket.socket()
        place.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # servers set it too; without it theirs would fail
        place.bind(("127.0.0.1", 0))
        self._held.append(place)
        return int(place.getsockname()[1])

    def close(self) -> None:
        for place in self._held:
            place.close()
