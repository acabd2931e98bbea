"""As much of Docker's API as experiments use, on a socket: its containers are processes of this machine.

It is no engine: it isolates nothing, mounts nothing and has no images but one. It answers Docker's own SDK as
the engine's reference says (API 1.44), so that what is asked of an engine is what is checked.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from socketserver import ThreadingMixIn, UnixStreamServer
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

IMAGE = "trainer:1"
STDOUT, STDERR = 1, 2


@dataclass
class Container:
    name: str
    asked: dict[str, Any]
    id: str = field(default_factory=lambda: secrets.token_hex(32))
    process: subprocess.Popen[bytes] | None = None
    printed: bytearray = field(default_factory=bytearray)
    reading: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        environment = dict(one.split("=", 1) for one in self.asked["Env"])
        self.process = subprocess.Popen(
            self.asked["Cmd"],
            env={**os.environ, **environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        for number, pipe in ((STDOUT, self.process.stdout), (STDERR, self.process.stderr)):
            self.reading.append(threading.Thread(target=self._read, args=(number, pipe), daemon=True))
            self.reading[-1].start()

    def _read(self, number: int, pipe: Any) -> None:
        """In frames, as without a terminal."""
        while chunk := pipe.read1(65536):
            self.printed += struct.pack(">BxxxL", number, len(chunk)) + chunk

    def state(self) -> dict[str, Any]:
        code = self.process.poll() if self.process else None
        if self.process is None:
            return {"Status": "created", "ExitCode": 0, "OOMKilled": False, "Error": ""}
        if code is None:
            return {"Status": "running", "ExitCode": 0, "OOMKilled": False, "Error": ""}
        for thread in self.reading:
            thread.join()
        exit_code = code if code >= 0 else 128 - code
        return {"Status": "exited", "ExitCode": exit_code, "OOMKilled": False, "Error": ""}

    def kill(self, name: str) -> None:
        assert self.process is not None
        os.killpg(self.process.pid, signal.Signals[name])


class Engine(ThreadingMixIn, UnixStreamServer):
    daemon_threads = True

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), Handler)
        self.url = f"unix://{path}"
        self.options = {"image": IMAGE, "url": self.url, "python": sys.executable, "mount_directory": False}
        """Of an experiment that runs there."""
        self.containers: dict[str, Container] = {}
        self.asked: list[dict[str, Any]] = []
        """Of each container that was made."""
        self.loses: Callable[[str], bool] = lambda _: False
        """Whether the connection breaks when it was done, before the answer: of "POST …/start", say."""

    def found(self, key: str) -> Container:
        for one in self.containers.values():
            if key in (one.id, one.name):
                return one
        raise Refused(404, f"No such container: {key}")


class Refused(Exception):
    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"  # no connection outlives the engine
    server: Engine

    def do_GET(self) -> None:
        self._answer()

    do_POST = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing."""

    def address_string(self) -> str:
        return "socket"

    def _answer(self) -> None:
        url = urlsplit(self.path)
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        length = int(self.headers.get("Content-Length") or 0)
        body = json.loads(self.rfile.read(length)) if length else {}
        path = re.sub(r"^/v1\.\d+", "", url.path)
        try:
            status, content = self._do(f"{self.command} {path}", query, body)
        except Refused as refused:
            status, content = refused.status, json.dumps({"message": str(refused)}).encode()
        if self.server.loses(f"{self.command} {path}"):
            return
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _do(self, asked: str, query: dict[str, str], body: dict[str, Any]) -> tuple[int, bytes]:
        if asked == "GET /version":
            return 200, b'{"ApiVersion": "1.44", "MinAPIVersion": "1.24"}'
        if asked == "POST /containers/create":
            return self._create(query["name"], body)
        found = re.fullmatch(r"(\w+) /containers/([^/]+)(?:/(\w+))?", asked)
        if not found:
            raise Refused(404, f"page not found: {asked}")
        container = self.server.found(found[2])
        return self._ask(f"{found[1]} {found[3] or ''}".strip(), container, query)

    def _create(self, name: str, body: dict[str, Any]) -> tuple[int, bytes]:
        if body["Image"] != IMAGE:
            raise Refused(404, f"No such image: {body['Image']}")
        self.server.asked.append(body)
        if name in self.server.containers:
            raise Refused(409, f'Conflict. The container name "/{name}" is already in use')
        made = self.server.containers[name] = Container(name, body)
        return 201, json.dumps({"Id": made.id, "Warnings": []}).encode()

    def _ask(self, asked: str, container: Container, query: dict[str, str]) -> tuple[int, bytes]:
        if asked == "GET json":
            said = {"Id": container.id, "Name": f"/{container.name}", "State": container.state()}
            return 200, json.dumps({**said, "Config": {**container.asked, "Tty": False}}).encode()
        if asked == "GET logs":
            return 200, bytes(container.printed)
        if asked == "POST start":
            try:
                container.start()
            except FileNotFoundError as error:
                raise Refused(400, f'exec: "{error.filename}": executable file not found in $PATH') from None
        elif asked == "POST kill":
            if container.state()["Status"] != "running":
                raise Refused(409, f"container {container.id} is not running")
            container.kill(query["signal"])
        elif asked == "DELETE":
            if container.state()["Status"] == "running":
                if query.get("force") != "True":
                    raise Refused(409, "cannot remove a running container")
                container.kill("SIGKILL")
            del self.server.containers[container.name]
        else:
            raise Refused(404, "page not found")
        return 204, b""


@contextmanager
def docker_engine() -> Iterator[Engine]:
    # a socket's path must be short
    with (
        TemporaryDirectory(prefix="docker-", dir="/tmp") as directory,
        Engine(Path(directory, "s")) as engine,
    ):
        thread = threading.Thread(target=engine.serve_forever, daemon=True)
        thread.start()
        yield engine
        engine.shutdown()
        for one in engine.containers.values():
            if one.state()["Status"] == "running":
                one.kill("SIGKILL")
