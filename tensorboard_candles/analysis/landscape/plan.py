"""What of a landscape is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

from tensorboard_candles.analysis.landscape.directions import Normalize
from tensorboard_candles.analysis.landscape.grid import Span
from tensorboard_candles.errors import BadRequest

Kind = Literal["random", "pca", "hessian", "given"]


@dataclass(frozen=True, slots=True)
class Plan:
    """With the model, its loss and data it says everything that the losses depend on.

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
        if not 1 <= len(self.points) <= 3 or not all(count >= 1 for count in self.points):
            raise BadRequest(f"points must be 1, 2 or 3 numbers > 0, got {self.points}")
        if self.eigenvalues < 0:
            raise BadRequest(f"eigenvalues must be >= 0, got {self.eigenvalues}")
        if self.epsilon is not None and not self.epsilon > 0:
            raise BadRequest(f"epsilon must be > 0, got {self.epsilon}")

    @property
    def normalization(self) -> Normalize:
        return self.normalize or ("filter" if self.kind == "random" else "none")
