"""The page about figures tells of each of them."""

from __future__ import annotations

import re
from pathlib import Path

from tensorboard_candles.figures import TrainingVisualizer
from tensorboard_candles.figures.theme import Theme

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "figures.md").read_text()


def test_every_method_and_setting_is_told() -> None:
    methods = [name for name in vars(TrainingVisualizer) if not name.startswith("_")]
    assert len(methods) == 10
    assert [name for name in methods if f"{name}(" not in PAGE] == []
    assert [name for name in Theme.__slots__ if f"`{name}" not in PAGE] == []


def test_every_figure_has_a_picture() -> None:
    named = set(re.findall(r"^\| `plot_\w+\(.*\)` \| `(\w+)` \|", PAGE, re.MULTILINE))
    assert len(named) == 9
    assert named == {path.stem for path in (DOCS / "figures").glob("*.png")}
    assert named == set(re.findall(r"\(figures/(\w+)\.png\)", PAGE))
