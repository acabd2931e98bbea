"""Records of Python's `logging` in TensorBoard's Text tab, at the steps they fell into."""

from __future__ import annotations

import logging
from collections.abc import Callable

_OWN = "tensorboard_candles"


class TextHandler(logging.Handler):
    """Hands each record on as text under `logs/<level>`; our own warnings are left out.

    >>> said = []
    >>> handler = TextHandler(lambda tag, text: said.append((tag, text)))
    >>> handler.handle(logging.makeLogRecord({"msg": "lr is %s", "args": (0.1,), "levelname": "INFO"}))
    True
    >>> said
    [('logs/info', 'lr is 0.1')]
    """

    def __init__(self, write: Callable[[str, str], object]) -> None:
        super().__init__()
        self._write = write

    def emit(self, record: logging.LogRecord) -> None:
        if (record.name or "").partition(".")[0] == _OWN:
            return  # it may be said because nothing more can be written
        try:
            text = self.format(record).encode(errors="backslashreplace").decode()
            self._write(f"logs/{record.levelname.lower()}", text)
        except Exception:  # noqa: BLE001, as every handler of logging does: it must not end the program
            self.handleError(record)
