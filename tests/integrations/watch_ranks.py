"""One of two processes that train a model together: `python watch_ranks.py LOGDIR RANK`."""

from __future__ import annotations

import sys

import torch
from torch.nn.parallel import DistributedDataParallel

from tensorboard_candles import Tracker

logdir, rank = sys.argv[1], int(sys.argv[2])
torch.distributed.init_process_group("gloo", f"file://{logdir}/meet", rank=rank, world_size=2)
torch.manual_seed(0)
model = DistributedDataParallel(torch.nn.Linear(3, 1))
optimizer = torch.optim.SGD(model.parameters(), 0.01)
tracker = Tracker("p", logdir=logdir, run="r")
tracker.watch(model)
torch.manual_seed(rank)
for _ in range(3):
    optimizer.zero_grad()
    model(torch.randn(4, 3)).pow(2).mean().backward()
    expected = torch.cat([parameter.grad.flatten() for parameter in model.parameters()]).norm()
    optimizer.step()
    tracker.log(expected=expected)
tracker.close()
torch.distributed.destroy_process_group()
