"""The widget that shows what heads look at, step by step."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawn_plot
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support.server import Server

STEPS = [0, 10, 20]
WORDS = ["<b>x</b>", "b", "c", "d", "e", "f", "g", "h"]


def weights_at(step: int) -> Any:
    """Two layers of three heads over eight tokens: evenly at first, at the token before in the end."""
    before = np.eye(8, k=-1)
    before[0, 0] = 1
    share = step / STEPS[-1]
    return np.tile(share * before + (1 - share) / 8, (2, 3, 1, 1))


def write_attention(logdir: Path) -> Path:
    with Tracker("copying", logdir=logdir, run="first") as tracker:
        for step in STEPS:
            tracker.log(loss=1.0, step=step)
            tracker.attention(weights_at(step), tokens=WORDS)
        odd = weights_at(20)
        odd[0, 0, 3] = np.nan
        tracker.attention(np.kron(odd, np.full((20, 20), 1 / 20)), tag="long", step=20)
    return logdir


@pytest.fixture(scope="session")
def attention(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    server = shared_tensorboard_server(write_attention(tmp_path_factory.mktemp("attention")))
    server.wait_loaded(run="copying/first", points=len(STEPS))
    return server


@pytest.fixture
def tab(attention: Server, reopen_tab: OpenTab) -> Tab:
    return reopen_tab(attention.url, stored=dashboard_of("attention"))


def shown_step(tab: Tab) -> str | None:
    grid = tab.widget("attention").get_by_test_id("attention-grid")
    return grid.get_attribute("data-step") if grid.count() else None


def pixel(tab: Tab, head: str, row: int, column: int) -> list[int]:
    """Red, green and blue of one weight of a head's map of eight rows, as it is on the screen."""
    found: Callable[..., Any] = tab.widget("attention").get_by_test_id(head).evaluate
    return list(
        found(
            """(button, [row, column]) => {
                const canvas = button.closest('[data-testid=attention-grid]').querySelector('canvas');
                const [map, all] = [button.getBoundingClientRect(), canvas.getBoundingClientRect()];
                const ratio = canvas.width / all.width;
                const x = (map.left - all.left + (map.width * (column + 0.5)) / 8) * ratio;
                const y = (map.top - all.top + (map.height * (row + 0.5)) / 8) * ratio;
                return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data].slice(0, 3);
            }""",
            [row, column],
        )
    )


DARK, BRIGHT = [68, 1, 84], [253, 231, 37]


def test_maps_show_attention_as_it_forms(tab: Tab) -> None:
    widget = tab.widget("attention")
    until(lambda: shown_step(tab) == "20", "the last step")
    until(lambda: (pixel(tab, "head-1-2", 5, 4), pixel(tab, "head-1-2", 5, 5)) == (BRIGHT, DARK), "its map")
    widget.get_by_test_id("time").focus()
    tab.page.keyboard.press("Home")
    until(lambda: shown_step(tab) == "0", "the first step")
    until(lambda: pixel(tab, "head-1-2", 5, 5) == BRIGHT, "its map")
    widget.get_by_test_id("play").click()
    until(lambda: shown_step(tab) == "20", "all of it played")
    until(lambda: widget.get_by_test_id("play").inner_text() == "Play", "an end")


def test_a_head_is_opened_by_keys_with_its_words(tab: Tab) -> None:
    widget = tab.widget("attention")
    until(lambda: shown_step(tab) == "20", "maps")
    widget.get_by_test_id("head-0-0").focus()
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        tab.page.keyboard.press(key)
    plot = drawn_plot(tab, "attention")
    assert "layer 1, head 1" in widget.inner_text()
    assert "<b>x</b>" in plot.locator("svg").first.inner_html().replace("&lt;", "<").replace(
        "&gt;", ">"
    ).replace("\u2060", "")
    widget.get_by_test_id("all-heads").click()
    until(lambda: shown_step(tab) == "20", "maps again")


def test_curves_say_in_words_what_has_become_of_the_heads(tab: Tab) -> None:
    widget = tab.widget("attention")
    widget.get_by_test_id("view-entropy").click()
    drawn_plot(tab, "attention")
    words = widget.get_by_test_id("attention-words")
    until(lambda: "from 100 % to 0 %" in words.inner_text(), "words on entropy")
    widget.get_by_test_id("view-similarity").click()
    until(lambda: "from 1 to 1" in words.inner_text(), "words on similarity")


def test_what_was_pooled_and_what_is_no_number_is_said(tab: Tab) -> None:
    widget = tab.widget("attention")
    widget.get_by_test_id("attention-source").select_option("1")
    words = widget.get_by_test_id("attention-words")
    until(lambda: "Pooled: each number is the mean of a block of 3 × 3" in words.inner_text(), "words")
    assert "160 × 160" in words.inner_text()
    assert "rows of weights do not add up to 1" in words.inner_text()


def test_pictures_and_weights_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    until(lambda: shown_step(tab) == "20", "maps")
    begins = {"png": b"\x89PNG", "svg": b"<svg", "csv": b"step,layer,head,first_query,first_key,weight"}
    for extension, begin in begins.items():
        with tab.page.expect_download() as download:
            choose(tab, "attention", f"export-{extension}")
        path = tmp_path / extension
        download.value.save_as(path)
        assert path.read_bytes().startswith(begin)
    with (tmp_path / "csv").open() as file:
        weights = [float(row["weight"]) for row in csv.DictReader(file)]
    assert np.array_equal(np.reshape(weights, (2, 3, 8, 8)), weights_at(20))


def test_without_any_it_says_how_attention_is_logged(trainings: Server, reopen_tab: OpenTab) -> None:
    tab = reopen_tab(trainings.url, stored=dashboard_of("attention"))
    empty = tab.widget("attention").get_by_test_id("attention-empty")
    until(lambda: "tracker.attention(" in empty.inner_text(), "a way to log it")


def test_in_a_narrow_place_all_is_still_there(attention: Server, open_tab: OpenTab) -> None:
    tab = open_tab(attention.url, stored=dashboard_of("attention"), viewport={"width": 300, "height": 800})
    until(lambda: shown_step(tab) == "20", "maps")
    widget = tab.widget("attention")
    until(
        lambda: widget.evaluate("(widget) => widget.scrollWidth - widget.clientWidth") == 0, "maps that fit"
    )


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_maps_in_a_head_and_in_curves(
    attention: Server, reopen_tab: OpenTab, scheme: str
) -> None:
    tab = reopen_tab(attention.url, stored=dashboard_of("attention"), color_scheme=scheme)
    until(lambda: shown_step(tab) == "20", "maps")
    assert grave_violations(tab) == []
    tab.widget("attention").get_by_test_id("head-0-0").click()
    drawn_plot(tab, "attention")
    assert grave_violations(tab) == []
    tab.widget("attention").get_by_test_id("view-entropy").click()
    drawn_plot(tab, "attention")
    assert grave_violations(tab) == []
