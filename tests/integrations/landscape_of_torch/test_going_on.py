"""Landscapes of torch models that were cut off go on, and those that are known come from the cache."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import landscape
from tensorboard_candles.errors import Cancelled
from tests.integrations.landscape_of_torch.models import (
    IMAGES,
    QUIET,
    Snapshot,
    classifier,
    cross_entropy,
    examples,
    mixed,
    nn,
    torch,
)


def test_model_is_left_as_it_was_when_cancelled_and_goes_on_later(tmp_path: Path) -> None:
    model, data, cancel = mixed(), IMAGES, threading.Event()
    settings: dict[str, Any] = {"points": (31, 31), "eigenvalues": 0, "cache": tmp_path, "batch_size": 4}

    def progress(done: float, total: float, what: str = "") -> None:
        if "points" in what and done:
            cancel.set()

    before = Snapshot(model)
    with pytest.raises(Cancelled):
        landscape(model, cross_entropy, data, cancel=cancel, progress=progress, **settings)
    before.assert_same()
    told: list[float] = []

    def note(done: float, total: float, what: str = "") -> None:
        told.append(done)

    found = landscape(
        model,
        cross_entropy,
        data,
        progress=note,
        **settings,
    )
    assert 0 < told[0] < 31 * 31
    whole = landscape(model, cross_entropy, data, **{**settings, **QUIET})
    assert found.loss.tolist() == whole.loss.tolist()


def wide() -> tuple[Any, Any]:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return classifier(500, 100, 5), examples(2000, 500, 5)


PROGRAM = """
import os, signal, sys
from tensorboard_candles import landscape
from tensorboard_candles.analysis.landscape import cache
from tests.integrations.landscape_of_torch.test_going_on import cross_entropy, wide
cache.SAVED_EVERY_SECS = 0.0
def progress(done, total, what):
    print(int(done), flush=True)
    if done >= float(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
model, data = wide()
found = landscape(model, cross_entropy, data, points=15, cache=sys.argv[1], progress=progress, eigenvalues=0)
print(found.loss.sum().hex())
"""


def test_killed_landscape_goes_on_in_another_process_and_then_comes_from_the_cache(tmp_path: Path) -> None:
    def run(killed_at: float) -> list[str]:
        arguments = [sys.executable, "-c", PROGRAM, str(tmp_path), str(killed_at)]
        ended = subprocess.run(arguments, check=False, capture_output=True, text=True)
        assert ended.returncode == (-9 if killed_at < 1000 else 0), ended.stderr
        return ended.stdout.split()

    *_, killed_at = run(100)
    first, *_, total = run(1e9)
    assert 0 < int(first) == int(killed_at) < 225
    model, data = wide()
    settings: dict[str, Any] = {"points": 15, "eigenvalues": 0}
    whole = landscape(model, cross_entropy, data, **settings, **QUIET)
    assert whole.loss.sum().hex() == total
    told: list[float] = []

    def note(done: float, total: float, what: str = "") -> None:
        told.append(done)

    again = landscape(model, cross_entropy, data, **settings, cache=tmp_path, progress=note)
    assert again.loss.tolist() == whole.loss.tolist()
    assert told == []


def test_another_loss_other_data_or_another_forward_pass_is_another_landscape(tmp_path: Path) -> None:
    model, data = classifier(6, 8, 3), examples(20, 6, 3)
    settings: dict[str, Any] = {"points": (3,), "eigenvalues": 0, "cache": tmp_path, "progress": False}
    ours = landscape(model, cross_entropy, data, **settings)
    smooth = nn.CrossEntropyLoss(label_smoothing=0.3)
    other = nn.Sequential(*model[:1], nn.GELU(), *model[2:])
    others = [
        landscape(model, smooth, data, **settings),
        landscape(model, lambda *both: 2 * cross_entropy(*both), data, **settings),
        landscape(model, cross_entropy, (data[0] + 0.1, data[1]), **settings),
        landscape(other, cross_entropy, data, **settings),
    ]
    assert len({one.loss.tobytes() for one in [ours, *others]}) == 5
    assert landscape(model, cross_entropy, data, **settings).about.seconds == ours.about.seconds
