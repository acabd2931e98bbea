"""One of two processes that train together: `python control_ranks.py LOGDIR RANK HOW`.

Each batch ends in an `all_reduce`, as DistributedDataParallel's: a rank that goes on alone hangs.
Prints the learning rate that it had at each batch. Where one rank asks, LOGDIR/over ends the training.
"""

from __future__ import annotations

import json
import os
import sys
import time

import torch

from tensorboard_candles import Tracker

logdir, rank, how = sys.argv[1], int(sys.argv[2]), sys.argv[3]
torch.distributed.init_process_group("gloo", f"file://{logdir}/meet", rank=rank, world_size=2)
tracker = Tracker("p", logdir=logdir, run="r")
tracker.declare(lr=0.1)
tracker.on_checkpoint(lambda: f"{logdir}/rank{rank}.pt")
rates: list[float] = []


def train() -> bool:
    """One batch; whether another is to follow, on which the ranks agree."""
    told = torch.tensor([1.0, float(os.path.exists(f"{logdir}/over"))])
    torch.distributed.all_reduce(told)
    time.sleep(0.001 * (1 + rank))
    tracker.log(loss=told[0])
    rates.append(tracker.params.lr)
    return not told[1]


if how == "one rank asks" and rank == 1:  # it never uses the Tracker's batches
    while train():
        pass
elif how == "one rank asks":
    for _ in tracker.batches(range(10**6)):
        if not train():
            break
else:
    for _ in tracker.epochs(10**6):
        for _ in tracker.batches(range(50)):
            train()
tracker.close()
print(json.dumps(rates))
torch.distributed.destroy_process_group()
