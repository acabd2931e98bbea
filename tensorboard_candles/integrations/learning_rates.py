"""Another learning rate for optimizers of torch whose schedules go on: all that they know of it is scaled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

_OF_GROUPS = ("lr", "initial_lr", "max_lr", "min_lr")
_OF_SCHEDULERS = ("base_lrs", "max_lrs")

LEAST_SHARE = 1e-6
"""Of the rate that a training began with: smaller ones could not be scaled back."""


def peak(optimizers: Iterable[Any]) -> float | None:
    """What a schedule begins from, of the first group of parameters; None where there is none.

    >>> from types import SimpleNamespace
    >>> peak([SimpleNamespace(param_groups=[{"lr": 0.05, "initial_lr": 0.1}])])
    0.1
    """
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            return float(group.get("initial_lr", group["lr"]))
    return None


def scale(optimizers: Iterable[Any], schedulers: Iterable[Any], factor: float) -> None:
    """Multiply the rates of all groups, and those that schedules begin from.

    >>> from types import SimpleNamespace
    >>> optimizer = SimpleNamespace(param_groups=[{"lr": 0.05, "initial_lr": 0.1}])
    >>> scheduler = SimpleNamespace(base_lrs=[0.1])
    >>> scale([optimizer], [scheduler], 0.5)
    >>> optimizer.param_groups, scheduler.base_lrs
    ([{'lr': 0.025, 'initial_lr': 0.05}], [0.05])

    Schedules that others are made of are scaled with them. The factor must be > 0: nothing leads back from 0.
    """
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group.update({name: group[name] * factor for name in _OF_GROUPS if name in group})
    for scheduler in _with_inner(schedulers):
        for name in _OF_SCHEDULERS:
            rates = getattr(scheduler, name, None)
            if rates is not None:
                setattr(scheduler, name, [rate * factor for rate in rates])


def _with_inner(schedulers: Iterable[Any]) -> Iterator[Any]:
    """Those that torch's SequentialLR and ChainedScheduler hold, too."""
    for scheduler in schedulers:
        yield scheduler
        yield from _with_inner(getattr(scheduler, "_schedulers", ()))
