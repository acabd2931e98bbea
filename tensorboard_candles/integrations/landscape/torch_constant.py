"""Which tensors of a forward pass are made of data alone, whatever weights there are."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from tensorboard_candles.integrations import missing

try:
    import torch
    from torch.multiprocessing.reductions import StorageWeakRef
    from torch.utils._python_dispatch import TorchDispatchMode
except ImportError as error:
    raise missing("torch") from error


class Constants(TorchDispatchMode):  # type: ignore[misc, unused-ignore]
    """While it is entered, it sees every operation: what is made of constant tensors alone is constant.

    >>> data, weight = torch.ones(3), torch.ones(3)
    >>> with Constants([data]) as constants:
    ...     shown, moved = data * 2, (data * weight).detach().sign()
    >>> constants.holds(shown), constants.holds(moved)
    (True, False)

    A gradient would not tell: it ends at detach, argmax and the like. What no operation made, as of numpy, is
    not constant.
    """

    def __init__(self, tensors: Iterable[Any]) -> None:
        super().__init__()
        # As long as a storage is referred to, weakly, no other one has its address.
        self._storages: dict[int, Any] = {}
        self.is_read = False
        """Whether numbers that are not constant became Python's: what follows may hang on them."""
        self._note(tensors, is_constant=True)

    def holds(self, tensor: Any) -> bool:
        return tensor.layout == torch.strided and tensor.untyped_storage()._cdata in self._storages

    def _note(self, value: Any, *, is_constant: bool) -> None:
        for tensor in tensors_in(value):
            if tensor.layout == torch.strided:
                storage = tensor.untyped_storage()
                if not is_constant:
                    self._storages.pop(storage._cdata, None)
                elif storage._cdata not in self._storages:
                    self._storages[storage._cdata] = StorageWeakRef(storage)

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        is_constant = all(self.holds(tensor) for tensor in tensors_in((args, kwargs)))
        outputs = func(*args, **kwargs)
        self._note((outputs, _written(func, args, kwargs)), is_constant=is_constant)
        if not is_constant and isinstance(outputs, bool | int | float | complex):
            self.is_read = True
        return outputs


def tensors_in(value: Any) -> Iterator[Any]:
    """All of them, however deep they are nested."""
    if isinstance(value, torch.Tensor):
        yield value
    elif isinstance(value, Mapping):
        yield from tensors_in(tuple(value.values()))
    elif isinstance(value, Iterable) and not isinstance(value, str | bytes):
        for one in value:
            yield from tensors_in(one)


def _written(func: Any, args: Any, kwargs: Mapping[str, Any]) -> list[Any]:
    arguments = func._schema.arguments
    given = {**{one.name: value for one, value in zip(arguments, args, strict=False)}, **kwargs}
    return [given.get(one.name) for one in arguments if one.alias_info and one.alias_info.is_write]
