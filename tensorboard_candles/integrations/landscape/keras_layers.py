"""What a loss landscape must know of Keras's layers: whose a variable is, which axis counts its filters."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import keras
import numpy as np

from tensorboard_candles.analysis.landscape import Weight
from tensorboard_candles.analysis.landscape.network import Role

_NORMS = tuple(
    getattr(keras.layers, name)
    for name in "BatchNormalization LayerNormalization GroupNormalization RMSNormalization".split()
    if hasattr(keras.layers, name)  # the last one came with Keras 3.9
)
_TRANSPOSED = (keras.layers.Conv1DTranspose, keras.layers.Conv2DTranspose, keras.layers.Conv3DTranspose)
_DEPTHWISE = (keras.layers.DepthwiseConv1D, keras.layers.DepthwiseConv2D)


def layers_of(model: Any) -> list[Any]:
    """The model and all layers in it, however deep; Keras has no public way to walk through them."""
    return list(model._flatten_layers())


def weights_of(model: Any) -> list[Weight]:
    """All trainable variables, in Keras's order."""
    owners = {id(variable): layer for layer in layers_of(model) for variable in layer._trainable_variables}
    found: list[Weight] = []
    start = 0
    for variable in model.trainable_variables:
        shape, layer = tuple(map(int, variable.shape)), owners.get(id(variable))
        role, axis = _role(layer, variable.name, shape), _filter_axis(layer, variable.name, shape)
        found.append(Weight(variable.path, shape, start, role, axis))
        start += int(np.prod(shape, dtype=np.int64))
    return found


def _role(layer: Any, name: str, shape: tuple[int, ...]) -> Role:
    if isinstance(layer, _NORMS):
        return "norm"
    # a bias has two axes in layers that work on several heads
    return "bias" if len(shape) < 2 or name == "bias" else "weight"


def _filter_axis(layer: Any, name: str, shape: tuple[int, ...]) -> int | None:
    """Of (…, in, out) the last one; None where one axis can't count them."""
    if isinstance(layer, keras.layers.Embedding):
        return 0  # a row for each token
    if isinstance(layer, _TRANSPOSED):
        return -2
    if name == "depthwise_kernel" or isinstance(layer, _DEPTHWISE):
        return -2 if shape[-1] == 1 else None
    if isinstance(layer, keras.layers.EinsumDense) and len(shape) > 2:
        return _axis_of_einsum(layer, shape)
    return -1


def _axis_of_einsum(layer: Any, shape: tuple[int, ...]) -> int | None:
    """An attention's projections have two axes of outputs, for heads and for what each of them makes."""
    kernel, output = layer.equation.split(",")[1].split("->")
    inputs = layer.equation.split(",")[0]
    outputs = [at for at, letter in enumerate(kernel) if letter in output and letter not in inputs]
    return outputs[0] if len(outputs) == 1 else None


def measurable_norms(model: Any) -> list[Any]:
    """Batch normalisations that measure their data in training; Keras leaves frozen ones as they are."""
    return [
        layer
        for layer in layers_of(model)
        if isinstance(layer, keras.layers.BatchNormalization)
        and layer.trainable and not layer.renorm and layer.momentum < 1
    ]  # fmt: skip


@contextmanager
def measuring(norms: Sequence[Any]) -> Iterator[None]:
    """Within it these layers, and no others (a dropout, say), are called as in training."""
    with ExitStack() as stack:
        for layer in norms:
            object.__setattr__(layer, "call", _called_in_training(layer.call))
            stack.callback(object.__delattr__, layer, "call")
        yield


def _called_in_training(call: Callable[..., Any]) -> Callable[..., Any]:
    def in_training(inputs: Any, training: Any = None, mask: Any = None) -> Any:
        return call(inputs, training=True, mask=mask)

    return in_training
