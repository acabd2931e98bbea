"""What a run's event files hold, read by TensorBoard's own loaders."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from tensorboard.backend.event_processing.event_file_loader import EventFileLoader, LegacyEventFileLoader
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import metadata


def event_files(run_dir: Path) -> list[Path]:
    return sorted(run_dir.glob("events.out.tfevents.*"))


def raw_events(run_dir: Path) -> Iterator[Event]:
    """Every event of every file, as it was written; a wrong checksum raises."""
    for path in event_files(run_dir):
        yield from LegacyEventFileLoader(str(path)).Load()


def points(run_dir: Path) -> list[tuple[str, int, float]]:
    """(tag, step, value) of every scalar, in the order written, as EventFileLoader gives them."""
    return [
        (value.tag, event.step, make_ndarray(value.tensor).item())
        for path in event_files(run_dir)
        for event in EventFileLoader(str(path)).Load()
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "scalars"
    ]


def epoch_marks(run_dir: Path) -> list[tuple[int, int]]:
    """(step, epoch) of every epoch mark."""
    return [
        (event.step, make_ndarray(value.tensor).item())
        for event in raw_events(run_dir)
        for value in event.summary.value
        if value.tag == metadata.EPOCH_TAG
    ]


def whole_records(path: Path, *, torn_tail: bool = False) -> int:
    """Count of records up to the end of the file, which must be the end of one, unless it may be torn."""
    data, at, count = path.read_bytes(), 0, 0
    while at < len(data):
        length = 16 + int.from_bytes(data[at : at + 8], "little")
        if torn_tail and at + length > len(data):
            return count
        at += length
        count += 1
    assert at == len(data)
    return count
