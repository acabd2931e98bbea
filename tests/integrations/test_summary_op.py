"""Candles through the writers of TensorFlow and torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import metadata, summary
from tests.writer.reading import raw_events
from tests.writer.rows import rows_in

STEPS = np.arange(100)
ROWS = summary.candle_rows(STEPS, np.sin(STEPS), width=10)
TABLE = np.stack([ROWS[name] for name in metadata.CANDLE_COLUMNS], axis=1).astype(np.float64)


def written(run_dir: Path, tag: str) -> list[list[float]]:
    return [list(row.columns.values()) for row in rows_in(run_dir) if row.tag == tag]


@pytest.fixture
def tf() -> Any:
    return pytest.importorskip("tensorflow")


def test_op_writes_in_eager_mode(tf: Any, tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))
    with writer.as_default():
        assert summary.candles("loss", ROWS, description="of a sine")
        assert summary.candles("explicit", tf.constant(TABLE), step=7)
        tf.summary.experimental.set_step(8)
        with tf.name_scope("scope"):
            summary.candles("loss", ROWS)
    tf.summary.experimental.set_step(None)
    writer.close()
    assert written(tmp_path, "loss") == written(tmp_path, "scope/loss") == TABLE.tolist()
    events = {value.tag: event for event in raw_events(tmp_path) for value in event.summary.value}
    assert {tag: event.step for tag, event in events.items()} == {"loss": 99, "explicit": 7, "scope/loss": 8}
    assert events["loss"].summary.value[0].metadata.summary_description == "of a sine"


def test_op_writes_in_graph_mode(tf: Any, tmp_path: Path) -> None:
    writer = tf.summary.create_file_writer(str(tmp_path))

    def write(table: Any) -> Any:
        summary.candles("loss", table)
        return summary.candles("constant", ROWS, step=tf.constant(5, tf.int64))

    with writer.as_default():
        assert tf.function(write)(tf.constant(TABLE))
    writer.close()
    assert written(tmp_path, "loss") == written(tmp_path, "constant") == TABLE.tolist()


def test_op_writes_nothing_where_there_is_no_writer(tf: Any) -> None:
    assert not summary.candles("loss", ROWS)


def test_writers_of_torch_and_tensorboard_x_take_the_summary(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(tmp_path))
    writer.file_writer.add_summary(summary.candles_pb("loss", ROWS), 99)
    writer.close()
    assert written(tmp_path, "loss") == TABLE.tolist()
