"""How the tab looks, kept as small pictures: python -m pytest tests/browser/test_looks.py --update-pictures

A picture is a screenshot at a quarter of its size, so that fonts of another machine make little difference,
and what is somewhere else, of another colour or not there makes much.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from tests.browser.tab import WITHIN_SECS
from tests.support.server import eventually

KEPT = Path(__file__).parent / "looks"
SMALLER = 4
COLOURS = 64
MOST_MEAN = 2.5
"""Of 255 levels, over all pixels."""
STRANGE = 48
MOST_STRANGE = 0.012
"""Share of pixels that differ by `STRANGE` levels or more."""


@dataclass(frozen=True)
class Difference:
    mean: float
    strange: float

    @property
    def is_small(self) -> bool:
        return self.mean <= MOST_MEAN and self.strange <= MOST_STRANGE


def reduced(screenshot: bytes) -> Image.Image:
    """A screenshot as it is kept."""
    picture = Image.open(BytesIO(screenshot)).convert("RGB")
    small = picture.resize((picture.width // SMALLER, picture.height // SMALLER), Image.Resampling.BOX)
    return small.quantize(COLOURS, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)


def _levels(picture: Image.Image) -> npt.NDArray[np.int16]:
    return np.asarray(picture.convert("RGB"), dtype=np.int16)


def difference(now: Image.Image, kept: Image.Image) -> Difference:
    if now.size != kept.size:
        return Difference(mean=255, strange=1)
    levels = np.abs(_levels(now) - _levels(kept)).max(axis=2)
    return Difference(mean=float(levels.mean()), strange=float((levels >= STRANGE).mean()))


def compare(take: Callable[[], bytes], name: str, *, update: bool, found_at: Path) -> None:
    """Until what is on screen looks as what is kept under that name; or keep what is there once it rests."""
    kept = KEPT / f"{name}.png"
    if update:
        kept.parent.mkdir(exist_ok=True)
        _at_rest(take).save(kept, optimize=True)
        return
    assert kept.exists(), f"no picture {kept.name}: run with --update-pictures, and look at it"
    looks = Looks(take, Image.open(kept), found_at / kept.name)
    eventually(looks.as_kept, within_secs=WITHIN_SECS, every_secs=0.3, what=f"{looks.found_at} like {kept}")


@dataclass
class Looks:
    take: Callable[[], bytes]
    kept: Image.Image
    found_at: Path

    def as_kept(self) -> bool:
        now = reduced(self.take())
        now.save(self.found_at)
        return difference(now, self.kept).is_small


def _at_rest(take: Callable[[], bytes]) -> Image.Image:
    """What does not change any more for two seconds."""
    last, since = reduced(take()), time.monotonic()
    while time.monotonic() - since < 2:
        time.sleep(0.3)
        now = reduced(take())
        if difference(now, last).strange > 0:
            last, since = now, time.monotonic()
    return last
