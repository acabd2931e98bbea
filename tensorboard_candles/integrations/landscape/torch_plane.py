"""Losses of a torch model on a plane through its weights: point by point in place, or many by vmap."""

from __future__ import annotations

import math
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.integrations import missing

try:
    import torch
    from torch.func import functional_call, vmap
    from torch.nn.modules.batchnorm import _BatchNorm
except ImportError as error:
    raise missing("torch") from error

from tensorboard_candles.integrations.landscape.torch_batches import Batch, Batches, blocks_of
from tensorboard_candles.integrations.landscape.torch_constant import tensors_in
from tensorboard_candles.integrations.landscape.torch_first import FirstLayers
from tensorboard_candles.integrations.landscape.torch_settled import views

_NUMBERS_AT_ONCE = {"cpu": 4 << 20, "cuda": 1 << 28}
"""Activations and weights of all points that are taken together."""
_FEWEST_AT_ONCE = {"cpu": 64, "cuda": 4}
"""Fewer points than this at once are slower than one after the other: measured, benchmarks/landscape.py."""
_MOST_AT_ONCE = 512
_BETWEEN_SECS = 0.2
"""From one look at progress and cancellation to the next, about."""
_MOST_IN_A_ROW = 64
_BLOCK_NUMBERS = 4 << 20
"""Activations of as many examples as a model is given at once on a processor: of more, reading and writing
them takes longer than to compute them (convolutions of 2,000 images: half the time in blocks)."""
_NEAR = {torch.float64: 1e-10, torch.float32: 1e-4}
_NEAR_HALF = 1e-3
"""By this part a quicker way may differ from the plain one, or it isn't taken."""

Loss: TypeAlias = "Callable[[Any, Any], Any] | None"


