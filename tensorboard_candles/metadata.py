"""What the writer and the reader agree on: names, kinds and versions of our own summaries.

A `candles` summary is a standard `Summary.Value` whose plugin is `candles` and whose plugin content
says what it holds, so that TensorBoard's other tabs pass it by:

>>> plugin_content("epoch")
b'{"kind": "epoch", "version": 1}'
"""

from __future__ import annotations

import json

VERSION = "0.1.0"

PLUGIN_NAME = "candles"

CONTENT_VERSION = 1
"""Version of the plugin content below; a reader passes by what is newer than it knows."""

EPOCH_KIND = "epoch"
"""Epoch mark: a rank-0 int64 tensor, the epoch that begins at the event's step."""

EPOCH_TAG = "candles/epoch"
"""The tag that the Tracker writes its epoch marks under."""


def plugin_content(kind: str) -> bytes:
    """Plugin content of a `candles` summary of this kind, as bytes of JSON."""
    return json.dumps({"kind": kind, "version": CONTENT_VERSION}).encode()


def kind_of(content: bytes) -> str | None:
    """Kind named by a `candles` plugin content; None where this version can't know it.

    >>> kind_of(plugin_content("epoch"))
    'epoch'
    >>> kind_of(b"not json") is None
    True
    """
    try:
        decoded = json.loads(content)
    except ValueError:
        return None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("kind"), str):
        return None
    known = isinstance(decoded.get("version"), int) and decoded["version"] <= CONTENT_VERSION
    return decoded["kind"] if known else None
