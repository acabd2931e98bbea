"""A Keras 3 model as what a loss landscape is computed of, over TensorFlow, torch or JAX.

    from tensorboard_candles import landscape

    found = landscape(model, "sparse_categorical_crossentropy", (images, labels))

The model's variables are not written to: Keras calls a model with other values in their place. Only a
checkpoint's file is read into the model, which then gets its own values back.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from tensorboard_candles.analysis.landscape import BatchNorm, Weight
from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest, NoCurvature
from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.landscape.code_of import code_of

try:
    import keras
except ImportError as error:
    raise missing("keras") from error

from tensorboard_candles.integrations.landscape.keras_backends import compiled, hessian_product
from tensorboard_candles.integrations.landscape.keras_data import (
    Batch,
    array_of,
    batches_of,
    count_of,
    joined,
    tensors_of,
)
from tensorboard_candles.integrations.landscape.keras_layers import (
    layers_of,
    measurable_norms,
    measuring,
    weights_of,
)

_COMPILED = ("compiled_loss", "_hessian_product")
_POINTS_AT_ONCE = 8
"""Between two looks at whether anybody still wants them."""


def network_of(
    model: Any,
    loss: Any,
    data: Any,
    *,
    batch_size: int | None = None,
    batch_norm: BatchNorm = "frozen",
    dtype: str | None = None,
) -> KerasNetwork:
    """A `Network` of a Keras model.

    Args:
        model: a built `keras.Model`.
        loss: as of `model.compile`: a name, a `keras.losses.Loss` or `function(y_true, y_pred)`; None takes
            the one that the model was compiled with. Penalties of regularisers are no part of it.
        data: `(inputs, targets)` of arrays, or batches of such: a list, `tf.data.Dataset`, `PyDataset`.
            All of it is kept in memory.
        batch_size: in which `(inputs, targets)` is taken; by default all at once.
        batch_norm: `frozen` takes the moving averages as they are; `recalibrate` those of the data, measured
            anew at each point.
        dtype: the model's own: Keras computes in no other.

    Filters are what one output of a layer has: the last axis of a dense or convolution kernel counts them.
    """
    if not model.built:
        raise BadRequest("the model must be built: call it on some data first")
    if batch_norm not in ("frozen", "recalibrate"):
        raise BadRequest(f"batch_norm must be frozen or recalibrate, got {batch_norm!r:.80}")
    network = KerasNetwork(model, _loss_of(model, loss), batches_of(data, batch_size), batch_norm)
    if dtype not in (None, network.dtype):
        raise BadRequest(f"dtype must be the Keras model's own, {network.dtype}, got {dtype!r:.80}")
    return network


class KerasNetwork:
    """See `tensorboard_candles.analysis.landscape.Network`."""

    def __init__(
        self,
        model: Any,
        loss: Callable[[Any, Any], Any],
        batches: Sequence[Batch],
        batch_norm: BatchNorm,
    ) -> None:
        self._model, self._loss, self._batches, self.batch_norm = model, loss, batches, batch_norm

    @property
    def name(self) -> str:
        return str(self._model.name)

    @property
    def framework(self) -> str:
        return f"keras {keras.version()} ({keras.backend.backend()})"

    @property
    def dtype(self) -> str:
        return str(keras.backend.standardize_dtype(self._model.compute_dtype))

    @property
    def samples(self) -> int:
        return sum(count_of(targets) for _, targets in self._batches)

    @property
    def weights(self) -> Sequence[Weight]:
        return weights_of(self._model)

    @property
    def fingerprint(self) -> str:
        layers = [(code_of(layer), _config(layer)) for layer in layers_of(self._model)]
        loss = code_of(self._loss), _config(self._loss)
        variables = [(one.name, one.dtype, one.shape) for one in self._model.weights]
        told = [self.framework, self.dtype, self.batch_norm, layers, variables, loss]
        digest = hashlib.sha256(json.dumps(told, default=str).encode())
        arrays = [*map(array_of, self._model.weights), *keras.tree.flatten(self._batches)]
        for array in arrays:
            digest.update(f"{array.dtype} {array.shape}".encode())
            digest.update(np.ascontiguousarray(array).tobytes())
        return digest.hexdigest()

    def vector(self) -> Float64Array:
        return joined(self._model.trainable_variables)

    def vector_of(self, checkpoint: object) -> Float64Array:
        """Of a path that Keras saved the model or its weights to, a model, what its `get_weights` gave, or
        a vector."""
        return joined(self._values_of(checkpoint)[0])

    def loss_of(self, checkpoint: object | None) -> float:
        values, other = self._values_of(checkpoint)
        plane = KerasPlane(self, np.stack([joined(values)]), other=other, norms=self._measured_norms())
        return float(plane.losses(np.empty((1, 0)))[0])

    @contextmanager
    def plane(self, origin: Float64Array, directions: Sequence[Float64Array]) -> Iterator[KerasPlane]:
        basis = np.stack([origin, *directions])
        yield KerasPlane(self, basis, other=self._other(), norms=self._measured_norms())

    @contextmanager
    def curvature(self, origin: Float64Array) -> Iterator[Callable[[Float64Array], Float64Array]]:
        """With the moving averages of batch normalisation as they are."""
        product = self._hessian_product
        values, other = self.split(origin), self._other()

        def times(vector: Float64Array) -> Float64Array:
            along, total = self.split(vector), np.zeros(len(origin))
            for inputs, targets in self._batches:
                try:
                    found = product(values, along, other, *tensors_of((inputs, targets), self.dtype))
                except (RuntimeError, NotImplementedError, LookupError, TypeError) as error:  # by backend
                    raise NoCurvature(f"Keras can't differentiate the model twice: {error}"[:500]) from error
                total += count_of(targets) * joined(found)
            return total / self.samples

        yield times

    @cached_property
    def compiled_loss(self) -> Callable[..., Any]:
        return compiled(self.batch_loss)

    @cached_property
    def _hessian_product(self) -> Callable[..., Any]:
        return hessian_product(self.batch_loss)

    def __getstate__(self) -> dict[str, Any]:
        """What is compiled can't be pickled."""
        return {name: value for name, value in vars(self).items() if name not in _COMPILED}

    def batch_loss(self, values: Any, other: Any, inputs: Any, targets: Any) -> Any:
        """The mean loss of a batch, with these in the place of the model's variables."""
        outputs, _ = self._model.stateless_call(values, other, inputs, training=False)
        return keras.ops.mean(self._loss(targets, outputs))

    def split(self, vector: Float64Array) -> list[Any]:
        """A vector as values of the trainable variables."""
        variables = self._model.trainable_variables
        ends = np.cumsum([int(np.prod(variable.shape, dtype=np.int64)) for variable in variables])[:-1]
        return [
            keras.ops.convert_to_tensor(part.reshape(variable.shape), dtype=variable.dtype)
            for part, variable in zip(np.split(vector, ends), variables, strict=True)
        ]

    def _measured_norms(self) -> list[Any]:
        return measurable_norms(self._model) if self.batch_norm == "recalibrate" else []

    def _other(self) -> list[Any]:
        return [variable.value for variable in self._model.non_trainable_variables]

    def _values_of(self, checkpoint: object | None) -> tuple[list[Any], list[Any]]:
        """Values of the trainable variables and of the others, of which a checkpoint may lack some."""
        if isinstance(checkpoint, np.ndarray) and checkpoint.ndim == 1 and checkpoint.dtype != object:
            _check_shapes([checkpoint], [self.vector()])
            return self.split(checkpoint.astype(np.float64)), self._other()
        if checkpoint is None:
            found = self._model.get_weights()
        elif isinstance(checkpoint, str | Path):
            found = self._read(Path(checkpoint))
        elif isinstance(checkpoint, keras.Model):
            found = checkpoint.get_weights()
        else:
            found = [np.asarray(one) for one in checkpoint] if isinstance(checkpoint, Iterable) else []
        _check_shapes(found, self._model.weights)
        known = {id(variable): array for variable, array in zip(self._model.weights, found, strict=True)}
        return tuple(  # type: ignore[return-value]
            [known.get(id(variable), variable.value) for variable in variables]
            for variables in (self._model.trainable_variables, self._model.non_trainable_variables)
        )

    def _read(self, path: Path) -> list[Any]:
        """What `get_weights` says of the file: Keras reads one only into a model."""
        if not path.exists():
            raise BadRequest(f"there is no checkpoint {path}")
        optimizer = getattr(self._model, "optimizer", None)
        kept = [*self._model.variables, *(optimizer.variables if optimizer else ())]
        before = [array_of(variable) for variable in kept]
        try:
            self._model.load_weights(path)
            return list(self._model.get_weights())
        except ValueError as error:  # as Keras says that it is of another model
            raise BadRequest(f"{path} is no checkpoint of this model: {error!s:.500}") from error
        finally:
            for variable, value in zip(kept, before, strict=True):
                variable.assign(value)


