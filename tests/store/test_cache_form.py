"""Cache files whose checksums are right, and that are none of ours all the same."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.compat.proto import types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles.store import Cache, cache_file
from tests.store.reopened import STEADY, everything, only_cache_file, read, read_and_keep
from tests.support.records import event_of, tensor_value, write_run

pytestmark = pytest.mark.usefixtures("small_files_are_kept_too")


def test_a_cache_file_that_verifies_and_says_something_else_is_not_believed(logs: Path, kept: Cache) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    stored = only_cache_file(kept)
    header, columns = opened(stored)
    abouts: list[Any] = [{}, {**header.about, "series": 7}, {**header.about, "reached": {}}, []]
    for about in abouts:
        cache_file.write(stored, about, columns)
        assert kept.load(path) is None
    cache_file.write(stored, header.about, {})
    assert kept.load(path) is None


def opened(stored: Path) -> tuple[cache_file.Header, dict[str, Any]]:
    with open(stored, "rb", buffering=0) as file:
        header = cache_file.read_header(file)
        return header, dict(cache_file.read_columns(file, header))


PIECES = np.array([[0], [0], [1]])


@pytest.mark.parametrize(
    "change",
    [
        {"0.wall_time": np.zeros(10)},
        {"0.wall_time": np.zeros((50, 1))},
        {"0.wall_time": np.zeros(50, np.float32)},
        {"0.value": np.zeros(51, np.float32)},
        {"0.value": np.zeros(50, np.int64)},
        {"0.step": np.zeros(49, np.int64)},
        {"0.step": np.zeros(50)},
        {"0.step": PIECES[:2]},
        {"0.step": PIECES[:, :0]},
        {"0.step": PIECES + 1},
        {"0.step": np.repeat(PIECES, 2, axis=1)},
        {"0.step": np.array([[0, 50], [0, 7], [1, 1]])},
        {"starts.step": np.zeros(1, np.int64)},
        {"starts.wall_time": np.zeros(0, np.int64)},
    ],
)
def test_columns_that_verify_and_do_not_fit_together_are_not_believed(
    logs: Path, kept: Cache, change: dict[str, Any]
) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    stored = only_cache_file(kept)
    header, columns = opened(stored)
    cache_file.write(stored, header.about, columns)
    assert kept.load(path)
    cache_file.write(stored, header.about, columns | change)
    assert everything(read(logs, kept)) == everything(read(logs))
    assert not stored.exists()


@pytest.mark.parametrize(
    ("place", "fact"),
    [(0, 7), (0, ["x"]), (1, None), (1, 1), (2, None), (2, 1.5), (3, None), (3, "x"), (4, None), (4, [1.0])],
)
def test_facts_that_verify_and_are_of_another_kind_are_not_believed(
    logs: Path, kept: Cache, place: int, fact: Any
) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    header, columns = opened(only_cache_file(kept))
    header.about["series"][0][place] = fact
    cache_file.write(only_cache_file(kept), header.about, columns)
    assert kept.load(path) is None


@pytest.mark.parametrize(
    "said",
    [7, {"loss": 7}, {"loss": [1, None, None]}, {"loss": ["up", None, None]}, {"loss": [None] * 4}],
)
def test_what_is_said_of_a_tag_and_is_of_another_kind_is_not_believed(
    logs: Path, kept: Cache, said: Any
) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    header, columns = opened(only_cache_file(kept))
    cache_file.write(only_cache_file(kept), {**header.about, "said": said}, columns)
    assert kept.load(path) is None


def test_what_a_run_was_started_with_is_kept(logs: Path, kept: Cache) -> None:
    text = TensorProto(
        dtype=types_pb2.DT_STRING, string_val=[b'{"lr": 0.5, "name": "x", "fp16": true, "m": null}']
    )
    write_run(logs, "a", STEADY + event_of(tensor_value("args", text, "text"), step=0))
    read_and_keep(logs, kept)
    [found] = read(logs, kept).runs()
    values = {name: argument.value for name, argument in found.arguments.items()}
    assert values == {"lr": 0.5, "name": "x", "fp16": True, "m": None}
    assert everything(read(logs, kept)) == everything(read(logs))


@pytest.mark.parametrize("arguments", [7, {"lr": 7}, {"lr": [7]}, {"lr": [[7], "args"]}, {"lr": [7, None]}])
def test_arguments_of_another_kind_are_not_believed(logs: Path, kept: Cache, arguments: Any) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    header, columns = opened(only_cache_file(kept))
    cache_file.write(only_cache_file(kept), {**header.about, "arguments": arguments}, columns)
    assert kept.load(path) is None


RECORD = ["attention", "heads", 7, 1.5, 99, 20, 0]


@pytest.mark.parametrize(
    "records",
    [
        7,
        [7],
        [RECORD[:-1]],
        [[*RECORD, 0]],
        *([[*RECORD[:place], None, *RECORD[place + 1 :]]] for place in range(7)),
        [["tags", *RECORD[1:]]],
        [[*RECORD[:4], -1, 20, 0]],
        [[*RECORD[:5], 1 << 40, 0]],
    ],
)
def test_records_of_another_kind_are_not_believed(logs: Path, kept: Cache, records: Any) -> None:
    path = write_run(logs, "a", STEADY)
    read_and_keep(logs, kept)
    header, columns = opened(only_cache_file(kept))
    cache_file.write(only_cache_file(kept), {**header.about, "records": [RECORD]}, columns)
    assert kept.load(path)
    cache_file.write(only_cache_file(kept), {**header.about, "records": records}, columns)
    assert kept.load(path) is None
