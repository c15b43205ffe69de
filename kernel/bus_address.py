"""The broker's address, as every client of ours understands it."""

import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit


@dataclass(frozen=True)
class BusAddress:
    """`amqp://user:password@host:port/virtual-host`, or `amqps://` with TLS, where the server must prove its name:
    to the system's authorities, or to the one in the file that `?cacertfile=` names, as RabbitMQ's own clients do."""

    url: str
    host: str
    port: int
    user: str
    password: str
    virtual_host: str
    secure: bool
    authority: str | None

    @property
    def tls(self) -> dict[str, Any] | None:
        """For py-amqp and nameko, which by themselves look at the certificate but not at the name in it."""
        if not self.secure:
            return None
        return {"server_hostname": self.host, "cert_reqs": ssl.CERT_REQUIRED, "ca_certs": self.authority}

    @property
    def context(self) -> ssl.SSLContext | None:
        return ssl.create_default_context(cafile=self.authority) if self.secure else None


def bus_address(url: str) -> BusAddress:
    parts = urlsplit(url)
    secure = parts.scheme == "amqps"
    return BusAddress(
        url=parts._replace(query="").geturl(),
        host=parts.hostname or "localhost",
        port=parts.port or (5671 if secure else 5672),
        user=unquote(parts.username or "guest"),
        password=unquote(parts.password or "guest"),
        virtual_host=unquote(parts.path.removeprefix("/")) or "/",
        secure=secure,
        authority=next(iter(parse_qs(parts.query).get("cacertfile", ())), None),
    )
