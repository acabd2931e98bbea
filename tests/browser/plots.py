"""Widgets that draw with plotly, each alone on a dashboard."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType

from playwright.sync_api import Locator

from tests.browser.tab import Tab, until

NO_SETTINGS: Mapping[str, object] = MappingProxyType({})


def dashboard_of(
    kind: str, settings: Mapping[str, object] = NO_SETTINGS, *, rows: int = 10
) -> dict[str, str]:
    """For a browser's storage, `open_tab(…, stored=…)`: a dashboard of one widget over all of its width.

    >>> dashboard_of("line")
    {'tensorboard-candles /data/plugin/candles/ dashboard': '{"version": 1, "active": 0, "tabs": [...]}'}
    """
    widget = {"type": kind, "x": 0, "y": 0, "w": 12, "h": rows, "settings": dict(settings)}
    layout = {"version": 1, "active": 0, "tabs": [{"name": "One", "widgets": [widget]}]}
    return {"tensorboard-candles /data/plugin/candles/ dashboard": json.dumps(layout)}


def drawn_plot(tab: Tab, kind: str, *, least: int = 1) -> Locator:
    """The widget's plot, once it has been drawn so often and all that it asked for is there."""
    widget = tab.widget(kind)
    plot = widget.get_by_test_id("plot").first

    def is_drawn() -> bool:
        busy = widget.locator('[data-testid="analysis"][aria-busy="true"]').count()
        return busy == 0 and drawings(plot) >= least

    until(is_drawn, f"a plot in the widget {kind}")
    return plot


def drawings(plot: Locator) -> int:
    """How often it has been drawn since it came into sight."""
    return int(plot.get_attribute("data-drawings") or 0) if plot.count() else 0
