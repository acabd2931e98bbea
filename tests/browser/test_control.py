"""What trainings are told from the tab, and what they do: with real ones."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, expect

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.steered import PLAIN, STEERED, Trainings, state
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations

TOKEN = "a-token-that-nobody-guesses"


@pytest.fixture
def trainings(tmp_path: Path) -> Iterator[Trainings]:
    started = Trainings(tmp_path)
    started.start(STEERED, "steered")
    yield started
    started.end()


def opened(open_tab: OpenTab, url: str, run: str = STEERED) -> Tab:
    settings = {"run": run}
    tab = open_widgets(
        open_tab, url, ["progress", "control"], settings=settings, viewport={"width": 1280, "height": 900}
    )
    until(lambda: state(tab, run) == "running", f"{run} to run")
    control(tab).get_by_test_id("command-history").wait_for(state="attached")
    return tab


def wait_steerable(tab: Tab) -> None:
    """Before its loop has begun, a training that runs obeys nothing."""
    expect(control(tab).get_by_test_id("command-pause")).to_be_enabled()


def control(tab: Tab) -> Locator:
    return tab.widget("control")


def told(tab: Tab) -> list[tuple[str, str]]:
    """The commands of the history, the newest first, and what became of them."""
    read = "(all) => all.map((e) => [e.dataset.command, e.dataset.state])"
    return [(one, became) for one, became in control(tab).get_by_test_id("told").evaluate_all(read)]


def wait_told(tab: Tab, *expected: tuple[str, str]) -> None:
    until(lambda: told(tab)[: len(expected)] == list(expected), f"{expected}, got {told(tab)}")


def field(tab: Tab, name: str) -> Locator:
    return control(tab).get_by_test_id(f"parameter-{name}").locator("input, select")


def test_a_learning_rate_is_changed_and_the_training_stopped_with_a_checkpoint(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(trainings.logdir, "--candles_control")
    tab = opened(open_tab, server.url)
    wait_steerable(tab)
    lr, set_lr = field(tab, "lr"), control(tab).get_by_test_id("set-lr")
    assert (lr.input_value(), set_lr.is_disabled()) == ("0.125", True)

    lr.fill("1.5")
    expect(control(tab).get_by_test_id("parameter-lr")).to_contain_text("This must be 0 to 1.")
    assert set_lr.is_disabled()
    lr.fill("0.5")
    expect(set_lr).to_be_enabled()
    lr.press("Enter")
    wait_told(tab, ("set", "done"))
    until(lambda: "now 0.5" in control(tab).get_by_test_id("parameter-lr").inner_text(), "0.5 to be told")
    until(lambda: "0.5" in tab.tag_item("lr").inner_text(), "0.5 to be logged")

    control(tab).get_by_test_id("command-pause").press("Enter")
    until(lambda: state(tab, STEERED) == "paused", "a pause")
    control(tab).get_by_test_id("command-resume").press("Enter")
    until(lambda: state(tab, STEERED) == "running", "the end of the pause")
    wait_told(tab, ("resume", "done"), ("pause", "done"), ("set", "done"))
    assert control(tab).get_by_test_id("command-predict").is_disabled()
    control(tab).get_by_test_id("not-obeyed").locator("summary").click()
    assert "@tracker.on_predict" in control(tab).get_by_test_id("not-obeyed").inner_text()
    assert grave_violations(tab) == []

    stop = control(tab).get_by_test_id("command-stop")
    stop.click()
    tab.frame.get_by_test_id("confirm-cancel").click()
    expect(tab.frame.get_by_test_id("confirm")).to_have_count(0)
    assert told(tab)[0][0] == "resume"
    stop.click()
    tab.frame.get_by_test_id("confirm-act").click()
    until(lambda: state(tab, STEERED) == "ended", "the end")
    wait_told(tab, ("stop", "done"), ("resume", "done"), ("pause", "done"), ("set", "done"))
    assert trainings.exit_code(STEERED) == 0
    assert np.isfinite(np.load(trainings.logdir / "x.npy"))
    expect(stop).to_have_count(0)


def test_a_parameter_can_be_set_once_the_training_has_begun(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    late = "p/late"
    trainings.start(late, "steered", "late")
    tab = opened(open_tab, tensorboard_server(trainings.logdir, "--candles_control").url, late)
    lr, set_lr = field(tab, "lr"), control(tab).get_by_test_id("set-lr")
    lr.fill("0.5")
    lr.press("Enter")
    expect(set_lr).to_be_disabled()
    assert (told(tab), lr.input_value()) == ([], "0.5")
    (trainings.logdir / "go").touch()
    expect(set_lr).to_be_enabled()
    lr.press("Enter")
    wait_told(tab, ("set", "done"))


def test_the_token_is_asked_for_once_and_kept_out_of_the_address(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(trainings.logdir, "--candles_control", "--candles_token", TOKEN)
    tab = opened(open_tab, server.url)
    tab.trouble.allow(r"(status 403: |console: .* 403 ).*/control\)?")
    control(tab).get_by_test_id("command-checkpoint").click()
    token = tab.frame.get_by_test_id("token-field")
    token.fill("a-wrong-one")
    token.press("Enter")
    trouble = tab.frame.get_by_test_id("token-trouble")
    expect(trouble).to_contain_text("token")
    assert grave_violations(tab) == []
    tab.frame.get_by_test_id("token-field").fill(TOKEN)
    tab.frame.get_by_test_id("token-give").click()
    wait_told(tab, ("checkpoint", "done"))
    assert "x.npy" in control(tab).inner_text()

    control(tab).get_by_test_id("command-checkpoint").click()
    wait_told(tab, ("checkpoint", "done"), ("checkpoint", "done"))
    assert TOKEN not in tab.page.url
    assert TOKEN not in tab.frame.url


def test_without_the_flag_the_widget_says_which_it_is(
    trainings: Trainings, open_tab: OpenTab, tensorboard_server: StartServer
) -> None:
    trainings.start(PLAIN)
    tab = opened(open_tab, tensorboard_server(trainings.logdir).url)
    off = control(tab).get_by_test_id("control-off")
    off.wait_for()
    assert "--candles_control" in off.inner_text()
    assert control(tab).get_by_test_id("command-stop").count() == 0
    assert grave_violations(tab) == []
