"""The widget that compares what models cost."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.writer.complexity import Complexity
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawings, drawn_plot
from tests.browser.tab import Tab, until
from tests.support.server import Server

KIND = "complexity"


def cost(model: str, scale: int, *, examples: int = 10) -> Complexity:
    return Complexity(
        model,
        "torch 2.13.0",
        "cpu",
        examples,
        parameters=1000 * scale,
        trainable=1000 * scale,
        parameter_bytes=4000 * scale,
        layers=4 * scale,
        depth=4,
        flops=2_000_000 * scale,
        latency_secs=np.array([0.1, 0.2, 0.3]) / scale,
        notes={"flops": "counted by hand"},
    )


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: StartServer) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    for number, name in enumerate(["narrow", "<b>wide</b>"], 1):
        with Tracker("p", logdir=logdir, run=f"run{number}") as tracker:
            tracker.log(loss=1.0)
            tracker.complexity(cost(name, number))
    server = shared_tensorboard_server(logdir)
    server.wait_loaded()
    return server


@pytest.fixture
def tab(models: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(models.url, stored=dashboard_of(KIND))


def row(tab: Tab, name: str) -> list[str]:
    cells = tab.widget(KIND).get_by_test_id(f"cost-{name}").locator("td")
    return [text.strip() for text in cells.all_inner_texts()]


def test_models_are_drawn_over_each_other_with_a_table_of_exact_numbers(tab: Tab) -> None:
    plot = drawn_plot(tab, KIND)
    traces = plot.locator(".js-plotly-plot").evaluate(
        "(area) => area.data.map(({ type, name }) => [type, name])"
    )
    assert [kind for kind, _ in traces] == ["scatterpolar"] * 2
    assert (
        "2 times the parameters of narrow" in tab.widget(KIND).get_by_test_id("complexity-words").inner_text()
    )
    assert row(tab, "parameters") == ["▾ 1,000", "2,000"]
    assert row(tab, "flops") == ["▾ 200,000", "400,000"]
    assert row(tab, "latency") == ["20ms", "▾ 10ms"]
    assert row(tab, "depth") == ["4", "4"]
    assert row(tab, "examples") == ["10", "10"]
    cell = tab.widget(KIND).get_by_test_id("cost-flops").locator("td").first
    assert cell.get_attribute("title") == "counted by hand"
    assert "<b>wide</b>" in tab.widget(KIND).get_by_test_id("cost-table").inner_text()


def test_batches_of_several_sizes_are_told_beside_latencies(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    for examples in (8, 64):
        with Tracker("p", logdir=tmp_path, run=f"batch{examples}") as tracker:
            tracker.log(loss=1.0)
            tracker.complexity(cost(f"of{examples}", 1, examples=examples))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    tab = open_tab(server.url, stored=dashboard_of(KIND))
    drawn_plot(tab, KIND)
    assert sorted(row(tab, "examples")) == ["64", "8"]
    heading = tab.widget(KIND).get_by_test_id("cost-latency").locator("th").inner_text()
    assert heading == "Latency an example (batches differ)"
    words = tab.widget(KIND).get_by_test_id("complexity-words").inner_text()
    assert "Measured with batches of 8 to 64 examples" in words


def test_pictures_and_numbers_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    drawn_plot(tab, KIND)
    for extension, begin in {"png": b"\x89PNG", "svg": b"<svg", "csv": b"run,tag,model,framework"}.items():
        with tab.page.expect_download() as download:
            choose(tab, KIND, f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)


def test_a_model_that_is_logged_later_comes_by_itself(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path
) -> None:
    with Tracker("p", logdir=tmp_path, run="run") as tracker:
        tracker.log(loss=1.0)
        server = tensorboard_server(tmp_path)
        server.wait_loaded(run="p/run")
        tab = open_tab(server.url, stored=dashboard_of(KIND))
        widget = tab.widget(KIND)
        until(lambda: "None of the checked runs" in widget.inner_text(), "what is missing")
        tracker.complexity(cost("late", 1))
        tracker.flush()
        until(lambda: "late has 1k parameters" in widget.inner_text(), "the model")
        until(lambda: drawings(widget.get_by_test_id("plot").first) > 0, "a radar")
