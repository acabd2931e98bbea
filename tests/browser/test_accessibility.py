"""What axe-core finds on the tab, in its states; nothing serious may be among it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import OpenTab
from tests.browser.plots import dashboard_of, drawn_plot
from tests.browser.tab import Tab
from tests.support.server import Server

AXE = Path(__file__).parents[2] / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
GRAVE = ("serious", "critical")
RUN_AXE = """
async () => (await axe.run(document, { resultTypes: ["violations"] })).violations.map(
  ({ id, impact, nodes }) => ({ id, impact, where: nodes.map((node) => node.target.join(" ")) })
)
"""


def grave_violations(tab: Tab) -> list[dict[str, Any]]:
    tab.frame.evaluate(AXE.read_text())
    found: list[dict[str, Any]] = tab.frame.evaluate(RUN_AXE)
    return [violation for violation in found if violation["impact"] in GRAVE]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_the_dashboard(
    reopen_tab: OpenTab, trainings: Server, scheme: str
) -> None:
    tab = reopen_tab(trainings.url, color_scheme=scheme)
    tab.wait_for_candles()
    assert grave_violations(tab) == []


def test_axe_finds_nothing_serious_on_a_narrow_screen_with_the_sidebar_open(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    tab = reopen_tab(trainings.url, viewport={"width": 360, "height": 740})
    tab.wait_for_candles()
    tab.get("sidebar-toggle").click()
    assert grave_violations(tab) == []


def test_axe_finds_nothing_serious_in_the_glossary_and_the_tour(
    reopen_tab: OpenTab, trainings: Server
) -> None:
    tab = reopen_tab(trainings.url, first_visit=True)
    tab.wait_for("tour")
    tab.get("glossary-open").click()
    tab.wait_for("glossary")
    assert grave_violations(tab) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_the_palette_the_menus_and_a_data_table(
    reopen_tab: OpenTab, trainings: Server, scheme: str
) -> None:
    tab = reopen_tab(trainings.url, color_scheme=scheme)
    tab.wait_for_candles()
    tab.get("layouts").click()
    tab.get("layout Compare").click()
    tab.wait_for("notice")
    tab.widget("comparison").get_by_test_id("comparison-row").first.wait_for()
    tab.widget("comparison").get_by_test_id("widget-menu").click()
    assert grave_violations(tab) == []
    tab.frame.get_by_test_id("show-table").click()
    tab.get("add-widget").click()
    assert grave_violations(tab) == []
    tab.page.keyboard.press("Escape")
    assert grave_violations(tab) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_serious_in_a_plot(reopen_tab: OpenTab, trainings: Server, scheme: str) -> None:
    tab = reopen_tab(trainings.url, color_scheme=scheme, stored=dashboard_of("dynamics"))
    drawn_plot(tab, "dynamics")
    assert grave_violations(tab) == []


def test_axe_would_find_an_image_without_words(reopen_tab: OpenTab, trainings: Server) -> None:
    tab = reopen_tab(trainings.url)
    tab.wait_for_candles()
    tab.frame.evaluate("document.body.append(document.createElement('img'))")
    assert [violation["id"] for violation in grave_violations(tab)] == ["image-alt"]
