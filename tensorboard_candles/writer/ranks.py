"""Which of several processes of one training this is, as `torchrun` and `torch.distributed` tell it."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import Any

from tensorboard_candles.errors import WriterError


@dataclass(frozen=True, slots=True)
class Rank:
    """This process's number, from 0, and how many there are.

    >>> Rank(3, 8).suffix, Rank(0, 1).suffix
    ('.rank3', '')
    """

    number: int = 0
    count: int = 1

    @property
    def suffix(self) -> str:
        """What the names of its event files end in."""
        return f".rank{self.number}" if self.count > 1 else ""


def this_rank() -> Rank:
    """As `torch.distributed` says where that is initialised, else RANK and WORLD_SIZE; else the only one."""
    distributed = _distributed()
    if distributed is not None:
        return Rank(distributed.get_rank(), distributed.get_world_size())
    try:
        rank = Rank(int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"]))
    except (KeyError, ValueError):
        return Rank()
    return rank if 0 <= rank.number < rank.count else Rank()


def agreed(name: str, rank: Rank) -> str:
    """Rank 0's name, on each rank; WriterError where the ranks can't talk to each other."""
    distributed = _distributed()
    if distributed is None:
        raise WriterError(
            f"rank {rank.number} of {rank.count} can't know what the others call the run: pass run=,"
            " or make the Tracker after torch.distributed.init_process_group()"
        )
    names = [name]
    distributed.broadcast_object_list(names, src=0)
    return names[0]


def shared_store() -> Any | None:
    """The key-value store that the ranks were initialised with; None where there is none."""
    distributed = _distributed()
    # no public name leads there, though launchers and checkpointing of torch itself use it so
    get_store = getattr(getattr(distributed, "distributed_c10d", None), "_get_default_store", None)
    return None if get_store is None else get_store()


def _distributed() -> Any:
    distributed = sys.modules.get("torch.distributed")
    is_ready = distributed is not None and distributed.is_available() and distributed.is_initialized()
    return distributed if is_ready else None
