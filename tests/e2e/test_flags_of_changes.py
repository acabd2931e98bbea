"""What flags open, and what stays closed, in a real TensorBoard."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support import records
from tests.support.server import Response, Server

StartServer = Callable[..., Server]
TOKEN = "correct-horse-battery"
OTHERS_REACH = "--host=127.1"
"""Loopback by a name that nobody knows to be that: for TensorBoard, as good as any public address."""


def ask(server: Server, base: str = "", **headers: str) -> Response:
    """For what no run could do: where that is what is said, the gate was passed."""
    told = {
        "Content-Type": "application/json",
        **{name.replace("_", "-"): one for name, one in headers.items()},
    }
    body = json.dumps({"run": "run", "command": "stop"}).encode()
    return server.request(f"{base}data/plugin/candles/control", method="POST", headers=told, data=body)


def config(server: Server, headers: Mapping[str, str] | None = None) -> Any:
    return server.request("data/plugin/candles/config", headers=headers or {}).json()


@pytest.fixture(scope="module")
def logs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    found = tmp_path_factory.mktemp("logs")
    records.write_run(found, "run", records.scalar_file("loss", [3.0, 2.0]))
    return found


def test_without_flags_nothing_is_open_and_reading_goes_on(
    logs: Path, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(logs)
    server.wait_loaded(run="run", points=2)
    told = config(server)
    assert (told["control"], told["launch"], told["token"], told["token_needed"]) == (
        False,
        False,
        None,
        False,
    )
    assert "--candles_control" in told["why"]
    assert ask(server, X_Candles_Token="anything").status == 403
    assert server.get_json("control", run="run")["control"][0]["state"] == "silent"
    assert not list(logs.glob("candles-*"))


ASKING = """
import encodings.idna, os, socket, sys
os.setgid(65534)
os.setuid(65534)
with socket.create_connection((sys.argv[1], int(sys.argv[2]))) as connection:
    connection.sendall(b"GET /data/plugin/candles/config HTTP/1.0\\r\\nHost: localhost\\r\\n\\r\\n")
    print(connection.makefile().read().partition("\\n\\n")[2])
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0,
    reason="only Linux tells, and root becomes others",
)
def test_another_user_of_this_machine_is_told_no_token(logs: Path, tensorboard_server: StartServer) -> None:
    server = tensorboard_server(logs, "--candles_control")
    assert config(server)["token"]
    address = [str(one) for one in server.host_and_port]
    other = subprocess.run([sys.executable, "-c", ASKING, *address], capture_output=True, check=True)
    told = json.loads(other.stdout)
    assert (told["control"], told["token"]) == (False, None)
    assert "another user" in told["why"]


def test_the_token_is_handed_to_the_page_and_to_nobody_else(
    logs: Path, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(logs, "--candles_control", "--path_prefix=/under/here")
    server.wait_loaded(run="run", points=2)
    answer = server.get("config")
    token = answer.json()["token"]
    assert len(token) >= 43
    assert answer.headers["Cache-Control"] == "no-store"
    assert token not in answer.headers["ETag"]
    for base in ("", "experiment/42/"):
        assert ask(server, base, X_Candles_Token=token).status == 409
    for headers in (
        {"Host": "evil.example"},
        {"Origin": "http://evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"X-Forwarded-For": "10.0.0.7"},
        {"Host": "evil.example", "If-None-Match": answer.headers["ETag"]},
    ):
        told = config(server, headers)
        assert (told["control"], told["token"], bool(told["why"])) == (False, None, True), headers
    assert token not in server.output()


def test_where_others_reach_it_nothing_is_open_without_a_token_of_ones_own(
    logs: Path, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(logs, OTHERS_REACH, "--candles_control")
    server.wait_loaded(run="run", points=2)
    told = config(server)
    assert (told["control"], told["token"], told["token_needed"]) == (False, None, False)
    assert "--candles_token" in told["why"]
    refused = ask(server, X_Candles_Token="anything")
    assert (refused.status, refused.error()) == (403, told["why"])
    assert server.output().count("needs --candles_token") == 1
    assert server.points("run") == 2


def test_where_others_reach_it_the_token_of_a_file_opens_and_is_handed_to_nobody(
    logs: Path, tensorboard_server: StartServer, tmp_path: Path
) -> None:
    file = tmp_path / "token"
    file.write_text(TOKEN + "\n")
    server = tensorboard_server(logs, OTHERS_REACH, "--candles_control", f"--candles_token=@{file}")
    server.wait_loaded(run="run", points=2)
    told = config(server)
    assert (told["control"], told["token"], told["token_needed"], told["why"]) == (True, None, True, "")
    assert ask(server).status == 403
    assert ask(server, X_Candles_Token="guess").status == 403
    assert ask(server, X_Candles_Token=TOKEN).status == 409
    for path in ("data/environment", "data/plugin/candles/config", "data/plugins_listing", "index.js"):
        assert TOKEN.encode() not in server.request(path).body
    assert TOKEN not in server.output()


def test_a_proxy_that_is_named_passes_changes_on(logs: Path, tensorboard_server: StartServer) -> None:
    server = tensorboard_server(
        logs, "--candles_control", "--candles_allow_host=team.example,lab.example:8443"
    )
    server.wait_loaded(run="run", points=2)
    proxied = {"Host": "team.example", "Origin": "https://team.example", "X-Forwarded-For": "10.0.0.7"}
    token = config(server, proxied)["token"]
    assert ask(server, X_Candles_Token=token, **proxied).status == 409
    assert ask(server, X_Candles_Token=token, **{**proxied, "Host": "other.example"}).status == 403


def test_the_tab_is_there_before_there_is_anything_to_show(
    tmp_path: Path, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(tmp_path / "nothing yet", "--candles_control")
    assert server.request("data/plugins_listing").json()["candles"]["enabled"]
    assert not (tmp_path / "nothing yet").exists()


def test_a_tensorboard_that_cannot_write_its_log_directory_starts_all_the_same(
    tmp_path: Path, tensorboard_server: StartServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    logs = tmp_path / "logs"
    records.write_run(logs, "run", records.scalar_file("loss", [3.0]))
    (logs / "candles-audit.jsonl").symlink_to("/dev/full")
    server = tensorboard_server(logs, "--candles_control")
    assert ask(server, X_Candles_Token="guess").status == 403
    (line,) = (tmp_path / "state" / "tensorboard_candles" / "candles-audit.jsonl").read_text().splitlines()
    assert json.loads(line)["status"] == 403
