"""A line through the few points that are sent touches the pixels that a line through all of them touches."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from playwright.sync_api import Route

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import Lines, Pixels, open_widgets
from tests.support import records
from tests.support.server import Server, eventually

pytestmark = pytest.mark.slow

EMPTY = [(255, 255, 255), (238, 240, 244)]
NONFINITE = (180, 83, 9)
GAP = slice(90_000, 130_000)
ALONE = 110_000

# Requests for points to draw, not for where a series lies.
WINDOWS = re.compile(r"/points\?.*neighbours=1")
# A million points, through a browser that draws without a graphics card.
ALL_WITHIN_SECS = 120.0


def all_points(route: Route) -> None:
    route.continue_(url=re.sub(r"limit=\d+", "limit=1000000", route.request.url))


def touched(pixels: Pixels, untouched: list[tuple[int, int, int]]) -> npt.NDArray[np.bool_]:
    """Which pixels are neither background nor grid."""
    is_empty = [(pixels[..., :3] == colour).all(axis=2) for colour in untouched]
    return np.asarray(~np.logical_or.reduce(is_empty))


def with_all_points(lines: Lines) -> Pixels:
    """The same view, by the same widget, drawn from every point of the window."""
    few = lines.number("points")
    lines.tab.page.route(WINDOWS, all_points)
    # Which asks for the points anew, and moves nothing.
    lines.smooth(1)
    lines.get("smoothed-key").wait_for()
    eventually(lambda: lines.number("points") > few, within_secs=ALL_WITHIN_SECS, what="all points")
    lines.smooth(0)
    lines.get("smoothed-key").wait_for(state="detached")
    eventually(lambda: not lines.is_busy(), within_secs=ALL_WITHIN_SECS, what="all points once more")
    lines.tab.page.unroute(WINDOWS)
    assert lines.number("points") > 5 * few
    return lines.plot()


@pytest.fixture
def lines(long_run: Server, open_tab: OpenTab) -> Lines:
    return Lines(open_widgets(open_tab, long_run.url, ["line"]))


def test_a_line_from_few_points_touches_the_pixels_of_one_from_a_million(lines: Lines) -> None:
    few = lines.plot()
    assert lines.number("points") <= 4 * lines.number("plot-px")
    every = with_all_points(lines)
    assert lines.number("points") == logs.LONG_STEPS
    assert touched(few, EMPTY).sum() > 5000
    assert (few == every).all()


def test_so_it_does_in_windows_of_it(lines: Lines) -> None:
    for _ in range(3):
        start, end = lines.press("+")
    assert 5e4 < end - start < 5e5
    few = lines.plot()
    assert (few == with_all_points(lines)).all()


def test_every_column_of_pixels_reaches_from_its_smallest_to_its_largest_point(lines: Lines) -> None:
    value = logs.long_values()
    start, end = lines.view()
    pixels = touched(lines.plot(), EMPTY)
    height, width = pixels.shape
    column = np.floor((np.arange(len(value)) - start) / (end - start) * width).astype(int)
    low, high = lines.number("low"), lines.number("high")
    y = (high - value) / (high - low) * height
    for one in range(column[0], column[-1] + 1):
        members = y[column == one]
        painted = np.flatnonzero(pixels[:, one])
        assert painted[0] == pytest.approx(members.min(), abs=2), "the top, and half the line's width"
        assert painted[-1] == pytest.approx(members.max(), abs=2), "the bottom"


def test_points_that_are_not_finite_are_a_gap_and_a_cross(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    value = np.random.default_rng(4).normal(size=200_000).astype(np.float32)
    kept = value[ALONE]
    value[GAP] = np.nan
    value[ALONE] = kept
    records.write_run(tmp_path, "run", records.many_scalars("loss", value.tolist()))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", points=len(value))
    lines = Lines(open_widgets(open_tab, server.url, ["line"]))
    few = lines.plot()
    assert (few == with_all_points(lines)).all()
    start, end = lines.view()
    of_step = few.shape[1] / (end - start)
    pixels = touched(few[:-20], EMPTY)
    inside = pixels[:, int((GAP.start - start) * of_step) + 2 : int((GAP.stop - start) * of_step) - 2]
    alone = int((ALONE - start) * of_step) - int((GAP.start - start) * of_step) - 2
    columns = np.flatnonzero(inside.any(axis=0))
    assert columns.tolist() == pytest.approx([alone] * len(columns), abs=2)
    assert len(columns) > 0
    crosses = (few[-20:, :, :3] == NONFINITE).all(axis=2)
    assert crosses.any()
    assert lines.get("nonfinite-key").is_visible()
