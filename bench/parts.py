"""Installs the servers that the product is measured on and beside, when root; says what is missing otherwise."""

from bench.peers import nchan
from tests.parts import PARTS, install

SERVERS = ("postgresql", "rabbitmq-server")

if __name__ == "__main__":
    install({**{each: PARTS[each] for each in SERVERS}, "libnginx-mod-nchan": lambda: not nchan.missing()})
