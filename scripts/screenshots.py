"""Make the pictures of docs/ from the real tab: python scripts/screenshots.py

Trains the demo, serves it with TensorBoard and opens the tab in Chromium.
"""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Frame, Page, sync_playwright

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
CHROMIUM_FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
POISONED = "digits/poisoned"
SPIKE = 10.0
PAINT_MS = 1500


def main() -> None:
    DOCS.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as logdir:
        train = [sys.executable, "-m", "demo.train", "--logdir", logdir, "--epochs", "40"]
        subprocess.run(train, cwd=ROOT, check=True)
        with _tensorboard(logdir) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=shutil.which("chromium"), args=CHROMIUM_FLAGS
            )
            for scheme in ("light", "dark"):
                page = browser.new_page(
                    viewport={"width": 1440, "height": 810},
                    color_scheme=scheme,
                )
                _take(page, url, DOCS / f"candles-{scheme}.png")
            browser.close()


def _take(page: Page, url: str, path: Path) -> None:
    page.goto(f"{url}/#candles")
    page.wait_for_selector("iframe")
    tab = next(frame for frame in page.frames if "plugin_entry" in frame.url)
    tab.locator(f'[data-testid="run-item"][data-run="{POISONED}"]').click()
    tab.wait_for_selector('[data-testid="chart"][data-candles]')
    _point_at_spike(page, tab)
    page.wait_for_timeout(PAINT_MS)
    page.screenshot(path=path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


def _point_at_spike(page: Page, tab: Frame) -> None:
    """Put the crosshair on the candle of the poisoned batch: along the chart until its high is read out."""
    tab.get_by_role("button", name="Log", exact=True).click()
    page.wait_for_timeout(PAINT_MS)
    box = tab.locator('[data-testid="chart"]').bounding_box()
    if box is None:
        raise SystemExit("the chart is not on screen")
    high = tab.locator('[data-testid="readout-high"]')
    for x in range(int(box["width"] * 0.3), int(box["width"]), 2):
        page.mouse.move(box["x"] + x, box["y"] + 0.25 * box["height"])
        if float(high.get_attribute("data-value") or "nan") > SPIKE:
            return
    raise SystemExit("the chart shows no spike")


@contextmanager
def _tensorboard(logdir: str) -> Iterator[str]:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "tensorboard.main", "--logdir", logdir, "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        url = f"http://127.0.0.1:{port}"
        try:
            _wait_until_served(f"{url}/data/plugin/candles/runs", process)
            yield url
        finally:
            process.terminate()


def _wait_until_served(url: str, process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:
        try:
            with urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except URLError:
            continue
    raise SystemExit("TensorBoard did not start")


if __name__ == "__main__":
    main()