class KerasPlane:
    """A Keras model on a plane: a `Plane`, and the place where batch normalisations are measured anew."""

    chunk = _POINTS_AT_ONCE

    def __init__(
        self,
        network: KerasNetwork,
        basis: Float64Array,
        *,
        other: Sequence[Any],
        norms: Sequence[Any] = (),
    ) -> None:
        self._network, self._basis, self._other, self._norms = network, basis, list(other), norms
        self._batches = [tensors_of(batch, network.dtype) for batch in network._batches]
        self._counts = [count_of(targets) for _, targets in network._batches]
        self._statistics = compiled(self._batch_statistics)

    def losses(self, points: Float64Array) -> Float64Array:
        return np.array([self._loss_at(np.array([1.0, *point]) @ self._basis) for point in points])

    def _loss_at(self, vector: Float64Array) -> float:
        values = self._network.split(vector)
        other = self._measured(values) if self._norms else self._other
        found = [float(self._network.compiled_loss(values, other, *batch)) for batch in self._batches]
        return float(np.average(found, weights=self._counts))

    def _measured(self, values: Any) -> list[Any]:
        """The variables that aren't trained, with means and variances of the data, as means over batches."""
        with measuring(self._norms):
            found = [self._statistics(values, self._other, inputs) for inputs, _ in self._batches]
        shares = np.array(self._counts) / sum(self._counts)
        means = [
            sum(share * one for share, one in zip(shares, each, strict=True))
            for each in zip(*found, strict=True)
        ]
        known = dict(zip(map(id, self._moving()), means, strict=True))
        variables = self._network._model.non_trainable_variables
        return [known.get(id(one), value) for one, value in zip(variables, self._other, strict=True)]

    def _moving(self) -> list[Any]:
        return [one for layer in self._norms for one in (layer.moving_mean, layer.moving_variance)]

    def _batch_statistics(self, values: Any, other: Any, inputs: Any) -> list[Any]:
        """Of one batch, for each of `_moving`: what Keras has moved there by 1 − momentum from nothing."""
        model = self._network._model
        moving = {id(one) for one in self._moving()}
        variables = model.non_trainable_variables
        zeroed = [
            keras.ops.zeros_like(value) if id(one) in moving else value
            for one, value in zip(variables, other, strict=True)
        ]
        _, after = model.stateless_call(values, zeroed, inputs, training=False)
        found = {id(one): value for one, value in zip(variables, after, strict=True)}
        momenta = [layer.momentum for layer in self._norms for _ in range(2)]
        return [
            found[id(one)] / (1 - momentum) for one, momentum in zip(self._moving(), momenta, strict=True)
        ]


def _loss_of(model: Any, loss: Any) -> Callable[[Any, Any], Any]:
    if loss is None:
        loss = getattr(model, "loss", None)
    if loss is None or not (callable(loss) or isinstance(loss, str)):
        raise BadRequest(
            "loss must be a name, a keras.losses.Loss or function(y_true, y_pred), or compiled in"
        )
    return keras.losses.get(loss)  # type: ignore[no-any-return]


def _check_shapes(found: Sequence[Any], wanted: Sequence[Any]) -> None:
    got, needed = ([tuple(one.shape) for one in some] for some in (found, wanted))
    if got != needed:
        raise BadRequest(f"this is no checkpoint of this model: it has {needed}, got {got}"[:1000])


def _config(told: Any) -> Any:
    """What a layer or a loss can tell of itself; those that people write often can't."""
    try:
        return told.get_config()
    except (AttributeError, NotImplementedError):
        return None
