"""What a model costs: how it is measured, by which integration, and what is kept of it."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from tensorboard_candles.errors import WriterError

Loss: TypeAlias = Callable[[Any, Any], Any]

REPEATS = 30
LATENCY_WITHIN_SECS = 10.0
"""A slow model is timed less often, at least three times."""


@dataclass(frozen=True, slots=True, eq=False)
class Complexity:
    """See `metadata.COMPLEXITY_KIND`; None where something was not or could not be measured."""

    model: str
    framework: str
    device: str
    examples: int
    parameters: int
    trainable: int
    parameter_bytes: int
    layers: int | None = None
    depth: int | None = None
    flops: int | None = None
    activation_bytes: int | None = None
    gradient_noise_scale: float | None = None
    latency_secs: npt.NDArray[np.float64] = field(default_factory=lambda: np.empty(0))
    """Of each repeat."""
    notes: Mapping[str, str] = field(default_factory=dict)
    """How something was measured, or why it is not known; by the names above."""

    @property
    def latency(self) -> float:
        """Median, in seconds; NaN where it was not measured."""
        return float(np.median(self.latency_secs)) if len(self.latency_secs) else float("nan")

    def to_bytes(self) -> bytes:
        """The content of a summary of `metadata.COMPLEXITY_KIND`."""
        names = [one.name for one in fields(self) if one.name != "latency_secs"]
        known = {name: getattr(self, name) for name in names if getattr(self, name) is not None}
        arrays = {"latency_secs": self.latency_secs} if len(self.latency_secs) else {}
        return save(arrays, metadata={"complexity": json.dumps({**known, "notes": dict(self.notes)})})

    def __str__(self) -> str:
        """A line for each number.

        >>> print(Complexity("Linear", "torch", "cpu", 8, parameters=30, trainable=30, parameter_bytes=120))
        Linear on cpu (torch), 8 examples
          parameters                     30
          trainable                      30
          parameter_bytes               120
        """
        named = {one.name: getattr(self, one.name) for one in fields(self) if one.name != "examples"}
        shown = {name: value for name, value in named.items() if isinstance(value, int | float)}
        if len(self.latency_secs):
            shown["latency_secs"] = self.latency
        lines = [f"  {name:<22}{_shown(value):>11}" for name, value in shown.items()]
        return "\n".join(
            [f"{self.model} on {self.device} ({self.framework}), {self.examples} examples", *lines]
        )


def _shown(number: float) -> str:
    return f"{number:,}" if isinstance(number, int) else f"{number:.4g}"


def complexity(
    model: Any,
    inputs: Any = None,
    *,
    loss: Loss | None = None,
    labels: Any = None,
    name: str | None = None,
    repeats: int = REPEATS,
) -> Complexity:
    """What a model of PyTorch or Keras 3 costs: layers, depth, parameters, FLOPs, memory, latency, noise.

    from tensorboard_candles import complexity

    found = complexity(model, images, loss=torch.nn.functional.cross_entropy, labels=labels)
    print(found)  # found.flops, found.depth, found.latency, …
    tracker.complexity(found)  # or tracker.complexity(model, images, …): into the tab's radar

    `inputs` are a batch: a tensor, a tuple of positional arguments, or a dict of named ones. With `loss` and
    `labels` the gradient noise scale is measured, too: `loss(outputs, labels)` of PyTorch, `loss(labels,
    outputs)` of Keras, each the mean over a batch. It needs a few hundred examples to be of use. Latency is
    the median of `repeats` forward passes after three to warm up; 0 leaves it out.

    Weights, buffers, gradients, the mode and the state of random generators are as before afterwards, also
    where the model raised. How each number is measured is in `notes` and in docs/complexity.md. Raises
    WriterError for what is no such model, no inputs or such that the model refuses, and for a loss without
    labels.
    """
    if inputs is None:
        raise WriterError("complexity() measures a model on a batch; pass it: complexity(model, inputs)")
    if (loss is None) != (labels is None):
        raise WriterError("the gradient noise scale needs both loss= and labels=; pass the other one as well")
    if repeats < 0:
        raise WriterError(f"repeats must be >= 0, got {repeats}")
    origins = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if "keras" in origins:  # first: over torch it is a torch.nn.Module, too
        from tensorboard_candles.integrations.keras_complexity import measured as of_keras

        return of_keras(model, inputs, loss=loss, labels=labels, name=name, repeats=repeats)
    if "torch" in origins and callable(getattr(model, "named_parameters", None)):
        from tensorboard_candles.integrations.torch_complexity import measured as of_torch

        return of_torch(model, inputs, loss=loss, labels=labels, name=name, repeats=repeats)
    raise WriterError(
        "complexity() takes a torch.nn.Module or a Keras model,"
        f" got {type(model).__qualname__}: {model!r:.80}"
    )


@contextmanager
def first_pass() -> Iterator[None]:
    """Where a model says for the first time that it can't take its inputs; WriterError with its own words."""
    try:
        yield
    except (RuntimeError, TypeError, ValueError) as error:
        raise WriterError(
            "the model can't be called with these inputs (a tuple or list is positional arguments, a dict"
            f" named ones): {error}"
        ) from error


def noise_scale(
    small_squared: float, big_squared: float, *, small: int, big: int
) -> tuple[float | None, str]:
    """The gradient noise scale, in examples, from squared norms of gradients at two batch sizes.

    >>> noise_scale(small_squared=3.0, big_squared=2.0, small=1, big=2)
    (2.0, 'of gradients of 1 and 2 examples (McCandlish et al. 2018, B_simple), in evaluation mode')

    tr Σ / |G|²: McCandlish, Kaplan, Amodei et al. 2018, "An Empirical Model of Large-Batch Training", eq. A.2
    and A.3: estimates without bias of both. None, and why, where the gradient can't be told from noise.
    """
    gradient = (big * big_squared - small * small_squared) / (big - small)
    noise = (small_squared - big_squared) / (1 / small - 1 / big)
    if not math.isfinite(noise / gradient if gradient else 0.0):
        return None, "gradients, or their squares, are not finite"
    if gradient <= 0:
        return None, f"the gradient can't be told from its noise with {big} examples; pass more"
    how = f"of gradients of {small} and {big} examples (McCandlish et al. 2018, B_simple), in evaluation mode"
    return max(noise, 0.0) / gradient, how


def small_batch(examples: int) -> int:
    """Of how many examples the smaller gradients are: so that there are about 32 of them."""
    return max(1, examples // 32)
