"""What stands between a client and a server of HTTP, and loses answers."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class Lossy(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, behind: str) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behind = urlsplit(behind).netloc
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.loses: Callable[[str], bool] = lambda _: False
        """Whether the connection breaks when it was done, before the answer: of "POST /api/jobs/", say."""
        self.says: int | None = None
        """The status that is told instead, as proxies do."""


class Handler(BaseHTTPRequestHandler):
    server: Lossy

    def do_GET(self) -> None:
        length = int(self.headers.get("Content-Length") or 0)
        asked = http.client.HTTPConnection(self.server.behind, timeout=60)
        asked.request(self.command, self.path, self.rfile.read(length), dict(self.headers))
        answer = asked.getresponse()
        content = answer.read()
        asked.close()
        if self.server.loses(f"{self.command} {self.path}"):
            if self.server.says:
                self.send_error(self.server.says)
            return
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.headers["Content-Type"])
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def lossy(behind: str) -> Iterator[Lossy]:
    """At an address of its own, before the one of the server."""
    with Lossy(behind) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()
