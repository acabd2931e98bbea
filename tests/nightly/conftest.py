"""How much is tried by night: `make nightly EXAMPLES=500 FLIP_EVERY=16` is a quick look."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile(
    "nightly",
    max_examples=int(os.environ.get("EXAMPLES", "10000")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)


@pytest.fixture
def flip_every() -> int:
    """Of the bits of a file, each so manieth is flipped."""
    return int(os.environ.get("FLIP_EVERY", "1"))
