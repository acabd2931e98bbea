"""Make the pictures of docs/live.md and docs/experiments.md: python scripts/screenshots_live.py

Runs the demo of live training on the digits and opens the tab in Chromium. It needs PyTorch: take the Python
of .venv-frameworks.
"""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from demo.fashion_mnist.dashboard import Dashboard  # noqa: E402  (only now is the repository on the path)
from tests.browser import chromium  # noqa: E402
from tests.browser.opening import open_page  # noqa: E402
from tests.browser.plots import dashboard_of  # noqa: E402
from tests.browser.tab import Tab  # noqa: E402
from tests.support.server import eventually  # noqa: E402

DOCS = ROOT / "docs"
WIDE: ViewportSize = {"width": 1440, "height": 1000}
ONE: ViewportSize = {"width": 1100, "height": 560}
TALL: ViewportSize = {"width": 1100, "height": 1100}
PORT = 7470
RUN = "fashion/wide-adam"
STEPS = 60
PAINT_MS = 3000


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        said = Path(directory, "demo.txt")
        command = [sys.executable, "-m", "demo.fashion_mnist", "--data", "digits", "--port", str(PORT)]
        with said.open("wb") as output:
            demo = subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=output)
        try:
            find = r"http://\S+p\.candles\.view=\S+"
            (link,) = eventually(lambda: re.findall(find, said.read_text()), within_secs=300, what="the link")
            dashboard = Dashboard(f"http://localhost:{PORT}/")
            eventually(lambda: _step(dashboard) > STEPS, within_secs=300, every_secs=1.0, what="some epochs")
            take_all(chromium.launch(playwright), link, dashboard)
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait()


def take_all(browser: Browser, link: str, dashboard: Dashboard) -> None:
    _control(browser, dashboard)
    _experiments(browser, dashboard)
    _two_models(browser, link)
    browser.close()


def _step(dashboard: Dashboard) -> int:
    if all(run["name"] != RUN for run in dashboard.get("runs")["runs"]):
        return 0
    (found,) = dashboard.get("control", run=RUN)["control"]
    return int((found["status"] or {"progress": {"step": 0}})["progress"]["step"] or 0)


def _two_models(browser: Browser, link: str) -> None:
    tab = open_page(browser, link.partition("#")[0], viewport=WIDE)
    tab.page.goto("about:blank")  # or it would be a change of the fragment alone
    tab.page.goto(link)
    tab.wait_for("opened-from-link").get_by_role("button", name="Keep this one").click()
    tab.widget("stats").get_by_test_id("stat").first.wait_for()
    _take(tab, "live-two-models")


def _control(browser: Browser, dashboard: Dashboard) -> None:
    """A learning rate that was changed, a checkpoint and predictions."""
    tab = open_page(browser, dashboard.url, viewport=ONE, stored=dashboard_of("control"))
    control = tab.widget("control")
    control.get_by_test_id("control-run").select_option(f"={RUN}")
    control.get_by_test_id("parameter-lr").get_by_role("textbox").fill("0.0001")
    control.get_by_test_id("set-lr").click()
    for command in ("checkpoint", "predict"):
        control.get_by_test_id(f"command-{command}").click()
    for command in ("set", "checkpoint", "predict"):
        done = f'[data-testid="told"][data-command="{command}"][data-state="done"]'
        control.locator(done).first.wait_for(timeout=60_000)
    _take(tab, "live-control", "control")


def _experiments(browser: Browser, dashboard: Dashboard) -> None:
    """A grid that is about to be started."""
    tab = open_page(browser, dashboard.url, viewport=TALL, stored=dashboard_of("experiments"))
    experiments = tab.widget("experiments")
    experiments.get_by_test_id("start-form").wait_for()
    experiments.get_by_test_id("experiment").select_option("train")
    experiments.get_by_test_id("field-lr").get_by_role("textbox").fill("0.0003, 0.001, 0.003")
    experiments.get_by_test_id("field-dropout").get_by_role("textbox").fill("0.1, 0.4")
    _take(tab, "experiments", "experiments")


def _take(tab: Tab, name: str, kind: str | None = None) -> None:
    tab.page.wait_for_timeout(PAINT_MS)
    path = DOCS / f"{name}.png"
    (tab.widget(kind) if kind else tab.page).screenshot(path=path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")
    tab.page.context.close()


if __name__ == "__main__":
    main()
