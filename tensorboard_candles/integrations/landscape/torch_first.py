"""Layers whose input is the same at every point of a plane: their outputs are sums of products made once.

Of a first layer that is X·W, at W + a·D₁ + b·D₂ it is X·W + a·X·D₁ + b·X·D₂: a sum of three terms in place of
a product with all of the weights. So is any linear layer or convolution that sees nothing but data.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from tensorboard_candles.integrations import missing

try:
    import torch
    from torch import nn
except ImportError as error:
    raise missing("torch") from error

from tensorboard_candles.integrations.landscape.torch_constant import Constants

_KINDS = (nn.Linear, nn.Conv1d, nn.Conv2d, nn.Conv3d)
FEWEST_TERMS = 32
"""Of the sum that an output is: below, to compute it takes no longer than to read three products."""
MOST_BYTES = 512 << 20
"""Of all products."""

Parts = Callable[[Any], Sequence[Any]]
"""Of a parameter its value at the origin, and its part of each direction; None where it has none."""


class FirstLayers:
    """Those of a model. While they are in place, `batch` and `at` say which data come, and at which point."""

    def __init__(self, model: Any, constant: Iterable[Any]) -> None:
        """`constant` are the tensors that are the same at every point: data, buffers, what does not move."""
        self.batch = 0
        self.at: Any = ()
        """Coordinates: numbers, or a tensor of them that vmap runs over."""
        modules = (module for module in model.modules() if type(module) in _KINDS)
        self._inputs: dict[Any, list[Any]] = {module: [] for module in modules if _pays(module)}
        self._layers: list[_Layer] = []
        self._constants = Constants(constant)

    def look(self, run: Callable[[], object], batches: int) -> None:
        """Runs the model over all batches; what sees anything but data is none of them.

        It takes two looks, at two points: a model may keep something of one pass for the next.
        """
        if not self._inputs:
            run()
            return
        seen: dict[Any, int] = dict.fromkeys(self._inputs, 0)
        is_again = any(self._inputs.values())
        others = set()

        def note(module: Any, given: tuple[Any, ...]) -> None:
            number = seen[module]
            seen[module] += 1
            if not given or not self._constants.holds(given[0]):
                others.add(module)
            elif not is_again:
                self._inputs[module].append(given[0].detach())
            elif number >= batches or not torch.equal(self._inputs[module][number], given[0]):
                others.add(module)

        hooks = [module.register_forward_pre_hook(note) for module in self._inputs]
        try:
            with self._constants:
                run()
        finally:
            for hook in hooks:
                hook.remove()
        for module, count in seen.items():
            is_other = (
                module in others or self._constants.is_read
            )  # then it may be called otherwise elsewhere
            if is_other or count != batches or len(self._inputs[module]) != batches:
                del self._inputs[module]

    def put_in_place(self, parts: Parts) -> bool:
        """From here on they give sums of products; False where there are none."""
        left = MOST_BYTES
        for module, inputs in self._inputs.items():
            weights = parts(module.weight)
            biases = parts(module.bias) if module.bias is not None else [None] * len(weights)
            if all(one is None for one in (*weights[1:], *biases[1:])):
                continue
            first = _applied(module, inputs[0], weights[0], biases[0])
            left -= first.numel() * first.element_size() * len(weights) * len(inputs)
            if left < 0:
                break
            products = [
                [_applied(module, given, weight, bias) for weight, bias in zip(weights, biases, strict=True)]
                for given in inputs
            ]
            self._layers.append(_Layer(self, module, products))
        self._inputs = {}
        return bool(self._layers)

    def close(self) -> None:
        """They compute as they did."""
        for layer in self._layers:
            layer.module.__dict__.pop("forward", None)
        self._layers = []


class _Layer:
    """In the place of a module's forward pass."""

    def __init__(self, owner: FirstLayers, module: Any, products: list[list[Any]]) -> None:
        self.module = module
        self._owner = owner
        self._products = products
        self._row: dict[int, tuple[tuple[float, ...], Any]] = {}
        self._outputs = [torch.empty_like(some[0]) for some in products]
        module.__dict__["forward"] = self

    def __call__(self, *_: Any) -> Any:
        at, batch = self._owner.at, self._owner.batch
        products = self._products[batch]
        if isinstance(at, torch.Tensor):
            return sum((along * one for along, one in zip(at, products[1:], strict=True)), products[0])
        *row, last = at
        before, base = self._row.get(batch, (None, None))
        if before != tuple(row):
            base = products[0]
            for along, product in zip(row, products[1:], strict=False):
                base = torch.add(base, product, alpha=along)
            self._row[batch] = (tuple(row), base)
        return torch.add(base, products[-1], alpha=last, out=self._outputs[batch])


def _pays(module: Any) -> bool:
    filters = module.weight.shape[0]
    is_own = "forward" not in module.__dict__  # others may have put something in its place
    return is_own and module.weight.numel() // max(filters, 1) >= FEWEST_TERMS


def _applied(module: Any, given: Any, weight: Any, bias: Any) -> Any:
    """The module's output with another weight and bias; 0 where it has no part of a direction."""
    if weight is None:
        weight = torch.zeros_like(module.weight)
    if isinstance(module, nn.Linear):
        return nn.functional.linear(given, weight, bias)
    return module._conv_forward(given, weight, bias)
