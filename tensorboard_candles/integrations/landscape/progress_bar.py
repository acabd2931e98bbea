"""How far long work is, for whoever waits at a terminal: by tqdm where that is there, else in lines."""

from __future__ import annotations

import sys
import time
from typing import Any, TextIO

from tensorboard_candles.analysis.progress import Progress

LINE_EVERY_SECS = 5.0


class ProgressBar(Progress):
    """Says what is done, about how long it will take once the first part of it is, and how far it is.

    A `Progress`; it is to be closed.
    """

    def __init__(self, title: str, file: TextIO | None = None) -> None:
        self._title = title
        self._file = file
        self._what = ""
        self._began: tuple[float, float] | None = None
        self._is_told = False
        self._bar: Any = None
        self._line_at = 0.0

    def __call__(self, done: float, total: float, what: str = "") -> None:
        now = time.monotonic()
        if what != self._what:
            self.close()
            self._what, self._began, self._is_told, self._line_at = what, None, False, now
            self._bar = _tqdm(f"{self._title}: {what}", total, done, self._file)
        elif self._began is None:  # the first part is slower than the others
            self._began = (now, done)
        elif not self._is_told and done < total:
            began, before = self._began
            self._is_told = True
            self._say(f"about {duration((now - began) / (done - before) * (total - done))} to go")
        if self._bar is not None:
            self._bar.update(done - self._bar.n)
        elif now >= self._line_at + LINE_EVERY_SECS:
            self._line_at = now
            self._say(f"{done:,.0f} of {total:,.0f}")

    def close(self) -> None:
        if self._bar is not None:
            self._bar.close()
            self._bar = None

    def _say(self, words: str) -> None:
        line = f"{self._title}: {self._what}: {words}"
        if self._bar is not None:
            self._bar.write(line, file=self._file or sys.stderr)
        else:
            print(line, file=self._file or sys.stderr, flush=True)


def duration(secs: float) -> str:
    """In the unit that needs no more than three figures.

    >>> duration(0.4), duration(42.3), duration(600), duration(9000)
    ('1 s', '42 s', '10 min', '2.5 h')
    """
    if secs < 100:
        return f"{max(secs, 1):.0f} s"
    return f"{secs / 60:.0f} min" if secs < 6000 else f"{secs / 3600:.3g} h"


def _tqdm(title: str, total: float, done: float, file: TextIO | None) -> Any:
    try:
        from tqdm import tqdm
    except ImportError:
        return None
    return tqdm(desc=title, total=total, initial=done, file=file, leave=False, unit="")
