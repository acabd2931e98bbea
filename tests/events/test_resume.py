"""A file read on by another `EventFile` than the one that began it, as where a cache knows its beginning."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto import event_pb2

from tensorboard_candles.events import EventFile
from tensorboard_candles.events import tail as tail_module
from tests.support.records import event_record, scalar_record, version_record

FILE_NAME = "events.out.tfevents.1700000000.localhost"


def tensor_record(tag: str, step: int, plugin: str = "") -> bytes:
    event = event_pb2.Event(step=step, wall_time=1.7e9 + step)
    value = event.summary.value.add(tag=tag, tensor={"dtype": 1, "float_val": [step / 8]})
    if plugin:
        value.metadata.plugin_data.plugin_name = plugin
    return event_record(event)


def flipped(record: bytes, at: int) -> bytes:
    return record[:at] + bytes([record[at] ^ 1]) + record[at + 1 :]


CONTENT = b"".join(
    [
        version_record(),
        tensor_record("foreign", 0, "somebody's"),
        tensor_record("ours", 0, "scalars"),
        *(scalar_record("loss", step=step, value=1.0) for step in range(3)),
        flipped(scalar_record("loss", step=3, value=1.0), 20),
        scalar_record("loss", step=4, value=1.0),
        flipped(scalar_record("loss", step=5, value=1.0), 3),
        tensor_record("foreign", 1),
        tensor_record("ours", 1),
        bytes(40),
        scalar_record("loss", step=6, value=1.0),
    ]
)


def points_in(file: EventFile) -> list[tuple[str, int]]:
    segments = [segment for window in file.read() for segment in window.segments]
    return [
        (tag, step) for segment in segments for tag in sorted(segment.scalars)
        for step in segment.scalars[tag].step.tolist()
    ]  # fmt: skip


def stages(path: Path, cut: int, *, is_handed_over: bool) -> Iterator[Any]:
    """What is known after the bytes up to `cut`, after all, and after a torn record more."""
    file = EventFile(path)
    for content in (CONTENT[:cut], CONTENT, CONTENT + CONTENT[:50]):
        path.write_bytes(content)
        yield points_in(file), file.problems, file.problem_count, file.bytes_read
        if is_handed_over:
            file = EventFile(path, reached=file.reached)
            yield points_in(file), file.problems, file.problem_count, file.bytes_read
        else:
            yield [], file.problems, file.problem_count, file.bytes_read


@pytest.mark.parametrize("cut", range(0, len(CONTENT), 5))
def test_another_reads_on_as_the_first_would_have(tmp_path: Path, cut: int) -> None:
    at_once = list(stages(tmp_path / f"{FILE_NAME}.a", cut, is_handed_over=False))
    assert list(stages(tmp_path / f"{FILE_NAME}.b", cut, is_handed_over=True)) == at_once


def test_another_goes_back_to_a_record_that_was_passed_over_while_it_was_torn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", 256)
    monkeypatch.setattr(tail_module, "_GIVE_UP_BYTES", 1024)
    event = event_pb2.Event(step=9, wall_time=1.0)
    event.summary.value.add(tag="long", simple_value=1.0)
    event.summary.value.add(tag="image", image={"encoded_image_string": bytes(5000)})
    content = CONTENT + event_record(event)
    path = tmp_path / FILE_NAME
    path.write_bytes(content[:-100])
    first = EventFile(path)
    points_in(first)
    reached = first.reached
    assert reached is not None
    assert reached.passed is not None
    path.write_bytes(content)
    assert points_in(EventFile(path, reached=reached)) == [("long", 9)]


def test_nothing_is_reached_while_a_read_is_under_way(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    file = EventFile(path)
    assert file.reached is None
    path.write_bytes(CONTENT)
    for _ in file.read():
        assert file.reached is None
    assert file.reached is not None
