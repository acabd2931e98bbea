"""A mirror on this machine, which serves files as real ones do, and breaks as real ones do."""

from __future__ import annotations

import hashlib
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from demo.fashion_mnist.download import RemoteFile


@dataclass
class Mirror:
    """What it has, how it fails, and what it was asked."""

    files: dict[str, bytes] = field(default_factory=dict)
    breaks_after: list[int] = field(default_factory=list)
    """Bytes of an answer's body after which the connection is cut, for one answer each."""
    knows_ranges: bool = True
    status: int = 200
    asked: list[tuple[str, str | None]] = field(default_factory=list)
    """Path and Range header of each request."""
    url: str = ""

    @contextmanager
    def serving(self) -> Iterator[Mirror]:
        mirror = self

        class Handler(_Handler):
            owner = mirror

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        self.url = f"http://127.0.0.1:{server.server_port}/data/"
        try:
            yield self
        finally:
            server.shutdown()
            thread.join()
            server.server_close()


class _Handler(BaseHTTPRequestHandler):
    owner: Mirror

    def do_GET(self) -> None:
        wanted = self.headers["Range"]
        self.owner.asked.append((self.path, wanted))
        content = self.owner.files.get(self.path.removeprefix("/data/"))
        if self.owner.status != 200 or content is None:
            self.send_error(self.owner.status if content is not None else 404)
            return
        begin = int(re.findall(r"bytes=(\d+)-", wanted)[0]) if wanted and self.owner.knows_ranges else 0
        self.send_response(206 if begin else 200)
        if begin:
            self.send_header("Content-Range", f"bytes {begin}-{len(content) - 1}/{len(content)}")
        body = content[begin:]
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        cut = self.owner.breaks_after.pop(0) if self.owner.breaks_after else len(body)
        self.wfile.write(body[:cut])

    def log_message(self, format: str, *args: object) -> None:
        pass


def remote(name: str, content: bytes) -> RemoteFile:
    return RemoteFile(name, len(content), hashlib.sha256(content).hexdigest())
