from __future__ import annotations

import json
import struct
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.proto import summary_pb2

from tensorboard_candles import metadata
from tensorboard_candles.errors import BadPayload, NotFound
from tensorboard_candles.events import (
    EventFile,
    LogPath,
    RecordAt,
    images_of,
    log_roots,
    payload_in,
    payload_of,
)
from tensorboard_candles.events import tail as tail_module
from tensorboard_candles.events.storage import storage_of
from tests.support.any_log import any_piece
from tests.support.records import (
    FILE_NAME,
    event_of,
    own_value,
    scalar_record,
    scalar_value,
    tensor_value,
    version_record,
    write_run,
)
from tests.support.s3 import ObjectStore

ATTENTION = metadata.ATTENTION_KIND
CONTENT = b"".join(
    [
        version_record(),
        *(scalar_record("loss", step=step, value=1.0) for step in range(100)),
        event_of(scalar_value("loss", 2.0), own_value(ATTENTION, "heads", b"first"), step=100),
        event_of(own_value(ATTENTION, "heads", b"second", is_named=False), step=200),
        scalar_record("loss", step=201, value=3.0),
    ]
)


def records_in(path: LogPath) -> list[RecordAt]:
    windows = list(EventFile(path).read())
    found = [record for window in windows for segment in window.segments for record in segment.records]
    return [
        RecordAt(one.kind, one.tag, one.step, one.wall_time, one.offset, one.size, one.index, path)
        for one in found
    ]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return write_run(tmp_path, "run", CONTENT)


def test_what_a_summary_holds_is_read_from_where_it_stands(path: Path) -> None:
    first, second = records_in(path)
    assert (first.kind, first.tag, first.step, first.index) == (ATTENTION, "heads", 100, 1)
    assert (payload_of(first), payload_of(second)) == (b"first", b"second")


def test_in_a_bucket_it_is_one_request_for_just_that_range(s3: ObjectStore) -> None:
    s3.put(f"logs/run/{FILE_NAME}", CONTENT)
    [root] = log_roots(s3.url("logs"), "")
    assert list(storage_of(root.path).walk(str(root.path), []))
    _, second = records_in(root.path / "run" / FILE_NAME)
    s3.forget()
    assert payload_of(second) == b"second"
    assert [asked.range for asked in s3.asked()] == [
        f"bytes={second.offset}-{second.offset + second.size - 1}"
    ]


@pytest.mark.parametrize("window_bytes", [64, 1000])
def test_it_is_found_however_the_file_is_cut_into_windows(
    path: Path, monkeypatch: pytest.MonkeyPatch, window_bytes: int
) -> None:
    expected = records_in(path)
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", window_bytes)
    assert records_in(path) == expected


@given(st.lists(any_piece, max_size=6))
def test_every_record_that_is_found_in_any_file_can_be_read(
    tmp_path_factory: Any, pieces: list[bytes]
) -> None:
    path = write_run(tmp_path_factory.mktemp("logs"), "run", b"".join(pieces))
    for record in records_in(path):
        held = images_of(record) if record.kind == "images" else [payload_of(record)]
        assert all(len(one) <= 5 for one in held)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        CONTENT[:-200],
        CONTENT.replace(b"second", b"2econd"),
        b"".join([version_record(), *(scalar_record("acc", step=step, value=1.0) for step in range(200))]),
    ],
)
def test_of_a_file_that_was_replaced_it_is_not_found(path: Path, content: bytes) -> None:
    _, second = records_in(path)
    path.write_bytes(content)
    with pytest.raises(NotFound, match=r"attention 'heads' of step 200 in events.*replaced or has changed"):
        payload_of(second)


def test_nor_where_another_summary_stands_there_now(path: Path) -> None:
    first, second = records_in(path)
    for other in (
        replace(second, step=100),
        replace(second, tag="others"),
        replace(second, index=1),
        replace(first, index=0),
    ):
        with pytest.raises(NotFound, match="replaced or has changed"):
            payload_of(other)


def test_of_a_file_that_is_gone_it_is_not_found(path: Path) -> None:
    first, _ = records_in(path)
    path.unlink()
    with pytest.raises(NotFound, match="can't be read: No such file or directory"):
        payload_of(first)


def test_a_summary_that_holds_no_string_is_a_problem(tmp_path: Path) -> None:
    value = own_value(ATTENTION, "heads", b"")
    value.tensor.string_val.append(b"another")
    file = EventFile(write_run(tmp_path, "run", version_record() + event_of(value, step=1)))
    [window] = file.read()
    assert [segment.records for segment in window.segments] == [()]
    assert [(problem.offset, problem.what) for problem in file.problems] == [
        (len(version_record()), "attention passed by: not one string, or a record of more than 16 MiB")
    ]


