"""Answers of late: many tabs that look at the same charts ask for the very same ones, which are made once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.answer import not_modified

_MOST_BYTES = 32 << 20
_MOST_BYTES_OF_ONE = 1 << 20
_WEIGHT_BYTES = 2000
"""What an answer takes beside its body."""


@dataclass(frozen=True, slots=True)
class _Kept:
    body: bytes
    headers: tuple[tuple[str, str], ...]

    @property
    def weight(self) -> int:
        return len(self.body) + _WEIGHT_BYTES


class SharedAnswers:
    """Kept by what names them: the route, the ETag, and whether the client takes them compressed."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._left = most_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[tuple[str, str, bool], _Kept] = OrderedDict()

    def respond(self, request: Request, etag: str, make: Callable[[], Response]) -> Response:
        """The answer that this ETag names: 304 where the client has it; else as made before, or anew."""
        unchanged = not_modified(request, etag)
        if unchanged:
            return unchanged
        key = request.path, etag, request.accept_encodings.quality("gzip") > 0
        with self._lock:
            known = self._kept.get(key)
        if known:
            return Response(known.body, headers=list(known.headers))
        response = make()
        body = response.get_data()
        is_whole = request.method == "GET" and response.status_code == HTTPStatus.OK  # HEAD has no body
        if is_whole and len(body) <= _MOST_BYTES_OF_ONE:
            self._keep(key, _Kept(body, tuple(response.headers.items())))
        return response

    def _keep(self, key: tuple[str, str, bool], made: _Kept) -> None:
        with self._lock:
            if key in self._kept:  # another thread was quicker
                return
            self._kept[key] = made
            self._left -= made.weight
            while self._left < 0:
                _, dropped = self._kept.popitem(last=False)
                self._left += dropped.weight
