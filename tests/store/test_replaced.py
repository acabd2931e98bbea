"""A file that takes the place of another, as where rsync keeps a log directory."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.events import BulkDecoder, LogRoot
from tensorboard_candles.store import Loading, LocalSource, readers
from tests.support.records import many_scalars, write_run

OLD = many_scalars("loss", [1.0] * 1000)
NEW = many_scalars("loss", [2.0] * 300_000)
"""Several windows long."""


class WatchedDecoder(BulkDecoder):
    """Looks, before each piece is decoded, at what is served."""

    source: LocalSource | None = None

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[Loading, list[float]]] = []

    def decode(self, *arguments: Any) -> Any:
        if self.source:
            self.seen.append((self.source.loading(), self.source.run("a").series["loss"].value.tolist()))
        return super().decode(*arguments)


@pytest.fixture
def decoder(monkeypatch: pytest.MonkeyPatch) -> WatchedDecoder:
    decoder = WatchedDecoder()
    monkeypatch.setattr(readers, "BulkDecoder", lambda: decoder)
    return decoder


@pytest.fixture
def replaced(tmp_path: Path, decoder: WatchedDecoder) -> LocalSource:
    """A source that has read the old file, in whose place the new one lies now."""
    path = write_run(tmp_path, "a", OLD)
    source = LocalSource([LogRoot(tmp_path)])
    source.refresh()
    (tmp_path / "incoming").write_bytes(NEW)
    os.replace(tmp_path / "incoming", path)
    decoder.source = source
    return source


def test_the_old_points_are_served_until_the_new_file_has_been_read_to_its_end(
    replaced: LocalSource, decoder: WatchedDecoder
) -> None:
    replaced.refresh()
    assert len(decoder.seen) > 1
    assert all(values == [1.0] * 1000 for _, values in decoder.seen)
    assert replaced.run("a").series["loss"].value.tolist() == [2.0] * 300_000


def test_loading_is_not_done_while_a_replaced_file_is_read_again(
    replaced: LocalSource, decoder: WatchedDecoder
) -> None:
    replaced.refresh()
    for loading, _ in decoder.seen:
        assert (loading.done, loading.total, loading.bytes_total) == (0, 1, len(NEW))
        assert loading.bytes_read < len(NEW)
    assert replaced.loading() == Loading(1, 1, len(NEW), len(NEW))


def test_a_file_that_is_replaced_by_a_smaller_one_counts_as_large_as_it_is(
    tmp_path: Path, replaced: LocalSource
) -> None:
    replaced.refresh()
    next((tmp_path / "a").iterdir()).write_bytes(OLD)
    replaced.refresh()
    assert replaced.loading() == Loading(1, 1, len(OLD), len(OLD))
    assert len(replaced.run("a").series["loss"]) == 1000