def test_a_summary_in_a_record_too_long_to_be_kept_whole_is_a_problem(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tail_module, "WINDOW_BYTES", 1 << 20)
    long = event_of(own_value(ATTENTION, "heads", bytes(17 << 20)), scalar_value("loss", 7.0), step=1)
    beside = event_of(own_value(ATTENTION, "heads", b"short"), image_value(17 << 20), step=2)
    file = EventFile(write_run(tmp_path, "run", long + beside + scalar_record("loss", step=3, value=8.0)))
    segments = [segment for window in file.read() for segment in window.segments]
    assert [segment.records for segment in segments if segment.records] == []
    values = [segment.scalars["loss"].value.tolist() for segment in segments if "loss" in segment.scalars]
    assert values == [[7.0], [8.0]]
    assert [problem.what for problem in file.problems] == [
        "attention passed by: not one string, or a record of more than 16 MiB",
        "summaries passed by: they stand in a record of more than 16 MiB",
    ]


def test_a_summary_of_a_kind_of_another_version_is_passed_by(tmp_path: Path) -> None:
    value = tensor_value("heads", own_value(ATTENTION, "heads", b"x").tensor, metadata.PLUGIN_NAME)
    value.metadata.plugin_data.content = json.dumps({"kind": ATTENTION, "version": 2}).encode()
    assert records_in(write_run(tmp_path, "run", event_of(value, step=1))) == []


def image_value(image_bytes: int) -> summary_pb2.Summary.Value:
    return summary_pb2.Summary.Value(tag="image", image={"encoded_image_string": bytes(image_bytes)})


def hostile(header: str, body: bytes = b"") -> bytes:
    encoded = header.encode()
    return struct.pack("<Q", len(encoded)) + encoded + body


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff" * 100,
        hostile("[]"),
        hostile("[" * 5000),
        hostile('{"__metadata__": []}'),
        hostile('{"__metadata__": {"a": 7}}'),
        hostile('{"a": {"dtype": "F64", "shape": [2], "data_offsets": [0, 8]}}', bytes(8)),
        hostile('{"a": {"dtype": "F64", "shape": [1], "data_offsets": [8, 16]}}', bytes(16)),
        hostile('{"a": {"dtype": "F64", "shape": [-1], "data_offsets": [0, 8]}}', bytes(8)),
        hostile('{"a": {"dtype": "BF16", "shape": [1], "data_offsets": [0, 2]}}', bytes(2)),
        hostile(f'{{"a": {{"dtype": "F64", "shape": {[1] * 80}, "data_offsets": [0, 8]}}}}', bytes(8)),
        hostile(f'{{"a": {{"dtype": "F64", "shape": [0, {2**63}], "data_offsets": [0, 0]}}}}'),
    ],
)
def test_what_is_no_safetensors_file_is_told_in_words(data: bytes) -> None:
    with pytest.raises(BadPayload, match=r"not a safetensors file|of a type that is not known"):
        payload_in(data)


@given(st.binary(max_size=200), st.integers(0, 200))
def test_any_damage_to_a_safetensors_file_is_told_or_harmless(damage: bytes, at: int) -> None:
    sound = safetensors.numpy.save({"a": np.ones(3), "b": np.arange(4)}, {"words": "[]"})
    with suppress(BadPayload):
        payload_in(sound[:at] + damage + sound[at + len(damage) :])


SOUND = payload_in(
    safetensors.numpy.save(
        {"a": np.ones((2, 3))},
        {
            "rows": "7",
            "minus": "-1",
            "float": "1.5",
            "digits": "٣",
            "long": "9" * 5000,
            "words": '["a", "b"]',
        },
    )
)


def test_arrays_numbers_and_words_are_given_as_they_should_be() -> None:
    assert SOUND.array("a", "f", None, 3).tolist() == [[1.0] * 3] * 2
    assert SOUND.whole_number("rows", least=7) == 7
    assert (SOUND.words("words"), SOUND.words("none"), SOUND.json("none")) == (("a", "b"), (), None)


@pytest.mark.parametrize("name", ["minus", "float", "digits", "long", "none", "words"])
def test_what_is_no_whole_number_is_told_in_words(name: str) -> None:
    with pytest.raises(BadPayload, match=f"'{name}' must be a whole number >= 0, got .{{0,80}}$"):
        SOUND.whole_number(name)


def test_arrays_of_another_name_shape_or_type_are_told_in_words() -> None:
    with pytest.raises(BadPayload, match="no array 'b'"):
        SOUND.array("b", "f")
    with pytest.raises(BadPayload, match=r"'a' must be of shape \(any, 4\), got \(2, 3\)"):
        SOUND.array("a", "f", None, 4)
    with pytest.raises(BadPayload, match="'a' must hold numbers of kind 'i', got float64"):
        SOUND.array("a", "i", 2, 3)
