"""A PyTorch model as what a loss landscape is computed of."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import numpy as np

from tensorboard_candles.analysis.landscape import BatchNorm, Plane, Weight
from tensorboard_candles.analysis.landscape.network import Role
from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.errors import BadRequest, NoCurvature
from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.landscape.code_of import code_of

try:
    import torch
    from torch import nn
except ImportError as error:
    raise missing("torch") from error

from tensorboard_candles.integrations.landscape.torch_batches import Batch, Batches, bytes_of
from tensorboard_candles.integrations.landscape.torch_plane import (
    Loss,
    TorchPlane,
    mean_loss,
    recalibrate,
    seed,
)
from tensorboard_candles.integrations.landscape.torch_settled import settled, untouched_random_numbers, views
from tensorboard_candles.integrations.torch import _unwrapped

_DTYPES = {"float32": torch.float32, "float64": torch.float64}
_PREFIXES = ("module.", "_orig_mod.", "model.")
_NESTED = ("state_dict", "model_state_dict", "model", "module")
_TRANSPOSED = (nn.ConvTranspose1d, nn.ConvTranspose2d, nn.ConvTranspose3d)


def network_of(
    model: Any,
    loss: Loss,
    data: Any,
    *,
    batch_size: int | None = None,
    batch_norm: BatchNorm = "frozen",
    dtype: str | None = None,
) -> TorchNetwork:
    """A `Network` of a torch module.

    Args:
        model: the module, on the device that it shall be evaluated on.
        loss: of outputs and targets, the mean over the examples or one for each; None where the model itself
            gives it, as a tensor or as `.loss`.
        data: a tuple of inputs and targets, or an iterable of such batches.
        batch_size: in which a tuple's tensors are taken; by default all at once.
        batch_norm: `frozen` keeps the statistics that the model has; `recalibrate` measures them anew with
            the data at each point, which takes a second pass.
        dtype: that is computed in; by default the model's own.
    """
    return TorchNetwork(model, loss, data, batch_size=batch_size, batch_norm=batch_norm, dtype=dtype)


class TorchNetwork:
    """See `tensorboard_candles.analysis.landscape.Network`."""

    def __init__(
        self,
        model: Any,
        loss: Loss,
        data: Any,
        *,
        batch_size: int | None,
        batch_norm: BatchNorm,
        dtype: str | None,
    ) -> None:
        self._model = _unwrapped(model)
        self._loss = loss
        named = dict(self._model.named_parameters())
        # of a model that is frozen as a whole all of it is meant
        named = {name: one for name, one in named.items() if one.requires_grad} or named
        self._named = {name: one for name, one in named.items() if one.is_floating_point()}
        if not self._named:
            raise BadRequest("the model has no parameters of floating point")
        self._device = _device(self._model)
        self._dtype = _dtype(dtype, next(iter(self._named.values())).dtype)
        self.batch_norm = batch_norm
        if batch_norm not in ("frozen", "recalibrate"):
            raise BadRequest(f"batch_norm must be frozen or recalibrate, got {batch_norm!r:.80}")
        with untouched_random_numbers(self._device):  # of a loader that shuffles
            self._batches = Batches(
                data, self._device, self._dtype, batch_size=batch_size, has_loss=loss is not None
            )
        self.weights = _weights(self._model, self._named)

    @property
    def name(self) -> str:
        return type(self._model).__name__

    @property
    def framework(self) -> str:
        return f"torch {torch.__version__}"

    @property
    def dtype(self) -> str:
        return str(self._dtype).removeprefix("torch.")

    @property
    def samples(self) -> int:
        return self._batches.samples

    @property
    def fingerprint(self) -> str:
        digest = hashlib.blake2b(digest_size=16)
        about = (self.framework, self.dtype, self.batch_norm, self._device.type, repr(self._model))
        for part in (*about, code_of(self._loss), *sorted({code_of(m) for m in self._model.modules()})):
            digest.update(f"{part}\0".encode(errors="backslashreplace"))
        for name, tensor in self._model.state_dict(keep_vars=True).items():
            if isinstance(tensor, torch.Tensor):
                digest.update(f"{name}{tensor.dtype}".encode(errors="backslashreplace"))
                digest.update(bytes_of(tensor))
        with untouched_random_numbers(self._device):
            digest.update(self._batches.fingerprint().encode())
        return digest.hexdigest()

    def vector(self) -> Float64Array:
        return _joined(self._named.values())

    def vector_of(self, checkpoint: object) -> Float64Array:
        if isinstance(checkpoint, Sequence) and not isinstance(checkpoint, str):
            tensors = [torch.as_tensor(one) for one in checkpoint]
            if len(tensors) != len(self._named):
                raise BadRequest(f"a checkpoint must be {len(self._named)} tensors, got {len(tensors)}")
        else:
            state = self._state(checkpoint)
            tensors = [state[name] for name in self._named]
        for tensor, (name, own) in zip(tensors, self._named.items(), strict=True):
            if tensor.shape != own.shape:
                raise BadRequest(
                    f"{name} is of shape {tuple(own.shape)}, and {tuple(tensor.shape)} was given"
                )
        return _joined(tensors)

    def loss_of(self, checkpoint: object | None) -> float:
        with self._settled(), torch.no_grad():
            if checkpoint is not None and not _is_vector(checkpoint):
                own = dict(self._model.named_parameters()) | dict(self._model.named_buffers())
                for name, tensor in self._state(checkpoint).items():
                    if name in own and own[name].shape == tensor.shape:
                        own[name].data.copy_(tensor)
            elif checkpoint is not None:
                vector = torch.as_tensor(self._numbers(checkpoint), device=self._device)
                shapes = [one.shape for one in self._named.values()]
                for own_one, view in zip(self._named.values(), views(vector, shapes), strict=True):
                    own_one.data.copy_(view)
            if self.batch_norm == "recalibrate":
                recalibrate(self._model, self._batches)
            seed(self._device)
            return float(self._mean_loss(self._batches))

    @contextmanager
    def plane(self, origin: Float64Array, directions: Sequence[Float64Array]) -> Iterator[Plane]:
        with self._settled():
            plane = TorchPlane(
                self._model,
                self._loss,
                self._batches,
                list(self._named.values()),
                self._tensor(origin),
                torch.stack([self._tensor(one) for one in directions]),
                recalibrates=self.batch_norm == "recalibrate",
            )
            with plane.entered():
                yield plane

    @contextmanager
    def curvature(self, origin: Float64Array) -> Iterator[Callable[[Float64Array], Float64Array]]:
        with self._settled(), _twice_differentiable():
            flat = self._tensor(origin)
            parameters = list(self._named.values())
            shapes = [one.shape for one in parameters]
            for parameter, view in zip(parameters, views(flat, shapes), strict=True):
                parameter.data = view
                parameter.requires_grad_(True)

            def product(vector: Float64Array) -> Float64Array:
                return self._product(parameters, views(self._tensor(vector), shapes))

            yield product

    def _product(self, parameters: Sequence[Any], vector: Sequence[Any]) -> Float64Array:
        """Of the Hessian and a vector: the gradient of what the gradient is along it."""
        total = torch.zeros(sum(one.numel() for one in parameters), dtype=torch.float64, device=self._device)
        for batch in self._batches:
            seed(self._device)
            try:
                with torch.enable_grad():
                    found = _twice(self._mean_loss([batch]), parameters, vector)
            except (RuntimeError, NotImplementedError) as error:
                raise NoCurvature(f"torch can't differentiate the loss twice: {error!s:.300}") from error
            total += torch.cat([one.reshape(-1).double() for one in found]) * (batch.count / self.samples)
        return np.asarray(total.cpu().numpy(), np.float64)

    def _mean_loss(self, batches: Iterable[Batch]) -> Any:
        return mean_loss(lambda batch: batch.call(self._model), self._loss, batches)

    def _settled(self) -> Any:
        models = [self._model]
        if isinstance(self._loss, nn.Module):
            models.append(self._loss)
        return settled(models, self._dtype, self._device)

    def _tensor(self, vector: Float64Array) -> Any:
        return torch.as_tensor(vector).to(device=self._device, dtype=self._dtype)

    def _numbers(self, vector: object) -> Float64Array:
        return vector if isinstance(vector, np.ndarray) else self.vector_of(vector)

    def _state(self, checkpoint: object) -> Mapping[str, Any]:
        """Tensors by the names that this model has for them."""
        if isinstance(checkpoint, str | os.PathLike):
            checkpoint = _read(Path(checkpoint))
        if isinstance(checkpoint, nn.Module):
            checkpoint = _unwrapped(checkpoint).state_dict()
        while isinstance(checkpoint, Mapping) and not self._named.keys() <= checkpoint.keys():
            inner = [checkpoint[name] for name in _NESTED if isinstance(checkpoint.get(name), Mapping)]
            if not inner:
                checkpoint = self._renamed(checkpoint)
                break
            checkpoint = inner[0]
        if not isinstance(checkpoint, Mapping):
            raise BadRequest(f"a checkpoint must be a state dict or a path, got {type(checkpoint).__name__}")
        return {name: torch.as_tensor(one) for name, one in checkpoint.items() if _is_array(one)}

    def _renamed(self, state: Mapping[str, Any]) -> Mapping[str, Any]:
        for prefix in _PREFIXES:
            found = {str(name).removeprefix(prefix): one for name, one in state.items()}
            if self._named.keys() <= found.keys():
                return found
        lacking = sorted(self._named.keys() - state.keys())
        raise BadRequest(f"a checkpoint lacks {', '.join(lacking[:3])} of this model")


def _weights(model: Any, named: Mapping[str, Any]) -> tuple[Weight, ...]:
    modules = dict(model.named_modules())
    found, start = [], 0
    for name, parameter in named.items():
        owner, _, own_name = name.rpartition(".")
        module = modules.get(owner)
        is_norm = "Norm" in type(module).__name__ and parameter.ndim <= 1
        is_bias = parameter.ndim <= 1 and "bias" in own_name
        axis = None if parameter.ndim < 2 else 1 if isinstance(module, _TRANSPOSED) else 0
        role: Role = "norm" if is_norm else "bias" if is_bias else "weight"
        found.append(Weight(name, tuple(parameter.shape), start, role, axis))
        start += parameter.numel()
    return tuple(found)


def _joined(tensors: Any) -> Float64Array:
    parts = [tensor.detach().double().cpu().reshape(-1).numpy() for tensor in tensors]
    return np.concatenate(parts)


def _is_vector(checkpoint: object) -> bool:
    if isinstance(checkpoint, np.ndarray):
        return True
    return isinstance(checkpoint, Sequence) and not isinstance(checkpoint, str)


def _is_array(one: object) -> bool:
    return isinstance(one, torch.Tensor | np.ndarray)


def _read(path: Path) -> Any:
    if path.suffix == ".safetensors":
        from safetensors.torch import load_file

        return load_file(path)
    return torch.load(path, map_location="cpu", weights_only=True)


def _device(model: Any) -> Any:
    devices = {parameter.device for parameter in model.parameters()}
    if len(devices) > 1:
        raise BadRequest(f"the model must be on one device, and is on {sorted(map(str, devices))}")
    device = devices.pop()
    if device.type == "meta":
        raise BadRequest("the model is on the meta device: it has no weights")
    return device


def _dtype(asked: str | None, own: Any) -> Any:
    if asked is None:
        return own
    if asked not in _DTYPES:
        raise BadRequest(f"dtype must be float32 or float64, got {asked!r:.80}")
    return _DTYPES[asked]


def _twice(loss: Any, parameters: Sequence[Any], vector: Sequence[Any]) -> list[Any]:
    slopes = torch.autograd.grad(loss, parameters, create_graph=True, allow_unused=True)
    pairs = [(slope, part) for slope, part in zip(slopes, vector, strict=True) if slope is not None]
    pairs = [(slope, part) for slope, part in pairs if slope.requires_grad]
    _check_graph([slope.grad_fn for slope, _ in pairs])
    found: Sequence[Any] = [None] * len(parameters)
    if pairs:
        along = torch.stack([(slope * part).sum() for slope, part in pairs]).sum()
        found = torch.autograd.grad(along, parameters, allow_unused=True)
    return [torch.zeros_like(own) if one is None else one for own, one in zip(parameters, found, strict=True)]


def _check_graph(nodes: list[Any]) -> None:
    """Raises RuntimeError for functions that give up at the second derivative, which torch passes over."""
    seen = set()
    while nodes:
        node = nodes.pop()
        if node is not None and node not in seen:
            seen.add(node)
            if node.name().endswith("::Error"):
                raise RuntimeError("a function of its own has no second derivative")
            nodes += [following for following, _ in node.next_functions]


def _twice_differentiable() -> Any:
    """Attention by plain matrices: the fused kernels have no second derivative."""
    try:
        from torch.nn.attention import SDPBackend, sdpa_kernel
    except ImportError:  # torch before 2.3
        return nullcontext()
    return sdpa_kernel(SDPBackend.MATH)
