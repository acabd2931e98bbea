"""What a Keras 3 model costs, over TensorFlow, torch or JAX; behind `tensorboard_candles.complexity`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.measuring import gradient_noise, timed
from tensorboard_candles.writer.complexity import Complexity, Loss, first_pass

try:
    import keras
except ImportError as error:
    raise missing("keras") from error

_NO_GRAPH = "only of functional and sequential models, whose graph is known"
_NOTES = {
    "layers": "layers that hold a weight of two dimensions or more",
    "depth": "the longest path through such layers in the model's graph; a layer of layers counts as one",
    "parameters": "all weights as Keras counts them, moving averages of normalisations too",
    "activation_bytes": "the outputs of all layers",
    "latency_secs": "predict_on_batch",
}


def measured(
    model: Any, inputs: Any, *, loss: Loss | None, labels: Any, name: str | None, repeats: int
) -> Complexity:
    """All there is to measure; weights are as before, as nothing is run that would change them."""
    notes = dict(_NOTES)
    examples = _examples(inputs)
    with first_pass():
        model(_placed(inputs), training=False)  # what is built when it is first called
    flops, notes["flops"] = _flops(model, inputs)
    depth, activations = _depth(model), _output_bytes(model, examples)
    if depth is None:
        notes["depth"] = notes["activation_bytes"] = _NO_GRAPH
    noise = None
    if loss is not None:
        noise, notes["gradient_noise_scale"] = _noise(model, inputs, loss, labels, examples)
    return Complexity(
        model=name or model.name,
        framework=f"keras {keras.__version__} ({keras.backend.backend()})",
        device=_device(model),
        examples=examples,
        parameters=_count(model.weights),
        trainable=_count(model.trainable_weights),
        parameter_bytes=sum(_bytes(one.shape, one.dtype) for one in model.weights),
        layers=sum(_is_layer(one) for one in _flat(model)),
        depth=depth,
        flops=flops,
        activation_bytes=activations,
        gradient_noise_scale=noise,
        latency_secs=timed(lambda: model.predict_on_batch(inputs), repeats),
        notes=notes,
    )


def _examples(inputs: Any) -> int:
    first = next(iter(inputs.values())) if isinstance(inputs, Mapping) else inputs
    first = first[0] if isinstance(first, tuple | list) else first
    return int(first.shape[0])


def _placed(inputs: Any) -> Any:
    return keras.tree.map_structure(keras.ops.convert_to_tensor, inputs)


def _count(weights: Any) -> int:
    return int(sum(np.prod(one.shape, dtype=np.int64) for one in weights))


def _bytes(shape: Any, dtype: Any) -> int:
    size = 1 if dtype == "bool" else keras.backend.standardize_dtype(dtype)
    bits = size if isinstance(size, int) else int("".join(filter(str.isdigit, size.split("_")[0])) or 8)
    return int(np.prod(shape, dtype=np.int64)) * max(bits // 8, 1)


def _flat(layer: Any) -> Iterator[Any]:
    """A layer and all in it, each once."""
    seen: set[int] = set()
    waiting = [layer]
    while waiting:
        one = waiting.pop()
        if id(one) not in seen:
            seen.add(id(one))
            yield one
            waiting += getattr(one, "_layers", [])


def _is_layer(layer: Any) -> bool:
    inner = {id(weight) for one in getattr(layer, "_layers", []) for weight in one.weights}
    return any(len(weight.shape) > 1 and id(weight) not in inner for weight in layer.weights)


def _depth(model: Any) -> int | None:
    """Over the graph of a functional model; None of any other."""
    outputs = getattr(model, "outputs", None)
    if not outputs:
        return None
    known: dict[int, int] = {}
    waiting = list(outputs)
    while waiting:
        tensor = waiting[-1]
        operation, place, _ = tensor._keras_history
        before = operation._inbound_nodes[place].arguments.keras_tensors
        missing = [one for one in before if id(one) not in known]
        if missing:
            waiting += missing
            continue
        known[id(tensor)] = max((known[id(one)] for one in before), default=0) + _own_depth(operation)
        waiting.pop()
    return max(known[id(one)] for one in outputs)


def _own_depth(operation: Any) -> int:
    if isinstance(operation, keras.Model):
        return _depth(operation) or 0
    return int(any(len(weight.shape) > 1 for weight in getattr(operation, "weights", [])))


def _output_bytes(model: Any, examples: int) -> int | None:
    if not getattr(model, "outputs", None):
        return None
    total = 0
    for layer in model.layers:
        if isinstance(layer, keras.Model):
            total += _output_bytes(layer, examples) or 0
        elif not isinstance(layer, keras.layers.InputLayer):
            outputs = keras.tree.flatten(layer.output)
            total += sum(_bytes([size or examples for size in one.shape], one.dtype) for one in outputs)
    return total


def _flops(model: Any, inputs: Any) -> tuple[int | None, str]:
    """Of one forward pass, by the means of what Keras runs on."""
    backend = keras.backend.backend()
    ways: dict[str, Callable[[Any, Any], tuple[int | None, str]]] = {
        "tensorflow": _flops_of_tensorflow,
        "torch": _flops_of_torch,
        "jax": _flops_of_jax,
    }
    if backend not in ways:
        return None, f"not known over {backend}"
    return ways[backend](model, _placed(inputs))


def _flops_of_torch(model: Any, inputs: Any) -> tuple[int, str]:
    import torch
    from torch.utils.flop_counter import FlopCounterMode

    with torch.no_grad(), FlopCounterMode(display=False) as counter:
        model(inputs, training=False)
    return int(counter.get_total_flops()), "torch's FlopCounterMode: matrix products, convolutions, attention"


def _flops_of_tensorflow(model: Any, inputs: Any) -> tuple[int, str]:
    import tensorflow as tf

    profiler = tf.compat.v1.profiler
    traced = tf.function(lambda given: model(given, training=False)).get_concrete_function(inputs)
    wanted = ["MatMul", "BatchMatMul", "BatchMatMulV2", "Conv2D", "Conv3D", "DepthwiseConv2dNative", "Einsum"]
    options = profiler.ProfileOptionBuilder(profiler.ProfileOptionBuilder.float_operation())
    found = profiler.profile(
        traced.graph,
        options=options.with_empty_output()
        .with_accounted_types(wanted)
        .account_displayed_op_only(True)
        .build(),
    )
    return int(found.total_float_ops), "TensorFlow's profiler: matrix products and convolutions"


def _flops_of_jax(model: Any, inputs: Any) -> tuple[int | None, str]:
    import jax

    weights = [one.value for one in model.variables]
    run = jax.jit(lambda values, given: _called(model, model.variables, values, given))
    cost = run.lower(weights, inputs).cost_analysis()
    if not cost or "flops" not in cost:
        return None, "JAX says nothing of it here"
    return int(cost["flops"]), "XLA's estimate by JAX, which counts what is done number by number as well"


def _device(model: Any) -> str:
    value = model.weights[0].value if model.weights else None
    # TensorFlow says on which machine as well.
    return str(getattr(value, "device", "") or "cpu").rpartition("device:")[2]


def _noise(model: Any, inputs: Any, loss: Loss, labels: Any, examples: int) -> tuple[float | None, str]:
    gradients_of = _GRADIENTS[keras.backend.backend()]

    def gradients(rows: slice) -> list[Any]:
        some, wanted = keras.tree.map_structure(
            lambda one: keras.ops.convert_to_tensor(one[rows]), (inputs, labels)
        )
        return [np.asarray(one, np.float64) for one in gradients_of(model, some, loss, wanted)]

    return gradient_noise(examples, gradients)


def _gradients_of_tensorflow(model: Any, inputs: Any, loss: Loss, labels: Any) -> list[Any]:
    import tensorflow as tf

    with tf.GradientTape() as tape:
        value = tf.reduce_mean(loss(labels, model(inputs, training=False)))
    found = tape.gradient(value, [one.value for one in model.trainable_variables])
    return [tf.convert_to_tensor(one).numpy() for one in found if one is not None]


def _gradients_of_torch(model: Any, inputs: Any, loss: Loss, labels: Any) -> list[Any]:
    import torch

    value = loss(labels, model(inputs, training=False)).mean()
    weights = [one.value for one in model.trainable_variables]
    found = torch.autograd.grad(value, weights, allow_unused=True)
    return [one.detach().cpu().numpy() for one in found if one is not None]


def _gradients_of_jax(model: Any, inputs: Any, loss: Loss, labels: Any) -> list[Any]:
    import jax

    trained = model.trainable_variables
    value_of = jax.grad(lambda values: loss(labels, _called(model, trained, values, inputs)).mean())
    return list(value_of([one.value for one in trained]))


def _called(model: Any, variables: Any, values: Any, inputs: Any) -> Any:
    """What the model gives where its variables have these values."""
    # Not `stateless_call`, which hands `training` to models that know no such argument.
    with keras.StatelessScope(state_mapping=list(zip(variables, values, strict=True))):
        return model(inputs, training=False)


_GRADIENTS: dict[str, Callable[[Any, Any, Loss, Any], list[Any]]] = {
    "tensorflow": _gradients_of_tensorflow,
    "torch": _gradients_of_torch,
    "jax": _gradients_of_jax,
}
