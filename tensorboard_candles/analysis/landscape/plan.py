"""What of a landscape is asked for."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tensorboard_candles.analysis.landscape.directions import Normalize
from tensorboard_candles.analysis.landscape.grid import Span
from tensorboard_candles.errors import BadRequest

Kind = Literal["random", "pca", "hessian", "given"]


@dataclass(frozen=True, slots=True)
class Plan:
    """With the model, its loss and data it says everything that the losses depend on.

    Numbers of numpy and torch are taken, and held as Python's own, which a cache knows again.

    >>> Plan(kind="pca").normalization
    'none'
    >>> Plan(points=(0,))
    Traceback (most recent call last):
    tensorboard_candles.errors.BadRequest: points must be 1, 2 or 3 numbers > 0, got (0,)
    """

    kind: Kind = "random"
    normalize: Normalize | None = None
    """None: by filter where directions are random, else not at all."""
    points: tuple[int, ...] = (51, 51)
    """Along each direction."""
    span: Span | None = None
    """None: what holds the trajectory where directions are its components, else 1."""
    seed: int = 0
    eigenvalues: int = 1
    """How many of the Hessian's largest are told."""
    epsilon: float | None = None
    """Half the width of the box of ε-sharpness; None: a twentieth of the grid's."""

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise BadRequest(f"directions must be random, pca, hessian or vectors, got {self.kind!r:.80}")
        if self.normalize not in (None, *get_args(Normalize)):
            raise BadRequest(f"normalize must be one of {get_args(Normalize)}, got {self.normalize!r:.80}")
        object.__setattr__(self, "points", tuple(whole_number("points", one) for one in self.points))
        if not 1 <= len(self.points) <= 3 or not all(count >= 1 for count in self.points):
            raise BadRequest(f"points must be 1, 2 or 3 numbers > 0, got {self.points}")
        for name in ("seed", "eigenvalues"):
            given = whole_number(name, getattr(self, name))
            if given < 0:
                raise BadRequest(f"{name} must be >= 0, got {given}")
            object.__setattr__(self, name, given)
        if self.span is not None:
            object.__setattr__(self, "span", _span(self.span))
        if self.epsilon is not None:
            object.__setattr__(self, "epsilon", _number("epsilon", self.epsilon))
            if not 0 < self.epsilon < math.inf:
                raise BadRequest(f"epsilon must be > 0, got {self.epsilon}")

    @property
    def normalization(self) -> Normalize:
        return self.normalize or ("filter" if self.kind == "random" else "none")


def whole_number(name: str, given: Any) -> int:
    """Python's own.

    >>> import numpy as np
    >>> whole_number("seed", np.int64(3))
    3
    >>> whole_number("seed", 0.5)
    Traceback (most recent call last):
    tensorboard_candles.errors.BadRequest: seed must be a whole number, got 0.5
    """
    try:
        return int(operator.index(given))
    except TypeError:
        raise BadRequest(f"{name} must be a whole number, got {given!r:.80}") from None


def _number(name: str, given: Any) -> float:
    try:
        return float(given)
    except (TypeError, ValueError):
        raise BadRequest(f"{name} must be a number, got {given!r:.80}") from None


def _span(given: Any) -> Span:
    entries = _entries(given)
    return _number("span", given) if entries is None else tuple(_extent(one) for one in entries)


def _extent(given: Any) -> float | tuple[float, float]:
    ends = _entries(given)
    if ends is None:
        return _number("span", given)
    if len(ends) != 2:
        raise BadRequest(f"span must have a number or (low, high) for each direction, got {given!r:.80}")
    return _number("span", ends[0]), _number("span", ends[1])


def _entries(given: Any) -> tuple[Any, ...] | None:
    """None of a single number, and of what is none."""
    try:
        return None if isinstance(given, str) else tuple(given)
    except TypeError:
        return None
