"""Charts as files: PNG, SVG, and the table of what they show."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from PIL import Image
from playwright.sync_api import Browser

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import Lines, open_widgets
from tests.browser.logs import POISONED, STEADY, TOO_HOT
from tests.browser.tab import Tab, until
from tests.support.server import Server

SVG = "{http://www.w3.org/2000/svg}"


def export(tab: Tab, kind: str, extension: str) -> bytes:
    """A file from a widget's menu."""
    tab.widget(kind).get_by_test_id("widget-menu").click()
    with tab.page.expect_download() as download:
        tab.frame.get_by_test_id(f"export-{extension}").click()
    return Path(download.value.path()).read_bytes()


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = open_widgets(reopen_tab, trainings.url, ["candles", "line"])
    opened.wait_for_candles()
    Lines(opened)
    return opened


def words(root: ElementTree.Element) -> list[str]:
    return [element.text or "" for element in root.iter(f"{SVG}text")]


@pytest.mark.parametrize("kind", ["candles", "line"])
def test_a_png_is_the_chart_twice_as_fine_with_title_legend_and_colours(tab: Tab, kind: str) -> None:
    picture = Image.open(io.BytesIO(export(tab, kind, "png"))).convert("RGB")
    plot_px = float(tab.widget(kind).locator("[data-plot-px]").get_attribute("data-plot-px") or "nan")
    assert picture.width == 2 * (plot_px + 84 + 2 * 16)
    pixels = np.asarray(picture, dtype=np.int16)
    for run in (STEADY, TOO_HOT):
        assert (np.abs(pixels - np.array(tab.swatch(run))).max(axis=2) < 16).sum() > 500, run
    dark = (pixels[: 2 * 44].max(axis=2) < 100).sum()
    assert dark > 200, "the letters of the title"


def test_an_svg_has_the_coordinates_of_the_chart(tab: Tab) -> None:
    lines = Lines(tab)
    left, top = lines.point_on_page(lines.number("from"), lines.number("high"))
    x, y = lines.point_on_page(logs.SPIKE_STEP, logs.SPIKE)
    root = ElementTree.fromstring(export(tab, "line", "svg"))
    polylines = [element.get("points", "").split() for element in root.iter(f"{SVG}polyline")]
    points = [tuple(map(float, point.split(","))) for line in polylines for point in line]
    highest = min((point for point in points if point[0] > 30), key=lambda point: point[1])
    assert highest == pytest.approx((x - left, y - top), abs=0.6)
    assert {"train/loss", "step", POISONED, STEADY, TOO_HOT} <= set(words(root))


def test_candles_of_an_svg_are_where_those_of_the_chart_are(tab: Tab) -> None:
    chart = tab.attributes()
    start, end, width = (float(chart[f"data-{name}"]) for name in ("from", "to", "width"))
    root = ElementTree.fromstring(export(tab, "candles", "svg"))
    boxes = [
        {name: float(element.get(name, "0")) for name in ("x", "y", "width", "height")}
        for element in root.iter(f"{SVG}rect")
        if element.get("fill") in {"#0b8a6c", "#d92d3f"}
    ]
    told = [word for word in words(root) if "rose (worse)" in word or "fell (better)" in word]
    assert len(told) == 2, "what filled and hollow mean"
    assert any("volume" in word for word in words(root)), "the name of the pane below"
    tallest = max(boxes, key=lambda box: box["height"])
    middle = (logs.SPIKE_STEP // width + 0.5) * width
    across = (middle - start) / (end - start) * float(chart["data-plot-px"])
    assert tallest["x"] + tallest["width"] / 2 == pytest.approx(across, abs=1.5)
    assert len(boxes) >= int(chart["data-candles"])


@pytest.mark.parametrize("kind", ["candles", "line"])
def test_an_svg_opens_in_a_browser(tab: Tab, kind: str, browser: Browser, tmp_path: Path) -> None:
    file = tmp_path / "chart.svg"
    file.write_bytes(export(tab, kind, "svg"))
    root = ElementTree.fromstring(file.read_bytes())
    page = browser.new_page()
    page.goto(file.as_uri())
    page.set_viewport_size({"width": int(float(root.get("width", "0"))), "height": 300})
    pixels = np.asarray(Image.open(io.BytesIO(page.screenshot())).convert("RGB"), dtype=np.int16)
    page.close()
    for run in (STEADY, TOO_HOT):
        assert (np.abs(pixels - np.array(tab.swatch(run))).max(axis=2) < 16).sum() > 100, run


def test_tables_hold_the_doubles_themselves(tab: Tab) -> None:
    points = list(csv.DictReader(io.StringIO(export(tab, "line", "csv").decode("utf-8-sig"))))
    assert list(points[0]) == ["run", "step", "epoch", "wall_time", "value"]
    spike = next(row for row in points if row["run"] == POISONED and float(row["step"]) == logs.SPIKE_STEP)
    assert float(spike["value"]) == logs.SPIKE
    candles = list(csv.DictReader(io.StringIO(export(tab, "candles", "csv").decode("utf-8-sig"))))
    highs = [float(row["high"]) for row in candles if row["run"] == POISONED]
    assert max(highs) == logs.SPIKE


def test_a_hostile_name_is_text_in_an_svg(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    logs.write_short_run(tmp_path, "run & <b>")
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run & <b>", points=200)
    tab = open_widgets(open_tab, server.url, ["line"])
    Lines(tab)
    until(lambda: tab.widget("line").get_by_test_id("line-chip").count() == 1, "the run")
    root = ElementTree.fromstring(export(tab, "line", "svg"))
    assert "run & <b>" in words(root)
    assert list(root.iter("b")) == []
