"""Gradient norms of a PyTorch model, behind `Tracker.watch`."""

from __future__ import annotations

import logging
import weakref
from collections.abc import Callable, Sequence
from itertools import groupby
from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.writer.devices import kept_torch
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import layout_of
from tensorboard_candles.writer.silent_file import SilentFile

try:
    import torch
    from torch.optim.optimizer import register_optimizer_step_pre_hook
except ImportError as error:
    raise missing("torch") from error

_WIDER = {torch.float16: torch.float32, torch.bfloat16: torch.float32}
"""What norms are summed in, where the gradients' own type would overflow or round too much."""

_log = logging.getLogger("tensorboard_candles")


class Watch:
    """Measures a model's gradients each time that an optimizer is about to apply them.

    Nothing waits for the device: the norms are computed there, in the queue that the training uses, and read
    in the background. It ends with the model, with the tracker, or by `close`.
    """

    def __init__(self, model: Any, file: EventFile | SilentFile, *, tag: str, layers: bool) -> None:
        self._file = file
        self._tag = tag
        self._layers = layers
        model = _unwrapped(model)  # what wraps it may be gone before it
        named = list(model.named_parameters())
        self._parameters: Sequence[tuple[str, Any]] = [(_layer(name), parameter) for name, parameter in named]
        self._ids = {id(parameter) for _, parameter in named}
        self._is_measured = False
        # traced by torch.compile, the hook would be part of the graph of an optimizer's step
        self._hook = register_optimizer_step_pre_hook(torch.compiler.disable(self._before_step))
        self._end = weakref.finalize(model, self.close)
        self._end.atexit = False

    def measure(self) -> None:
        """Measure now, and not again when the optimizer takes its next step: before clipping, say.

        scaler.unscale_(optimizer)  # where there is a GradScaler
        watch.measure()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        """
        self._measure(None)
        self._is_measured = True

    def close(self) -> None:
        """Measure no more."""
        self._hook.remove()
        self._parameters, self._ids = [], set()
        self._end.detach()

    def _before_step(
        self, optimizer: Any, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]] | None:
        if self._file.is_closed:
            self.close()
        elif self._is_stepped_by(optimizer):
            # the gradients are computed in a closure, where there is one
            if len(args) > 1 and callable(args[1]):
                return (args[0], self._then_measured(args[1], optimizer), *args[2:]), kwargs
            if callable(closure := kwargs.get("closure")):
                return args, {**kwargs, "closure": self._then_measured(closure, optimizer)}
            self._measure_once(optimizer)
        return None

    def _then_measured(self, closure: Callable[[], Any], optimizer: Any) -> Callable[[], Any]:
        def measured() -> Any:
            loss = closure()
            self._measure_once(optimizer)
            return loss

        return measured

    def _is_stepped_by(self, optimizer: Any) -> bool:
        return any(id(one) in self._ids for group in optimizer.param_groups for one in group["params"])

    def _measure_once(self, optimizer: Any) -> None:
        if not self._is_measured:
            try:
                # a GradScaler leaves it to a fused optimizer to undo its scale
                self._measure(getattr(optimizer, "grad_scale", None))
            except Exception as error:  # noqa: BLE001, of any kind: a look at the training must not end it
                _log.warning("%s: gradients can't be measured and are watched no more: %r", self._tag, error)
                self.close()
        self._is_measured = False

    @torch.no_grad()  # type: ignore[untyped-decorator, unused-ignore]
    def _measure(self, scale: Any) -> None:
        found = [
            (layer, _dense(gradient))
            for layer, parameter in self._parameters
            if (gradient := parameter.grad) is not None
        ]
        if not found or (torch.cuda.is_initialized() and torch.cuda.is_current_stream_capturing()):
            return  # what is captured runs later, without us
        each = _norms([gradient for _, gradient in found])
        norms, names = [torch.linalg.vector_norm(each)], [self._tag]
        if self._layers:
            layers = [(layer, len(list(some))) for layer, some in groupby(layer for layer, _ in found)]
            norms += torch._foreach_norm(each.split([count for _, count in layers]))
            names += [f"{self._tag}/{layer}" for layer, _ in layers]
        values = torch.stack(norms)
        if scale is not None:
            values /= scale.to(values.device)
        layout = layout_of(tuple(names))
        assert layout is not None
        if values.is_cpu:
            self._file.beside(layout, values.tolist())
        else:
            self._file.beside(layout, [kept_torch(value) for value in values.unbind()], len(names))


def _unwrapped(model: Any) -> Any:
    """The module itself, of one that is compiled or trained by several processes."""
    parallel = (torch.nn.parallel.DistributedDataParallel, torch.nn.DataParallel)
    while True:
        inner = model.module if isinstance(model, parallel) else getattr(model, "_orig_mod", None)
        if inner is None:
            return model
        model = inner


def _layer(name: str) -> str:
    """The module that a parameter belongs to, else its own name.

    >>> _layer("block.conv1.weight"), _layer("weight")
    ('block.conv1', 'weight')
    """
    return name.rpartition(".")[0] or name


def _dense(gradient: Any) -> Any:
    """What of a gradient there is in this process, as one dense tensor."""
    if hasattr(gradient, "to_local"):  # a DTensor; asking for the whole would wait for the other processes
        gradient = gradient.to_local()
    if gradient.layout is torch.strided:
        return gradient
    return (gradient.coalesce() if gradient.is_sparse else gradient).values()


def _norms(gradients: Sequence[Any]) -> Any:
    """The norm of each, in one tensor on the first one's device; few kernels for many gradients.

    >>> _norms([torch.tensor([3.0, 4.0]), torch.tensor([[2.0]], dtype=torch.bfloat16)])
    tensor([5., 2.])
    """
    groups: dict[tuple[Any, Any], list[int]] = {}
    for place, gradient in enumerate(gradients):
        groups.setdefault((gradient.device, gradient.dtype), []).append(place)
    norms: list[Any] = [None] * len(gradients)
    for (_, dtype), places in groups.items():
        wider = {"dtype": _WIDER[dtype]} if dtype in _WIDER else {}  # torch 2.2 knows no such argument
        some = torch._foreach_norm([gradients[place] for place in places], 2, **wider)
        for place, norm in zip(places, some, strict=True):
            norms[place] = norm
    if len(groups) > 1:
        is_double = any(norm.dtype == torch.float64 for norm in norms)
        norms = [
            norm.to(gradients[0].device, torch.float64 if is_double else torch.float32) for norm in norms
        ]
    return torch.stack(norms)
