"""The words of lines of logs, kept for the next who asks, and found by what stands in them."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.events import texts_of
from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store import FileLines, Lineage, RunLogs

LONGEST_TEXT = 20_000
"""In characters: a longer line is cut off, but where the whole is fetched."""
_MOST_KEPT_CHARACTERS = 50_000_000
_WEIGHT = 200
"""What one line takes beside its characters, in their size."""
_MOST_AT_ONCE_BYTES = 16 << 20
_MOST_AT_ONCE = 2000
_MOST_SEARCHES = 32


class LineTexts:
    """Reads words of lines, each once as long as there is room for it."""

    def __init__(self, most_characters: int = _MOST_KEPT_CHARACTERS) -> None:
        self._left = most_characters
        self._lock = threading.Lock()
        self._kept: OrderedDict[Lineage, dict[int, str]] = OrderedDict()

    def of(self, file: FileLines, rows: Int64Array) -> list[str | None]:
        """Of some rows of a file's lines; None where the file holds them no more."""
        numbers = (rows + file.first).tolist()
        with self._lock:
            kept = self._kept.get(file.lineage, {})
            found = [kept.get(number) for number in numbers]
        missing = [place for place, text in enumerate(found) if text is None]
        if not missing:
            return found
        read = texts_of(file.path, file.lines.rows[rows[missing]])
        new = {}
        for place, text in zip(missing, read, strict=True):
            if text is not None:
                found[place] = new[numbers[place]] = text[:LONGEST_TEXT]
        self._keep(file.lineage, new)
        return found

    def _keep(self, lineage: Lineage, new: dict[int, str]) -> None:
        with self._lock:
            kept = self._kept.setdefault(lineage, {})
            self._kept.move_to_end(lineage)
            self._left -= sum(_WEIGHT + len(text) for number, text in new.items() if number not in kept)
            kept |= new
            while self._left < 0:
                _, dropped = self._kept.popitem(last=False)
                self._left += sum(_WEIGHT + len(text) for text in dropped.values())


def parts_of(sizes: npt.NDArray[np.integer]) -> Iterator[slice]:
    """Lines of these sizes in bytes, cut into as many as are read at once.

    >>> list(parts_of(np.array([9 << 20, 9 << 20, 90])))
    [slice(0, 1, None), slice(1, 3, None)]
    """
    first, taken = 0, 0
    for row, size in enumerate(sizes.tolist()):
        if row > first and (taken + size > _MOST_AT_ONCE_BYTES or row - first == _MOST_AT_ONCE):
            yield slice(first, row)
            first, taken = row, 0
        taken += size
    if first < len(sizes):
        yield slice(first, len(sizes))


@dataclass(slots=True)
class _Looked:
    """What was found in one file for one question."""

    upto: int = 0
    """All lines of lower numbers were looked at."""
    numbers: list[int] = field(default_factory=list)


class Searches:
    """Lines in which something stands; of what has grown only the new ones are looked at."""

    def __init__(self, texts: LineTexts, most_kept: int = _MOST_SEARCHES) -> None:
        self._texts = texts
        self._most_kept = most_kept
        self._lock = threading.Lock()
        self._kept: OrderedDict[Hashable, dict[Lineage, _Looked]] = OrderedDict()

    def rows(self, key: Hashable, logs: RunLogs, words: str, progress: Progress) -> npt.NDArray[np.bool_]:
        """Of each row of the logs whether it holds the words, in letters of whatever case.

        `key` names run and words; one thread at a time asks with it.
        """
        with self._lock:
            known = self._kept.pop(key, {})
            self._kept[key] = {}
            while len(self._kept) > self._most_kept:
                self._kept.popitem(last=False)
        looked = {file.lineage: known.get(file.lineage, _Looked()) for file in logs.files}
        total, done = len(logs), 0
        for file in logs.files:
            for part in self._unseen(file, looked[file.lineage]):
                progress(done, total, "lines")
                self._look(file, part, words.casefold(), looked[file.lineage])
                done += len(part)
        with self._lock:
            self._kept[key] = looked
        return _held(logs, [looked[file.lineage] for file in logs.files])

    def _unseen(self, file: FileLines, looked: _Looked) -> Iterator[Int64Array]:
        rows = np.arange(max(0, looked.upto - file.first), len(file.lines))
        sizes = file.lines.rows["size"][rows]
        return (rows[part] for part in parts_of(sizes))

    def _look(self, file: FileLines, rows: Int64Array, words: str, looked: _Looked) -> None:
        texts = self._texts.of(file, rows)
        numbers = (rows + file.first).tolist()
        looked.numbers += [
            number
            for number, text in zip(numbers, texts, strict=True)
            if text is not None and words in text.casefold()
        ]
        looked.upto = numbers[-1] + 1


def _held(logs: RunLogs, found: Sequence[_Looked]) -> npt.NDArray[np.bool_]:
    held = np.zeros(len(logs), np.bool_)
    for number, (file, looked) in enumerate(zip(logs.files, found, strict=True)):
        of_file = np.zeros(len(file.lines), np.bool_)
        rows = np.array(looked.numbers, np.int64) - file.first
        of_file[rows[(rows >= 0) & (rows < len(of_file))]] = True
        here = logs.file == number
        held[here] = of_file[logs.row_in_file[here]]
    return held
