"""A real TensorBoard, in a process of its own, and what tests ask of it."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

STARTS_WITHIN_SECS = 60.0
LOADS_WITHIN_SECS = 60.0
ANSWERS_WITHIN_SECS = 60.0
ANSWERS_IN_THE_END_SECS = 300.0
"""What takes long, after as many requests as it takes."""

Params = Mapping[str, object]


@dataclass(frozen=True)
class Response:
    status: int
    headers: Mapping[str, str]
    body: bytes

    def json(self) -> Any:
        """The body as JSON; NaN and Infinity, which JSON lacks, are refused."""
        return json.loads(self.body, parse_constant=_refuse)

    def error(self) -> str:
        """The message of an error in the contract's shape."""
        content = self.json()
        assert list(content) == ["error"], content
        assert isinstance(content["error"], str)
        assert "Traceback" not in content["error"]
        return str(content["error"])


def _refuse(constant: str) -> float:
    raise AssertionError(f"{constant} in JSON")


def eventually(
    check: Callable[[], Any], *, within_secs: float = 60.0, every_secs: float = 0.05, what: str = "it"
) -> Any:
    """First truthy result of `check`; it is a failure when there is none in time."""
    deadline = time.monotonic() + within_secs
    while True:
        result = check()
        if result:
            return result
        if time.monotonic() > deadline:
            raise AssertionError(f"{what} did not happen within {within_secs:g} s; last answer: {result!r}")
        time.sleep(every_secs)


