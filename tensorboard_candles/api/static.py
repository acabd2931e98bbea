"""`GET static/…`: the built tab."""

from __future__ import annotations

import hashlib
import mimetypes
from pathlib import Path, PurePosixPath

from tensorboard.backend import http_util
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.answer import etag_headers, not_modified
from tensorboard_candles.errors import NotFound

BUNDLE = Path(__file__).parent.parent / "static"
_TYPES = {".js": "text/javascript", ".css": "text/css", ".map": "application/json", ".svg": "image/svg+xml"}


def static_route(request: Request) -> Response:
    """A file of the bundle, by its name below `static/`."""
    name = request.path.rpartition("/static/")[2]
    content = read_static(name)
    etag = hashlib.blake2b(content, digest_size=12).hexdigest()
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    suffix = PurePosixPath(name).suffix
    content_type = _TYPES.get(suffix) or mimetypes.guess_type(name)[0] or "application/octet-stream"
    response: Response = http_util.Respond(request, content, content_type, headers=etag_headers(etag))
    return response


def read_static(name: str) -> bytes:
    """Content of a bundle file. Raises NotFound for any name that is not one."""
    files = {path.relative_to(BUNDLE).as_posix(): path for path in BUNDLE.rglob("*") if path.is_file()}
    if name not in files:
        hint = "" if files else "; the tab was not built: run make, or npm run build in frontend/"
        raise NotFound(f"no such file: {name!r}{hint}")
    return files[name].read_bytes()
