"""The widget that tells where a metric is going."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawings, drawn_plot
from tests.browser.tab import Tab, until
from tests.support import records
from tests.support.server import Server

STEPS = 200
FALLING = 0.5 + 2 * np.exp(-np.arange(STEPS) / 30)


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    logdir = tmp_path_factory.mktemp("convergence")
    noise = 0.01 * np.random.default_rng(0).normal(size=STEPS)
    records.write_run(logdir, "good", records.scalar_file("loss", (FALLING + noise).tolist()))
    broken = np.where(np.arange(STEPS) > 150, np.nan, FALLING)
    records.write_run(logdir, "to nan", records.scalar_file("loss", broken.tolist()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="good")
    return started


@pytest.fixture
def tab(server: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(server.url, stored=dashboard_of("convergence"))


def test_the_plateau_is_told_first_and_drawn_farther_ahead_on_demand(tab: Tab) -> None:
    plot = drawn_plot(tab, "convergence")
    widget = tab.widget("convergence")
    words = widget.get_by_test_id("convergence-words")
    until(lambda: "levelled off" in words.inner_text(), "words on the run in focus")
    assert "Plateau: 0.4993 (0.4971 to 0.50" in words.inner_text()
    end = "(it) => it.querySelector('.plot-area').layout.xaxis.range[1]"
    before, count = plot.evaluate(end), drawings(plot)
    widget.get_by_test_id("ahead-9").click()
    until(lambda: drawings(plot) > count and plot.evaluate(end) > 4 * before, "ten times the span")
    count = drawings(plot)
    widget.get_by_test_id("axis-log").click()
    until(lambda: drawings(plot) > count, "logarithmic axes")


def test_a_run_that_ends_without_a_number_has_words_and_no_curve(tab: Tab) -> None:
    drawn_plot(tab, "convergence")
    table = tab.widget("convergence").get_by_role("table")
    until(lambda: "ends without a number" in table.inner_text(), "a row of the broken run")
    assert "levelled off" in table.inner_text()


def test_pictures_and_columns_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    drawn_plot(tab, "convergence")
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,step,value,lowest,highest,count,curve,low,high"}
    for extension, begin in begins.items():
        with tab.page.expect_download() as download:
            choose(tab, "convergence", f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["run"] == "good" and row["value"]]
    assert len(rows) == STEPS
