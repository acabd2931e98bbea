"""A file from the first of several mirrors that has it whole, taken up again where a connection broke."""

from __future__ import annotations

import hashlib
import http.client
import os
import re
import urllib.error
import urllib.request
from collections.abc import Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

PIECE_BYTES = 1 << 16
TIMEOUT_SECS = 15.0


class NotFetched(Exception):
    """No mirror had the file; the message says what each of them answered."""


class _Failed(Exception):
    """What one mirror answered, in words."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """What lies at `<mirror><name>`, and how to tell that it is all there."""

    name: str
    size_bytes: int
    sha256: str

    def is_at(self, path: Path) -> bool:
        """Is it there, whole?"""
        try:
            with path.open("rb") as found:
                if os.fstat(found.fileno()).st_size != self.size_bytes:
                    return False
                digest = hashlib.sha256()
                while piece := found.read(1 << 20):
                    digest.update(piece)
        except FileNotFoundError:
            return False
        return digest.hexdigest() == self.sha256


def fetch(
    file: RemoteFile, directory: Path, mirrors: Sequence[str], *, timeout_secs: float = TIMEOUT_SECS
) -> Generator[int]:
    """Bring the file into the directory; yields how many of its bytes are there, after each piece.

    A `.part` file holds what has come so far: after a broken connection, or in the next process, the same or
    the next mirror is asked for the rest. Raises NotFetched when every mirror fails.
    """
    path = directory / file.name
    if file.is_at(path):
        yield file.size_bytes
        return
    directory.mkdir(parents=True, exist_ok=True)
    told: list[str] = []
    for mirror in mirrors:
        try:
            yield from _from_mirror(mirror, file, path, timeout_secs)
            return
        except _Failed as error:
            told.append(f"{mirror}: {error}")
    raise NotFetched(f"{file.name} could not be fetched.\n  " + "\n  ".join(told or ["no mirror was given"]))


def _from_mirror(mirror: str, file: RemoteFile, path: Path, timeout_secs: float) -> Iterator[int]:
    """Go on with the part until it is the file; raises _Failed when the mirror brings it no further."""
    part = path.with_name(f"{file.name}.part")
    all_is_its = False
    while True:
        before = _size(part)
        all_is_its |= before == 0
        broke = f"the connection ended after {{:,}} of {file.size_bytes:,} bytes"
        try:
            if before < file.size_bytes:
                yield from _append(mirror + file.name, file, part, timeout_secs)
        # a connection may break in any of these ways
        except (OSError, http.client.HTTPException, ValueError) as error:
            broke = _in_words(error)
        if _is_done(file, part, path):
            return
        size = _size(part)
        if size >= file.size_bytes:
            part.unlink(missing_ok=True)
            if all_is_its:
                raise _Failed(f"its {file.name} is another file (the SHA-256 differs)")
        elif size <= before:
            raise _Failed(broke.format(size))


def _is_done(file: RemoteFile, part: Path, path: Path) -> bool:
    if file.is_at(part):
        with suppress(FileNotFoundError):  # another process that fetches it was quicker
            part.replace(path)
    return file.is_at(path)


def _append(url: str, file: RemoteFile, part: Path, timeout_secs: float) -> Iterator[int]:
    have = _size(part)
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={have}-"} if have else {})
    request = urllib.request.Request(url, headers=headers)
    with urllib.request.urlopen(request, timeout=timeout_secs) as answer:
        begin = _begin_of(answer, have)
        part.touch()
        # Nothing is cut off and each piece has its place: two processes that fetch at once do no harm.
        with part.open("r+b", buffering=0) as out:
            out.seek(begin)
            while out.tell() <= file.size_bytes and (piece := answer.read(PIECE_BYTES)):
                out.write(piece)
                yield min(out.tell(), file.size_bytes)


def _begin_of(answer: http.client.HTTPResponse, asked_from: int) -> int:
    """At which byte of the file the answer begins: a server may know no ranges, and send all."""
    if answer.status != http.HTTPStatus.PARTIAL_CONTENT:
        return 0
    found = re.match(r"bytes (\d+)-", answer.headers.get("Content-Range", ""))
    if found is None or int(found[1]) != asked_from:
        raise ValueError(f"it was asked for bytes from {asked_from} and answered {found and found[0]!r}")
    return asked_from


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _in_words(error: Exception) -> str:
    if isinstance(error, urllib.error.HTTPError):
        return f"HTTP {error.code} {error.reason}"
    if isinstance(error, urllib.error.URLError):
        return f"not reached ({error.reason})"
    return str(error) or type(error).__name__
