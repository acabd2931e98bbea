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


def damaged_run(tags: list[str], *, values_from: int = 0) -> bytes:
    """Nine points of each tag, and a damaged record, so that the run is in the list of problems."""
    points = [
        records.scalar_record(tag, step=step, value=float(values_from + step))
        for tag in tags
        for step in range(9)
    ]
    damaged = points[-1][:-1] + bytes([points[-1][-1] ^ 1])
    return b"".join([records.version_record(), *points, damaged, points[-1]])


def test_hostile_names_are_shown_as_text_and_nothing_else(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    for number, run in enumerate(NAMES):
        records.write_run(tmp_path, run, damaged_run(NAMES, values_from=number))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    tab = open_tab(server.url)
    tab.wait_for_candles()
    until(lambda: sorted(tab.runs()) == sorted(NAMES), "all runs")
    until(lambda: sorted(tab.tags()) == sorted(NAMES), "all tags")
    measure = "(rows) => rows.map((row) => row.getBoundingClientRect().height)"
    heights = tab.get("run-item").evaluate_all(measure)
    assert set(heights) == {heights[0]}, "rows of one height"
    for name in NAMES:
        assert tab.run_item(name).locator(".name").text_content() == name
        assert name.endswith(tab.tag_item(name).locator(".name").text_content() or "?")
        tab.choose_tag(name)
        tab.focus(name)
        assert tab.widget("candles").locator(".title .tag-name").text_content() == name
        assert tab.widget("candles").locator(".title .run-name").text_content() == name
        tab.hover(4)
        tab.wait_for_value("count", 1)
    tab.get("problems").get_by_role("button").click()
    problems = tab.get("problems")
    until(lambda: all(name in (problems.text_content() or "") for name in NAMES), "problems of all runs")
    assert_nothing_injected(tab)
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert tab.frame.evaluate(overflow) == 0


REVERSED_LETTERS = """(element) => {
  const text = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const left = (node, at) => {
    const range = document.createRange();
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    return range.getBoundingClientRect().left;
  };
  const reversed = [];
  while (text.nextNode()) {
    const node = text.currentNode;
    const at = node.data.search("checksum");
    if (at >= 0 && left(node, at) > left(node, at + 7)) reversed.push(node.data);
  }
  return reversed;
}"""


def test_a_name_that_turns_the_direction_of_writing_turns_nothing_beside_it(
    tmp_path: Path, tensorboard_server: StartServer, open_tab: OpenTab
) -> None:
    records.write_run(tmp_path, "\u202egnirts", damaged_run(["loss"]))
    tab = open_tab(tensorboard_server(tmp_path).url)
    tab.wait_for_candles()
    problems = tab.wait_for("problems")
    problems.get_by_role("button").click()
    until(lambda: "checksum mismatch" in problems.inner_text(), "the list of problems")
    assert problems.evaluate(REVERSED_LETTERS) == []
