"""What a PyTorch model costs, behind `tensorboard_candles.complexity`."""

from __future__ import annotations

import random
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

import numpy as np

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.measuring import gradient_noise, timed
from tensorboard_candles.writer.complexity import Complexity, Loss, first_pass

try:
    import torch
    import torch.nn.attention
    from torch.multiprocessing.reductions import StorageWeakRef
    from torch.utils._python_dispatch import TorchDispatchMode
    from torch.utils.flop_counter import FlopCounterMode
except ImportError as error:
    raise missing("torch") from error

_NOTES = {
    "layers": "modules that were run and themselves hold a weight of two dimensions or more",
    "depth": "the longest path through such layers, found by following every tensor of a forward pass",
    "flops": "torch's FlopCounterMode: matrix products, convolutions and attention, not what is done "
    "number by number; a multiplication and an addition count as two",
    "activation_bytes": "what autograd saved in a forward pass in training mode, but for parameters, "
    "buffers and inputs",
    "latency_secs": "forward passes in evaluation mode, without gradients",
}


def measured(
    model: Any, inputs: Any, *, loss: Loss | None, labels: Any, name: str | None, repeats: int
) -> Complexity:
    """All there is to measure; the model is as before afterwards."""
    module = getattr(model, "_orig_mod", model)  # of torch.compile: what it made can't be looked into
    examples = _examples(inputs)
    notes = dict(_NOTES)
    with _untouched(module):
        module.eval()
        flops, layers, depth = _counted(module, inputs)
        wait = _synchronize(_device(module, inputs))
        with torch.no_grad():
            seconds = timed(lambda: _run(model, inputs), repeats, wait=wait)
        noise = None
        if loss is not None:
            noise, notes["gradient_noise_scale"] = _noise(module, inputs, loss, labels, examples)
        module.train()
        activations = _saved_bytes(module, inputs)
    parameters = list(module.parameters())
    return Complexity(
        model=name or type(module).__name__,
        framework=f"torch {torch.__version__}",
        device=str(_device(module, inputs)),
        examples=examples,
        parameters=sum(one.numel() for one in parameters),
        trainable=sum(one.numel() for one in parameters if one.requires_grad),
        parameter_bytes=sum(one.numel() * one.element_size() for one in parameters),
        layers=layers,
        depth=depth,
        flops=flops,
        activation_bytes=activations,
        gradient_noise_scale=noise,
        latency_secs=seconds,
        notes=notes,
    )


def _run(model: Any, inputs: Any) -> Any:
    if isinstance(inputs, Mapping):
        return model(**inputs)
    return model(*inputs) if isinstance(inputs, tuple | list) else model(inputs)


def _tensors(value: Any) -> Iterator[Any]:
    """All tensors in what a module takes or gives."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _tensors(one)
    elif isinstance(value, tuple | list):
        for one in value:
            yield from _tensors(one)


def _examples(inputs: Any) -> int:
    first = next(_tensors(inputs), None)
    return int(first.shape[0]) if first is not None and first.ndim else 1


def _device(model: Any, inputs: Any) -> Any:
    found = next(model.parameters(), None)
    found = next(_tensors(inputs), None) if found is None else found
    return torch.device("cpu") if found is None else found.device


@contextmanager
def _untouched(model: Any) -> Iterator[None]:
    """Modes, buffers and random generators are afterwards what they were; gradients are never written."""
    modes = [(module, module.training) for module in model.modules()]
    buffers = [
        (module, name, buffer, None if buffer is None else buffer.detach().clone())
        for module in model.modules()
        for name, buffer in module._buffers.items()
    ]
    states = random.getstate(), np.random.get_state()
    devices = range(torch.cuda.device_count()) if torch.cuda.is_initialized() else []
    try:
        with torch.random.fork_rng(devices):
            yield
    finally:
        random.setstate(states[0])
        np.random.set_state(states[1])
        for module, mode in modes:
            module.training = mode
        with torch.no_grad():
            for module, name, buffer, before in buffers:
                module._buffers[name] = buffer
                if buffer is not None and before is not None:
                    buffer.copy_(before)


def _counted(model: Any, inputs: Any) -> tuple[int, int, int]:
    """FLOPs, layers and depth of one forward pass."""
    with ExitStack() as stack:
        stack.enter_context(torch.no_grad())
        for context in _plain_kernels():
            stack.enter_context(context)
        counter = stack.enter_context(FlopCounterMode(display=False))
        depths = _Depths()
        stack.callback(depths.remove)
        depths.watch(model)
        with depths, first_pass():
            outputs = _run(model, inputs)
        return int(counter.get_total_flops()), len(depths.layers), depths.of(outputs)


def _plain_kernels() -> Iterator[Any]:
    """Without kernels that do a whole recurrent or attention layer at once: nobody can count what they do."""
    yield _quiet()
    yield torch.backends.mkldnn.flags(enabled=False)
    yield torch.backends.cudnn.flags(enabled=False)
    if hasattr(torch.backends, "mha"):
        yield _no_fast_attention()
    if hasattr(torch.nn.attention, "sdpa_kernel"):
        yield torch.nn.attention.sdpa_kernel(torch.nn.attention.SDPBackend.MATH)


@contextmanager
def _quiet() -> Iterator[None]:
    """Changing oneDNN's flags warns of what they are not about."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)
        yield


