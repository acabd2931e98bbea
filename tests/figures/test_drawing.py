"""Lines, words and colours that all figures share."""

from __future__ import annotations

import math
from itertools import combinations, pairwise

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.figures import Theme
from tensorboard_candles.figures.drawing import line_columns, text
from tensorboard_candles.figures.theme import BETTER, INK, LINES, MUTED, WORSE
from tensorboard_candles.store import Series

values = st.lists(st.sampled_from([0.0, 1.0, -2.5, 7.0, math.nan, math.inf]), min_size=1, max_size=200)


def series(value: npt.ArrayLike) -> Series:
    column = np.array(value, dtype=np.float64)
    steps = np.arange(len(column))
    return Series("run", "loss", steps, np.zeros(len(column)), column)


@given(values, st.integers(4, 40))
def test_line_keeps_extremes_and_is_parted_where_points_are_no_numbers(some: list[float], most: int) -> None:
    step, value = line_columns(series(some), most=most)
    is_number = np.isfinite(some)
    assert np.all(np.diff(step) > 0)
    if not is_number.any():
        assert np.isnan(value).all()
        return
    assert np.nanmin(value) == np.min(np.array(some)[is_number])
    assert np.nanmax(value) == np.max(np.array(some)[is_number])
    drawn = np.flatnonzero(~np.isnan(value))
    assert [some[int(row)] for row in step[drawn]] == value[drawn].tolist()
    for left, right in pairwise(drawn):
        lost = ~is_number[int(step[left]) : int(step[right])].all()
        assert (right - left > 1) == lost


def test_million_points_are_drawn_as_few_with_every_spike() -> None:
    value = np.random.default_rng(0).normal(size=1_000_000)
    spikes = {123_456: 90.0, 500_000: -80.0, 999_999: 70.0}
    value[list(spikes)] = list(spikes.values())
    step, drawn = line_columns(series(value))
    assert len(step) <= 4000
    assert {int(at): one for at, one in zip(step, drawn, strict=True) if abs(one) > 50} == spikes


def test_short_series_is_drawn_as_it_is() -> None:
    step, value = line_columns(series([3.0]))
    assert (step.tolist(), value.tolist()) == ([0.0], [3.0])


def test_names_are_text() -> None:
    assert text("<b>$x$</b>") == "&lt;b&gt;&#36;x&#36;&lt;/b&gt;"
    for length in range(2, 30):
        assert len(text("a" * 100, most=length)) == length


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2)."""
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def on_white(colour: str) -> float:
    return 1.05 / (luminance(colour) + 0.05)


def test_lines_can_be_seen_and_words_can_be_read_on_white() -> None:
    assert min(map(on_white, LINES)) >= 3
    assert min(map(on_white, (INK, MUTED, BETTER, WORSE))) >= 4.5


def test_no_two_lines_of_a_figure_look_alike_in_grey() -> None:
    theme = Theme()
    lines = [theme.line(number) for number in range(18)]
    for one, other in combinations(lines[:6], 2):
        assert one["dash"] != other["dash"]
    assert len({(line["color"], line["dash"]) for line in lines}) == 18


def test_sizes_are_those_of_paper() -> None:
    assert Theme(columns=1).width_px == round(85 / 25.4 * 96)
    assert Theme(width_mm=120, height_mm=60).width_px / Theme(height_mm=60).height_px(3) == pytest.approx(
        2, 0.01
    )
    assert Theme(font_pt=12).font_px == 16


@pytest.mark.parametrize(
    "wrong", [{"columns": 3}, {"font": "Comic Sans"}, {"font_pt": 0}, {"line_pt": -1}, {"width_mm": math.inf}]
)
def test_theme_that_can_not_be_is_refused(wrong: dict[str, object]) -> None:
    [name] = wrong
    with pytest.raises(BadRequest, match=f"{name} must be"):
        Theme(**wrong)  # type: ignore[arg-type]
