"""The legend below the candles."""

from __future__ import annotations

from pathlib import Path

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import until

RUNS = [f"sweep/learning-rate={number}/seed={number}" for number in range(9)]


def test_runs_that_have_no_room_in_the_legend_are_counted_and_listed(
    open_tab: OpenTab, tensorboard_server: StartServer, tmp_path: Path
) -> None:
    server = tensorboard_server(logs.write_sweep(tmp_path, RUNS))
    for run in RUNS:
        server.wait_loaded(run=run, points=logs.SWEEP_STEPS)
    tab = open_tab(server.url)
    tab.wait_for_candles()
    for run in RUNS:
        tab.check(run, True)
    more = tab.wait_for("run-keys-more")
    others = [run for run in RUNS if run != tab.focused_run()]

    def in_sight() -> list[str]:
        found: list[str] = tab.get("run-key").evaluate_all(
            "(all) => all.filter((e) => e.offsetTop === all[0].offsetTop).map((e) => e.dataset.run)"
        )
        return found

    until(lambda: more.inner_text() == f"+{len(others) - len(in_sight())} more", "all that are left out")
    assert len(in_sight()) > 0
    listed = (more.get_attribute("title") or "").replace("\u2068", "").replace("\u2069", "").split("\n")
    assert sorted(in_sight() + listed) == sorted(others)
