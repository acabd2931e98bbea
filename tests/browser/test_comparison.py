"""The table of runs: sorted, against a baseline, in groups."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.tab import WITHIN_SECS, Tab, until
from tests.support import records
from tests.support.server import Server

ALL = [logs.POISONED, logs.STEADY, logs.TOO_HOT]
MANY_RUNS = 1200


def widget(tab: Tab) -> Locator:
    return tab.widget("comparison")


def rows(tab: Tab) -> Locator:
    return widget(tab).get_by_test_id("comparison-row")


def runs(tab: Tab) -> list[str]:
    """Of the rows that are there, from the top on."""
    found: list[str] = rows(tab).evaluate_all("(all) => all.map((e) => e.dataset.run)")
    return found


def row(tab: Tab, run: str) -> Locator:
    return widget(tab).locator(f'[data-testid="comparison-row"][data-run="{run}"]')


def cell(tab: Tab, run: str, head: str) -> Locator:
    heads: list[str] = widget(tab).locator("thead th").all_inner_texts()
    return row(tab, run).locator("th, td").nth([" ".join(one.split()) for one in heads].index(head))


def number(tab: Tab, run: str, head: str) -> float:
    return float(cell(tab, run, head).get_attribute("title") or "nan")


def words(tab: Tab, run: str, head: str) -> str:
    return " ".join(cell(tab, run, head).inner_text().split())


def sort(tab: Tab, column: str) -> str:
    """Presses the head of a column; returns how it says that it is sorted."""
    head = widget(tab).get_by_test_id(f"sort-{column}")
    head.click()
    return head.locator("xpath=..").get_attribute("aria-sort") or ""


def open_comparison(tab: Tab, *, first: str) -> Tab:
    """At the top of the dashboard, with a row of that run."""
    tab.wait_for("layouts").click()
    tab.get("layout Compare").click()
    row(tab, first).wait_for(timeout=WITHIN_SECS * 1000)
    return tab


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = open_comparison(reopen_tab(trainings.url), first=logs.STEADY)
    until(lambda: runs(opened) == ALL, "a row for each run")
    return opened


def test_rows_say_where_each_run_stands_of_all_its_points(tab: Tab) -> None:
    for run in ALL:
        loss = np.array(logs.losses(run))
        finite = loss[np.isfinite(loss)]
        assert number(tab, run, "Last") == finite[-1]
        assert number(tab, run, "Best") == finite.min()
        assert f"@ {np.nanargmin(np.where(np.isfinite(loss), loss, np.nan)):,}" in words(tab, run, "Best")
        assert number(tab, run, "Points") == logs.STEPS
        assert number(tab, run, "Non-finite") == np.count_nonzero(~np.isfinite(loss))
        assert number(tab, run, "Drawdown") == pytest.approx(finite[-1] - finite.min())
    label = row(tab, logs.POISONED).get_by_role("img").get_attribute("aria-label") or ""
    assert label.endswith(f"{logs.SPIKE:.6g}"), "the small candles reach up to the spike"
    until(lambda: number(tab, logs.POISONED, "Alerts") >= 1, "the spike's alert")


def test_a_head_sorts_the_best_to_the_top_and_pressed_again_the_worst(tab: Tab) -> None:
    best = {run: np.nanmin(np.where(np.isfinite(logs.losses(run)), logs.losses(run), np.nan)) for run in ALL}
    assert sort(tab, "best") == "ascending"
    assert runs(tab) == sorted(ALL, key=lambda run: float(best[run]))
    assert sort(tab, "best") == "descending"
    assert runs(tab) == sorted(ALL, key=lambda run: -float(best[run]))
    assert sort(tab, "nonfinite") == "descending"
    assert runs(tab)[0] == logs.TOO_HOT
    assert widget(tab).locator("th[aria-sort=descending]").count() == 1
    tab.page.reload()
    until(lambda: runs(tab)[:1] == [logs.TOO_HOT], "the same order after a reload")


def test_differences_to_a_baseline_are_told_by_sign_arrow_and_word(tab: Tab) -> None:
    row(tab, logs.STEADY).get_by_test_id("baseline").click()
    until(lambda: "baseline" in words(tab, logs.STEADY, "Last vs. baseline"), "the baseline")
    last = {run: next(x for x in reversed(logs.losses(run)) if np.isfinite(x)) for run in ALL}
    for run in (logs.POISONED, logs.TOO_HOT):
        difference = last[run] - last[logs.STEADY]
        assert number(tab, run, "Last vs. baseline") == pytest.approx(difference)
        said = words(tab, run, "Last vs. baseline")
        assert ("▲ +" in said, "▼ −" in said) == (difference > 0, difference < 0)
        assert ("worse" in said, "better" in said) == (difference > 0, difference < 0)
    assert tab.focused_run() != logs.STEADY, "a baseline is not put into focus"
    row(tab, logs.STEADY).get_by_test_id("baseline").click()
    until(lambda: "Last vs. baseline" not in widget(tab).locator("thead").inner_text(), "no baseline")


def test_a_tag_that_is_better_higher_is_sorted_and_told_so(tab: Tab) -> None:
    tab.choose_tag(logs.ACCURACY)
    until(lambda: "higher" in widget(tab).get_by_test_id("comparison-polarity").inner_text(), "its polarity")
    until(lambda: number(tab, logs.STEADY, "Best") > 0.8, "its values")
    assert sort(tab, "best") == "descending"


def test_a_press_on_a_row_puts_its_run_into_focus(tab: Tab) -> None:
    cell(tab, logs.TOO_HOT, "Points").click()
    until(lambda: tab.focused_run() == logs.TOO_HOT, "the focus")
    assert row(tab, logs.TOO_HOT).get_attribute("aria-current") == "true"
    assert row(tab, logs.STEADY).get_attribute("aria-current") == "false"


def test_arrow_keys_go_from_row_to_row(tab: Tab) -> None:
    row(tab, logs.POISONED).locator(".run-button").focus()
    for key, run in (("ArrowDown", logs.STEADY), ("End", logs.TOO_HOT), ("ArrowUp", logs.STEADY)):
        tab.page.keyboard.press(key)
        has_keys = row(tab, run).locator(".run-button:focus")
        has_keys.wait_for(timeout=WITHIN_SECS * 1000)
    tab.page.keyboard.press("Enter")
    until(lambda: tab.focused_run() == logs.STEADY, "the run in focus")
    assert rows(tab).locator("button[tabindex='0']").count() == 2, "one row is in the order of tabs"


def test_in_half_of_a_screen_the_head_is_one_line_with_the_choices_behind_a_button(
    trainings: Server, open_tab: OpenTab
) -> None:
    tab = open_widgets(open_tab, trainings.url, ["comparison"], viewport={"width": 945, "height": 800})
    rows(tab).first.wait_for()
    head = widget(tab).locator(".widget-head").bounding_box()
    assert head is not None
    assert 640 < head["width"] < 670
    assert head["height"] < 50
    assert not widget(tab).get_by_test_id("which-all").is_visible()
    widget(tab).get_by_test_id("controls-toggle").click()
    widget(tab).get_by_test_id("which-all").click()
    until(lambda: runs(tab) == ALL, "all runs")


def test_columns_are_chosen_and_runs_unchecked(tab: Tab) -> None:
    widget(tab).get_by_test_id("columns").click()
    widget(tab).get_by_test_id("column-atr").uncheck()
    widget(tab).get_by_test_id("column-worst").check()
    tab.page.keyboard.press("Escape")
    assert number(tab, logs.POISONED, "Worst") == logs.SPIKE
    assert "ATR" not in widget(tab).locator("thead").inner_text()
    tab.check(logs.STEADY, False)
    until(lambda: runs(tab) == [logs.POISONED, logs.TOO_HOT], "the checked runs")
    widget(tab).get_by_test_id("which-all").click()
    until(lambda: runs(tab) == ALL, "all runs")


def test_runs_of_a_group_are_one_row_with_their_deviation_and_a_chart(tab: Tab) -> None:
    widget(tab).get_by_test_id("group-by-folder").click()
    until(lambda: runs(tab) == ["digits"], "one group")
    last = [next(x for x in reversed(logs.losses(run)) if np.isfinite(x)) for run in ALL]
    assert number(tab, "digits", "Last") == pytest.approx(np.mean(last))
    assert f"± {np.std(last):.4g}" in words(tab, "digits", "Last")
    assert "3 runs" in words(tab, "digits", "Group")
    chart = widget(tab).get_by_test_id("group-chart")
    until(lambda: chart.get_attribute("data-groups") == "1", "the group in the chart")
    chart.hover()
    reading = widget(tab).get_by_test_id("group-reading")
    until(lambda: "digits" in reading.inner_text() and "±" in reading.inner_text(), "the reading")
    widget(tab).get_by_test_id("group-by-pattern").click()
    widget(tab).get_by_test_id("group-pattern").fill("poisoned|steady")
    until(lambda: runs(tab) == ["poisoned", "steady", "(no match)"], "groups by the pattern")
    widget(tab).get_by_test_id("group-pattern").fill("(")
    until(lambda: runs(tab) == ALL, "no groups by what is no pattern")
    problem = widget(tab).get_by_test_id("group-pattern-problem")
    assert "Unterminated group" in problem.inner_text()
    widget(tab).get_by_test_id("group-pattern").fill("")
    until(lambda: "Type a regular expression" in problem.inner_text(), "what is to be typed")
    assert runs(tab) == ALL


def test_only_rows_in_view_are_there_of_many_runs(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    names = [f"sweep/{number:04d}" for number in range(MANY_RUNS)]
    for number, run in enumerate(names):
        records.write_run(tmp_path, run, records.scalar_file("loss", [number + 1.0, number + 0.5]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run=names[-1], points=2)
    tab = open_comparison(open_tab(server.url), first=names[0])
    widget(tab).get_by_test_id("which-all").click()
    count = widget(tab).get_by_test_id("count-of-runs")
    until(lambda: count.inner_text() == f"{MANY_RUNS:,} runs", "all runs")
    table = widget(tab).locator("table")
    until(lambda: table.get_attribute("aria-rowcount") == str(MANY_RUNS + 1), "a row for each of them")
    sort(tab, "last")
    until(lambda: runs(tab)[:2] == names[:2], "the best at the top")
    assert rows(tab).count() < 60
    row(tab, names[0]).locator(".run-button").focus()
    tab.page.keyboard.press("End")
    until(lambda: runs(tab)[-1:] == names[-1:], "the last row")
    assert rows(tab).count() < 60
    assert number_of_row(tab, names[-1]) == MANY_RUNS + 1


def number_of_row(tab: Tab, run: str) -> int:
    """As a screen reader counts, the head being the first."""
    return int(row(tab, run).get_attribute("aria-rowindex") or 0)


def test_a_run_that_appears_gets_a_row_and_new_points_another_last(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    path = logs.write_short_run(tmp_path, "first")
    tab = open_comparison(open_tab(tensorboard_server(tmp_path).url), first="first")
    widget(tab).get_by_test_id("which-all").click()
    logs.write_short_run(tmp_path, "second")
    until(lambda: runs(tab) == ["first", "second"], "the second run")
    with path.open("ab") as file:
        file.write(records.scalar_record("loss", step=200, value=-7.5))
    until(lambda: number(tab, "first", "Last") == -7.5, "the new point")
    assert words(tab, "first", "Points") == "201"


def test_on_a_narrow_screen_the_table_scrolls_inside_and_names_stay(
    trainings: Server, reopen_tab: OpenTab
) -> None:
    tab = open_comparison(
        reopen_tab(trainings.url, viewport={"width": 300, "height": 740}), first=logs.STEADY
    )
    scroller = widget(tab).locator(".table-scroller")
    scroller.evaluate("(e) => e.scrollTo(1e5, 0)")
    name, table = row(tab, logs.STEADY).locator(".run-leaf").bounding_box(), scroller.bounding_box()
    assert name is not None
    assert table is not None
    assert table["x"] <= name["x"] < name["x"] + name["width"] <= table["x"] + table["width"]
    assert tab.frame.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert scroller.evaluate("(e) => e.scrollLeft > 0")
