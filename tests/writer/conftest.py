"""What tests of remote runs share."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Spools lie where no other test's do."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