class TorchPlane:
    """See `tensorboard_candles.analysis.landscape.Plane`; parameters are lent tensors, which it writes to."""

    def __init__(  # noqa: PLR0917
        self,
        model: Any,
        loss: Loss,
        batches: Batches,
        parameters: Sequence[Any],
        origin: Any,
        directions: Any,
        *,
        recalibrates: bool,
    ) -> None:
        self._model, self._loss, self._batches = model, loss, batches
        self._origin, self._directions = origin, directions
        self._flat = origin.clone()
        shapes = [one.shape for one in parameters]
        for parameter, view in zip(parameters, views(self._flat, shapes), strict=True):
            parameter.data = view
        self._base: tuple[tuple[float, ...], Any] = ((), origin)
        self._recalibrates = recalibrates
        self._first: FirstLayers | None = None
        self._together: Callable[[Any], Any] | None = None
        self.chunk = 1
        self._calls = 0
        self._rows: int | None = None
        """How many examples the model is given at once; None for whole batches."""

    @contextmanager
    def entered(self) -> Iterator[TorchPlane]:
        """With the quicker ways that this model allows."""
        try:
            with torch.inference_mode():
                self._find_quicker()
            yield self
        finally:
            self._close_first()

    def losses(self, points: Float64Array) -> Float64Array:
        with torch.inference_mode():
            if self._together is not None:
                self._flat.copy_(self._origin)
                found = self._together(torch.as_tensor(points).to(self._origin))
            else:
                found = torch.stack([self._at([float(one) for one in point]) for point in points])
            return np.asarray(found.double().cpu().numpy(), np.float64)

    def _at(self, point: Sequence[float]) -> Any:
        self._write(point)
        if self._first is not None:
            self._first.at = point
        return self._loss_here()

    def _loss_here(self) -> Any:
        if self._recalibrates:
            recalibrate(self._model, self._counted())
        seed(self._origin.device)
        if self._rows is None:
            return mean_loss(lambda batch: batch.call(self._model), self._loss, self._counted())
        self._calls = 0
        return mean_loss(self._by_blocks, self._loss, self._batches)

    def _by_blocks(self, batch: Batch) -> Any:
        """What the model puts out for a batch, in parts whose activations the processor's caches hold."""
        found = []
        for block in self._blocks(batch):
            if self._first is not None:
                self._first.batch = self._calls
            self._calls += 1
            found.append(block.call(self._model))
        return torch.cat(found) if len(found) > 1 else found[0]

    def _write(self, point: Sequence[float]) -> None:
        """The weights there. Those of a row of the grid have all but the last term in common."""
        *row, last = point
        if self._base[0] != tuple(row):
            base = self._origin
            for along, direction in zip(row, self._directions, strict=False):
                base = torch.add(base, direction, alpha=along)
            self._base = (tuple(row), base)
        torch.add(self._base[1], self._directions[-1], alpha=last, out=self._flat)

    def _counted(self) -> Iterator[Batch]:
        """The batches; the first layers are told which one comes."""
        for number, batch in enumerate(self._batches):
            if self._first is not None:
                self._first.batch = number
            yield batch

    def _find_quicker(self) -> None:
        """Each quicker way is tried beside the plain one first."""
        is_script = any(isinstance(one, torch.jit.ScriptModule) for one in self._model.modules())
        if self._batches.kept is None or is_script:  # scripts take no hooks
            return
        places = _places(len(self._directions))
        first, size = FirstLayers(self._model, self._constant()), _Size(self._model)
        self._write(places[0])
        with size.measured():
            wanted, took = self._looked_at(first)
        all_wanted = [wanted, *(float(self._at(place)) for place in places[1:])]
        if self._splits(size.numbers):
            first = FirstLayers(self._model, self._constant())
            self._write(places[0])
            if not self._is_near(
                [self._in_blocks(first)], [wanted]
            ):  # examples of a batch know of each other
                self._rows = None
                return
        self._write(places[1])
        _, took = self._looked_at(first)
        self._first = first
        if first.put_in_place(self._parts) or self._rows is not None:
            begin = time.perf_counter()
            found = [float(self._at(place)) for place in places]
            took = (time.perf_counter() - begin) / len(places)
            if not self._is_near(found, all_wanted):
                self._rows = None
                self._close_first()
        else:
            self._close_first()
        self.chunk = int(min(max(_BETWEEN_SECS / max(took, 1e-9), 1), _MOST_IN_A_ROW))
        self._try_together(size.numbers + len(self._origin), places, all_wanted)

    def _close_first(self) -> None:
        if self._first is not None:
            self._first.close()
            self._first = None

    def _constant(self) -> list[Any]:
        """Tensors that are the same at every point."""
        assert self._batches.kept is not None
        given = [one for batch in self._batches.kept for one in tensors_in((batch.inputs, batch.named))]
        still = [one for one in self._model.parameters() if self._place(one) is None]
        return [*given, *self._model.buffers(), *still]

    def _splits(self, numbers: int) -> bool:
        """Whether batches of so many activations are too large for the processor's caches."""
        assert self._batches.kept is not None
        if self._origin.device.type != "cpu" or self._recalibrates or self._loss is None:
            return False
        largest = max(batch.count for batch in self._batches.kept)
        rows = max(largest * _BLOCK_NUMBERS // max(numbers, 1), 1)
        self._rows = rows if rows < largest else None
        return self._rows is not None

    def _looked_at(self, first: FirstLayers) -> tuple[float, float]:
        """The loss there, and the seconds that it took."""
        assert self._batches.kept is not None
        losses: list[Any] = []
        calls = sum(len(self._blocks(batch)) for batch in self._batches.kept)
        begin = time.perf_counter()
        first.look(lambda: losses.append(self._loss_here()), calls)
        return float(losses[0]), time.perf_counter() - begin

    def _in_blocks(self, first: FirstLayers) -> float:
        try:
            return self._looked_at(first)[0]
        except (RuntimeError, ValueError, TypeError, BadRequest):
            return math.inf  # what it puts out is no tensor of a row for each example

    def _blocks(self, batch: Batch) -> list[Batch]:
        return [batch] if self._rows is None else blocks_of(batch, self._rows)

    def _try_together(self, numbers: int, places: list[list[float]], wanted: list[float]) -> None:
        kind = self._origin.device.type
        count = min(_NUMBERS_AT_ONCE.get(kind, 0) // numbers, _MOST_AT_ONCE)
        if count < _FEWEST_AT_ONCE.get(kind, math.inf) or self._recalibrates:
            return
        together = vmap(self._of_coordinates, randomness="same")
        self._flat.copy_(self._origin)
        try:
            with _warnings_as_errors():
                found = together(torch.tensor(places).to(self._origin))
        except (RuntimeError, ValueError, TypeError, NotImplementedError, BadRequest, UserWarning):
            return  # it decides by numbers, writes to what all points share, or torch warns that it is slow
        if self._is_near(found.tolist(), wanted):
            self._together, self.chunk = together, count

    def _of_coordinates(self, coordinates: Any) -> Any:
        moved = self._origin + coordinates @ self._directions
        named = {
            name: moved[place : place + one.numel()].view(one.shape)
            for name, one in self._model.named_parameters()
            if (place := self._place(one)) is not None
        }
        if self._first is not None:
            self._first.at = coordinates
        seed(self._origin.device)

        def call(batch: Batch) -> Any:
            return functional_call(self._model, named, batch.inputs, dict(batch.named))

        return mean_loss(call, self._loss, self._counted())

    def _parts(self, parameter: Any) -> list[Any]:
        """Of the origin and of each direction what is this parameter's."""
        place = self._place(parameter)
        if place is None:
            return [parameter, *[None] * len(self._directions)]
        return [
            one[place : place + parameter.numel()].view(parameter.shape)
            for one in (self._origin, *self._directions)
        ]

    def _place(self, parameter: Any) -> int | None:
        """Where it begins; None for one that does not move."""
        storage = self._flat.untyped_storage().data_ptr()
        return parameter.storage_offset() if parameter.untyped_storage().data_ptr() == storage else None

    def _is_near(self, found: Sequence[float], wanted: Sequence[float]) -> bool:
        near = _NEAR.get(self._origin.dtype, _NEAR_HALF)
        return bool(np.allclose(found, wanted, rtol=near, atol=0.0, equal_nan=True))


def _places(directions: int) -> list[list[float]]:
    """Where quicker ways are tried: corners, the centre and in between.

    >>> [len(place) for place in _places(2)], _places(2)[:2]
    ([2, 2, 2, 2, 2], [[0.75, 0.375], [0.0, 0.0]])
    """
    corner = [0.75 / (1 + number) for number in range(directions)]
    between: list[list[float]] = np.random.default_rng(0).uniform(-1, 1, (2, directions)).tolist()
    return [corner, [0.0] * directions, [-1.0] * directions, *between]


def mean_loss(call: Callable[[Batch], Any], loss: Loss, batches: Iterable[Batch]) -> Any:
    """The mean over all examples, a float64 tensor: batches count by their examples.

    >>> data = [Batch((torch.ones(1, 2),), {}, torch.zeros(1, 2), 1),
    ...         Batch((torch.zeros(3, 2),), {}, torch.zeros(3, 2), 3)]
    >>> mean_loss(lambda batch: batch.call(torch.nn.Identity()), torch.nn.functional.mse_loss, data)
    tensor(0.2500, dtype=torch.float64)
    """
    total, count = 0.0, 0
    for batch in batches:
        outputs = call(batch)
        value = _of_outputs(outputs) if loss is None else _compared(loss, outputs, batch)
        if not isinstance(value, torch.Tensor) or not value.is_floating_point():
            raise BadRequest(f"loss must give a tensor of floats, got {type(value).__name__}")
        total = total + (value.mean() if value.ndim else value).double() * batch.count
        count += batch.count
    return total / count


def _compared(loss: Callable[[Any, Any], Any], outputs: Any, batch: Batch) -> Any:
    try:
        return loss(outputs, batch.target)
    except (RuntimeError, ValueError) as error:
        if isinstance(outputs, torch.Tensor) and outputs.ndim and len(outputs) != batch.count:
            raise BadRequest(
                f"targets must be as many as the model's outputs, {len(outputs)}, got {batch.count}: {error}"
            ) from error
        raise


def recalibrate(model: Any, batches: Iterable[Batch]) -> None:
    """Measure the statistics of batch normalisations anew, as the mean over all batches."""
    norms = [one for one in model.modules() if isinstance(one, _BatchNorm) and one.running_mean is not None]
    if not norms:
        return
    momenta = [module.momentum for module in norms]
    try:
        for module in norms:
            module.reset_running_stats()
            module.momentum = None
            module.train()
        for batch in batches:
            batch.call(model)
    finally:
        for module, momentum in zip(norms, momenta, strict=True):
            module.momentum = momentum
            module.eval()


def seed(device: Any) -> None:
    """Of a model that draws in its forward pass: it draws the same at each point."""
    torch.default_generator.manual_seed(0)
    if device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(0)


@contextmanager
def _warnings_as_errors() -> Iterator[None]:
    was_always = torch.is_warn_always_enabled()
    torch.set_warn_always(True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", UserWarning)
            yield
    finally:
        torch.set_warn_always(was_always)


def _of_outputs(outputs: Any) -> Any:
    """What a model says that its loss is."""
    if isinstance(outputs, torch.Tensor):
        return outputs
    found = getattr(outputs, "loss", None)
    if found is None and isinstance(outputs, dict):
        found = outputs.get("loss")
    if found is None and isinstance(outputs, tuple | list) and outputs:
        found = outputs[0]
    if found is None:
        raise BadRequest("loss=None is for models that give their loss: a tensor, or outputs with .loss")
    return found


class _Size:
    """How many numbers the modules of a model put out for a batch, at most."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self.numbers = 0
        self._now = 0

    @contextmanager
    def measured(self) -> Iterator[None]:
        hooks = [self._model.register_forward_pre_hook(self._begin)]
        for module in self._model.modules():
            if not any(True for _ in module.children()):
                hooks.append(module.register_forward_hook(self._add))
        try:
            yield
        finally:
            for hook in hooks:
                hook.remove()

    def _begin(self, *_: Any) -> None:
        self._now = 0

    def _add(self, module: Any, inputs: Any, outputs: Any) -> None:
        if isinstance(outputs, torch.Tensor):
            self._now += outputs.numel()
            self.numbers = max(self.numbers, self._now)
