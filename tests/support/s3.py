"""A real S3 server (moto's) in this process, behind a gate that notes each request and can fail it."""

from __future__ import annotations

import os
import secrets
import socket
import threading
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, TypeAlias

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Response

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment


@dataclass(frozen=True)
class Asked:
    """A request of a client of the server."""

    method: str
    path: str
    range: str | None

    @property
    def bytes(self) -> int:
        """How many bytes of the object it asks for."""
        if self.range is None:
            return 0
        first, _, last = self.range.removeprefix("bytes=").partition("-")
        return int(last) - int(first) + 1


When: TypeAlias = Callable[[Asked], bool]


class S3Server:
    """The server; what it holds is kept as long as the process."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        """What was to be read; writing is left alone."""
        self.fails: When = _never
        self.hangs: When = _never
        self.written: list[int] = []
        """How many bytes each request brought that wrote an object."""
        self._goes_on = threading.Event()
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._port = 0
        self._thread: threading.Thread | None = None
        self._kept: socket.socket | None = None
        self.start()
        self.endpoint = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Be reached again, at the same address and with the same content."""
        if self._thread is None:
            if self._kept:
                self._kept.close()
            self._server = make_server("127.0.0.1", self._port, self._answer, threaded=True)
            self._port = self._server.port
            self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Refuse connections."""
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.server_close()
            self._thread = None
            # Bound and not listened to: it refuses connections, and no other process gets the port meanwhile.
            self._kept = socket.socket()
            self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._kept.bind(("127.0.0.1", self._port))

    def _answer(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        asked = Asked(environ["REQUEST_METHOD"], environ["PATH_INFO"], environ.get("HTTP_RANGE"))
        if asked.method in ("GET", "HEAD"):
            self.asked.append(asked)
            if self.hangs(asked):
                self._goes_on.wait()
            if self.fails(asked):
                return Response(status=HTTPStatus.SERVICE_UNAVAILABLE)(environ, start_response)
        if asked.method == "PUT" and "/candles-control/" not in asked.path:  # those are written by the clock
            self.written.append(int(environ.get("CONTENT_LENGTH") or 0))
        answer: Iterable[bytes] = self._moto(environ, start_response)
        return answer

    def begin(self) -> None:
        """From here on it is sound."""
        self.start()
        self.fails = self.hangs = _never
        self._goes_on.set()
        self._goes_on = threading.Event()

    def end(self) -> None:
        self.begin()
        self.stop()
        if self._kept:
            self._kept.close()


def _never(asked: Asked) -> bool:
    return False


class ObjectStore:
    """A bucket, and what its server is asked for.

    >>> store = ObjectStore(server)
    >>> store.put("logs/run/events.out.tfevents.1", b"…")
    >>> store.url("logs")
    's3://bucket-0a1b2c3d/logs'
    """

    def __init__(self, server: S3Server) -> None:
        self._server = server
        self._bucket = f"bucket-{secrets.token_hex(4)}"
        self._write("PUT", "")
        self.forget()

    def url(self, below: str) -> str:
        return f"s3://{self._bucket}/{below}"

    def environment(self) -> dict[str, str]:
        """What a client needs to find the server, and nothing else that this machine may know."""
        return {
            "AWS_ENDPOINT_URL": self._server.endpoint,
            "AWS_ACCESS_KEY_ID": "key",
            "AWS_SECRET_ACCESS_KEY": "secret",
            "AWS_DEFAULT_REGION": "us-east-1",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_EC2_METADATA_DISABLED": "true",
        }

    def put(self, key: str, content: bytes) -> None:
        self._write("PUT", key, content)

    def delete(self, key: str) -> None:
        self._write("DELETE", key)

    def _write(self, method: str, key: str, content: bytes = b"") -> None:
        place = f"{self._server.endpoint}/{self._bucket}/{urllib.parse.quote(key)}".rstrip("/")
        headers = {
            "Authorization": "AWS4-HMAC-SHA256 Credential=key/20260101/us-east-1/s3/aws4_request",
            "Content-Length": str(len(content)),
            "Content-Type": "application/octet-stream",
        }
        with urllib.request.urlopen(urllib.request.Request(place, content, headers, method=method)):
            pass

    def asked(self) -> list[Asked]:
        """Requests since `forget`, without those of `put` and `delete`."""
        return list(self._server.asked)

    def forget(self) -> None:
        self._server.asked.clear()
        self._server.written.clear()

    def written(self) -> list[int]:
        """How many bytes each request brought since `forget` that wrote an event file."""
        return list(self._server.written)

    def stop(self) -> None:
        """Refuse connections, until `recover`."""
        self._server.stop()

    def fail(self, when: When = lambda asked: True) -> None:
        """Answer these requests with nothing but 503."""
        self._server.fails = when

    def hang(self, when: When = lambda asked: True) -> None:
        """Answer these requests never."""
        self._server.hangs = when

    def recover(self) -> None:
        self._server.begin()
