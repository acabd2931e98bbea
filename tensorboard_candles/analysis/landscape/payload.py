"""A loss landscape as it is written into event files, and read from them."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import safetensors.numpy

from tensorboard_candles import metadata
from tensorboard_candles.errors import BadPayload
from tensorboard_candles.events import payload_in

Float64Array = npt.NDArray[np.float64]
Int64Array = npt.NDArray[np.int64]

AXES = ("alpha", "beta", "gamma")
_MOST_EIGENVALUES = 10_000
_MOST_WARNINGS = 50
_LONGEST_TEXT = 1000


@dataclass(frozen=True, eq=False, slots=True)
class Trajectory:
    """Checkpoints of a training, seen from the plane of the landscape; a row for each, in order of time."""

    at: Float64Array
    """(checkpoints, directions): coordinates of the nearest point of the plane."""
    step: Int64Array
    loss: Float64Array
    """At the checkpoint itself, which does not lie in the plane."""
    distance: Float64Array
    """From the checkpoint to the plane, in weight space."""


@dataclass(frozen=True, eq=False, slots=True)
class About:
    """What is said of a landscape in words and single numbers, as `metadata.LANDSCAPE_KIND` tells."""

    directions: str = "given"
    normalize: str = "none"
    seed: int | None = None
    model: str = ""
    framework: str = ""
    dtype: str = ""
    parameters: int | None = None
    samples: int | None = None
    batch_norm: str = "frozen"
    centre_loss: float = math.nan
    minimum: float = math.nan
    minimum_at: tuple[float, ...] = ()
    sharpness: float = math.nan
    epsilon: float = math.nan
    epsilon_sharpness: float = math.nan
    seconds: float = math.nan
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Landscape:
    """The loss on a grid around a model's weights, along one, two or three directions.

    >>> line = np.linspace(-1, 1, 5)
    >>> bowl = Landscape((line, line), line[:, None] ** 2 + line**2, about=About(model="bowl", seed=0))
    >>> again = Landscape.from_bytes(bowl.to_bytes())
    >>> again.loss[2, 2], again.loss[0, 2], again.about.model
    (np.float64(0.0), np.float64(1.0), 'bowl')
    >>> Landscape.from_bytes(b"something else")
    Traceback (most recent call last):
    tensorboard_candles.errors.BadPayload: no landscape: not a safetensors file: header too large
    """

    axes: tuple[Float64Array, ...]
    """Where along each direction, ascending; the model's own weights are at 0."""
    loss: Float64Array
    """At [i, j, k] that of (alpha[i], beta[j], gamma[k]); NaN where it was not evaluated or is not finite."""
    about: About = field(default_factory=About)
    trajectory: Trajectory | None = None
    explained_variance: Float64Array | None = None
    """Share of the checkpoints' variance along each principal component."""
    eigenvalues: Float64Array | None = None
    """Of the Hessian, the largest first."""
    eigenvalue_residuals: Float64Array | None = None

    def to_bytes(self) -> bytes:
        """The content of a summary of `metadata.LANDSCAPE_KIND`; BadPayload when that would be too large."""
        arrays: dict[str, npt.NDArray[Any]] = dict(zip(AXES, self.axes, strict=False))
        arrays["loss"] = np.where(np.isfinite(self.loss), self.loss, np.nan)
        if self.trajectory is not None:
            arrays["trajectory"] = self.trajectory.at
            for name in ("step", "loss", "distance"):
                arrays[f"trajectory_{name}"] = getattr(self.trajectory, name)
        for name in ("explained_variance", "eigenvalues", "eigenvalue_residuals"):
            if getattr(self, name) is not None:
                arrays[name] = getattr(self, name)
        arrays = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
        _check(arrays)
        about = {name: _plain(getattr(self.about, name)) for name in About.__slots__}
        return safetensors.numpy.save(arrays, metadata={"landscape": json.dumps(about, allow_nan=False)})

    @classmethod
    def from_bytes(cls, content: bytes) -> Landscape:
        """What `to_bytes` made; BadPayload, in words for the reader, for anything else."""
        try:
            payload = payload_in(content)
            arrays, said = payload.arrays, payload.json("landscape")
        except BadPayload as error:
            raise BadPayload(f"no landscape: {error}") from error
        axes = _check(arrays)
        trajectory = None
        if "trajectory" in arrays:
            about_each = (arrays[f"trajectory_{name}"] for name in ("step", "loss", "distance"))
            trajectory = Trajectory(arrays["trajectory"], *about_each)
        return cls(
            axes=axes,
            loss=arrays["loss"],
            about=_about({} if said is None else said, len(axes)),
            trajectory=trajectory,
            explained_variance=arrays.get("explained_variance"),
            eigenvalues=arrays.get("eigenvalues"),
            eigenvalue_residuals=arrays.get("eigenvalue_residuals"),
        )


