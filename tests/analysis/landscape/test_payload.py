"""A landscape comes back from its bytes; bytes of anybody else are refused in words."""

from __future__ import annotations

import json
import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles import metadata
from tensorboard_candles.analysis.landscape import About, Landscape, Trajectory
from tensorboard_candles.errors import BadPayload

LINE = np.linspace(-1.0, 1.0, 3)
WHOLE = Landscape(
    axes=(LINE, LINE[:2]),
    loss=np.array([[1.0, 2.0], [math.nan, 4.0], [5.0, 6.0]]),
    about=About(
        directions="pca", normalize="none", seed=3, model="réseau", framework="torch 2", dtype="float32",
        parameters=10, samples=20, batch_norm="frozen", centre_loss=1.5, minimum=1.0, minimum_at=(-1.0, 0.0),
        sharpness=3.25, epsilon=0.1, epsilon_sharpness=12.0, seconds=0.5, warnings=("mind this",),
    ),
    trajectory=Trajectory(
        np.array([[1.0, 2.0]]), np.array([7]), np.array([math.nan]), np.array([0.25])
    ),
    explained_variance=np.array([0.6, 0.2]),
    eigenvalues=np.array([3.25]),
    eigenvalue_residuals=np.array([1e-4]),
)  # fmt: skip


def test_everything_comes_back_from_bytes() -> None:
    found = Landscape.from_bytes(WHOLE.to_bytes())
    assert [axis.tolist() for axis in found.axes] == [axis.tolist() for axis in WHOLE.axes]
    assert np.array_equal(found.loss, WHOLE.loss, equal_nan=True)
    assert {name: getattr(found.about, name) for name in About.__slots__} == {
        name: getattr(WHOLE.about, name) for name in About.__slots__
    }
    assert found.trajectory is not None
    assert found.trajectory.at.tolist() == [[1.0, 2.0]]
    assert found.trajectory.step.tolist() == [7]
    assert found.trajectory.distance.tolist() == [0.25]
    for name in ("explained_variance", "eigenvalues", "eigenvalue_residuals"):
        assert getattr(found, name).tolist() == getattr(WHOLE, name).tolist()


def test_infinite_loss_is_written_as_nan_and_numbers_that_are_unknown_as_null() -> None:
    found = Landscape.from_bytes(replace(WHOLE, loss=np.full((3, 2), np.inf), about=About()).to_bytes())
    assert np.isnan(found.loss).all()
    assert math.isnan(found.about.sharpness)
    assert found.about.seed is None


def damaged(**changes: Any) -> bytes:
    arrays = safetensors.numpy.load(WHOLE.to_bytes())
    arrays |= {name: one for name, one in changes.items() if one is not None}
    for name in [name for name, one in changes.items() if one is None]:
        del arrays[name]
    return safetensors.numpy.save(arrays)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "not a safetensors file"),
        (b"\xff" * 100, "not a safetensors file"),
        (damaged(alpha=None), "needs loss and alpha"),
        (damaged(loss=None), "needs loss and alpha"),
        (damaged(beta=None, gamma=LINE), "needs loss and alpha"),
        (damaged(alpha=LINE[::-1].copy()), "alpha must be finite and ascend"),
        (damaged(alpha=np.array([0.0, np.nan, 1.0])), "alpha must be finite and ascend"),
        (damaged(alpha=LINE.astype(np.float32)), "alpha must be a column of float64"),
        (damaged(alpha=np.empty(0)), "alpha must be a column of float64"),
        (damaged(loss=np.zeros((2, 3))), r"loss must be float64 of shape \(3, 2\)"),
        (damaged(loss=np.full((3, 2), np.inf)), "finite or NaN"),
        (damaged(trajectory_step=None), "trajectory_step is missing"),
        (damaged(trajectory=np.zeros(2)), "trajectory must be"),
        (damaged(trajectory=np.zeros((1, 3))), "trajectory must be"),
        (damaged(trajectory=np.array(1.0)), "trajectory must be"),
        (damaged(trajectory=np.array([[np.nan, 0.0]])), "trajectory must be finite"),
        (damaged(trajectory_step=np.array([1.0])), "trajectory_step must be int64"),
        (damaged(eigenvalues=np.zeros((2, 2))), "eigenvalues must be float64 of one dimension"),
        (damaged(eigenvalues=None), "each eigenvalue needs its residual"),
        (damaged(alpha=np.arange(2000.0), beta=np.arange(2000.0)), "more than 1,500,000 points"),
    ],
)  # fmt: skip
def test_damaged_payload_is_refused_in_words(content: bytes, says: str) -> None:
    with pytest.raises(BadPayload, match=says):
        Landscape.from_bytes(content)


def found_or_refused(content: bytes) -> Landscape | None:
    """None where it is refused in words."""
    try:
        return Landscape.from_bytes(content)
    except BadPayload as error:
        if not str(error).startswith("no landscape: "):
            raise
        return None


@pytest.mark.parametrize(
    "said",
    [
        "not json", "[1]", '{"warnings": 3}', '{"seed": 1e400, "minimum": NaN, "sharpness": 1e999}',
        '{"minimum_at": [1, 2]}', '{"minimum_at": ["x", 2]}', '{"model": ["<b>"], "parameters": true}',
        "[" * 50_000, '{"centre_loss": 1' + "0" * 400 + "}",
    ],
)  # fmt: skip
def test_what_a_payload_says_of_itself_is_taken_or_missing_or_refused(said: str) -> None:
    arrays = {"alpha": LINE, "loss": LINE}
    content = safetensors.numpy.save(arrays, metadata={"landscape": said})
    found = found_or_refused(content)
    if found is not None:
        assert found.about.model == ""
        assert found.about.minimum_at == ()
        json.dumps([found.about.seed, found.about.warnings], allow_nan=False)


@given(st.data())
def test_no_bytes_do_more_than_raise_a_value_error(data: st.DataObject) -> None:
    content = bytearray(WHOLE.to_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, min(len(content), 1500) - 1))] = data.draw(st.integers(0, 255))
    found = found_or_refused(bytes(content[: data.draw(st.integers(0, len(content)))]))
    if found is not None:
        assert found.loss.shape == tuple(len(axis) for axis in found.axes)


def test_payload_of_the_largest_grid_fits_into_a_record() -> None:
    side = np.arange(114.0)
    assert len(side) ** 3 <= metadata.MOST_LANDSCAPE_POINTS
    assert len(Landscape((side, side, side), np.zeros((114, 114, 114))).to_bytes()) < 16_000_000
