"""Many files read together: what is new in small ones is decoded in one go."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Iterator
from dataclasses import dataclass

from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.tail import EventFile, Window
from tensorboard_candles.events.window import Decoded, Undecoded, decode_windows

MOST_BYTES = 16 << 20
"""Bytes that are decoded in one go; more would only take more memory."""
_MOST_OPEN_FILES = 64


@dataclass(frozen=True, slots=True)
class Stopped:
    """What kept a file from being read to its end."""

    failure: Exception


@dataclass(slots=True)
class _Reading:
    """A file that waits for what it gave to be decoded."""

    file: EventFile
    steps: Generator[Window | Undecoded, Decoded | None, None]
    undecoded: Undecoded


def read_together(
    files: Iterable[EventFile], bulk: BulkDecoder
) -> Iterator[tuple[EventFile, Window | Stopped | None]]:
    """What is new in each file: its windows, then None, or what stopped it.

    >>> files = [EventFile(path) for path in Path("runs").rglob("*tfevents*")]  # doctest: +SKIP
    >>> for file, window in read_together(files, BulkDecoder()):                # doctest: +SKIP
    ...     print(file.path.name, window)

    Files are opened as they are come to, no more than some dozens at a time.
    """
    waiting: list[_Reading] = []
    for file in files:
        reading = yield from _advance(file, file.reading(), None)
        if reading:
            waiting.append(reading)
        while _is_enough(waiting):
            waiting = yield from _decode(waiting, bulk)
    while waiting:
        waiting = yield from _decode(waiting, bulk)


_Outcomes = Generator[tuple[EventFile, Window | Stopped | None], None, _Reading | None]


def _is_enough(waiting: list[_Reading]) -> bool:
    waiting_bytes = sum(len(reading.undecoded.buffer) for reading in waiting)
    return waiting_bytes >= MOST_BYTES or len(waiting) >= _MOST_OPEN_FILES


def _advance(
    file: EventFile, steps: Generator[Window | Undecoded, Decoded | None, None], answer: Decoded | None
) -> _Outcomes:
    """Go on with one file to where it waits, or to its end."""
    while True:
        try:
            step = steps.send(answer)
        except StopIteration:
            yield file, None
            return None
        except Exception as failure:  # noqa: BLE001, for whoever reads the file to judge
            yield file, Stopped(failure)
            return None
        if isinstance(step, Undecoded):
            return _Reading(file, steps, step)
        yield file, step
        answer = None


def _decode(
    waiting: list[_Reading], bulk: BulkDecoder
) -> Generator[tuple[EventFile, Window | Stopped | None], None, list[_Reading]]:
    """Decode what all of them wait for; returns those that then wait for more."""
    try:
        answers = decode_windows([reading.undecoded for reading in waiting], bulk)
    except Exception as failure:  # noqa: BLE001, for whoever reads the file to judge
        if len(waiting) == 1:
            waiting[0].steps.close()
            yield waiting[0].file, Stopped(failure)
            return []
        # One of them is to blame; the others must not suffer for it.
        answers = None
    left: list[_Reading] = []
    for index, reading in enumerate(waiting):
        if answers is None:
            left += yield from _decode([reading], bulk)
        else:
            more = yield from _advance(reading.file, reading.steps, answers[index])
            left += [more] if more else []
    return left
