"""What networks of several depths cost: python -m demo.model_costs --logdir runs

For the Complexity widget; needs torch.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy

from demo import digits
from demo.deep_nets import deep_net
from tensorboard_candles import Tracker

PROJECT = "model-costs"
EXAMPLES = 256
MODELS = {
    "ResNet-20": partial(deep_net, skip=True, blocks=3),
    "ResNet-56": partial(deep_net, skip=True, blocks=9),
    "PlainNet-56": partial(deep_net, skip=False, blocks=9),
}


def measure(name: str, logdir: Path) -> None:
    """One network, untrained, on digits; logged to `<logdir>/model-costs/<name>`."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    images, labels = (torch.tensor(part[:EXAMPLES]) for part in digits.load(1).train)
    model = MODELS[name]()
    with Tracker(PROJECT, logdir=logdir, run=name) as tracker:
        found = tracker.complexity(
            model, images.float(), loss=cross_entropy, labels=labels, name=name, step=0
        )
        model.eval()
        tracker.log(loss=cross_entropy(model(images.float()), labels), step=0)
    print(found)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.model_costs", description="Measure three networks.")
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where to log (default: runs)")
    given = parser.parse_args(arguments)
    for name in MODELS:
        measure(name, given.logdir)
    return 0


if __name__ == "__main__":
    sys.exit(main())
