"""What a started process has printed, as the folder of its instance keeps it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from tensorboard_candles.launch.start import MOST_OUTPUT_BYTES, full_parts

MOST_END_CHARACTERS = 1000


@dataclass(frozen=True, slots=True)
class Printed:
    """A stretch of the output; `end` and `start` count all bytes that were ever printed."""

    start: int
    content: bytes
    end: int


def printed(folder: Path, *, offset: int, most: int) -> Printed:
    """At most so many bytes from `offset` on, or from where what is kept begins.

    >>> import tempfile
    >>> printed(Path(tempfile.mkdtemp()), offset=0, most=10)
    Printed(start=0, content=b'', end=0)
    """
    parts = _parts(folder)
    start, content, end = max(offset, parts[0][0] if parts else 0), b"", 0
    for begins, path in parts:
        size = _size(path)
        end = max(end, begins + size)
        here = start + len(content) - begins
        if 0 <= here < size:
            content += _read(path, here, most - len(content))
    return Printed(min(start, end), content, end)


def last_lines(folder: Path) -> str:
    """The end of it, of at most MOST_END_CHARACTERS; what a carriage return wrote over is left out."""
    end = printed(folder, offset=0, most=0).end
    # as bytes, four times as many may be needed; a progress bar writes over itself again and again
    text = printed(folder, offset=max(0, end - 4 * MOST_END_CHARACTERS), most=4 * MOST_END_CHARACTERS).content
    lines = text.decode(errors="replace").replace("\r\n", "\n").split("\n")
    shown = "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
    return shown[-MOST_END_CHARACTERS:]


def size_of(folder: Path) -> int:
    """Of `output.log`: while a job runs, another size is another output."""
    return _size(folder / "output.log")


def _parts(folder: Path) -> list[tuple[int, Path]]:
    """Files, and the number of the first byte of each."""
    try:
        full = full_parts(str(folder))
    except OSError:
        return []
    files = [((number - 1) * MOST_OUTPUT_BYTES, folder / f"output.{number}.log") for number in full[-1:]]
    return [*files, (max(full, default=0) * MOST_OUTPUT_BYTES, folder / "output.log")]


def _size(path: Path) -> int:
    try:
        return os.stat(path, follow_symlinks=False).st_size
    except OSError:
        return 0


def _read(path: Path, offset: int, most: int) -> bytes:
    """What is no file of its own is passed by: it may be a link that someone put there."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as file:
        file.seek(offset)
        return file.read(max(most, 0))
