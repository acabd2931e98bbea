"""What lies in a written figure: pixels of a png, fonts of a pdf."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image


def pixels(path: Path) -> npt.NDArray[np.uint8]:
    """Height × width × red, green and blue."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def dots_per_inch(path: Path) -> float:
    with Image.open(path) as picture:
        return float(picture.info["dpi"][0])


def ink(path: Path) -> float:
    """Share of pixels that are not white."""
    return float((pixels(path).min(axis=2) < 250).mean())


def pdf_fonts(path: Path) -> tuple[set[str], int]:
    """Names of the fonts of a pdf, and how many of them are in it as outlines."""
    content = path.read_bytes()
    names = {name.decode() for name in re.findall(rb"/BaseFont /(?:[A-Z]{6}\+)?([\w-]+)", content)}
    return names, len(re.findall(rb"/FontFile[23]? \d+ 0 R", content))


def pdf_size_mm(path: Path) -> tuple[float, float]:
    found = re.search(rb"/MediaBox \[0 0 ([\d.]+) ([\d.]+)\]", path.read_bytes())
    assert found
    return float(found[1]) / 72 * 25.4, float(found[2]) / 72 * 25.4
