"""A torch model that computes losses with other weights, and is afterwards as it was, bit by bit."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from tensorboard_candles.integrations import missing

try:
    import torch
except ImportError as error:
    raise missing("torch") from error


@contextmanager
def settled(models: Sequence[Any], dtype: Any, device: Any) -> Iterator[None]:
    """Within it the models evaluate, and their tensors are copies of type `dtype` that may be written to.

    Their own tensors are not written to at all: each parameter and buffer is lent another one, and gets its
    own back. Random numbers, training modes, requires_grad and autocast are put back as well.
    """
    lent = _Lent(torch.nn.ModuleList(models))
    with ExitStack() as stack:
        stack.enter_context(untouched_random_numbers(device))
        stack.enter_context(torch.autocast(device.type, enabled=False))
        if device.type == "cuda":
            flags = torch.backends.cudnn.flags(
                enabled=True, benchmark=False, deterministic=True, allow_tf32=False
            )
            stack.enter_context(flags)
        stack.callback(lent.give_back)
        lent.lend(dtype)
        for model in models:
            model.eval()
        yield


class _Lent:
    """What models have of their own, while they have been lent something else."""

    def __init__(self, model: Any) -> None:
        self._modes = [(module, module.training) for module in model.modules()]
        # a forward pass may set a buffer to another tensor
        self._named = [
            (module, dict(module._buffers))
            for module in model.modules()
            if not isinstance(module, torch.jit.ScriptModule)
        ]
        self._parameters = [(one, one.data, one.requires_grad) for one in model.parameters()]
        self._buffers = [(one, one.data) for one in model.buffers()]

    def lend(self, dtype: Any) -> None:
        for parameter, own, _ in self._parameters:
            parameter.data = _copy(own, dtype)
        for buffer, own in self._buffers:
            buffer.data = _copy(own, dtype)

    def give_back(self) -> None:
        try:
            self._give_back()
        except KeyboardInterrupt:  # which waits until everything is back
            self._give_back()
            raise

    def _give_back(self) -> None:
        for parameter, own, requires_grad in self._parameters:
            parameter.data = own
            parameter.requires_grad_(requires_grad)
        for buffer, own in self._buffers:
            buffer.data = own
        for module, buffers in self._named:
            module._buffers.update(buffers)
        for module, training in self._modes:
            module.training = training


def _copy(tensor: Any, dtype: Any) -> Any:
    copy = tensor.clone()
    return copy.to(dtype) if copy.is_floating_point() else copy


@contextmanager
def untouched_random_numbers(device: Any) -> Iterator[None]:
    """Python's, numpy's and torch's go on afterwards as if nobody had drawn."""
    python, of_numpy = random.getstate(), np.random.get_state()
    is_cuda = device.type == "cuda"
    try:
        with torch.random.fork_rng(devices=[device] if is_cuda else []):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(of_numpy)


def views(flat: Any, shapes: Sequence[Any]) -> list[Any]:
    """Tensors of these shapes, one after the other in a flat one.

    >>> [view.tolist() for view in views(torch.arange(5), [(2, 2), (1,)])]
    [[[0, 1], [2, 3]], [4]]
    """
    found, start = [], 0
    for shape in shapes:
        size = int(np.prod(shape, dtype=np.int64))
        found.append(flat[start : start + size].view(shape))
        start += size
    return found
