"""Prices of any size: candles and axis look as they do where prices are about 1."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from tests.browser.conftest import OpenTab, StartServer
from tests.browser.tab import Tab, until
from tests.support import records

POINTS = 500
SIZES = {"loss/usual": 1.0, "loss/huge": 1e34, "loss/tiny": 1e-36}
CANDLES = ((217, 45, 63), (11, 138, 108))
VOLUME = ((179, 188, 203),)
TEXT_DARKER_THAN = 140


@pytest.fixture
def tab(open_tab: OpenTab, tensorboard_server: StartServer, tmp_path: Path) -> Tab:
    noise = np.random.default_rng(0).normal(size=POINTS)
    values = 2 + np.sin(np.arange(POINTS) / 40) + 0.2 * noise
    content = [records.version_record()]
    for tag, size in SIZES.items():
        content += [records.scalar_record(tag, step=s, value=v * size) for s, v in enumerate(values)]
    records.write_run(tmp_path, "run", b"".join(content))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="run", tag="loss/tiny", points=POINTS)
    opened = open_tab(server.url)
    opened.wait_for_candles()
    return opened


def shown(tab: Tab, tag: str) -> npt.NDArray[np.int16]:
    tab.choose_tag(tag)
    until(lambda: tab.title() == f"{tag} run", "the tag")
    tab.wait_for_candles()
    tab.wait_for_paint(CANDLES[0], least=100)
    return np.asarray(tab.picture(), dtype=np.int16)


def heights(pixels: npt.NDArray[np.int16], colours: tuple[tuple[int, ...], ...]) -> list[int]:
    """The uppermost and the lowest row of some colours."""
    near = [np.abs(pixels - np.array(colour)).max(axis=2) < 24 for colour in colours]
    rows = np.flatnonzero(np.logical_or.reduce(near).sum(axis=1) > 0)
    return [int(rows[0]), int(rows[-1])]


def written(pixels: npt.NDArray[np.int16]) -> int:
    """How much of it is as dark as text."""
    return int((pixels.max(axis=2) < TEXT_DARKER_THAN).sum())


def test_huge_and_tiny_prices_are_drawn_as_usual_ones_are(tab: Tab) -> None:
    usual = shown(tab, "loss/usual")
    plot_px = int(float(tab.attributes()["data-plot-px"]))
    foot = heights(usual, CANDLES)[1]
    for tag in ("loss/huge", "loss/tiny"):
        pixels = shown(tab, tag)
        assert heights(pixels, CANDLES) == pytest.approx(heights(usual, CANDLES), abs=1), tag
        volumes = [heights(picture[foot:, :plot_px], VOLUME) for picture in (pixels, usual)]
        assert volumes[0] == pytest.approx(volumes[1], abs=1), tag
        assert written(pixels[:, plot_px + 4 :]) > 0.7 * written(usual[:, plot_px + 4 :]), tag
