"""The address of the tab with what is to be seen there: two models side by side, and how to steer them."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Sequence
from typing import Any

_LOSS = {"tag": "train/loss", "axis": "epochs", "scale": "log"}
_ACCURACY = {"tag": "train/accuracy", "axis": "epochs"}
_TWO_MODELS: tuple[tuple[str, int, int, int, int, dict[str, Any]], ...] = (
    ("progress", 0, 0, 8, 3, {}),
    ("control", 8, 0, 4, 6, {}),
    ("line", 0, 3, 4, 6, _LOSS),
    ("line", 4, 3, 4, 6, _ACCURACY),
    ("arguments", 8, 6, 4, 3, {"onlyDifferences": True}),
    ("logs", 0, 9, 6, 6, {}),
    ("stats", 6, 9, 6, 6, {}),
    ("outputs", 0, 15, 6, 8, {}),
    ("experiments", 6, 15, 6, 8, {}),
)


def link(url: str, runs: Sequence[str]) -> str:
    """The tab with these runs checked, as "Copy link" would make it."""
    widgets = [
        {"type": kind, "x": x, "y": y, "w": w, "h": h, "settings": settings}
        for kind, x, y, w, h, settings in _TWO_MODELS
    ]
    view = {
        "version": 1,
        "active": 0,
        "tabs": [{"name": "Two models", "widgets": widgets}],
        "picked": {"checked": list(runs), "focus": runs[0], "tag": "train/loss"},
    }
    return f"{url.rstrip('/')}/#candles&p.candles.view={_packed(view)}"


def _packed(view: dict[str, Any]) -> str:
    """Deflated, in the letters that need no escape: see frontend/src/base/pack.ts."""
    deflate = zlib.compressobj(9, wbits=-15)
    content = deflate.compress(json.dumps(view).encode()) + deflate.flush()
    return base64.urlsafe_b64encode(content).decode().rstrip("=")
