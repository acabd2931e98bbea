from __future__ import annotations

from pathlib import Path

import pytest

from tensorboard_candles.store import Cache, cache_keeper


@pytest.fixture
def kept(tmp_path: Path) -> Cache:
    return Cache(tmp_path / "cache")


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    return tmp_path / "logs"


@pytest.fixture
def small_files_are_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_keeper, "LEAST_FILE_BYTES", 0)
