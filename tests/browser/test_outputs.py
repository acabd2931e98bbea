"""The widget that shows predictions beside labels."""

from __future__ import annotations

import csv
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator

from tensorboard_candles import Tracker
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of, drawn_plot
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support.server import Server

STEPS = [10, 20, 30]
CLASSES = ["cat", "<b>dog</b>", "bird"]
LABELS = np.array([0, 1, 2, 0, 1, 2])
# Two mistakes of six at first, then one, then none.
PREDICTED = {10: [0, 0, 2, 0, 1, 1], 20: [0, 1, 2, 0, 1, 1], 30: [0, 1, 2, 0, 1, 2]}
# What is brightest in the image of each row, so that images are told apart.
BRIGHT = [40, 80, 120, 160, 200, 240]
READ_BRIGHTNESS = """
(image) => {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [image.naturalWidth, image.naturalHeight];
  const context = canvas.getContext("2d");
  context.drawImage(image, 0, 0);
  return context.getImageData(0, 0, 1, 1).data[0];
}
"""
IS_LOADED = "(image) => image.complete && image.naturalWidth > 0"


def write_outputs(logdir: Path) -> Path:
    images = np.stack([np.full((8, 8), bright, np.uint8) for bright in BRIGHT])
    with Tracker(project="zoo", logdir=logdir, run="first") as tracker:
        for step in STEPS:
            scores = 0.2 + 0.4 * np.eye(3, dtype=np.float32)[PREDICTED[step]]
            tracker.log(loss=1 / step, step=step)
            tracker.output("val", predictions=scores, labels=LABELS, images=images, classes=CLASSES)
            tracker.output("age", predictions=np.array([1.0, 2.5]), labels=np.array([1.0, 2.0]))
        many = np.arange(60)
        tracker.output("many", predictions=np.where(many == 7, 9, many), labels=many, rows=10)
    return logdir


