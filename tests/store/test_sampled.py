"""TensorBoard's own data, as its own data provider gives them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tensorboard.backend.event_processing.data_provider import MultiplexerDataProvider
from tensorboard.backend.event_processing.plugin_event_multiplexer import EventMultiplexer
from tensorboard.context import RequestContext

from tensorboard_candles.store import SampledSource, SampledSources
from tests.support.records import scalar_file, scalar_record, write_run

CONTEXT = RequestContext()


class CountingProvider(MultiplexerDataProvider):  # type: ignore[misc]
    """TensorBoard's data provider for a log directory, which counts how often it is read from."""

    def __init__(self, logdir: Path) -> None:
        self.multiplexer = EventMultiplexer()
        super().__init__(self.multiplexer, str(logdir))
        self.logdir = logdir
        self.reads = 0
        self.load()

    def load(self) -> None:
        self.multiplexer.AddRunsFromDirectory(str(self.logdir))
        self.multiplexer.Reload()

    def read_scalars(self, *arguments: Any, **keywords: Any) -> Any:
        self.reads += 1
        return super().read_scalars(*arguments, **keywords)


@pytest.fixture
def provider(tmp_path: Path) -> CountingProvider:
    write_run(tmp_path, "a", scalar_file("loss", [3.0, 2.0]))
    return CountingProvider(tmp_path)


def write_on(provider: CountingProvider) -> None:
    with next((provider.logdir / "a").iterdir()).open("ab") as file:
        file.write(scalar_record("loss", step=2, value=1.0))
    provider.load()


def test_many_requests_of_one_interval_read_once(provider: CountingProvider) -> None:
    sources = SampledSources(provider, poll_secs=3600.0)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: sources.source(CONTEXT, "").run("a"), range(50)))
    assert provider.reads == 1
    assert all(view is found[0] for view in found)


def test_after_an_interval_what_is_new_is_read(
    provider: CountingProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = 100.0
    monkeypatch.setattr("tensorboard_candles.store.sampled.time.monotonic", lambda: clock)
    sources = SampledSources(provider, poll_secs=5.0)
    before = sources.source(CONTEXT, "")
    write_on(provider)
    clock += 4.0
    assert sources.source(CONTEXT, "") is before
    clock += 1.0
    after = sources.source(CONTEXT, "")
    assert after.run("a").series["loss"].value.tolist() == [3.0, 2.0, 1.0]
    assert after.version() != before.version()


def test_experiments_are_kept_apart_and_only_the_latest_few(provider: CountingProvider) -> None:
    sources = SampledSources(provider, poll_secs=3600.0)
    first = sources.source(CONTEXT, "0")
    assert sources.source(CONTEXT, "1") is not first
    for number in range(100):
        sources.source(CONTEXT, str(number))
    reads = provider.reads
    sources.source(CONTEXT, "99")
    assert provider.reads == reads
    sources.source(CONTEXT, "0")
    assert provider.reads == reads + 1


def test_a_failed_read_is_not_kept(provider: CountingProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = SampledSources(provider, poll_secs=3600.0)
    with monkeypatch.context() as failing:
        failing.setattr(provider, "read_scalars", None)
        with pytest.raises(TypeError):
            sources.source(CONTEXT, "")
    assert [run.name for run in sources.source(CONTEXT, "").runs()] == ["a"]


def test_other_values_at_the_same_steps_and_times_are_another_version(tmp_path: Path) -> None:
    versions = set()
    for name, value in [("one", 1.0), ("other", 2.0)]:
        write_run(tmp_path / name, "a", scalar_file("loss", [value]))
        source = SampledSource(CountingProvider(tmp_path / name), CONTEXT, "")
        versions |= {source.version(), source.run("a").version}
    assert len(versions) == 4


def test_the_same_points_under_another_name_are_another_version(tmp_path: Path) -> None:
    versions = set()
    for name in ("a", "b"):
        write_run(tmp_path / name, name, scalar_file("loss", [1.0]))
        source = SampledSource(CountingProvider(tmp_path / name), CONTEXT, "")
        versions |= {source.version(), source.run(name).version}
    assert len(versions) == 4
