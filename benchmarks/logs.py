"""Event files to measure with, written once and kept: python -m benchmarks.logs DIRECTORY"""

from __future__ import annotations

import struct
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import google_crc32c
import numpy as np
from tensorboard.compat.proto import event_pb2

FILE_NAME = "events.out.tfevents.1700000000.bench.1.0"
FIRST_SECOND = 1.7e9


def record(event: event_pb2.Event) -> bytes:
    """One event as a record of an event file."""
    payload = event.SerializeToString()
    length = struct.pack("<Q", len(payload))
    return b"".join([length, _masked_crc(length), payload, _masked_crc(payload)])


def regular(points: int, tags: int, *, first: int = 0) -> Iterator[bytes]:
    """`tags` scalars at every step, one event each, as torch's SummaryWriter writes them."""
    noise = np.random.default_rng(0).normal(size=points).astype(np.float32)
    for index, value in enumerate(noise.tolist(), first):
        step, tag = divmod(index, tags)
        event = event_pb2.Event(wall_time=FIRST_SECOND + index * 1e-3, step=step)
        event.summary.value.add(tag=f"metric_{tag}/loss", simple_value=value)
        yield record(event)


def mixed(points: int) -> Iterator[bytes]:
    """Tags at different rates, metadata, several values in one event, and images between."""
    noise = np.random.default_rng(1).normal(size=points).astype(np.float32)
    index = step = 0
    while index < points:
        event = event_pb2.Event(wall_time=FIRST_SECOND + step, step=step)
        for tag, every in (("train/loss", 1), ("train/grad_norm", 1), ("lr", 10), ("val/accuracy", 97)):
            if step % every == 0 and index < points:
                value = event.summary.value.add(tag=tag, simple_value=float(noise[index]))
                if step == 0:
                    value.metadata.plugin_data.plugin_name = "scalars"
                index += 1
        yield record(event)
        if step % 5000 == 0:
            image = event_pb2.Event(wall_time=FIRST_SECOND + step, step=step)
            image.summary.value.add(tag="samples", image={"encoded_image_string": bytes(200_000)})
            yield record(image)
        step += 1


def write(path: Path, records: Iterator[bytes]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    version = event_pb2.Event(wall_time=FIRST_SECOND, file_version="brain.Event:2")
    with path.open("wb") as file:
        file.write(record(version))
        file.writelines(records)


def many_runs(directory: Path, runs: int) -> None:
    """Runs of 20 tags × 500 points."""
    content = b"".join(regular(10_000, 20))
    for run in range(runs):
        write(directory / f"sweep_{run % 10}" / f"run_{run:04}" / FILE_NAME, iter([content]))


LOGS: dict[str, Callable[[Path], None]] = {
    "one tag, 1M points": lambda path: write(path / FILE_NAME, regular(1_000_000, 1)),
    "20 tags, 1M points": lambda path: write(path / FILE_NAME, regular(1_000_000, 20)),
    "mixed, 1M points": lambda path: write(path / FILE_NAME, mixed(1_000_000)),
    "1,000 runs, 10M points": lambda path: many_runs(path, 1000),
    "one tag, 10M points": lambda path: write(path / FILE_NAME, regular(10_000_000, 1)),
}
POINTS = {name: 10_000_000 if "10M" in name else 1_000_000 for name in LOGS}


def log_directory(root: Path, name: str) -> Path:
    """Where the log of this name lies; written if it is not there."""
    path = root / name.replace(", ", "-").replace(",", "").replace(" ", "_")
    done = path / "complete"
    if not done.exists():
        print(f"writing {path}", file=sys.stderr)
        LOGS[name](path)
        done.touch()
    return path


def _masked_crc(data: bytes) -> bytes:
    crc = google_crc32c.value(data)
    return struct.pack("<I", ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF)


if __name__ == "__main__":
    for log_name in LOGS:
        print(log_directory(Path(sys.argv[1]), log_name))
