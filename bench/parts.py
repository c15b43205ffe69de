"""Installs the servers that the product is measured on and beside, when root; says what is missing otherwise."""

from bench import slow_disk
from bench.peers import nchan
from tests.parts import PARTS, install

SERVERS = ("postgresql", "rabbitmq-server")

if __name__ == "__main__":
    compared = {"libnginx-mod-nchan": lambda: not nchan.missing(), "gcc": lambda: not slow_disk.missing()}
    install({**{each: PARTS[each] for each in SERVERS}, **compared})
