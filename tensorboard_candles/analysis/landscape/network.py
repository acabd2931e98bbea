"""What the landscape needs of a model, whatever framework it is of.

Weights, directions and gradients are *vectors*: one float64 column of all trainable numbers, in which each
tensor of the model has its stretch (`Weight`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Literal, Protocol

from tensorboard_candles.analysis.landscape.payload import Float64Array

Role = Literal["weight", "bias", "norm"]
"""Of a bias or of a normalisation's scale and shift random directions are 0, as in Li et al. 2018."""

BatchNorm = Literal["frozen", "recalibrate"]


@dataclass(frozen=True, slots=True)
class Weight:
    """One trainable tensor of a model, and where in a vector it lies."""

    name: str
    shape: tuple[int, ...]
    start: int
    """Where in the vector its numbers begin, in C order."""
    role: Role = "weight"
    filter_axis: int | None = 0
    """Which axis counts its filters: 0 of torch's (out, in, …), -1 of Keras' (…, in, out). None where it
    is one filter itself."""

    @property
    def size(self) -> int:
        return math.prod(self.shape)

    @property
    def stretch(self) -> slice:
        """Of a vector, its own numbers."""
        return slice(self.start, self.start + self.size)


class Plane(Protocol):
    """A model on the plane through its weights along given directions."""

    chunk: int
    """How many points it takes at once; the same settings give the same."""

    def losses(self, points: Float64Array) -> Float64Array:
        """Of coordinates of shape (points, directions) the losses, (points,). At most `chunk` of them."""
        ...


class Network(Protocol):
    """A model with a loss and data.

    While none of its contexts is entered the model is as its owner left it, bit by bit: weights, buffers,
    training mode, requires_grad, state of the random numbers; after an exception, too. One context is entered
    at a time. Before that it can be pickled (by cloudpickle), which is how other processes get one.
    """

    @property
    def name(self) -> str:
        """Of the model, for the reader."""
        ...

    @property
    def framework(self) -> str:
        """As `torch 2.13.0`."""
        ...

    @property
    def dtype(self) -> str:
        """That losses are computed in, `float32` or `float64`."""
        ...

    @property
    def samples(self) -> int:
        """How many examples the loss is the mean of."""
        ...

    @property
    def batch_norm(self) -> BatchNorm:
        """What becomes of the statistics of batch normalisations away from the model's own weights."""
        ...

    @property
    def weights(self) -> Sequence[Weight]:
        """All trainable tensors; their stretches follow each other and leave no gap."""
        ...

    @property
    def fingerprint(self) -> str:
        """Changes with the model's structure, its weights, the loss, the data and every setting of this."""
        ...

    def vector(self) -> Float64Array:
        """The model's weights; exactly, so that float64 must hold what they are."""
        ...

    def vector_of(self, checkpoint: object) -> Float64Array:
        """The weights of a checkpoint: of what the framework calls one, or of a path to its file.

        Raises BadRequest when it is none of this model's.
        """
        ...

    def loss_of(self, checkpoint: object | None) -> float:
        """With a checkpoint's own weights, and its own statistics of normalisations where it has them and
        none are measured anew.

        None is the model as it is: the same as a plane says of its origin.
        """
        ...

    def plane(
        self, origin: Float64Array, directions: Sequence[Float64Array]
    ) -> AbstractContextManager[Plane]:
        """Within it losses can be asked for."""
        ...

    def curvature(
        self, origin: Float64Array
    ) -> AbstractContextManager[Callable[[Float64Array], Float64Array]]:
        """Within it: the Hessian of the loss there, times a vector.

        Raises NoCurvature where the framework can't differentiate the model twice.
        """
        ...
