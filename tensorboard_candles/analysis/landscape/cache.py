"""Losses that were computed already, a file for each landscape: a run that was killed goes on from there."""

from __future__ import annotations

import hashlib
import json
import logging
import os
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy

from tensorboard_candles.analysis.landscape.payload import Float64Array, Landscape
from tensorboard_candles.errors import BadPayload

logger = logging.getLogger(__name__)

FORMAT = 2
SAVED_EVERY_SECS = 1.0
MOST_FILES = 500
_SAME_LOSS = 1e-5
"""By this part may the centre's loss differ from what it was when a file was written: of rounding."""
_SUFFIX = ".landscape"


def key_of(*parts: object) -> str:
    """A name for what is the same in every part: arrays by their bytes, others by their JSON.

    >>> key_of(np.zeros(2), {"seed": 0}) == key_of(np.zeros(2), {"seed": 0}) != key_of(np.zeros(2), {})
    True
    """
    digest = hashlib.blake2b(digest_size=16)
    for part in (FORMAT, *parts):
        if isinstance(part, np.ndarray):
            digest.update(f"{part.dtype}{part.shape}".encode())
            digest.update(np.ascontiguousarray(part).data)
        else:
            digest.update(json.dumps(part, sort_keys=True).encode())
        digest.update(b"\0")
    return digest.hexdigest()


@dataclass(frozen=True, eq=False, slots=True)
class Begun:
    """What there is of a grid: its losses, and which of them are known."""

    losses: Float64Array
    is_known: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]


class Cache:
    """Files of one directory, each replaced as a whole, so that none is ever half written.

    Whatever can't be read counts as not there, and so does what was computed where the loss at the model's
    own weights was another one: not all that a loss depends on can be seen (see `code_of`).
    What can't be written is not kept, and that is told once: it may have taken hours to compute.
    """

    def __init__(self, directory: Path, key: str, centre_loss: float) -> None:
        self._directory = directory
        self._centre_loss = centre_loss
        self._whole = directory / f"{key}{_SUFFIX}"
        self._part = directory / f"{key}.begun{_SUFFIX}"
        self._saved_at = time.monotonic()
        self._is_writable = True

    def finished(self) -> Landscape | None:
        try:
            found = Landscape.from_bytes(self._whole.read_bytes())
        except (OSError, BadPayload):
            return None
        if not self._is_same(found.about.centre_loss):
            return None
        with suppress(OSError):
            os.utime(self._whole)  # used again: not the next to be deleted
        return found

    def begun(self, plane: str, count: int) -> Begun:
        """What is known already of `count` losses on this plane."""
        with suppress(OSError, safetensors.SafetensorError, KeyError, ValueError):
            arrays = safetensors.numpy.load(self._part.read_bytes())
            losses, known, centre = arrays["losses"], arrays[f"known {plane}"], arrays["centre"].item()
            is_whole = losses.shape == known.shape == (count,) and losses.dtype == np.float64
            if is_whole and self._is_same(centre):
                return Begun(losses.copy(), known == 1)
        return Begun(np.full(count, np.nan), np.zeros(count, np.bool_))

    def keep(self, plane: str, begun: Begun, *, at_once: bool = False) -> None:
        """Keep what is known, now and then, or `at_once`."""
        if at_once or time.monotonic() >= self._saved_at + SAVED_EVERY_SECS:
            arrays: dict[str, np.ndarray[Any, Any]] = {
                "losses": begun.losses,
                "centre": np.array(self._centre_loss),
                f"known {plane}": begun.is_known.astype(np.uint8),
            }
            self._replace(self._part, safetensors.numpy.save(arrays))
            self._saved_at = time.monotonic()

    def finish(self, landscape: Landscape) -> None:
        self._replace(self._whole, landscape.to_bytes())
        with suppress(OSError):
            self._part.unlink()
        self._shrink()

    def _is_same(self, centre_loss: float) -> bool:
        return bool(np.isclose(centre_loss, self._centre_loss, rtol=_SAME_LOSS, atol=0.0, equal_nan=True))

    def _replace(self, path: Path, content: bytes) -> None:
        if not self._is_writable:
            return
        try:
            self._write(path, content)
        except OSError as error:
            self._is_writable = False
            logger.warning("What is computed of this landscape can't be kept: %s", error)

    def _write(self, path: Path, content: bytes) -> None:
        self._directory.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=self._directory, suffix=f".tmp{_SUFFIX}")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            os.replace(temporary, path)
        except BaseException:
            with suppress(OSError):
                os.unlink(temporary)
            raise

    def _shrink(self) -> None:
        """Delete what was not used for longest, where there is too much."""
        with suppress(OSError):
            files = sorted(self._directory.glob(f"*{_SUFFIX}"), key=lambda path: path.stat().st_mtime)
            for path in files[:-MOST_FILES]:
                path.unlink()
