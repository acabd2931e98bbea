"""One of two processes that train together: `python control_ranks.py LOGDIR PORT RANK HOW`.

Each batch ends in an `all_reduce`, as DistributedDataParallel's: a rank that goes on alone hangs.
Prints the learning rate that it had at each batch.
"""

from __future__ import annotations

import json
import sys
import time

import torch

from tensorboard_candles import Tracker

logdir, port, rank, how = sys.argv[1], sys.argv[2], int(sys.argv[3]), sys.argv[4]
torch.distributed.init_process_group("gloo", f"tcp://127.0.0.1:{port}", rank=rank, world_size=2)
tracker = Tracker("p", logdir=logdir, run="r")
tracker.declare(lr=0.1)
tracker.on_checkpoint(lambda: f"{logdir}/rank{rank}.pt")
rates: list[float] = []


def train() -> None:
    loss = torch.ones(1)
    torch.distributed.all_reduce(loss)
    time.sleep(0.001 * (1 + rank))
    tracker.log(loss=loss)
    rates.append(tracker.params.lr)


if how == "one rank asks" and rank == 1:  # it never uses the Tracker's batches
    for _ in range(1000):
        train()
elif how == "one rank asks":
    for _ in tracker.batches(range(1000)):
        train()
else:
    for _ in tracker.epochs(10**6):
        for _ in tracker.batches(range(50)):
            train()
tracker.close()
print(json.dumps(rates))
torch.distributed.destroy_process_group()
