"""Whose a connection of this machine is, by what Linux says."""

from __future__ import annotations

import os
import socket
import sys
from pathlib import Path

import pytest

from tensorboard_candles.api.peers import is_of_another_user, user_in

SIX = """
0: 00000000000000000000000001000000:C350 00000000000000000000000001000000:1776 01 0:0 00:0 0 1001 0 1 1
1: 0000000000000000FFFF00000100007F:C351 0000000000000000FFFF00000100007F:1776 01 0:0 00:0 0 1002 0 1 1
2: 0000000000000000FFFF00000100007F:1776 0000000000000000FFFF00000100007F:C352 01 0:0 00:0 0 1003 0 1 1
""".split("\n")[1:-1]


@pytest.mark.skipif(sys.byteorder != "little", reason="written on a machine of this order")
@pytest.mark.parametrize(
    ("ends", "user"),
    [
        (("::1", 50000, 6006), 1001),
        (("127.0.0.1", 50001, 6006), 1002),
        (("127.0.0.1", 50000, 6006), None),
        (("127.0.0.1", 50002, 6006), None),  # the server's own end
        (("::1", 50000, 6007), None),
    ],
)
def test_the_end_of_who_asks_is_told_from_all_others(ends: tuple[str, int, int], user: int | None) -> None:
    assert user_in(SIX, ends) == user


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="only Linux tells")
def test_a_connection_of_our_own_is_known_as_ours() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        with socket.create_connection(("127.0.0.1", port)) as client:
            ends = *client.getsockname(), port
            assert user_in(Path("/proc/net/tcp").read_text().splitlines()[1:], ends) == os.geteuid()
            names = "REMOTE_ADDR", "REMOTE_PORT", "SERVER_PORT"
            assert not is_of_another_user(dict(zip(names, map(str, ends), strict=True)))


@pytest.mark.parametrize("environ", [{}, {"REMOTE_ADDR": "", "REMOTE_PORT": "x", "SERVER_PORT": "1"}])
def test_nobody_is_another_user_where_nothing_is_known(environ: dict[str, str]) -> None:
    assert not is_of_another_user(environ)
