"""Make the pictures of docs/ from the real tab: python scripts/screenshots.py

Trains the demo, serves it with TensorBoard and opens the tab in Chromium.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from playwright.sync_api import Browser, Locator, ViewportSize, sync_playwright

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from demo.train import POISONED_BATCH  # noqa: E402  (only now is the repository on the path)
from tests.browser import chromium  # noqa: E402
from tests.browser.opening import SEEN_BEFORE, open_page  # noqa: E402
from tests.browser.plots import dashboard_of, drawn_plot  # noqa: E402
from tests.browser.tab import Tab  # noqa: E402
from tests.support.server import serving  # noqa: E402

DOCS = ROOT / "docs"
WIDE: ViewportSize = {"width": 1440, "height": 810}
SQUARE: ViewportSize = {"width": 1240, "height": 840}
NARROW: ViewportSize = {"width": 390, "height": 844}
POISONED = "digits/poisoned"
EPOCHS, BATCHES = 40, 45
SPIKE_STEP = EPOCHS // 2 * BATCHES + POISONED_BATCH
PAINT_MS = 1500

Scheme = Literal["light", "dark"]
Scene = Callable[[Tab], None]


def main() -> None:
    with tempfile.TemporaryDirectory() as directory, sync_playwright() as playwright:
        logdir = Path(directory, "runs")
        train = [sys.executable, "-m", "demo.train", "--logdir", str(logdir), "--epochs", str(EPOCHS)]
        subprocess.run(train, cwd=ROOT, check=True)
        browser = chromium.launch(playwright)
        with serving(logdir, Path(directory, "tensorboard.txt")) as server:
            server.wait_loaded(run=POISONED, tag="train/loss", points=EPOCHS * BATCHES)
            for name, scene, viewport, scheme in PICTURES:
                with _opened(browser, server.url, viewport, scheme) as tab:
                    scene(tab)
                    _take(tab, f"dashboard-{name}")
            for kind, settings in WIDGETS:
                _take_widget(browser, server.url, kind, settings)
        _of_demo(browser, "demo.sweep", Path(directory, "sweep"), "hyperparameters", {"tag": "val/loss"})
        if find_spec("torch"):
            _of_demo(browser, "demo.model_costs", Path(directory, "costs"), "complexity", {})
            train = [sys.executable, "-m", "demo.attention", "--logdir", f"{directory}/attention"]
            subprocess.run([*train, "--epochs", "20"], cwd=ROOT, check=True)
            attention(browser, Path(directory, "attention"))
            logdir = Path(directory, "models")
            two_models(logdir)
            said_and_predicted(browser, logdir)
        else:
            print(f"{', '.join(NEED_TORCH)} are as they were: their demos need torch")
        browser.close()


def _of_demo(browser: Browser, program: str, logdir: Path, kind: str, settings: dict[str, object]) -> None:
    """A widget, of what a demo of its own logs."""
    subprocess.run([sys.executable, "-m", program, "--logdir", str(logdir)], cwd=ROOT, check=True)
    with serving(logdir, logdir / "tensorboard.txt") as server:
        server.wait_loaded()
        _take_widget(browser, server.url, kind, settings)


def _take_widget(browser: Browser, url: str, kind: str, settings: dict[str, object]) -> None:
    tab = open_page(browser, url, viewport=SQUARE, stored=dashboard_of(kind, settings))
    drawn_plot(tab, kind)
    if kind in OPENED:
        tab.widget(kind).get_by_test_id(OPENED[kind]).first.click()
    _take(tab, kind, tab.widget(kind))
    tab.page.context.close()


def attention(browser: Browser, logdir: Path) -> None:
    """What the heads of `demo.attention` have come to look at."""
    with serving(logdir, logdir / "tensorboard.txt") as server:
        server.wait_loaded()
        tab = open_page(browser, server.url, viewport=SQUARE, stored=dashboard_of("attention"))
        tab.widget("attention").get_by_test_id("attention-grid").wait_for()
        _take(tab, "attention", tab.widget("attention"))
        tab.page.context.close()


def two_models(logdir: Path) -> None:
    """Two CNNs, on the digits that need no download."""
    for optimizer, lr in (("adam", "0.001"), ("sgd", "0.05")):
        program = [sys.executable, "-m", "demo.fashion_mnist.train", "--data", "digits", "--epochs", "4"]
        one = ["--logdir", str(logdir), "--run", optimizer, "--optimizer", optimizer, "--lr", lr]
        subprocess.run([*program, *one], cwd=ROOT, check=True)


def said_and_predicted(browser: Browser, logdir: Path) -> None:
    """What they said, what they took digits for, and what they took of the machine."""
    with serving(logdir, logdir / "tensorboard.txt") as server:
        server.wait_loaded()
        for kind, part, rows in (("logs", "log-line", 6), ("outputs", "example", 9), ("stats", "stat", 4)):
            tab = open_page(browser, server.url, viewport=SQUARE, stored=dashboard_of(kind, rows=rows))
            tab.widget(kind).get_by_test_id(part).first.wait_for()
            if kind == "outputs":
                tab.widget(kind).get_by_test_id("time").focus()
                tab.page.keyboard.press("Home")  # where there are mistakes
            _take(tab, kind, tab.widget(kind))
            tab.page.context.close()


def _take(tab: Tab, name: str, part: Locator | None = None) -> None:
    tab.page.wait_for_timeout(PAINT_MS)
    path = DOCS / f"{name}.png"
    (part or tab.page).screenshot(path=path)
    print(f"{path.relative_to(ROOT)}: {path.stat().st_size // 1024} KB")


@contextmanager
def _opened(browser: Browser, url: str, viewport: ViewportSize, scheme: Scheme) -> Iterator[Tab]:
    context = browser.new_context(viewport=viewport, color_scheme=scheme)
    context.add_init_script(SEEN_BEFORE)
    tab = Tab(context.new_page(), chromium.Trouble(), url)
    tab.wait_for_candles()
    yield tab
    context.close()


def the_spike(tab: Tab) -> None:
    """The whole run on a log scale, with the crosshair on the candle of the poisoned batch."""
    tab.focus(POISONED)
    tab.pick("scale", "scale-log")
    tab.wait_for_candles()
    tab.hover(SPIKE_STEP)


def narrow(tab: Tab) -> None:
    """A phone."""
    tab.pick("scale", "scale-log")
    tab.page.keyboard.press("Escape")
    tab.wait_for_candles()


def down_to_the_step(tab: Tab) -> None:
    """After a click on the wick."""
    the_spike(tab)
    x, _ = tab.place(SPIKE_STEP)
    box = tab.chart.bounding_box()
    assert box is not None
    # high up, where the high is nearer than the low
    tab.page.mouse.click(x, box["y"] + 0.1 * box["height"])
    tab.wait_for("spot-note")


def comparing(tab: Tab) -> None:
    """The layout for that."""
    tab.focus(POISONED)
    tab.get("layouts").click()
    tab.get("layout Compare").click()
    tab.wait_for_candles()
    tab.get("notice").get_by_role("button").last.click()
    tab.leave_chart()


PICTURES: tuple[tuple[str, Scene, ViewportSize, Scheme], ...] = (
    ("light", the_spike, WIDE, "light"),
    ("dark", the_spike, WIDE, "dark"),
    ("narrow", narrow, NARROW, "dark"),
    ("comparing", comparing, WIDE, "light"),
    ("spike", down_to_the_step, WIDE, "light"),
)

# Each alone on a dashboard, as docs/<kind>.png.
WIDGETS: tuple[tuple[str, dict[str, object]], ...] = (
    ("dynamics", {"log": True}),
    ("correlation", {"method": "spearman"}),
    ("convergence", {"tag": "val/loss"}),
)
NEED_TORCH = ("attention.png", "complexity.png", "logs.png", "outputs.png", "stats.png")
# What is clicked first.
OPENED = {"correlation": "pair"}

if __name__ == "__main__":
    main()