@contextmanager
def _no_fast_attention() -> Iterator[None]:
    before = torch.backends.mha.get_fastpath_enabled()
    torch.backends.mha.set_fastpath_enabled(False)
    try:
        yield
    finally:
        torch.backends.mha.set_fastpath_enabled(before)


class _Depths(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
    """Follows every tensor: through how many layers what is in its memory has passed."""

    def __init__(self) -> None:
        super().__init__()
        # As long as a storage is referred to, weakly, no other one has its address.
        self._passed: dict[int, tuple[Any, int]] = {}
        self._entered: list[int] = []
        self._hooks: list[Any] = []
        self.layers: set[int] = set()

    def watch(self, model: Any) -> None:
        for module in model.modules():
            if any(one is not None and one.ndim > 1 for one in module._parameters.values()):
                self._hooks.append(module.register_forward_pre_hook(self._enter, with_kwargs=True))
                self._hooks.append(module.register_forward_hook(self._leave))

    def remove(self) -> None:
        for hook in self._hooks:
            hook.remove()

    def of(self, value: Any) -> int:
        found = (self._passed.get(tensor.untyped_storage()._cdata) for tensor in _tensors(value))
        return max((one[1] for one in found if one), default=0)

    def _enter(self, module: Any, args: Any, kwargs: Any) -> None:
        self._entered.append(self.of((args, kwargs)))

    def _leave(self, module: Any, args: Any, outputs: Any) -> None:
        self.layers.add(id(module))
        self._note(outputs, self._entered.pop() + 1)

    def _note(self, value: Any, depth: int) -> None:
        for tensor in _tensors(value):
            storage = tensor.untyped_storage()
            known = self._passed.get(storage._cdata)
            if known:
                self._passed[storage._cdata] = known[0], max(known[1], depth)
            elif depth:
                self._passed[storage._cdata] = StorageWeakRef(storage), depth

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        outputs = func(*args, **(kwargs or {}))
        self._note(outputs, self.of((args, kwargs)))
        return outputs


def _synchronize(device: Any) -> Callable[[], None]:
    """What waits until the device has done all that it was given."""
    if device.type == "cpu":
        return lambda: None
    wait: Callable[[], None] = getattr(getattr(torch, device.type), "synchronize", lambda: None)
    return wait


def _saved_bytes(model: Any, inputs: Any) -> int:
    """What a forward pass leaves behind for the backward one, each piece of memory once."""
    others = {
        one.untyped_storage()._cdata for one in [*model.parameters(), *model.buffers(), *_tensors(inputs)]
    }
    saved: dict[int, Any] = {}

    def keep(tensor: Any) -> Any:
        storage = tensor.untyped_storage()
        if storage._cdata not in others:
            saved[storage._cdata] = storage
        return tensor

    with torch.enable_grad(), torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        outputs = _run(model, inputs)
        total = sum(storage.nbytes() for storage in saved.values())
        del outputs
    return int(total)


def _noise(model: Any, inputs: Any, loss: Loss, labels: Any, examples: int) -> tuple[float | None, str]:
    parameters = [one for one in model.parameters() if one.requires_grad]

    def gradients(rows: slice) -> list[Any]:
        some, wanted = _part((inputs, labels), examples, rows)
        with torch.enable_grad():
            value = loss(_run(model, some), wanted)
            found = torch.autograd.grad(value, parameters, allow_unused=True)
        return [
            torch.zeros_like(own, dtype=torch.float64) if one is None else one.double()
            for own, one in zip(parameters, found, strict=True)
        ]

    with torch.no_grad():
        return gradient_noise(examples, gradients)


def _part(value: Any, examples: int, rows: slice) -> Any:
    """Some of the examples of whatever holds one a row."""
    if isinstance(value, torch.Tensor):
        return value[rows] if value.ndim and value.shape[0] == examples else value
    if isinstance(value, Mapping):
        return {key: _part(one, examples, rows) for key, one in value.items()}
    if isinstance(value, tuple | list):
        return type(value)(_part(one, examples, rows) for one in value)
    return value
