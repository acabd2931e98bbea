"""Figures as files, made and opened by a real Chromium."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Literal
from xml.etree import ElementTree

import numpy as np
import pytest
from playwright.sync_api import Browser

from tensorboard_candles.errors import BadRequest, Missing, NotFound
from tensorboard_candles.figures import Theme, TrainingVisualizer
from tests.browser import chromium
from tests.figures.reading import dots_per_inch, ink, pdf_fonts, pdf_size_mm, pixels

SVG = "{http://www.w3.org/2000/svg}"

pytestmark = pytest.mark.browser


def visualizer(columns: Literal[1, 2] = 1, font: Literal["sans", "serif"] = "serif") -> TrainingVisualizer:
    values = np.random.default_rng(0).normal(size=200).cumsum()
    made = TrainingVisualizer({"loss & <b>cost</b>": values}, theme=Theme(columns=columns, font=font))
    made.plot_candles(by="steps", width=10)
    return made


def test_png_has_its_size_on_paper_and_is_not_blank(tmp_path: Path) -> None:
    written = visualizer().save_figure("candles", tmp_path / "new" / "v1.2", "png", dpi=200)
    assert written == tmp_path / "new" / "v1.2.png"
    assert pixels(written).shape[1] / dots_per_inch(written) * 25.4 == pytest.approx(85, abs=0.3)
    assert dots_per_inch(written) == pytest.approx(200, abs=0.1)
    assert 0.02 < ink(written) < 0.5


def test_pdf_has_its_size_on_paper_and_its_fonts_in_it(tmp_path: Path) -> None:
    written = visualizer(columns=2, font="sans").save_figure("candles", str(tmp_path / "candles.pdf"), "pdf")
    assert written.read_bytes().startswith(b"%PDF-")
    assert pdf_size_mm(written)[0] == pytest.approx(178, abs=0.3)
    names, embedded = pdf_fonts(written)
    assert len(names) == embedded > 0
    assert b"/Subtype /Image" not in written.read_bytes()


def test_svg_holds_text_as_text(tmp_path: Path) -> None:
    written = visualizer().save_figure("candles", tmp_path / "candles", "svg")
    texts = {"".join(one.itertext()): one for one in ElementTree.parse(written).iter(f"{SVG}text")}
    assert {"loss & <b>cost</b>", "Step (candles of 10)", "Points"} <= texts.keys()
    assert "Times New Roman" in texts["Points"].attrib["style"]


def test_what_is_drawn_in_space_is_seen_in_png_and_html(tmp_path: Path, browser: Browser) -> None:
    values = np.random.default_rng(0).normal(size=(2, 50)).cumsum(axis=1)
    made = TrainingVisualizer({"loss": values[0], "acc": values[1]}, theme=Theme(columns=1))
    made.plot_training_dynamics_3d()
    png = made.save_figure("training_dynamics_3d", tmp_path / "space", dpi=150)
    colours = pixels(png).astype(int)
    assert (colours.max(axis=2) - colours.min(axis=2) > 60).mean() > 0.001  # grid and words are grey
    html = made.save_figure("training_dynamics_3d", tmp_path / "space", "html")
    with browser.new_context(offline=True) as context:
        page = context.new_page()
        page.goto(html.as_uri())
        page.wait_for_selector(".gl-container canvas")
        assert page.locator("text=WebGL is not supported").count() == 0


def test_html_is_whole_and_opens_without_a_network(tmp_path: Path, browser: Browser) -> None:
    written = visualizer().save_figure("candles", tmp_path / "candles", "html")
    trouble = chromium.Trouble()
    asked: list[str] = []
    with browser.new_context(offline=True) as context:
        trouble.watch(context)
        context.on("request", lambda request: asked.append(request.url))
        page = context.new_page()
        page.goto(written.as_uri())
        page.wait_for_selector(".cartesianlayer .boxlayer path")
        assert page.locator(".ytitle").first.text_content() == "loss & <b>cost</b>"
    assert trouble.unexpected() == []
    assert asked == [written.as_uri()]


def test_only_what_was_made_is_saved_and_the_last_of_it(tmp_path: Path) -> None:
    made = TrainingVisualizer({"loss": [1.0], "accuracy": [0.5]})
    with pytest.raises(NotFound, match="no figure 'candles'; made so far: none yet"):
        made.save_figure("candles", tmp_path / "f", "html")
    made.plot_candles("loss")
    made.plot_candles("accuracy").update_layout(title="mine")
    with pytest.raises(NotFound, match="no figure 'loss_landscape_3d'; made so far: candles"):
        made.save_figure("loss_landscape_3d", tmp_path / "f", "html")
    content = made.save_figure("candles", tmp_path / "f", "html").read_text()
    assert '"name":"accuracy"' in content
    assert '"text":"mine"' in content


@pytest.mark.parametrize(("fmt", "dpi", "message"), [("gif", 300, "got 'gif'"), ("png", 0, "dpi must be")])
def test_format_that_there_is_not_is_refused(tmp_path: Path, fmt: str, dpi: int, message: str) -> None:
    with pytest.raises(BadRequest, match=message):
        visualizer().save_figure("candles", tmp_path / "f", fmt, dpi=dpi)
    assert list(tmp_path.iterdir()) == []


def test_missing_browser_is_told_and_leaves_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BROWSER_PATH", str(tmp_path / "no-such-browser"))
    with pytest.raises(
        Missing, match=r"needs Chromium or Chrome, and BROWSER_PATH names none.*html needs none"
    ):
        visualizer().save_figure("candles", tmp_path / "f", "png")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("package", "call", "said"),
    [
        ("plotly", "", "figures need plotly: pip install 'tensorboard_candles[figures]'"),
        (
            "kaleido",
            "; made.plot_candles(); made.save_figure('candles', 'f', 'png')",
            "png needs kaleido: pip install 'tensorboard_candles[figures]'",
        ),
    ],
)
def test_missing_package_is_told(package: str, call: str, said: str) -> None:
    script = f"import sys; sys.modules[{package!r}] = None\n"
    script += "from tensorboard_candles.figures import TrainingVisualizer\n"
    script += f"made = TrainingVisualizer({{'loss': [1.0]}}){call}"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.stderr.splitlines()[-1] == f"tensorboard_candles.errors.Missing: {said}"


def test_importing_figures_imports_no_plotly() -> None:
    script = (
        "import sys, tensorboard_candles.figures; print(*{'plotly', 'kaleido', 'scipy'} & sys.modules.keys())"
    )
    ended = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == ""
