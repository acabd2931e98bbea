"""The demo of Li et al. 2018, with nets so small that they show nothing of what it is about."""

from __future__ import annotations

import doctest
import math
from dataclasses import astuple
from pathlib import Path

import pytest

from demo import ruggedness
from tensorboard_candles.analysis.landscape import Landscape
from tensorboard_candles.events.payloads import payload_of
from tensorboard_candles.metadata import LANDSCAPE_KIND
from tensorboard_candles.store import read_once

pytest.importorskip("torch")

from demo import plain_or_residual as demo
from demo.deep_nets import BLOCKS, DEPTH, deep_net

SMALL = demo.Recipe(epochs=3, width=2, blocks=1, points=5)


def test_both_nets_are_logged_with_their_landscapes(tmp_path: Path) -> None:
    figures = {name: demo.train(name, SMALL, tmp_path) for name in demo.EPOCHS}
    assert all(math.isfinite(number) for one in figures.values() for number in astuple(one))
    assert "plain" in demo.told(figures)
    views = read_once(str(tmp_path)).runs()
    assert sorted(view.name for view in views) == ["plain-or-residual/plain", "plain-or-residual/residual"]
    for view in views:
        assert len(view.series["train/loss"].value) == SMALL.epochs * 23
        found = {one.tag: Landscape.from_bytes(payload_of(one)) for one in view.records[LANDSCAPE_KIND]}
        assert found["landscape"].about.directions == "random"
        of_training = found["landscape/of the training"]
        assert of_training.trajectory is not None
        assert of_training.trajectory.step[-1] == SMALL.epochs * 23 - 1


def test_nets_differ_in_nothing_but_the_ways_around() -> None:
    plain, residual = ([*deep_net(skip=skip).modules()] for skip in (False, True))
    assert DEPTH == 2 * 3 * BLOCKS + 2
    shapes = [
        [tuple(one.weight.shape) for one in net if getattr(one, "kernel_size", None) == (3, 3)]
        for net in (plain, residual)
    ]
    assert shapes[0] == shapes[1]
    assert len(shapes[0]) == DEPTH - 1


def test_measures_of_roughness_are_what_their_examples_say() -> None:
    assert doctest.testmod(ruggedness).failed == 0