def _check(arrays: Mapping[str, npt.NDArray[Any]]) -> tuple[Float64Array, ...]:
    """The axes, when everything fits together; nothing is said of arrays of other names."""
    axes = tuple(arrays[name] for name in AXES if name in arrays)
    if not axes or not all(name in arrays for name in (*AXES[: len(axes)], "loss")):
        raise BadPayload("no landscape: needs loss and alpha, or alpha and beta, or these and gamma")
    for name, axis in zip(AXES, axes, strict=False):
        if axis.ndim != 1 or not len(axis) or axis.dtype != np.float64:
            raise BadPayload(f"no landscape: {name} must be a column of float64")
        if not np.isfinite(axis).all() or (np.diff(axis) <= 0).any():
            raise BadPayload(f"no landscape: {name} must be finite and ascend")
    shape = tuple(len(axis) for axis in axes)
    if math.prod(shape) > metadata.MOST_LANDSCAPE_POINTS:
        raise BadPayload(f"no landscape: more than {metadata.MOST_LANDSCAPE_POINTS:,} points")
    _check_shape(arrays, "loss", np.float64, shape)
    if np.isinf(arrays["loss"]).any():
        raise BadPayload("no landscape: loss must be finite or NaN")
    _check_trajectory(arrays, len(axes))
    for name in ("explained_variance", "eigenvalues", "eigenvalue_residuals"):
        if name in arrays:
            _check_shape(arrays, name, np.float64, None)
    if len(arrays.get("eigenvalues", ())) != len(arrays.get("eigenvalue_residuals", ())):
        raise BadPayload("no landscape: each eigenvalue needs its residual")
    return axes


def _check_trajectory(arrays: Mapping[str, npt.NDArray[Any]], dims: int) -> None:
    names = ("trajectory", "trajectory_step", "trajectory_loss", "trajectory_distance")
    there = [name for name in names if name in arrays]
    if not there:
        return
    if len(there) != len(names):
        raise BadPayload(f"no landscape: {' and '.join(set(names) - set(there))} is missing")
    count = len(arrays["trajectory"]) if arrays["trajectory"].ndim else 0
    if count > metadata.MOST_CHECKPOINTS:
        raise BadPayload(f"no landscape: more than {metadata.MOST_CHECKPOINTS:,} checkpoints")
    _check_shape(arrays, "trajectory", np.float64, (count, dims))
    _check_shape(arrays, "trajectory_step", np.int64, (count,))
    for name in names[2:]:
        _check_shape(arrays, name, np.float64, (count,))
    if not np.isfinite(arrays["trajectory"]).all():
        raise BadPayload("no landscape: trajectory must be finite")


def _check_shape(
    arrays: Mapping[str, npt.NDArray[Any]], name: str, dtype: type, shape: tuple[int, ...] | None
) -> None:
    array = arrays[name]
    is_right = (
        array.shape == shape if shape is not None else array.ndim == 1 and array.size <= _MOST_EIGENVALUES
    )
    if array.dtype != dtype or not is_right:
        wanted = "of one dimension" if shape is None else f"of shape {shape}"
        raise BadPayload(
            f"no landscape: {name} must be {np.dtype(dtype)} {wanted}, got {array.dtype} {array.shape}"
        )


def _plain(value: object) -> object:
    """What JSON has a word for.

    >>> _plain((0.5, math.nan)), _plain(3)
    ([0.5, None], 3)
    """
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _about(said: object, dims: int) -> About:
    """Entries of the wrong kind count as missing, as those of a newer writer may be."""
    if not isinstance(said, dict):
        raise BadPayload("no landscape: what it says of itself is no object of JSON")
    kept: dict[str, Any] = {}
    for name in ("directions", "normalize", "model", "framework", "dtype", "batch_norm"):
        if isinstance(said.get(name), str):
            kept[name] = said[name][:_LONGEST_TEXT]
    for name in ("seed", "parameters", "samples"):
        if type(said.get(name)) is int and abs(said[name]) < 2**63:
            kept[name] = said[name]
    for name in ("centre_loss", "minimum", "sharpness", "epsilon", "epsilon_sharpness", "seconds"):
        if _is_number(said.get(name)):
            kept[name] = float(said[name])
    where = said.get("minimum_at")
    if isinstance(where, list) and len(where) == dims and all(_is_number(one) for one in where):
        kept["minimum_at"] = tuple(float(one) for one in where)
    warnings = said.get("warnings")
    if isinstance(warnings, list):
        texts = (one[:_LONGEST_TEXT] for one in warnings[:_MOST_WARNINGS] if isinstance(one, str))
        kept["warnings"] = tuple(texts)
    return About(**kept)


def _is_number(value: object) -> bool:
    """JSON's numbers, of which Python's reader makes NaN and infinity, too.

    >>> _is_number(1), _is_number(True), _is_number(math.inf), _is_number(10**400)
    (True, False, False, False)
    """
    if isinstance(value, int):
        return type(value) is int and abs(value) < 2**63
    return isinstance(value, float) and math.isfinite(value)
