"""The legend below the candles."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest

from tests.browser import logs
from tests.browser.conftest import OpenTab, StartServer
from tests.browser.lines import open_widgets
from tests.browser.tab import until

RUNS = [f"sweep/learning-rate={number}/seed={number}" for number in range(9)]
# At one instant, for a name gives way as others come.
SHOWS_ITS_END = """
(name) => {
  const [all, end] = [name, name.querySelector(".name-tail")].map((e) => e.getBoundingClientRect());
  return all.left < end.right && end.right <= all.right;
}
"""


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


@pytest.mark.parametrize("width", [1280, 1600])
def test_of_long_run_names_the_end_is_in_sight_and_the_whole_in_the_hint(
    tensorboard_server: StartServer, open_tab: OpenTab, tmp_path: Path, width: int
) -> None:
    runs = [f"resnet50-imagenet-lr0.0003-wd0.05-batch1024-cosine-schedule-seed{i}" for i in range(2)]
    for run in runs:
        logs.write_short_run(tmp_path, run)
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run=runs[-1], points=200)
    tab = open_widgets(open_tab, server.url, ["candles", "line"], viewport={"width": width, "height": 800})
    for names in (".candles .title .run-name", ".run-key", ".line-chip"):
        named = tab.frame.locator(names).first
        named.wait_for()
        until(partial(named.evaluate, SHOWS_ITS_END), f"the end of {names}")
        assert named.locator(".name-tail").inner_text() in {run[-10:] for run in runs}
        hint = named.locator("xpath=ancestor-or-self::*[@title][1]").get_attribute("title") or ""
        assert any(run in hint for run in runs)
