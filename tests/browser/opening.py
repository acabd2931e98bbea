"""Opens the tab: with a page of TensorBoard of its own, or in one that is kept from test to test."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import Browser, StorageState

from tests.browser.chromium import Trouble
from tests.browser.tab import WITHIN_SECS, Tab

DESKTOP = {"width": 1280, "height": 800}
NOTHING: Mapping[str, str] = MappingProxyType({})
# Some frames are denied storage while they are still empty.
SEEN_BEFORE = 'try { localStorage.setItem("tensorboard-candles-tour-seen", "1") } catch {}'

# The page as it was when it had just been opened, but for its frame.
FORGET = """
() => {
  localStorage.clear();
  sessionStorage.clear();
  history.replaceState(history.state, "", "#candles");
  document.activeElement?.blur();
}
"""
STORE = "(stored) => { for (const [key, value] of Object.entries(stored)) localStorage.setItem(key, value); }"


def open_page(
    browser: Browser,
    url: str,
    *,
    first_visit: bool = False,
    stored: Mapping[str, str] = NOTHING,
    **options: Any,
) -> Tab:
    """In a profile of its own, which has `stored` in its local storage; `options` are the context's."""
    context = browser.new_context(**{"viewport": DESKTOP, **options}, storage_state=_storage(url, stored))
    context.set_default_timeout(WITHIN_SECS * 1000)
    if not first_visit:
        context.add_init_script(SEEN_BEFORE)
    trouble = Trouble()
    trouble.watch(context)
    return Tab(context.new_page(), trouble, url)


def _storage(url: str, stored: Mapping[str, str]) -> StorageState:
    parts = urlsplit(url)
    return {
        "cookies": [],
        "origins": [
            {
                "origin": f"{parts.scheme}://{parts.netloc}",
                "localStorage": [{"name": name, "value": value} for name, value in stored.items()],
            }
        ],
    }


class KeptPages:
    """TensorBoard's own page takes seconds to load, our frame in it a moment: only the frame is loaded anew.

    >>> pages = KeptPages(browser)
    >>> tab = pages.open(server.url, viewport=WIDE)
    >>> pages.leave(tab)
    >>> tab = pages.open(server.url, viewport=WIDE)  # in the same page; nothing is left of what was done
    """

    def __init__(self, browser: Browser) -> None:
        self._browser = browser
        self._kept: dict[str, Tab] = {}
        self._in_use: dict[Tab, str] = {}

    def open(self, url: str, *, stored: Mapping[str, str] = NOTHING, **options: Any) -> Tab:
        key = repr((url, sorted(options.items())))
        tab = self._kept.pop(key, None)
        if tab is None:
            tab = open_page(self._browser, url, stored=stored, **options)
        else:
            tab.page.set_viewport_size(options.get("viewport", DESKTOP))
            tab.page.evaluate(STORE, dict(stored))
            tab.frame.goto(tab.page.locator("iframe").evaluate("(frame) => frame.src"))
        self._in_use[tab] = key
        return tab

    def leave(self, tab: Tab) -> list[str]:
        """Our frame's work ends; what went wrong on the page since it was opened."""
        for page in tab.page.context.pages:
            if page != tab.page:
                page.close()
        tab.page.unroute_all()
        tab.page.mouse.move(0, 0)
        tab.frame.goto("about:blank")
        tab.page.evaluate(FORGET)
        self._kept[self._in_use.pop(tab)] = tab
        return tab.trouble.taken()

    def close(self) -> None:
        for tab in [*self._kept.values(), *self._in_use]:
            tab.page.context.close()
