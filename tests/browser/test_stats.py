"""The widget that shows how fast runs go, and what their machines do."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Locator

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.dashboard.board import choose
from tests.browser.plots import dashboard_of
from tests.browser.tab import Tab, until
from tests.browser.test_accessibility import grave_violations
from tests.support import records
from tests.support.server import Server

SECONDS = 60
FAST, SLOW = "speed/fast", "speed/slow"
BEGAN = records.FIRST_SECOND


def write_speeds(logdir: Path) -> Path:
    """One run of ten steps a second that tells of its machine, and one of two that does not."""
    for run, rate in ((FAST, 10), (SLOW, 2)):
        content = [records.version_record()]
        for step in range(SECONDS * rate):
            at = BEGAN + step / rate
            content.append(records.scalar_record("loss", step=step, wall_time=at, value=1 / (1 + step)))
            if run == FAST and step % rate == 0:
                second = step // rate
                content += [
                    records.scalar_record("system/cpu_percent", step=step, wall_time=at, value=float(second)),
                    records.scalar_record("system/memory_gigabytes", step=step, wall_time=at, value=1.5),
                    records.scalar_record(
                        "system/gpu0/utilization_percent", step=step, wall_time=at, value=90
                    ),
                ]
        records.write_run(logdir, run, b"".join(content))
    return logdir


@pytest.fixture(scope="session")
def speeds(shared_tensorboard_server: StartServer, tmp_path_factory: pytest.TempPathFactory) -> Server:
    server = shared_tensorboard_server(write_speeds(tmp_path_factory.mktemp("speeds")))
    server.wait_loaded(run=SLOW, points=2 * SECONDS)
    return server


@pytest.fixture
def tab(speeds: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(speeds.url, stored=dashboard_of("stats"))
    until(lambda: len(names(opened)) == 4, "four measures")
    return opened


def get(tab: Tab, test_id: str) -> Locator:
    return tab.widget("stats").get_by_test_id(test_id)


def names(tab: Tab) -> list[str]:
    found: list[str] = get(tab, "stat").evaluate_all("(all) => all.map((e) => e.dataset.name)")
    return found


def values(tab: Tab, name: str) -> dict[str, str]:
    """What is told of each run."""
    panel = tab.widget("stats").locator(f'[data-testid="stat"][data-name="{name}"]')
    told: dict[str, str] = panel.get_by_test_id("stat-value").evaluate_all(
        "(all) => Object.fromEntries(all.map((e) => [e.dataset.run, e.querySelector('b').innerText]))"
    )
    return told


def test_speed_and_machine_of_all_runs_are_told_with_their_units(tab: Tab) -> None:
    assert names(tab) == [
        "steps_per_sec",
        "system/cpu_percent",
        "system/memory_gigabytes",
        "system/gpu0/utilization_percent",
    ]
    assert values(tab, "steps_per_sec") == {FAST: "10/s", SLOW: "2/s"}
    assert values(tab, "system/cpu_percent") == {FAST: "59 %"}
    assert values(tab, "system/memory_gigabytes") == {FAST: "1.5 GB"}
    assert get(tab, "stats-no-system").count() == 0


def test_one_crosshair_tells_what_was_at_a_time(tab: Tab) -> None:
    get(tab, "stat-panels").focus()
    tab.page.keyboard.press("Home")
    until(lambda: get(tab, "stat-at").inner_text() == "0s", "the start")
    until(lambda: values(tab, "system/cpu_percent") == {FAST: "0 %"}, "what was then")
    box = get(tab, "stat").nth(1).locator("svg").bounding_box()
    assert box is not None
    tab.page.mouse.move(box["x"] + box["width"] / 2, box["y"] + 20)
    until(lambda: values(tab, "system/cpu_percent")[FAST] in {"29 %", "30 %"}, "the middle")
    tab.leave_chart()
    until(lambda: values(tab, "system/cpu_percent") == {FAST: "59 %"}, "the newest again")


def test_lines_are_drawn_along_the_clock_as_well(tab: Tab) -> None:
    get(tab, "time-clock").click()
    get(tab, "stat-panels").focus()
    tab.page.keyboard.press("End")
    until(
        lambda: "20" in get(tab, "stat-at").inner_text() and ":" in get(tab, "stat-at").inner_text(), "a time"
    )
    assert get(tab, "stat").first.locator("svg path[stroke]").count() == 2


def test_a_run_that_tells_nothing_of_its_machine_says_how_it_is_asked(
    speeds: Server, reopen_tab: OpenTab
) -> None:
    tab = reopen_tab(speeds.url, stored=dashboard_of("stats"))
    until(lambda: len(names(tab)) == 4, "four measures")
    tab.check(FAST, False)
    until(lambda: names(tab) == ["steps_per_sec"], "speed alone")
    assert "stats=True" in get(tab, "stats-no-system").inner_text()


def test_every_value_is_handed_out(tab: Tab, tmp_path: Path) -> None:
    with tab.page.expect_download() as download:
        choose(tab, "stats", "export-csv")
    download.value.save_as(tmp_path / "csv")
    with (tmp_path / "csv").open() as file:
        cpu = [float(row["value"]) for row in csv.DictReader(file) if row["measure"] == "system/cpu_percent"]
    assert cpu == [float(second) for second in range(SECONDS)]


def test_in_a_narrow_place_nothing_is_cut_off(speeds: Server, open_tab: OpenTab) -> None:
    tab = open_tab(speeds.url, stored=dashboard_of("stats"), viewport={"width": 300, "height": 800})
    until(lambda: len(names(tab)) == 4, "four measures")
    panels = get(tab, "stat-panels")
    until(lambda: panels.evaluate("(e) => e.scrollWidth - e.clientWidth") == 0, "panels that fit")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_stats(speeds: Server, reopen_tab: OpenTab, scheme: str) -> None:
    tab = reopen_tab(speeds.url, stored=dashboard_of("stats"), color_scheme=scheme)
    until(lambda: len(names(tab)) == 4, "four measures")
    assert grave_violations(tab) == []
