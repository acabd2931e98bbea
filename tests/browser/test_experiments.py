"""Trainings that are started from a form of the tab: real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support.experiments import write_toy
from tests.support.server import Server

# What their names begin with, which tell their other parameters too.
SLOW, FAST = "toy/lr=0.2", "toy/lr=0.3"


@pytest.fixture
def until_file(tmp_path: Path) -> Iterator[Path]:
    """What is started goes on until it is there."""
    file = tmp_path / "enough"
    yield file
    file.touch()


@pytest.fixture
def server(tmp_path: Path, tensorboard_server: StartServer) -> Server:
    """TensorBoard on an empty log directory, that may start something."""
    logdir = tmp_path / "logs"
    logdir.mkdir()
    return tensorboard_server(logdir, "--candles_experiments", str(write_toy(tmp_path / "toy")))


def widget(tab: Tab) -> Locator:
    return tab.widget("experiments")


def field(tab: Tab, name: str) -> Locator:
    return widget(tab).get_by_test_id(f"field-{name}").locator("input")


def instance(tab: Tab, run: str) -> Locator:
    return widget(tab).locator(f'[data-testid="instance"][data-run^="{run}"]')


def states(tab: Tab) -> dict[str, str]:
    read = "(all) => Object.fromEntries(all.map((e) => [e.dataset.run.split('_')[0], e.dataset.state]))"
    found: dict[str, str] = widget(tab).get_by_test_id("instance").evaluate_all(read)
    return found


def short(runs: list[str]) -> list[str]:
    return [run.partition("_")[0] for run in runs]


def wait_for(tab: Tab, **expected: str) -> None:
    wanted = {SLOW: expected["slow"], FAST: expected["fast"]}
    until(lambda: states(tab) == wanted, f"{wanted}, got {states(tab)}")


def choose(tab: Tab, run: str, action: str) -> None:
    """From the menu of an instance; where it is asked whether that is meant, it is."""
    instance(tab, run).get_by_test_id("more-of-instance").click()
    tab.frame.get_by_test_id(f"{action}-instance").click()
    tab.frame.get_by_test_id("confirm-act").click()


def test_a_grid_is_started_in_an_empty_log_directory_and_its_runs_are_drawn(
    server: Server, until_file: Path, open_tab: OpenTab
) -> None:
    tab = open_tab(server.url, viewport={"width": 1280, "height": 1500})
    tab.frame.get_by_test_id("enter").click()
    start = widget(tab).get_by_test_id("start-runs")
    start.wait_for()

    field(tab, "lr").fill("0.2, 3")
    assert "This must be 0 to 2." in widget(tab).get_by_test_id("field-lr").inner_text()
    assert start.is_disabled()
    field(tab, "lr").fill("0.2, 0.3")
    field(tab, "until").fill(str(until_file))
    assert widget(tab).get_by_test_id("start-plan").inner_text() == "2 runs: 2 values of lr"
    assert grave_violations(tab) == []
    start.press("Enter")
    wait_for(tab, slow="running", fast="running")
    until(lambda: short(tab.checked_runs()) == [SLOW, FAST], "both runs to be checked")
    until(lambda: tab.widget("line").locator(".line-chip").count() == 2, "both curves")
    instance(tab, FAST).get_by_test_id("show-output").click()
    output = instance(tab, FAST).get_by_test_id("instance-output")
    until(lambda: "logged 10 steps at 0.3" in output.inner_text(), "what it printed")
    assert grave_violations(tab) == []

    instance(tab, FAST).get_by_test_id("copy-instance").click()
    assert field(tab, "lr").input_value() == "0.3"
    choose(tab, FAST, "kill")
    until(lambda: states(tab)[FAST] in ("stopped", "failed"), f"the end of {FAST}, got {states(tab)}")
    until_file.touch()
    until(lambda: states(tab)[SLOW] == "finished", f"the end of {SLOW}")
    assert "exit code 0" in instance(tab, SLOW).inner_text()
    choose(tab, SLOW, "remove")
    until(lambda: SLOW not in states(tab), "its removal")
    assert short(tab.runs()) == [SLOW, FAST]


def test_what_failed_says_the_last_thing_that_it_printed(
    server: Server, until_file: Path, open_tab: OpenTab
) -> None:
    until_file.touch()
    tab = open_tab(server.url)
    tab.frame.get_by_test_id("enter").click()
    field(tab, "lr").fill("2")
    widget(tab).get_by_test_id("start-runs").click()
    failed = instance(tab, "toy/lr=2")
    expect(failed).to_have_attribute("data-state", "failed")
    expect(failed.get_by_test_id("last-line")).to_have_text("diverged")
    expect(failed).to_contain_text("exit code 1")
    assert grave_violations(tab) == []


def test_nobody_is_shown_around_before_there_is_a_chart_or_told_to_check_what_is_not_there(
    server: Server, open_tab: OpenTab
) -> None:
    tab = open_tab(server.url, first_visit=True)
    tab.frame.get_by_test_id("enter").click()
    widget(tab).get_by_test_id("start-runs").wait_for()
    expect(tab.get("tour")).to_be_attached()
    expect(tab.get("tour")).to_be_hidden()
    expect(tab.widget("progress")).to_contain_text("There is no run yet.")
    expect(tab.page.locator("body")).not_to_contain_text("No run is checked")


def test_what_is_refused_is_said_in_the_words_of_the_server(
    server: Server, until_file: Path, open_tab: OpenTab
) -> None:
    until_file.touch()
    tab = open_tab(server.url, viewport={"width": 320, "height": 900}, color_scheme="dark")
    tab.trouble.allow(r"(status 400: |console: .* 400 ).*/experiments\)?")
    tab.frame.get_by_test_id("enter").click()
    widget(tab).get_by_test_id("run-name").fill("../up")
    widget(tab).get_by_test_id("start-runs").click()
    problem = widget(tab).get_by_test_id("start-problem")
    problem.wait_for()
    assert "name must begin with a letter or digit, got '../up'" in problem.inner_text()
    assert states(tab) == {}
    assert grave_violations(tab) == []


def test_where_nothing_is_declared_the_widget_says_how(trainings: Server, reopen_tab: OpenTab) -> None:
    tab = open_widgets(reopen_tab, trainings.url, ["experiments"])
    off = tab.frame.get_by_test_id("experiments-off")
    off.wait_for()
    assert "--candles_experiments" in off.inner_text()
    assert "[experiments.cnn]" in off.inner_text()
    assert grave_violations(tab) == []
