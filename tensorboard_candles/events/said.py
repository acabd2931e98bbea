"""What a writer says of its tags: which way is better, in what unit, and what stands for their volume."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from tensorboard_candles import metadata

Polarity = Literal["lower_is_better", "higher_is_better"]

MOST_SAID_BYTES = 4 << 20
"""Of one description; ten thousand tags take a quarter of it."""
_MOST_TAGS = 100_000
_LONGEST_UNIT = 24
_LONGEST_TAG = 1 << 12


@dataclass(frozen=True, slots=True)
class TagInfo:
    """What is said of one tag; None where nothing is."""

    polarity: Polarity | None = None
    unit: str | None = None
    """As it is to be shown: short, and of one line."""
    volume: str | None = None
    """The tag whose mean per candle is this one's volume; there may be none of that name."""

    def overruled_by(self, later: TagInfo) -> TagInfo:
        """Key by key.

        >>> TagInfo("lower_is_better", "nats").overruled_by(TagInfo(unit="bits"))
        TagInfo(polarity='lower_is_better', unit='bits', volume=None)
        """
        values = ((one.name, getattr(later, one.name)) for one in fields(TagInfo))
        return replace(self, **{name: value for name, value in values if value is not None})


Said = Mapping[str, TagInfo]
"""By tag."""


def overruled(known: Said, later: Said) -> Said:
    """All that is said by one and then by the other.

    >>> overruled({"loss": TagInfo(unit="nats")}, {"loss": TagInfo(volume="norm")})
    {'loss': TagInfo(polarity=None, unit='nats', volume='norm')}
    """
    if not known or not later:
        return known or later
    both = dict(known)
    for tag, info in later.items():
        if tag in both:
            both[tag] = both[tag].overruled_by(info)
        elif len(both) < _MOST_TAGS:
            both[tag] = info
    return both


def said_in(text: bytes) -> Said:
    """What a description of `metadata.TAGS_KIND` says; what can't be understood of it is passed by.

    >>> said_in(b'{"acc": {"polarity": "higher_is_better", "unit": "%", "colour": 7}, "loss": 3}')
    {'acc': TagInfo(polarity='higher_is_better', unit='%', volume=None)}
    >>> said_in(b'[[[') or said_in(b'{"acc": {"polarity": "sideways"}}')
    {}
    """
    if len(text) > MOST_SAID_BYTES:
        return {}
    try:
        decoded = json.loads(text.decode())
    except (ValueError, RecursionError):
        return {}
    return dict(_infos(decoded)) if isinstance(decoded, dict) else {}


def _infos(decoded: Mapping[str, Any]) -> Iterator[tuple[str, TagInfo]]:
    for tag, about in decoded.items():
        if isinstance(about, dict) and len(tag) <= _LONGEST_TAG and (info := info_of(about)) != TagInfo():
            yield tag, info


def info_of(about: Mapping[str, Any]) -> TagInfo:
    """What an object says of its tag."""
    polarity, unit, volume = (about.get(key) for key in ("polarity", "unit", "volume"))
    return TagInfo(
        polarity if polarity in metadata.POLARITIES else None,
        _shown(unit) if isinstance(unit, str) else None,
        volume if isinstance(volume, str) and 0 < len(volume) <= _LONGEST_TAG else None,
    )


def _shown(unit: str) -> str:
    """Words of a unit, without what changes the look of what stands beside it.

    >>> _shown(" ms\\n"), _shown("\\u202egnihtyna"), _shown("x" * 1000) == "x" * 23 + "…"
    ('ms', 'gnihtyna', True)
    """
    words = " ".join(unit[: 1 << 10].split())
    shown = "".join(letter for letter in words if letter.isprintable())
    return shown if len(shown) <= _LONGEST_UNIT else shown[: _LONGEST_UNIT - 1] + "…"
