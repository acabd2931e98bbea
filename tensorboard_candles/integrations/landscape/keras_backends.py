"""What each of Keras's backends has a way of its own for: functions without gradients, and with two."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras

Loss = Callable[..., Any]
"""`loss(values, other, inputs, targets)`: a scalar, from lists of the backend's tensors."""


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function for many calls with arguments of the same shapes; nothing is differentiated."""
    backend = keras.backend.backend()
    if backend == "jax":
        import jax

        return jax.jit(function)  # type: ignore[no-any-return]
    if backend == "tensorflow":
        import tensorflow as tf

        return tf.function(function)  # type: ignore[no-any-return]
    if backend == "torch":
        import torch

        return torch.no_grad()(function)  # type: ignore[no-any-return]
    raise ValueError(f"landscapes need Keras over TensorFlow, JAX or torch, got {backend}")


def hessian_product(loss: Loss) -> Callable[..., list[Any]]:
    """`product(values, along, other, inputs, targets)`: the loss's Hessian by its values, times `along`."""
    products = {"jax": _jax_product, "tensorflow": _tensorflow_product, "torch": _torch_product}
    backend = keras.backend.backend()
    if backend not in products:
        raise ValueError(f"landscapes need Keras over TensorFlow, JAX or torch, got {backend}")
    return products[backend](loss)


def _jax_product(loss: Loss) -> Callable[..., list[Any]]:
    import jax

    def product(values: Any, along: Any, *rest: Any) -> Any:
        return jax.jvp(lambda some: jax.grad(loss)(some, *rest), (values,), (along,))[1]

    return jax.jit(product)  # type: ignore[no-any-return]


def _tensorflow_product(loss: Loss) -> Callable[..., list[Any]]:
    import tensorflow as tf

    def product(values: Any, along: Any, *rest: Any) -> Any:
        zero = tf.UnconnectedGradients.ZERO
        with tf.GradientTape() as outer:
            outer.watch(values)
            with tf.GradientTape() as inner:
                inner.watch(values)
                found = loss(values, *rest)
            gradient = inner.gradient(found, values, unconnected_gradients=zero)
            slope = tf.add_n([tf.reduce_sum(one * part) for one, part in zip(gradient, along, strict=True)])
        return outer.gradient(slope, values, unconnected_gradients=zero)

    return tf.function(product)  # type: ignore[no-any-return]


def _torch_product(loss: Loss) -> Callable[..., list[Any]]:
    import torch

    def product(values: Any, along: Any, *rest: Any) -> Any:
        with torch.enable_grad():
            values = [value.detach().clone().requires_grad_() for value in values]
            known = {"allow_unused": True, "materialize_grads": True}
            gradient = torch.autograd.grad(loss(values, *rest), values, create_graph=True, **known)
            slope = sum((one * part).sum() for one, part in zip(gradient, along, strict=True))
            if not slope.requires_grad:  # the loss is linear in the weights
                return [torch.zeros_like(value) for value in values]
            return torch.autograd.grad(slope, values, **known)

    return product