@pytest.fixture(scope="session")
def zoo(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    server = shared_tensorboard_server(write_outputs(tmp_path_factory.mktemp("zoo")))
    server.wait_loaded(run="zoo/first", points=len(STEPS))
    return server


@pytest.fixture
def tab(zoo: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(zoo.url, stored=dashboard_of("outputs"))
    until(lambda: headline(opened) == "6 of 6 right (100 %)", "the last step of what has images")
    return opened


def get(tab: Tab, test_id: str) -> Locator:
    return tab.widget("outputs").get_by_test_id(test_id)


def headline(tab: Tab) -> str:
    said = get(tab, "outputs-headline")
    return " ".join(said.inner_text().split()) if said.count() else ""


def has_headline(tab: Tab, begin: str) -> bool:
    return headline(tab).startswith(begin)


def examples(tab: Tab) -> list[str]:
    return [" ".join(text.split()) for text in get(tab, "example").all_inner_texts()]


def first_step(tab: Tab) -> None:
    get(tab, "time").focus()
    tab.page.keyboard.press("Home")
    until(lambda: headline(tab) == "4 of 6 right (66.7 %)", "the first step")


def pick(tab: Tab, tag: str) -> None:
    get(tab, "outputs-source").select_option(label=f"zoo/first · {tag}")


def test_each_example_has_its_image_its_verdict_and_its_scores(tab: Tab) -> None:
    first_step(tab)
    assert examples(tab)[0] == "✓cat cat 0.6 <b>dog</b> 0.2 bird 0.2"
    assert examples(tab)[1].startswith("✗cat true: <b>dog</b> cat 0.6")
    assert examples(tab)[5].startswith("✗<b>dog</b> true: bird")
    images = get(tab, "example").locator("img")
    until(lambda: all(image.evaluate(IS_LOADED) for image in images.all()), "images")
    assert [image.evaluate(READ_BRIGHTNESS) for image in images.all()] == BRIGHT
    get(tab, "only-wrong").click()
    until(lambda: len(examples(tab)) == 2, "mistakes alone")
    assert get(tab, "examples-filter").inner_text() == "2 of 6 examples"


def test_a_cell_of_the_matrix_shows_its_examples(tab: Tab) -> None:
    first_step(tab)
    matrix = get(tab, "confusion").locator("tbody tr")
    rows = [[cell.strip() for cell in row.locator("td").all_inner_texts()] for row in matrix.all()]
    assert rows == [["2", "", ""], ["1", "1", ""], ["", "1", "1"]]
    get(tab, "cell-0-0").focus()
    for key in ("ArrowDown", "ArrowDown", "ArrowRight", "Enter"):
        tab.page.keyboard.press(key)
    until(lambda: len(examples(tab)) == 1, "one example")
    assert examples(tab)[0].startswith("✗<b>dog</b> true: bird")
    get(tab, "forget-cell").click()
    until(lambda: len(examples(tab)) == 6, "all of them")


def test_training_is_played_step_by_step(tab: Tab) -> None:
    first_step(tab)
    get(tab, "play").click()
    until(lambda: headline(tab) == "6 of 6 right (100 %)", "the last step")
    until(lambda: get(tab, "play").inner_text() == "Play", "an end")
    assert get(tab, "time-at").inner_text() == "step 30"


def test_floats_are_a_table_and_a_scatter(tab: Tab) -> None:
    pick(tab, "age")
    until(lambda: headline(tab) == "off by 0.25 on average, over 2 examples", "floats")
    rows = [row.locator("td").all_inner_texts() for row in get(tab, "number-rows").locator("tbody tr").all()]
    assert rows == [["1", "1", "0"], ["2.5", "2", "0.5"]]
    drawn_plot(tab, "outputs")


def test_of_very_many_classes_the_mistakes_are_told(tab: Tab) -> None:
    pick(tab, "many")
    until(lambda: headline(tab) == "59 of 60 right (98.3 %) · the first 10 of 60 are kept", "many classes")
    mistakes = get(tab, "mistakes").locator("button")
    assert mistakes.all_inner_texts() == ["class 7 taken for class 9: 1"]
    mistakes.click()
    until(lambda: examples(tab) == ["✗class 9 true: class 7"], "its example")


def test_a_new_step_is_shown_as_it_is_logged(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    with Tracker(project="zoo", logdir=tmp_path, run="live") as tracker:
        tracker.log(loss=1.0, step=0)
        tracker.flush()
        server = tensorboard_server(tmp_path)
        server.wait_loaded(run="zoo/live")
        tab = open_tab(server.url, stored=dashboard_of("outputs"))
        until(lambda: "tracker.output(" in get(tab, "outputs-empty").inner_text(), "a way to log them")
        for right in (1, 2):
            tracker.log(loss=0.5, step=right)
            tracker.output("val", predictions=[0, 0], labels=[0, 2 - right])
            tracker.flush()
            wanted = f"{right} of 2 right"
            until(partial(has_headline, tab, wanted), wanted)


def test_predictions_are_handed_out(tab: Tab, tmp_path: Path) -> None:
    with tab.page.expect_download() as download:
        choose(tab, "outputs", "export-csv")
    download.value.save_as(tmp_path / "csv")
    with (tmp_path / "csv").open() as file:
        rows = list(csv.DictReader(file))
    assert [row["true"] for row in rows] == [CLASSES[label] for label in LABELS]
    assert all(float(row["score"]) == pytest.approx(0.6) for row in rows)


def test_in_a_narrow_place_all_is_still_there(zoo: Server, open_tab: OpenTab) -> None:
    tab = open_tab(zoo.url, stored=dashboard_of("outputs"), viewport={"width": 300, "height": 800})
    until(lambda: len(examples(tab)) == 6, "examples")
    shown = get(tab, "outputs-shown")
    until(lambda: shown.evaluate("(e) => e.scrollWidth - e.clientWidth") == 0, "examples that fit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_examples_and_matrices(
    zoo: Server, reopen_tab: OpenTab, scheme: str
) -> None:
    tab = reopen_tab(zoo.url, stored=dashboard_of("outputs"), color_scheme=scheme)
    until(lambda: len(examples(tab)) == 6, "examples")
    first_step(tab)
    get(tab, "cell-1-0").click()
    assert grave_violations(tab) == []
    pick(tab, "age")
    drawn_plot(tab, "outputs")
    assert grave_violations(tab) == []
