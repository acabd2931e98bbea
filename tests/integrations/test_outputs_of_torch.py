"""Tensors of torch as predictions, labels and images."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from safetensors.numpy import load
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker
from tests.writer.reading import raw_events

torch = pytest.importorskip("torch")


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_logits_labels_and_images_of_a_batch_are_taken_as_they_are(dtype: Any, tmp_path: Path) -> None:
    logits = torch.tensor([[0.25, 2.0], [1.5, -1.0], [0.5, 0.75]], dtype=dtype, requires_grad=True)
    tracker = Tracker("p", logdir=tmp_path)
    images = torch.rand(3, 1, 4, 6, requires_grad=True)
    tracker.output("val", predictions=logits, labels=torch.tensor([1, 1, 1]), images=images, rows=2)
    with torch.no_grad():
        logits.zero_()
    tracker.close()
    found = {v.tag: v for event in raw_events(tracker.run_dir) for v in event.summary.value}
    arrays = load(make_ndarray(found["val/outputs"].tensor).item())
    assert arrays["scores"].tolist() == [[0.25, 2.0], [1.5, -1.0]]
    assert arrays["predicted"].tolist() == [1, 0]
    assert arrays["confusion"].tolist() == [[1, 0, 1], [1, 1, 2]]
    assert found["val/images"].tensor.string_val[:2] == [b"6", b"4"]


def test_a_column_of_floats_is_compared_with_a_row_of_them(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path) as tracker:
        predictions = torch.ones(5, 1, dtype=torch.bfloat16, requires_grad=True)
        tracker.output("val", predictions=predictions, labels=torch.zeros(5))
    found = {v.tag: v for event in raw_events(tracker.run_dir) for v in event.summary.value}
    arrays = load(make_ndarray(found["val/outputs"].tensor).item())
    assert arrays["predicted"].tolist() == [1.0] * 5
    assert arrays["label"].tolist() == [0.0] * 5
