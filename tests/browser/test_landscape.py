"""The widget that draws loss landscapes."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import metadata
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawings, drawn_plot
from tests.browser.tab import Tab, until
from tests.support.landscapes import bowl
from tests.support.records import event_of, own_value, scalar_file, write_run
from tests.support.server import Server

KIND = metadata.LANDSCAPE_KIND
SHARP, FLAT, WITHOUT = "plain", "residual", "without"


@pytest.fixture(scope="module")
def landscapes(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    logdir = tmp_path_factory.mktemp("landscapes")
    for run, sharpness in ((SHARP, 40.0), (FLAT, 4.0)):
        content = [scalar_file("loss", [1.0, 0.5])]
        for step in (0, 100):
            plane = bowl(step, sharpness=sharpness).to_bytes()
            content.append(event_of(own_value(KIND, "plane", plane), step=step))
        cube = bowl(100, sharpness=sharpness, directions=3).to_bytes()
        content.append(event_of(own_value(KIND, "cube", cube), step=100))
        content.append(event_of(own_value(KIND, "broken", b"no landscape"), step=100))
        write_run(logdir, run, b"".join(content))
    write_run(logdir, WITHOUT, scalar_file("loss", [1.0, 0.5]))
    server = shared_tensorboard_server(logdir)
    server.wait_loaded()
    return server


@pytest.fixture
def tab(landscapes: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(landscapes.url, stored=dashboard_of("landscape", {"tag": "plane"}))


def test_two_runs_stand_side_by_side_and_turn_together(tab: Tab) -> None:
    plot = drawn_plot(tab, "landscape")
    widget = tab.widget("landscape")
    verdict = widget.get_by_test_id("landscape-verdict").inner_text()
    assert "plain is 10 times as sharp as residual" in verdict.translate({0x2068: None, 0x2069: None})
    assert "random walk" in widget.get_by_test_id("landscape-facts").inner_text()
    area = plot.get_by_role("application")
    area.press("ArrowLeft")
    eyes = "(area) => ['scene', 'scene2'].map((name) => area.layout[name].camera?.eye?.x)"
    until(lambda: len(set(area.evaluate(eyes))) == 1, "both from the same side")


def test_a_slider_goes_back_to_an_earlier_landscape(tab: Tab) -> None:
    plot = drawn_plot(tab, "landscape")
    count = drawings(plot)
    tab.widget("landscape").get_by_test_id("landscape-step").press("Home")
    facts = tab.widget("landscape").get_by_test_id("landscape-facts")
    until(lambda: "Loss 1 at the weights" in facts.inner_text(), "the loss at step 0")
    until(lambda: drawings(plot) > count, "its picture")


def test_three_directions_have_a_slider_and_what_is_broken_is_told(tab: Tab) -> None:
    drawn_plot(tab, "landscape")
    widget = tab.widget("landscape")
    widget.locator("select").select_option("cube")
    slider = widget.get_by_test_id("landscape-depth")
    slider.press("End")
    until(lambda: "1" in slider.evaluate("(slider) => slider.nextElementSibling.value"), "the last place")
    drawn_plot(tab, "landscape")
    widget.locator("select").select_option("broken")
    facts = widget.get_by_test_id("landscape-facts")
    until(lambda: "no landscape: not a safetensors file" in facts.inner_text(), "what is wrong with it")


def test_points_and_pictures_are_handed_out(landscapes: Server, reopen_tab: OpenTab, tmp_path: Path) -> None:
    tab = reopen_tab(landscapes.url, stored=dashboard_of("landscape", {"tag": "plane", "view": "contour"}))
    drawn_plot(tab, "landscape")
    for extension, begin in {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,step,alpha,beta,loss"}.items():
        with tab.page.expect_download() as download:
            choose(tab, "landscape", f"export-{extension}")
        download.value.save_as(tmp_path / extension)
        assert (tmp_path / extension).read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        rows = [row for row in csv.DictReader(file) if row["run"] == SHARP]
    loss = np.array([float(row["loss"] or "nan") for row in rows])
    np.testing.assert_array_equal(loss, bowl(100, sharpness=40.0).loss.ravel())


def test_a_run_without_a_landscape_says_which_have_one(tab: Tab) -> None:
    until(lambda: set(tab.runs()) == {SHARP, FLAT, WITHOUT}, "all runs")
    for run in (SHARP, FLAT):
        tab.check(run, False)
    nothing = tab.widget("landscape").get_by_test_id("no-landscape")
    until(lambda: nothing.count() == 1 and FLAT in nothing.inner_text(), "the runs that have one")


def test_without_webgl_there_are_contours_and_a_sentence(landscapes: Server, open_flat_tab: OpenTab) -> None:
    plot = drawn_plot(
        open_flat_tab(landscapes.url, stored=dashboard_of("landscape", {"tag": "plane"})), "landscape"
    )
    assert "no WebGL" in plot.get_by_test_id("no-webgl").inner_text()
    assert plot.locator(".contourlayer path").count() > 4


def test_a_log_directory_without_scalars_shows_what_it_holds(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    for run in (SHARP, FLAT):
        write_run(tmp_path, run, event_of(own_value(KIND, "plane", bowl(0).to_bytes()), step=0))
    server = tensorboard_server(tmp_path)
    tab = open_tab(server.url, stored=dashboard_of("landscape"))
    drawn_plot(tab, "landscape")
    assert tab.runs() == [SHARP, FLAT]
    assert tab.get("state-empty").count() == 0
