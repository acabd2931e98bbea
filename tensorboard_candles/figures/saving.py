"""Figures → files: html by plotly itself; png, svg and pdf by kaleido in a Chromium that it finds."""

from __future__ import annotations

import os
import struct
import typing
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from tensorboard_candles.errors import BadRequest, Missing

if TYPE_CHECKING:
    import plotly.graph_objects as go

Format = Literal["png", "svg", "pdf", "html"]
FORMATS: tuple[Format, ...] = typing.get_args(Format)
_CSS_DPI = 96
_SHARPEST = 4
"""Dots for each CSS pixel of what is drawn by WebGL, in vector files too: 384 an inch, plotly's most."""


def save(figure: go.Figure, path: str | os.PathLike[str], fmt: str, *, dpi: float = 300) -> Path:
    """Write a figure, by its size on paper, to `path`, which gets the format's suffix where it has not.

    Directories are made. Raises BadRequest for a format that there is not, Missing without kaleido or
    a browser.
    """
    if fmt not in FORMATS:
        raise BadRequest(f"fmt must be one of {', '.join(FORMATS)}, got {fmt!r}")
    if not 10 <= dpi <= 2400:
        raise BadRequest(f"dpi must be from 10 to 2400, got {dpi!r}")
    given = os.fspath(path)
    target = Path(given if given.lower().endswith(f".{fmt}") else f"{given}.{fmt}").expanduser()
    content = _html(figure) if fmt == "html" else _picture(figure, fmt, dpi / _CSS_DPI if fmt == "png" else 1)
    if fmt == "png":
        content = _sized(content, dpi)
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content)
    return target


def _html(figure: go.Figure) -> bytes:
    """A page with all that it needs: it is read without a network."""
    config = {"displaylogo": False, "toImageButtonOptions": {"format": "svg"}}
    page: str = figure.to_html(config=config, include_plotlyjs=True, include_mathjax=False)
    return page.encode()


def _picture(figure: go.Figure, fmt: str, scale: float) -> bytes:
    try:
        import kaleido
        from choreographer.errors import ChromeNotFoundError
    except ImportError as error:
        raise Missing(f"{fmt} needs kaleido: pip install 'tensorboard_candles[figures]'") from error
    spec = {**figure.to_dict(), "config": {"plotGlPixelRatio": max(scale, _SHARPEST)}}
    size = {"width": figure.layout.width, "height": figure.layout.height}
    try:
        picture: bytes = kaleido.calc_fig_sync(
            spec, opts={"format": fmt, "scale": scale, **size},
            kopts={"mathjax": False},  # which would come from the network
        )  # fmt: skip
    except ChromeNotFoundError as error:
        raise Missing(_no_browser(fmt)) from error
    return picture


def _no_browser(fmt: str) -> str:
    named = os.environ.get("BROWSER_PATH")
    where = f"BROWSER_PATH names none: {named!r}" if named else "there is none on PATH"
    return (
        f"{fmt} needs Chromium or Chrome, and {where}; install one (apt install chromium, or "
        "plotly_get_chrome) or name it in BROWSER_PATH; html needs none"
    )


def _sized(png: bytes, dpi: float) -> bytes:
    """The same picture, which says how many dots go into an inch: LaTeX and word processors go by that."""
    behind_header = 8 + 25
    per_metre = round(dpi / 0.0254)
    chunk = b"pHYs" + struct.pack(">IIB", per_metre, per_metre, 1)
    said = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    return png[:behind_header] + said + png[behind_header:]
