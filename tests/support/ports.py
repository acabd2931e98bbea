"""Ports for servers that must be told which one to take."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack

HERE = "127.0.0.1"
FIRST, LAST = 20_000, 32_000
"""Below what Linux, macOS and Windows give to who asks for any: until it is taken, nobody gets such a port by
chance."""


def free_ports(count: int) -> list[int]:
    """All at once, so that each is another.

    >>> len(set(free_ports(3)))
    3
    """
    with ExitStack() as opened:
        return [_bound(opened.enter_context(socket.socket())) for _ in range(count)]


def _bound(one: socket.socket) -> int:
    """To a port that nobody has."""
    while True:
        port = random.randint(FIRST, LAST)
        try:
            one.bind((HERE, port))
        except OSError:  # somebody has it
            continue
        return port
