"""Names that would be markup or script, were they not shown as text."""

from __future__ import annotations

from pathlib import Path

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until
from tests.support import records

IMAGE = "<img src=x onerror=window.pwned=1>"
SCRIPT = '"><script>window.pwned=2</script>'
LONG = f"{'long' * 40}/{'name' * 35}"
EMOJI = "🔥 ünï-cödé 日本語 \u202eright to left"
QUOTES = "'quotes' \"of\" `all` {{kinds}} ${sorts} &amp; %41"
NAMES = [IMAGE, SCRIPT, LONG, EMOJI, QUOTES]

FOREIGN_ELEMENTS = """() => ({
  elements: document.querySelectorAll("#candles img, #candles script, #candles iframe").length,
  pwned: [window.pwned, window.parent.pwned].filter((value) => value !== undefined),
})"""


def assert_nothing_injected(tab: Tab) -> None:
    assert tab.frame.evaluate(FOREIGN_ELEMENTS) == {"elements": 0, "pwned": []}


def test_hostile_names_are_shown_as_text_and_nothing_else(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    for number, run in enumerate(NAMES):
        points = [
            records.scalar_record(tag, step=s, value=float(number + s)) for tag in NAMES for s in range(9)
        ]
        # Damaged as well, so that the name is also in the list of problems.
        damaged = points[-1][:-1] + bytes([points[-1][-1] ^ 1])
        records.write_run(tmp_path, run, b"".join([records.version_record(), *points, damaged, points[-1]]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    tab = open_tab(server.url)
    tab.wait_for_candles()
    until(lambda: sorted(tab.runs()) == sorted(NAMES), "all runs")
    until(lambda: sorted(tab.tags()) == sorted(NAMES), "all tags")
    for name in NAMES:
        assert tab.run_item(name).locator(".name").text_content() == name
        assert name.endswith(tab.tag_item(name).locator(".name").text_content() or "?")
        tab.choose_tag(name)
        tab.focus(name)
        assert tab.frame.locator(".title .tag-name").text_content() == name
        assert tab.frame.locator(".title .run-name").text_content() == name
        tab.hover(4)
        tab.wait_for_value("count", 1)
    tab.get("problems").get_by_role("button").click()
    problems = tab.get("problems").text_content() or ""
    assert all(name in problems for name in NAMES)
    assert_nothing_injected(tab)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.frame.evaluate(overflow) == 0