class Server:
    """One TensorBoard process.

    >>> server.get_json("candles", run=["a", "b"], tag=["loss", "loss"], width=10)
    {"candles": […]}
    """

    def __init__(self, arguments: list[str], log: Path) -> None:
        self.log = log
        self.has_crashed = False
        command = [sys.executable, "-m", "tensorboard.main", "--host", "127.0.0.1", "--port", "0", *arguments]
        environment = {**os.environ, "TF_CPP_MIN_LOG_LEVEL": "3"}
        with log.open("wb") as output:
            self.process = subprocess.Popen(
                command, stdout=output, stderr=output, stdin=subprocess.DEVNULL, env=environment
            )
        self.url = ""

    def wait_until_serving(self) -> None:
        def announced() -> str:
            assert self.process.poll() is None, f"TensorBoard ended:\n{self.output()}"
            found = re.search(r"at (http://127\.[\d.]+:\d+/\S*)\s", self.output())
            return found[1] if found else ""

        address = eventually(announced, within_secs=STARTS_WITHIN_SECS, what="TensorBoard's start")
        self.url = str(address).rstrip("/") + "/"

    def output(self) -> str:
        return self.log.read_text(errors="replace")

    @property
    def host_and_port(self) -> tuple[str, int]:
        parts = urllib.parse.urlsplit(self.url)
        assert parts.hostname is not None
        assert parts.port is not None
        return parts.hostname, parts.port

    def request(
        self, path: str, params: Params | None = None, *, method: str = "GET",
        headers: Mapping[str, str] | None = None, data: bytes | None = None,
    ) -> Response:  # fmt: skip
        """Any path below the address, as it is."""
        query = urllib.parse.urlencode(params or {}, doseq=True, errors="surrogateescape")
        address = self.url + path + ("?" + query if query else "")
        request = urllib.request.Request(address, method=method, headers=dict(headers or {}), data=data)
        try:
            with urllib.request.urlopen(request, timeout=ANSWERS_WITHIN_SECS) as answer:
                return Response(answer.status, dict(answer.headers), answer.read())
        except urllib.error.HTTPError as answer:
            with answer:
                return Response(answer.code, dict(answer.headers), answer.read())

    def get(self, route: str, **params: object) -> Response:
        """A route of ours; where it is to `wait` for what takes long, as long as that takes."""

        def answer() -> Response | None:
            found = self.request("data/plugin/candles/" + route, params)
            return None if found.status == 202 and params.get("wait") else found

        found: Response = eventually(answer, within_secs=ANSWERS_IN_THE_END_SECS, what=f"what {route} finds")
        return found

    def get_json(self, route: str, **params: object) -> Any:
        answer = self.get(route, **params)
        assert answer.status == 200, (route, params, answer.status, answer.body[:500])
        return answer.json()

    def raw_get(self, target: str) -> Response:
        """A request line that no client has tidied up."""
        with socket.create_connection(self.host_and_port, timeout=ANSWERS_WITHIN_SECS) as connection:
            connection.sendall(f"GET {target} HTTP/1.0\r\nHost: localhost\r\n\r\n".encode())
            chunks = []
            while chunk := connection.recv(65536):
                chunks.append(chunk)
        head, _, body = b"".join(chunks).partition(b"\r\n\r\n")
        return Response(int(head.split()[1]), {}, body)

    def runs(self) -> dict[str, Any]:
        return {run["name"]: run for run in self.get_json("runs")["runs"]}

    def problems(self, run: str | None = None) -> list[dict[str, Any]]:
        return [p for p in self.get_json("runs")["problems"] if run is None or p["run"] == run]

    def points(self, run: str, tag: str = "loss") -> int:
        """How many points of a series are served; 0 where it is not known."""
        tags = self.runs().get(run, {"tags": []})["tags"]
        return next((int(found["points"]) for found in tags if found["tag"] == tag), 0)

    def values(self, run: str, tag: str = "loss") -> dict[int, float]:
        """Value at each step of a series that has one finite point a step."""
        (series,) = self.get_json("candles", run=run, tag=tag, width=1, limit=10000)["candles"]
        return dict(zip(series["columns"]["first_step"], series["columns"]["close"], strict=True))

    def wait_loaded(self, *, run: str | None = None, tag: str = "loss", points: int = 0) -> None:
        def loaded() -> bool:
            loading = self.get_json("runs")["loading"]
            ready = loading["total"] >= 1 and loading["done"] == loading["total"]
            return ready and (run is None or self.points(run, tag) >= points)

        eventually(loaded, within_secs=LOADS_WITHIN_SECS, what=f"loading of {run or 'the runs'}")

    def wait_for_points(self, run: str, count: int, *, tag: str = "loss") -> None:
        eventually(lambda: self.points(run, tag) == count, what=f"{count} points of {run}")

    def crash(self) -> None:
        """End it as nothing but a crash does."""
        assert self.process.poll() is None, self.output()
        self.has_crashed = True
        self.process.kill()
        self.process.wait()

    def stop(self) -> None:
        """End it; it must have been alive until now."""
        if self.has_crashed:
            return
        ended = self.process.poll()
        if ended is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        assert ended is None, f"TensorBoard went down ({ended}):\n{self.output()}"
        assert not re.search(r'File ".*/tensorboard_candles/', self.output()), self.output()


@contextmanager
def serving(logdir: Path, log: Path) -> Iterator[Server]:
    """TensorBoard on a log directory, on a free port; what it prints goes to `log`."""
    server = Server(["--logdir", str(logdir)], log)
    try:
        server.wait_until_serving()
        yield server
    finally:
        server.stop()


@contextmanager
def rust_data_server(logdir: Path, port_file: Path) -> Iterator[str]:
    """TensorBoard's Rust server by itself, with 100 points a series: its address for --grpc_data_provider."""
    binary = import_module("tensorboard_data_server").server_binary()
    options = [
        "--port=0",
        f"--port-file={port_file}",
        "--samples-per-plugin=scalars=100",
        "--die-after-stdin",
    ]
    process = subprocess.Popen([binary, f"--logdir={logdir}", *options], stdin=subprocess.PIPE)
    try:
        eventually(
            lambda: port_file.exists() and port_file.read_text().endswith("\n"), what="the data server"
        )
        yield f"localhost:{int(port_file.read_text())}"
    finally:
        process.kill()
        process.communicate()
