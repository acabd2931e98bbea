"""The widget that shows which metrics move together."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawn_plot
from tests.browser.tab import Tab, until
from tests.support import records
from tests.support.server import Server

TAGS = 40


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(trainings.url, stored=dashboard_of("correlation"))


def test_a_pair_is_opened_by_key_and_by_click_and_closed_again(tab: Tab) -> None:
    plot = drawn_plot(tab, "correlation")
    widget = tab.widget("correlation")
    assert "beyond chance" in widget.get_by_test_id("correlation-words").inner_text()
    map_ = plot.locator(".heatmaplayer").first
    whole = map_.bounding_box()
    pair = widget.get_by_test_id("pair").first
    pair.focus()
    tab.page.keyboard.press("Enter")
    scatter = widget.get_by_test_id("scatter")
    until(lambda: "points that count as" in scatter.inner_text(), "the points of a pair")
    assert pair.get_attribute("aria-pressed") == "true"
    scatter.get_by_test_id("close-scatter").click()
    until(lambda: scatter.count() == 0, "no points")
    until(lambda: map_.bounding_box() == whole, "the map as wide as before")
    box = map_.bounding_box()
    assert box is not None
    # The upper right corner is of the first and the last one.
    tab.page.mouse.move(box["x"] + box["width"] - 12, box["y"] + 12)
    tab.page.mouse.click(box["x"] + box["width"] - 12, box["y"] + 12)
    until(lambda: scatter.count() == 1, "the points of the cell that was clicked")


def test_values_come_with_a_warning_and_methods_and_lags_are_asked_for(tab: Tab) -> None:
    drawn_plot(tab, "correlation")
    widget = tab.widget("correlation")
    widget.get_by_test_id("of-raw").click()
    words = widget.get_by_test_id("correlation-words")
    until(lambda: "always alike" in words.inner_text(), "the warning")
    widget.get_by_test_id("method-kendall").click()
    widget.get_by_test_id("max-lag").fill("3")
    tab.page.keyboard.press("Enter")
    drawn_plot(tab, "correlation")
    assert widget.get_by_test_id("refusal").count() == 0


def test_runs_of_a_tag_are_compared_with_each_other(tab: Tab) -> None:
    drawn_plot(tab, "correlation")
    widget = tab.widget("correlation")
    widget.get_by_test_id("which-runs").click()
    until(lambda: "too-hot" in widget.get_by_test_id("correlation-words").inner_text(), "pairs of runs")


def test_pictures_and_pairs_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    drawn_plot(tab, "correlation")
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,tag,other_run,other_tag,value"}
    for extension, begin in begins.items():
        with tab.page.expect_download() as download:
            choose(tab, "correlation", f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        rows = list(csv.DictReader(file))
    assert "train/loss" in {tag for row in rows for tag in (row["tag"], row["other_tag"])}
    assert all(-1 <= float(row["value"]) <= 1 for row in rows if row["value"])


def test_many_tags_scroll_inside_the_widget(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    for number in range(TAGS):
        content = records.scalar_file(f"layer_{number}", [(number * step) % 7 for step in range(50)])
        records.write_run(tmp_path, "wide", content, name=f"{records.FILE_NAME}.{number}")
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="wide")
    tab = open_tab(server.url, stored=dashboard_of("correlation"))
    plot = drawn_plot(tab, "correlation")
    room = plot.locator("xpath=ancestor::section[1]")
    until(lambda: room.evaluate("(it) => it.scrollHeight > it.clientHeight"), "more than fits")


def test_a_run_of_one_tag_says_what_is_missing(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    records.write_run(tmp_path, "alone", records.scalar_file("loss", [3.0, 2.0]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="alone")
    widget = open_tab(server.url, stored=dashboard_of("correlation")).widget("correlation")
    until(lambda: "Two metrics are needed" in widget.inner_text(), "a sentence")
