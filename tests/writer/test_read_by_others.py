"""What others than TensorBoard read of what the Tracker wrote, through every kind of record at once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tests.writer.reading import event_files, points, raw_events


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    with Tracker("p", logdir=tmp_path, run="r", config={"lr": 0.1}) as tracker:
        tracker.describe("loss", polarity="lower_is_better", unit="nats")
        for epoch in tracker.epochs(2):
            for batch in tracker.batches(range(200)):
                tracker.log(loss=1 / (1 + batch), acc=epoch)
        tracker.text("note", "done")
        tracker.log(large=1e300)
    return tracker.run_dir


def test_tbparse_reads_every_number(run_dir: Path) -> None:
    tbparse = pytest.importorskip("tbparse")
    table = tbparse.SummaryReader(str(run_dir)).scalars
    for tag in ("loss", "acc"):
        own = table[table["tag"] == tag]
        expected = [(step, value) for found, step, value in points(run_dir) if found == tag]
        assert list(zip(own["step"], own["value"], strict=True)) == expected


def test_tensorflow_reads_every_record(run_dir: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    (path,) = event_files(run_dir)
    read = [record.numpy() for record in tf.data.TFRecordDataset(str(path))]
    assert read == [event.SerializeToString() for event in raw_events(run_dir)]
    assert len(read) > 400


def test_our_reader_reads_every_number(run_dir: Path) -> None:
    from tensorboard_candles.events import LogRoot
    from tensorboard_candles.store import LocalSource

    source = LocalSource([LogRoot(run_dir)])
    source.refresh()
    series = source.run(".").series
    assert set(series) == {"loss", "acc", "large"}
    for tag, one in series.items():
        expected = [value for found, _, value in points(run_dir) if found == tag]
        assert np.array_equal(one.value, expected)
