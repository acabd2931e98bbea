"""Any bytes → an event file, sound here and broken there: the language that the fuzzer speaks.

Nearly all random bytes are no records. So the fuzzer's bytes are read as a small program that writes a file:
each instruction is one byte and its arguments, all of them mean something, and small changes of the program
are small changes of the file. Checksums are right unless the program breaks them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from itertools import pairwise

from tests.support.records import record, scalar_record

_MOST_BYTES = 1 << 14
"""Repetition upon repetition would otherwise fill the memory."""
_MOST_CUTS = 6
"""Each costs as much as a small file."""


@dataclass(slots=True)
class Program:
    """Bytes that are read from the front; past the end stand zeros.

    >>> Program(b"\\x05\\x01\\x02").byte()
    5
    """

    left: bytes

    def take(self, count: int) -> bytes:
        taken, self.left = self.left[:count], self.left[count:]
        return taken

    def byte(self) -> int:
        return int.from_bytes(self.take(1), "little")

    def number(self) -> int:
        return int.from_bytes(self.take(2), "little")


@dataclass(slots=True)
class File:
    """What a program has written so far."""

    content: bytearray = field(default_factory=bytearray)
    payloads: list[bytes] = field(default_factory=list)
    """Of the records that were written whole."""
    cuts: list[int] = field(default_factory=list)
    """Where the file was read while it was being written."""

    def add(self, payload: bytes) -> None:
        if len(self.content) < _MOST_BYTES:
            self.payloads.append(payload)
            self.content += record(payload)


def file_of(program: bytes) -> File:
    """The file that a program writes.

    >>> wrote_three = framed(b"payload") + bytes([REPEAT, 2, 0, 1])
    >>> file_of(wrote_three).payloads
    [b'payload', b'qayload', b'rayload']
    """
    code, file = Program(program), File()
    while code.left:
        _INSTRUCTIONS[code.byte() % len(_INSTRUCTIONS)](code, file)
    return file


def several(file: File) -> list[bytes]:
    """A file's parts between its cuts, as files of their own."""
    cuts = [0, *file.cuts, len(file.content)]
    return [bytes(file.content[begin:end]) for begin, end in pairwise(cuts)]


def framed(payload: bytes) -> bytes:
    """The instruction that writes a record of this payload."""
    return bytes([FRAMED]) + len(payload).to_bytes(2, "little") + payload


def _framed(code: Program, file: File) -> None:
    file.add(code.take(code.number() % 2048))


def _raw(code: Program, file: File) -> None:
    file.content += code.take(code.byte())


def _repeat(code: Program, file: File) -> None:
    """The last record again and again, with one byte that grows."""
    times, column, growth = code.byte(), code.byte(), code.byte()
    payload = bytearray(file.payloads[-1] if file.payloads else b"")
    for _ in range(times):
        if payload:
            payload[column % len(payload)] = (payload[column % len(payload)] + growth) % 256
        file.add(bytes(payload))


def _frame(code: Program, file: File) -> None:
    """The last few records again and again, as a training loop logs them."""
    count, times = code.byte() % 16 + 1, code.byte()
    for payload in file.payloads[-count:] * times:
        file.add(payload)


def _scalars(code: Program, file: File) -> None:
    """A regular stretch: one tag, a step each."""
    tag, first, count = f"tag_{code.byte() % 20}", code.number(), code.byte()
    for step in range(first, first + count):
        whole = scalar_record(tag, step=step, wall_time=1.5, value=step)
        file.add(whole[12:-4])


def _flip(code: Program, file: File) -> None:
    """Break a byte, counted from the end."""
    back, bits = code.number(), code.byte()
    if file.content:
        file.content[-1 - back % len(file.content)] ^= bits


def _truncate(code: Program, file: File) -> None:
    """Lose the end; a byte at least stays settled where the file was read before."""
    kept = max(len(file.content) - code.byte(), max(file.cuts, default=0))
    del file.content[kept:]


def _cut(code: Program, file: File) -> None:
    """Read what is there so far, before more is written."""
    if len(file.cuts) < _MOST_CUTS:
        file.cuts.append(len(file.content))


_INSTRUCTIONS: list[Callable[[Program, File], None]] = [
    _framed,
    _raw,
    _repeat,
    _frame,
    _scalars,
    _flip,
    _truncate,
    _cut,
]
FRAMED, REPEAT, FRAME = 0, 2, 3


def seeds(files: Iterable[bytes]) -> list[bytes]:
    """Programs that write what real writers wrote: the first records of each file, and each repeated."""
    return [
        b"".join(framed(payload) + bytes([REPEAT, 40, 12, 1]) for payload in payloads) + bytes([FRAME, 7, 5])
        for payloads in map(_first_payloads, files)
    ]


def _first_payloads(content: bytes, most: int = 12) -> list[bytes]:
    payloads: list[bytes] = []
    position = 0
    while position < len(content) and len(payloads) < most:
        length = int.from_bytes(content[position : position + 8], "little")
        payload = content[position + 12 : position + 12 + length]
        position += length + 16
        if length < 400:
            payloads.append(payload)
    return payloads
