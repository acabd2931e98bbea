"""Chromium as Debian ships it, and what goes wrong on the pages that it shows."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Playwright, Request, Response

NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
OUR_ROUTES = "/data/plugin/candles/"
OUR_PAGE = "/data/plugin_entry.html"

# What TensorBoard's own page logs as errors, without our plugin as with it: under a path prefix it asks
# for its fonts outside of the prefix.
LOGGED_BY_TENSORBOARD = [r"console: Failed to load resource: .* 404 .*/font-roboto/\w+\.woff2\)"]

# What Chromium says of WebGL without a graphics card, and of how plotly reads its canvases.
LOGGED_BY_CHROMIUM = [
    r"console: \[\.WebGL-0x\w+\]GL Driver Message .*",
    r"console: Canvas2D: Multiple readback operations .*",
]

# In every frame, before any script of the page.
REPORT_CSP_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) => {
  console.error(`CSP violation: ${event.violatedDirective} blocked ${event.blockedURI || event.sourceFile}`);
});
"""


def launch(playwright: Playwright, *more: str) -> Browser:
    """With more arguments, as `--disable-3d-apis`: a machine without WebGL."""
    found = next(filter(None, map(shutil.which, NAMES)), None)
    assert found, f"the browser tests need Chromium; none of {', '.join(NAMES)} is on the path"
    return playwright.chromium.launch(executable_path=found, headless=True, args=[*ARGUMENTS, *more])


def is_ours(url: str) -> bool:
    return OUR_ROUTES in url or OUR_PAGE in url


@dataclass
class Trouble:
    """Everything that should not happen on a page: errors, violations, dialogs, failed requests of ours."""

    seen: list[str] = field(default_factory=list)
    allowed: list[str] = field(default_factory=list)

    def watch(self, context: BrowserContext) -> None:
        context.add_init_script(REPORT_CSP_VIOLATIONS)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.seen.append(f"uncaught: {error.error}"))
        context.on("dialog", self._dialog)
        context.on("requestfailed", self._request_failed)
        context.on("response", self._response)

    def allow(self, pattern: str) -> None:
        """What a test provokes: a regular expression for all of one line of `seen`."""
        self.allowed.append(pattern)

    def unexpected(self) -> list[str]:
        patterns = [*LOGGED_BY_TENSORBOARD, *LOGGED_BY_CHROMIUM, *self.allowed]
        return [line for line in self.seen if not any(re.fullmatch(p, line, re.DOTALL) for p in patterns)]

    def taken(self) -> list[str]:
        """What was unexpected, which is forgotten together with what was allowed."""
        found = self.unexpected()
        self.seen.clear()
        self.allowed.clear()
        return found

    def has(self, pattern: str) -> bool:
        return any(re.fullmatch(pattern, line, re.DOTALL) for line in self.seen)

    def _console(self, message: ConsoleMessage) -> None:
        where = message.location["url"]
        if message.type == "error" or (message.type == "warning" and is_ours(where)):
            self.seen.append(f"console: {message.text} ({where})")

    def _dialog(self, dialog: Dialog) -> None:
        self.seen.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _request_failed(self, request: Request) -> None:
        # A request that our own code gives up, because the view has moved on, has not failed.
        if is_ours(request.url) and request.failure != "net::ERR_ABORTED":
            self.seen.append(f"failed: {request.url} ({request.failure})")

    def _response(self, response: Response) -> None:
        if is_ours(response.url) and response.status >= 400:
            self.seen.append(f"status {response.status}: {response.url}")


OpenContext = Callable[..., BrowserContext]
