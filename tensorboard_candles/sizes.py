"""Amounts of memory as people write them."""

from __future__ import annotations

import math
import re

_WRITTEN = re.compile(
    r"(?P<number>[0-9]+(\.[0-9]+)?)\s*(?P<prefix>[kmgt]?)(?P<is_binary>i?)(?P<unit>b?)", re.IGNORECASE
)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4}


def bytes_of(written: str) -> int:
    """Bytes that a text means; a number by itself counts megabytes.

    >>> [bytes_of(written) for written in ("500MB", "4G", "1.5GiB", "250")]
    [500000000, 4000000000, 1610612736, 250000000]

    Raises ValueError where it means none.
    """
    found = _WRITTEN.fullmatch(written.strip())
    if not found or (found["is_binary"] and not found["prefix"]):
        raise ValueError(f"not an amount of memory: {written!r}; write 500MB, 4GB or 1.5GiB")
    has_unit = found["prefix"] or found["unit"]
    power = _POWERS[found["prefix"].lower()] if has_unit else 2
    number = float(found["number"]) * (1024 if found["is_binary"] else 1000) ** power
    if not 1 <= number < math.inf:
        raise ValueError(f"an amount of memory must be > 0, got {written!r}")
    return int(number)
