"""The tag of one widget, picked in its title."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab
from tests.browser.logs import ACCURACY, GRAD_NORM, LOSS, POISONED
from tests.browser.tab import Tab, until
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url)
    opened.wait_for_candles()
    return opened


def options(tab: Tab) -> list[str]:
    found: list[str] = tab.get("tag-option").evaluate_all("(all) => all.map((e) => e.dataset.tag)")
    return found


def wait_for_title(tab: Tab, tag: str) -> None:
    until(lambda: tab.title() == f"{tag} {POISONED}", f"the title {tag}")


def test_a_tag_of_its_own_stays_until_the_widget_follows_the_sidebar_again(tab: Tab) -> None:
    tab.get("tag-picker").click()
    tab.wait_for("tag-search")
    assert options(tab) == ["", "epoch", GRAD_NORM, ACCURACY, LOSS]
    tab.get("tag-option").filter(has_text=ACCURACY).click()
    wait_for_title(tab, ACCURACY)
    until(lambda: tab.get("tag-option").count() == 0, "the closed list")
    assert tab.chosen_tag() == LOSS
    tab.choose_tag(GRAD_NORM)
    assert tab.title() == f"{ACCURACY} {POISONED}"
    tab.page.reload()
    tab.wait_for_candles()
    wait_for_title(tab, ACCURACY)
    tab.get("tag-picker").click()
    tab.get("tag-option").first.click()
    wait_for_title(tab, GRAD_NORM)


def test_a_tag_is_found_and_picked_by_keys_alone(tab: Tab) -> None:
    tab.get("tag-picker").focus()
    tab.page.keyboard.press("Enter")
    tab.wait_for("tag-search")
    tab.page.keyboard.type("accu")
    until(lambda: options(tab) == ["", ACCURACY], "one tag")
    tab.page.keyboard.press("Enter")
    wait_for_title(tab, ACCURACY)
    tab.page.keyboard.press("Enter")
    tab.wait_for("tag-search")
    tab.page.keyboard.press("Escape")
    until(lambda: tab.get("tag-search").count() == 0, "the closed list")
    tab.page.keyboard.press("Enter")
    tab.wait_for("tag-search")
    tab.page.keyboard.press("ArrowDown")
    tab.page.keyboard.press("ArrowUp")
    tab.page.keyboard.press("Enter")
    wait_for_title(tab, LOSS)
