"""What is kept of event files in an object store, where each request costs."""

from __future__ import annotations

from collections.abc import Iterator

import fsspec
import pytest

from tensorboard_candles.events import log_roots
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource
from tests.support.records import FILE_NAME, many_scalars, scalar_record
from tests.support.s3 import ObjectStore

CONTENT = many_scalars("loss", [0.5] * 2000)
KEY = f"logs/run/{FILE_NAME}"


pytestmark = pytest.mark.usefixtures("small_files_are_kept_too")


def read(url: str, kept: Cache) -> LocalSource:
    """The log directory as a process finds it that begins now."""
    source = LocalSource(log_roots(url, ""), keeper=CacheKeeper(kept, quiet_secs=0))
    source.refresh()
    return source


def read_and_keep(url: str, kept: Cache) -> None:
    source = read(url, kept)
    keeper = CacheKeeper(kept, quiet_secs=0)
    keeper.keep(source._files())
    keeper.wait()


def values(source: LocalSource) -> list[float]:
    loaded: list[float] = source.run("run").series["loss"].value.tolist()
    return loaded


def test_objects_that_are_as_they_were_are_only_listed(s3: ObjectStore, kept: Cache) -> None:
    s3.put(KEY, CONTENT)
    read_and_keep(s3.url("logs"), kept)
    s3.forget()
    source = read(s3.url("logs"), kept)
    assert [asked.range for asked in s3.asked()] == [None]
    assert values(source) == [0.5] * 2000


def test_of_an_object_that_has_grown_only_what_is_new_and_what_tells_it_is_read(
    s3: ObjectStore, kept: Cache
) -> None:
    content = many_scalars("loss", [0.5] * 20_000)
    s3.put(KEY, content)
    read_and_keep(s3.url("logs"), kept)
    s3.put(KEY, content + scalar_record("loss", step=20_000, value=2.0))
    s3.forget()
    source = read(s3.url("logs"), kept)
    assert sum(asked.bytes for asked in s3.asked()) < 80_000 < len(content) / 10
    assert values(source) == [0.5] * 20_000 + [2.0]


@pytest.mark.parametrize("values_after", [[1.0] * 2000, [1.0] * 1999, [0.5] * 1000 + [1.0] * 2000])
def test_another_object_of_the_same_name_is_read_from_its_start(
    s3: ObjectStore, kept: Cache, values_after: list[float]
) -> None:
    s3.put(KEY, CONTENT)
    read_and_keep(s3.url("logs"), kept)
    s3.put(KEY, many_scalars("loss", values_after))
    assert values(read(s3.url("logs"), kept)) == values_after


@pytest.mark.parametrize("is_memory", [True, False])
def test_an_object_that_was_replaced_since_it_was_listed_is_not_kept(
    s3: ObjectStore, kept: Cache, is_memory: bool
) -> None:
    system = fsspec.filesystem("memory")
    url = "memory://replaced" if is_memory else s3.url("logs")

    def put(content: bytes) -> None:
        if is_memory:
            system.pipe_file(f"{url}/run/{FILE_NAME}", content)
        else:
            s3.put(KEY, content)

    put(CONTENT)
    source = read(url, kept)
    put(many_scalars("loss", [9.0] * 3000))
    keeper = CacheKeeper(kept, quiet_secs=0)
    keeper.keep(source._files())
    keeper.wait()
    assert values(read(url, kept)) == [9.0] * 3000
    put(CONTENT)
    read_and_keep(url, kept)
    assert len(list(kept.directory.rglob("*.candles"))) == 1


@pytest.fixture
def nothing_tells_of_changes(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A store that knows of its files no more than how large they are."""
    from tensorboard_candles.events import storage_remote

    monkeypatch.setattr(storage_remote, "_STATES", ())
    yield "memory://cache-tests"
    fsspec.filesystem("memory").rm("cache-tests", recursive=True)


def test_where_nothing_tells_of_changes_the_last_bytes_do(nothing_tells_of_changes: str, kept: Cache) -> None:
    url = nothing_tells_of_changes
    system = fsspec.filesystem("memory")
    system.pipe_file(f"{url}/run/{FILE_NAME}", CONTENT)
    read_and_keep(url, kept)
    assert values(read(url, kept)) == [0.5] * 2000
    system.pipe_file(f"{url}/run/{FILE_NAME}", many_scalars("loss", [0.5] * 1999 + [1.0]))
    assert values(read(url, kept)) == [0.5] * 1999 + [1.0]
