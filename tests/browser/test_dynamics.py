"""The widget that draws trainings as paths through the space of their metrics."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawings, drawn_plot
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(trainings.url, stored=dashboard_of("dynamics"))


def test_paths_are_drawn_turned_by_keys_and_played(tab: Tab) -> None:
    plot = drawn_plot(tab, "dynamics")
    widget = tab.widget("dynamics")
    assert "train/loss" in widget.get_by_test_id("dynamics-words").inner_text()
    area = plot.get_by_role("application")
    eye = "(area) => area.layout.scene.camera?.eye.x ?? null"
    before = area.evaluate(eye)
    area.press("ArrowLeft")
    until(lambda: area.evaluate(eye) != before, "another point of view")
    turned, count = area.evaluate(eye), drawings(plot)
    widget.get_by_test_id("time").focus()
    tab.page.keyboard.press("Home")
    until(lambda: "step 0" in widget.get_by_test_id("time-at").inner_text(), "the beginning")
    until(lambda: drawings(plot) > count, "a picture of it")
    widget.get_by_test_id("play").click()
    until(lambda: "step 0" not in widget.get_by_test_id("time-at").inner_text(), "going on")
    widget.get_by_test_id("play").click()
    assert area.evaluate(eye) == turned


def test_pictures_and_points_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    drawn_plot(tab, "dynamics")
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,step,epoch,train/loss"}
    for extension, begin in begins.items():
        with tab.page.expect_download() as download:
            choose(tab, "dynamics", f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        rows = list(csv.DictReader(file))
    assert {row["run"] for row in rows} == {logs.POISONED, logs.STEADY, logs.TOO_HOT}
    assert logs.SPIKE in [float(row["train/loss"]) for row in rows if row["train/loss"]]


def test_all_metrics_go_into_three_components(tab: Tab) -> None:
    drawn_plot(tab, "dynamics")
    tab.widget("dynamics").get_by_test_id("axes-components").click()
    words = tab.widget("dynamics").get_by_test_id("dynamics-words")
    until(lambda: "Three axes hold" in words.inner_text(), "words on components")
    drawn_plot(tab, "dynamics")


def test_without_webgl_it_is_flat_and_says_so(trainings: Server, open_flat_tab: OpenTab) -> None:
    plot = drawn_plot(open_flat_tab(trainings.url, stored=dashboard_of("dynamics")), "dynamics")
    assert plot.get_attribute("data-flat") == "true"
    assert "no WebGL" in plot.get_by_test_id("no-webgl").inner_text()


def test_a_run_of_one_tag_says_what_is_missing(start_short_run: Server, open_tab: OpenTab) -> None:
    tab = open_tab(start_short_run.url, stored=dashboard_of("dynamics"))
    widget = tab.widget("dynamics")
    until(lambda: "two metrics in common" in widget.inner_text(), "a sentence")


@pytest.fixture
def start_short_run(tensorboard_server: StartServer, tmp_path: Path) -> Server:
    logs.write_short_run(tmp_path, "alone")
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="alone")
    return server
