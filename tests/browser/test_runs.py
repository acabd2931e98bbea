"""The lists of runs and tags: groups, order, pins, solo, colours, the keyboard, and thousands of rows."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.logs import MANY_RUNS, sweep_loss
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support.server import Server

FORBID_STORAGE = """
if (location.pathname.includes("plugin_entry")) {
  Storage.prototype.setItem = Storage.prototype.getItem = () => { throw new Error("forbidden"); };
}
"""

CNN, MLP = ["cnn/lr=0.01", "cnn/lr=0.1"], ["mlp/lr=0.01", "mlp/lr=0.1"]
RUNS = [*CNN, *MLP, "warm-up"]


@pytest.fixture(scope="session")
def sweep(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    server = shared_tensorboard_server(logs.write_sweep(tmp_path_factory.mktemp("sweep"), RUNS))
    server.wait_loaded()
    return server


@pytest.fixture
def tab(sweep: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(sweep.url)
    opened.wait_for_candles()
    until(lambda: len(opened.runs()) == len(RUNS), "all runs")
    return opened


def options(tab: Tab) -> None:
    tab.get("run-options").click()
    tab.wait_for("run-options-panel")


def group(tab: Tab, path: str) -> Locator:
    return tab.frame.locator(f'[data-testid="run-group"][data-group="{path}"]')


def group_by(tab: Tab, grouping: str) -> None:
    options(tab)
    tab.get("run-groups").select_option(grouping)


def focused_row(tab: Tab) -> str:
    read = "document.activeElement.dataset.run ?? document.activeElement.dataset.group ?? ''"
    return str(tab.frame.evaluate(read))


def until_focused(tab: Tab, row: str) -> None:
    until(lambda: focused_row(tab) == row, f"focus on {row}")


# What is listed


def test_a_filter_takes_a_pattern_and_says_what_is_none(tab: Tab) -> None:
    field = tab.get("run-filter")
    field.fill("lr=0\\.1$|warm")
    until(lambda: tab.runs() == ["cnn/lr=0.1", "mlp/lr=0.1", "warm-up"], "three runs")
    assert tab.get("run-filter-problem").count() == 0
    field.fill("cnn(")
    problem = tab.wait_for("run-filter-problem")
    assert "Not a regular expression (Unterminated group)" in problem.inner_text()
    assert "Nothing matches" in tab.frame.locator(".runs").inner_text()
    assert field.get_attribute("aria-invalid") == "true"
    tab.get("tag-filter").fill("[")
    assert "character class" in tab.wait_for("tag-filter-problem").inner_text()


def test_runs_are_grouped_by_path_and_by_what_a_pattern_captures(tab: Tab) -> None:
    group_by(tab, "prefix")
    until(lambda: group(tab, "cnn/").count() == 1, "groups")
    assert group(tab, "cnn/").get_attribute("aria-checked") == "true"
    assert [tab.run_item(run).locator(".name").text_content() for run in CNN] == ["lr=0.01", "lr=0.1"]
    group(tab, "cnn/").click()
    until(lambda: tab.runs() == [*MLP, "warm-up"], "a closed group")
    group(tab, "mlp/").get_by_test_id("check").click()
    until(lambda: tab.checked_runs() == ["warm-up"], "a group unchecked")
    assert group(tab, "mlp/").get_attribute("aria-checked") == "false"
    tab.check("mlp/lr=0.1", True)
    assert group(tab, "mlp/").get_attribute("aria-checked") == "mixed"
    tab.get("run-groups").select_option("pattern")
    tab.get("run-group-pattern").fill("lr=(")
    assert "Unterminated group" in tab.wait_for("run-group-pattern-problem").inner_text()
    tab.get("run-group-pattern").fill("lr=([\\d.]+)")
    until(lambda: group(tab, "0.01").count() == 1, "groups by what was captured")
    assert tab.runs() == ["cnn/lr=0.01", "mlp/lr=0.01", "cnn/lr=0.1", "mlp/lr=0.1", "warm-up"]


def test_runs_are_ordered_by_name_start_and_last_value(tab: Tab) -> None:
    options(tab)
    order, backwards = tab.get("run-order"), tab.get("run-order-backwards")
    backwards.click()
    until(lambda: tab.runs() == RUNS[::-1], "the names backwards")
    backwards.click()
    order.select_option("start")
    until(lambda: tab.runs() == RUNS[::-1], "the newest first")
    order.select_option("last")
    best_first = sorted(RUNS, key=lambda run: sweep_loss(RUNS, run)[-1])
    assert best_first not in (RUNS, RUNS[::-1])
    until(lambda: tab.runs() == best_first, "the smallest loss first")
    tab.choose_tag("accuracy")
    until(lambda: tab.runs() == best_first[::-1], "the largest accuracy first")


# What is shown


def test_a_pinned_run_stays_on_top_under_any_filter_and_after_a_reload(tab: Tab) -> None:
    row = tab.run_item("warm-up")
    row.hover()
    row.get_by_test_id("pin").click()
    until(lambda: tab.runs() == ["warm-up", *CNN, *MLP], "the pinned run on top")
    tab.get("run-filter").fill("mlp")
    until(lambda: tab.runs() == ["warm-up", *MLP], "the pinned run beside those that match")
    tab.page.reload()
    tab.wait_for_candles()
    until(lambda: tab.runs() == ["warm-up", *MLP], "the same list")
    tab.get("run-filter").fill("")
    tab.run_item("warm-up").hover()
    tab.run_item("warm-up").get_by_test_id("pin").click()
    until(lambda: tab.runs() == RUNS, "no pinned run")


def test_solo_shows_one_run_and_then_what_was_before(tab: Tab) -> None:
    tab.check("mlp/lr=0.1", False)
    before = tab.checked_runs()
    tab.run_item("mlp/lr=0.01").hover()
    tab.run_item("mlp/lr=0.01").get_by_test_id("solo").click()
    until(lambda: tab.checked_runs() == ["mlp/lr=0.01"], "one run")
    assert tab.focused_run() == "mlp/lr=0.01"
    tab.run_item("warm-up").hover()
    tab.run_item("warm-up").get_by_test_id("solo").click()
    until(lambda: tab.checked_runs() == ["warm-up"], "another one run")
    tab.run_item("warm-up").get_by_test_id("solo").click()
    until(lambda: tab.checked_runs() == before, "what was before")
    assert tab.focused_run() == CNN[0]


def test_all_listed_runs_are_shown_hidden_and_inverted_at_once(tab: Tab) -> None:
    options(tab)
    tab.get("hide-all").click()
    until(lambda: tab.checked_runs() == [CNN[0]], "only the run in focus")
    tab.get("run-filter").fill("mlp")
    until(lambda: tab.runs() == MLP, "two runs")
    tab.get("show-all").click()
    tab.get("run-filter").fill("")
    until(lambda: tab.runs() == RUNS and tab.checked_runs() == [CNN[0], *MLP], "three runs")
    tab.get("invert").click()
    until(lambda: tab.checked_runs() == [CNN[1], "warm-up"], "the two others")
    tab.get("check-all").click()
    until(lambda: tab.checked_runs() == RUNS, "all runs")
    assert tab.get("run-count").inner_text() == "5/5"


# The keyboard


def test_the_list_is_worked_by_the_keyboard_alone(tab: Tab) -> None:
    group_by(tab, "prefix")
    press = tab.page.keyboard.press
    tab.get("run-filter").focus()
    press("Tab")
    assert focused_row(tab) == "cnn/"
    for key, row in (
        ("ArrowDown", CNN[0]),
        ("End", "warm-up"),
        ("ArrowUp", MLP[1]),
        ("ArrowLeft", "mlp/"),
        ("Home", "cnn/"),
        ("ArrowRight", CNN[0]),
    ):
        press(key)
        until_focused(tab, row)
    press("ArrowDown")
    press("Space")
    until(lambda: not tab.is_checked(CNN[1]), "a run unchecked")
    press("Enter")
    until(lambda: tab.focused_run() == CNN[1] and tab.is_checked(CNN[1]), "a run in focus")
    press("s")
    until(lambda: tab.checked_runs() == [CNN[1]], "one run")
    press("s")
    until(lambda: len(tab.checked_runs()) == len(RUNS), "all of them again")
    press("p")
    until(lambda: tab.runs()[0] == CNN[1], "the pinned run on top")
    assert focused_row(tab) == CNN[1], "the focus goes with its run"
    press("p")
    press("ArrowLeft")
    until(lambda: focused_row(tab) == "cnn/", "the group")
    press("ArrowLeft")
    until(lambda: group(tab, "cnn/").get_attribute("aria-expanded") == "false", "a closed group")
    press("Space")
    until(lambda: group(tab, "cnn/").get_attribute("aria-checked") == "false", "a group unchecked")


def test_axe_finds_nothing_serious_in_a_tree_with_groups_options_and_a_colour_picker(tab: Tab) -> None:
    group_by(tab, "prefix")
    tab.get("run-filter").fill("(")
    tab.get("run-filter").fill("")
    tab.run_item(CNN[0]).get_by_test_id("run-colour").click()
    tab.wait_for("colours")
    assert grave_violations(tab) == []


# Colours


def test_colours_are_the_same_again_and_one_that_was_chosen_stays(tab: Tab) -> None:
    colours = {run: tab.swatch(run) for run in RUNS}
    assert len(set(colours.values())) == len(RUNS)
    tab.run_item("warm-up").get_by_test_id("run-colour").click()
    tab.wait_for("own-colour").fill("#123456")
    until(lambda: tab.swatch("warm-up") == (0x12, 0x34, 0x56), "the chosen colour")
    tab.page.keyboard.press("Escape")
    tab.wait_for_paint((0x12, 0x34, 0x56), least=50)
    tab.page.reload()
    tab.wait_for_candles()
    until(
        lambda: {run: tab.swatch(run) for run in RUNS} == {**colours, "warm-up": (0x12, 0x34, 0x56)},
        "the same colours",
    )
    tab.run_item("warm-up").get_by_test_id("run-colour").click()
    tab.wait_for("reset-colour").click()
    until(lambda: tab.swatch("warm-up") == colours["warm-up"], "its own colour")


def test_colour_blind_safe_colours_and_a_theme_of_ones_own(tab: Tab) -> None:
    before = [tab.swatch(run) for run in RUNS]
    tab.get("display").click()
    tab.wait_for("scheme-safe").check()
    tab.get("theme-dark").check()
    until(lambda: tab.frame.evaluate("document.documentElement.dataset.theme") == "dark", "a dark tab")
    for better_or_worse in ((0x5F, 0xB0, 0xF2), (0xF0, 0xA0, 0x30)):
        tab.wait_for_paint(better_or_worse, least=20)
    assert [tab.swatch(run) for run in RUNS] != before
    tab.page.reload()
    tab.wait_for_candles()
    until(lambda: tab.frame.evaluate("document.documentElement.dataset.theme") == "dark", "a dark tab")
    tab.get("display").click()
    tab.wait_for("scheme-default").check()
    tab.get("theme-follow").check()
    until(lambda: [tab.swatch(run) for run in RUNS] == before, "the usual colours")


# Tags


def test_the_list_of_tags_says_whose_last_values_it_shows(tab: Tab) -> None:
    assert (tab.get("whose-values").text_content() or "").endswith(CNN[0])
    label = tab.tag_item("loss").get_attribute("aria-label") or ""
    assert f"last value of {CNN[0]}" in label
    tab.check("warm-up", True)
    tab.focus("mlp/lr=0.1")
    until(
        lambda: "last value of mlp/lr=0.1" in (tab.tag_item("loss").get_attribute("aria-label") or ""),
        "its run",
    )
    assert "last value of warm-up" in (tab.tag_item("only/here").get_attribute("aria-label") or "")
    assert tab.tag_item("only/here").locator(".dot").count() == 1
    assert tab.tag_item("loss").locator(".dot").count() == 0


# The sidebar


def test_the_sidebar_is_resized_by_pointer_and_keys_and_stays_so(tab: Tab) -> None:
    def width() -> float:
        return float(tab.frame.evaluate("document.querySelector('#sidebar').getBoundingClientRect().width"))

    edge = tab.get("sidebar-edge")
    box = edge.bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + 3, 400)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 103, 400, steps=4)
    tab.page.mouse.up()
    until(lambda: 370 < width() < 390, "a wider sidebar")
    edge.focus()
    tab.page.keyboard.press("Home")
    until(lambda: width() == 200, "the narrowest sidebar")
    tab.page.keyboard.press("ArrowRight")
    until(lambda: width() == 216, "a step wider")
    tab.get("sidebar-collapse").click()
    until(lambda: not tab.get("run-filter").is_visible(), "no sidebar")
    tab.page.reload()
    tab.wait_for_candles()
    assert not tab.get("run-filter").is_visible()
    tab.get("sidebar-toggle").click()
    until(lambda: tab.runs() == RUNS and width() == 216, "the sidebar as it was")
    assert not tab.get("sidebar-toggle").is_visible()


def test_a_drawer_closes_on_escape_and_gives_the_focus_back(sweep: Server, reopen_tab: OpenTab) -> None:
    tab = reopen_tab(sweep.url, viewport={"width": 360, "height": 740})
    tab.wait_for_candles()
    tab.get("sidebar-toggle").focus()
    tab.page.keyboard.press("Enter")
    tab.run_item(CNN[0]).wait_for(state="visible")
    assert tab.frame.evaluate("document.querySelector('#sidebar').contains(document.activeElement)")
    tab.page.keyboard.press("Escape")
    tab.run_item(CNN[0]).wait_for(state="hidden")
    assert tab.frame.evaluate("document.activeElement.dataset.testid") == "sidebar-toggle"


def test_the_tab_works_where_nothing_may_be_stored(sweep: Server, open_tab: OpenTab) -> None:
    tab = open_tab(sweep.url)
    tab.page.add_init_script(FORBID_STORAGE)
    tab.page.reload()
    tab.wait_for_candles()
    tab.get("run-filter").fill("mlp")
    until(lambda: tab.runs() == MLP, "two runs")


# Thousands of runs


def is_in_sight(row: Locator) -> bool:
    found: bool = row.evaluate(
        """(row) => {
            const [{ top, bottom }, list] = [row, row.closest(".tree")].map((e) => e.getBoundingClientRect());
            return top >= list.top && bottom <= list.bottom + 1;
        }"""
    )
    return found


def test_names_lose_the_folders_that_all_have_so_that_what_differs_is_read(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    names = [f"lr={rate}/seed={seed}" for rate in ("0.001", "0.003") for seed in (0, 1)]
    runs = [f"sweep-of-2026/resnet50-on-imagenet/{name}" for name in names]
    server = tensorboard_server(logs.write_sweep(tmp_path, runs))
    server.wait_loaded()
    tab = open_tab(server.url)
    tab.wait_for_candles()
    until(lambda: tab.runs() == runs, "all runs")
    tab.run_item(runs[0]).hover()
    for run, name in zip(runs, names, strict=True):
        assert tab.run_item(run).locator(".name").text_content() == name
        assert tab.run_item(run).get_attribute("title") == run
        assert hidden_px(tab.run_item(run).locator(".name > *")) <= 0
    tab.get("layouts").click()
    tab.get("layout Many runs").click()
    rows = tab.widget("comparison").get_by_test_id("comparison-row")
    until(lambda: rows.count() == len(runs), "rows of all runs")
    for row, run in zip(rows.all(), runs, strict=True):
        assert row.locator("button").first.get_attribute("title") == run
        assert row.locator(".run-name-parts").text_content() == run
        assert hidden_px(row.locator(":is(.run-folder, .run-leaf)")) <= 0


def hidden_px(parts: Locator) -> int:
    """How much of any of them is cut off."""
    found: int = parts.evaluate_all("(all) => Math.max(...all.map((e) => e.scrollWidth - e.clientWidth))")
    return found


def test_thousands_of_runs_are_listed_filtered_and_reached_by_a_key(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    server = tensorboard_server(logs.write_many_runs(tmp_path))
    server.wait_loaded()
    tab = open_tab(server.url)
    tab.wait_for_candles()
    until(lambda: tab.get("run-count").inner_text() == f"5/{MANY_RUNS}", "all runs")
    assert len(tab.runs()) < 60, "only rows that are in sight are drawn"
    tab.run_item(tab.runs()[0]).locator(".name").click()
    tab.page.keyboard.press("End")
    last = f"run-{MANY_RUNS - 1}"
    until(lambda: focused_row(tab) == last, "the last run")
    tab.page.keyboard.press("Enter")
    until(lambda: tab.focused_run() == last, "focus on the last run")
    tab.page.reload()
    tab.wait_for_candles()
    until(lambda: last in tab.runs() and is_in_sight(tab.run_item(last)), "the run in focus in sight")
    tab.run_item(last).focus()
    tab.page.keyboard.press("Home")
    until(lambda: focused_row(tab) == "run-0", "the first run")
    tab.get("run-filter").fill("77$")
    expected = [f"run-{number}" for number in range(MANY_RUNS) if number % 100 == 77]
    until(lambda: tab.runs() == expected[: len(tab.runs())], "those that match, as people count")
    tab.get("check-all").click()
    shown = f"{6 + len(expected)}/{MANY_RUNS}"
    until(lambda: tab.get("run-count").inner_text() == shown, "all of them shown")
