"""A dashboard that is open."""

from __future__ import annotations

import pytest

from tests.browser.conftest import OpenTab
from tests.browser.dashboard.board import WINDOW, apply_layout
from tests.browser.tab import WITHIN_SECS, Tab
from tests.support.server import Server


@pytest.fixture
def tab(trainings: Server, reopen_tab: OpenTab) -> Tab:
    opened = reopen_tab(trainings.url, viewport=WINDOW)
    opened.wait_for_candles()
    return opened


@pytest.fixture
def comparing(tab: Tab) -> Tab:
    """Three widgets in sight: a comparison over a line and candles side by side."""
    apply_layout(tab, "Compare")
    tab.widget("line").get_by_test_id("line-chart").wait_for(timeout=WITHIN_SECS * 1000)
    return tab
