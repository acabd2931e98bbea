"""The widget that shows what runs were started with against how well they did."""

from __future__ import annotations

import csv
import json
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawings, drawn_plot
from tests.browser.tab import Tab, until
from tests.e2e.test_hyperparameters import CONFIGS, FINALS, write_sweep
from tests.support.server import Server

KIND = "hyperparameters"


@pytest.fixture(scope="module")
def sweep(tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: StartServer) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    write_sweep(logdir)
    server = shared_tensorboard_server(logdir)
    server.wait_loaded()
    return server


@pytest.fixture
def tab(sweep: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(sweep.url, stored=dashboard_of(KIND, {"tag": "loss"}))


def is_drawn_anew(plot: Locator, count: int) -> bool:
    return drawings(plot) > count


def words(tab: Tab) -> str:
    return str(tab.widget(KIND).get_by_test_id("hyperparameters-words").inner_text())


def test_every_view_is_drawn_and_says_in_words_what_is_seen(tab: Tab) -> None:
    plot = drawn_plot(tab, KIND)
    assert f"Best so far: run{FINALS.index(min(FINALS)):02}" in words(tab)
    assert "2 more ended in NaN or infinity" in words(tab)
    assert "matters most" in words(tab)
    for count, view in enumerate(("map", "parallel", "importance", "surface"), drawings(plot)):
        tab.widget(KIND).get_by_test_id(f"view-{view}").click()
        until(partial(is_drawn_anew, plot, count), f"the {view}")
    assert plot.get_attribute("data-flat") == "false"


def test_axes_are_picked_and_a_run_that_is_clicked_gets_the_focus(tab: Tab) -> None:
    widget = tab.widget(KIND)
    widget.get_by_test_id("view-map").click()
    plot = drawn_plot(tab, KIND)
    first, count = widget.get_by_test_id("axis-x").input_value(), drawings(plot)
    widget.get_by_test_id("axis-x").select_option(widget.get_by_test_id("axis-y").input_value())
    until(lambda: widget.get_by_test_id("axis-y").input_value() == first, "the axes turned")
    plot = drawn_plot(tab, KIND, least=count + 1)
    area = plot.locator(".js-plotly-plot")
    place = area.evaluate(
        """(area) => {
            const { _fullLayout: { xaxis, yaxis }, data } = area;
            return [xaxis._offset + xaxis.d2p(data[0].x[7]), yaxis._offset + yaxis.d2p(data[0].y[7])];
        }"""
    )
    area.click(position={"x": place[0], "y": place[1]})
    until(lambda: tab.focused_run() == "run07", "the focus on the run")


def test_what_to_run_next_is_handed_out_as_json(sweep: Server, open_tab: OpenTab) -> None:
    tab = open_tab(
        sweep.url,
        stored=dashboard_of(KIND, {"tag": "loss"}),
        permissions=["clipboard-read", "clipboard-write"],
    )
    drawn_plot(tab, KIND)
    button = tab.widget(KIND).get_by_test_id("copy-config").first
    button.click()
    until(lambda: button.inner_text() == "Copied", "the copy")
    config = json.loads(tab.page.evaluate("navigator.clipboard.readText()"))
    assert config["optimizer"] == "adam"
    assert config["epochs"] == 10


def test_pictures_and_runs_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    drawn_plot(tab, KIND)
    for extension, begin in {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,state,loss,"}.items():
        with tab.page.expect_download() as download:
            choose(tab, KIND, f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["state"] for row in rows].count("diverged") == 2
    assert {float(row["lr"]) for row in rows} >= {float(str(config["lr"])) for config in CONFIGS}


def test_without_webgl_every_view_is_flat_and_says_so(sweep: Server, open_flat_tab: OpenTab) -> None:
    tab = open_flat_tab(sweep.url, stored=dashboard_of(KIND, {"tag": "loss"}))
    plot = drawn_plot(tab, KIND)
    assert "no WebGL" in plot.get_by_test_id("no-webgl").inner_text()
    before = drawings(plot)
    tab.widget(KIND).get_by_test_id("view-parallel").click()
    until(lambda: drawings(plot) > before, "flat parallel axes")
    assert plot.get_attribute("data-flat") == "true"


def test_one_run_says_what_is_missing(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    logs.write_short_run(tmp_path, "alone")
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="alone")
    widget = open_tab(server.url, stored=dashboard_of(KIND)).widget(KIND)
    until(lambda: "what it was started with" in widget.inner_text(), "a sentence")
