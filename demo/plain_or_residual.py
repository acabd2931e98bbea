"""Why skip connections help, as Li et al. (2018) saw it: python -m demo.plain_or_residual

Two networks of 56 layers, equal but for their skip connections, are trained on handwritten digits, one on
each of two cores, which takes five minutes: in the same way, but the plain one for longer, because it learns
so slowly. Then the loss around each of them is computed, which takes five more: along two random directions,
from far and from close by, and along the principal components of the training. In the tab the landscape
widget shows both; the figures beside them are printed. docs/landscape.md has the pictures.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch
from torch import nn

from demo import digits
from demo.deep_nets import BLOCKS, deep_net, measure_statistics
from demo.processes import interrupt_on_termination, running
from demo.ruggedness import downhill_share, rise_at
from tensorboard_candles import Tracker, landscape

PROJECT = "plain-or-residual"
EPOCHS = {"plain": 140, "residual": 80}
"""Of each network."""
CHECKPOINTS = 30
SURFACE_IMAGES = 512
CLOSE = 0.4
"""How far the surface goes that shows what is close to the weights."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """The same for both networks, but for the epochs."""

    epochs: int
    batch_size: int = 64
    learning_rate: float = 3e-3
    width: int = 8
    blocks: int = BLOCKS
    seed: int = 1
    points: int = 31


@dataclass(frozen=True, slots=True)
class Figures:
    """What the surface around a network says in single numbers."""

    train_loss: float
    train_accuracy: float
    validation_accuracy: float
    sharpness: float
    """Largest eigenvalue of the Hessian."""
    rise_at_quarter: float
    rise_at_half: float
    rise_at_one: float
    downhill: float
    """Share of steps away from the weights, close by, that lead to a lower loss."""


def train(name: str, recipe: Recipe, logdir: Path) -> Figures:
    """Train one network, log it and its landscapes to `<logdir>/plain-or-residual/<name>`."""
    torch.manual_seed(recipe.seed)
    data = digits.load(recipe.seed)
    images, labels = (torch.as_tensor(part) for part in data.train)
    images = images.float()
    model = deep_net(skip=name == "residual", width=recipe.width, blocks=recipe.blocks)
    with Tracker(PROJECT, logdir=logdir, run=name, config=asdict(recipe)) as tracker:
        checkpoints = _fit(model, images, labels, recipe, tracker)
        measure_statistics(model, images)
        loss, accuracy = _measured(model, images, labels)
        some = images[:SURFACE_IMAGES], labels[:SURFACE_IMAGES]
        shared: dict[str, Any] = {"points": recipe.points, "tracker": tracker, "cache": False}
        cross_entropy = nn.functional.cross_entropy
        found = landscape(model, cross_entropy, some, **shared)
        close = landscape(
            model, cross_entropy, some, span=CLOSE, eigenvalues=0, tag="landscape/close by", **shared
        )
        landscape(
            model, cross_entropy, some, directions="pca", checkpoints=checkpoints, eigenvalues=0,
            tag="landscape/of the training", **shared,
        )  # fmt: skip
        validation_images, validation_labels = (torch.as_tensor(part) for part in data.validation)
        _, validation_accuracy = _measured(model, validation_images.float(), validation_labels)
        figures = Figures(
            train_loss=loss,
            train_accuracy=accuracy,
            validation_accuracy=validation_accuracy,
            sharpness=found.about.sharpness,
            rise_at_quarter=rise_at(found, 0.25),
            rise_at_half=rise_at(found, 0.5),
            rise_at_one=rise_at(found, 1.0),
            downhill=downhill_share(close),
        )
        (tracker.run_dir / "figures.json").write_text(json.dumps(asdict(figures), indent=1))
    return figures


def _fit(
    model: nn.Module, images: Any, labels: Any, recipe: Recipe, tracker: Tracker
) -> dict[int, dict[str, Any]]:
    """Train it; returns its weights at `CHECKPOINTS` steps or fewer."""
    optimizer = torch.optim.Adam(model.parameters(), lr=recipe.learning_rate)
    per_epoch = -(-len(labels) // recipe.batch_size)
    schedule = torch.optim.lr_scheduler.OneCycleLR(
        optimizer, recipe.learning_rate, pct_start=0.2, cycle_momentum=False,
        total_steps=recipe.epochs * per_epoch,
    )  # fmt: skip
    every = max(recipe.epochs * per_epoch // (CHECKPOINTS - 1), 1)
    kept, step = {}, 0
    for _ in tracker.epochs(recipe.epochs):
        for chosen in torch.randperm(len(labels)).split(recipe.batch_size):
            if step % every == 0:
                kept[step] = copy.deepcopy(model.state_dict())
            scores = model(images[chosen])
            loss = nn.functional.cross_entropy(scores, labels[chosen])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            schedule.step()
            accuracy = (scores.argmax(1) == labels[chosen]).float().mean()
            tracker.log({"train/loss": loss, "train/accuracy": accuracy}, step=step)
            step += 1
    kept[step - 1] = copy.deepcopy(model.state_dict())
    return kept


def _measured(model: nn.Module, images: Any, labels: Any) -> tuple[float, float]:
    """Mean loss and accuracy."""
    with torch.no_grad():
        scores = model(images)
    right = (scores.argmax(1) == labels).float().mean()
    return float(nn.functional.cross_entropy(scores, labels)), float(right)


def told(figures: dict[str, Figures]) -> str:
    """The figures of both, side by side."""
    rows = {
        "training loss": "train_loss",
        "training accuracy": "train_accuracy",
        "validation accuracy": "validation_accuracy",
        "largest eigenvalue of the Hessian": "sharpness",
        "median rise of the loss at distance ¼": "rise_at_quarter",
        "median rise of the loss at distance ½": "rise_at_half",
        "median rise of the loss at distance 1": "rise_at_one",
        "share of outward steps that lead downhill": "downhill",
    }
    lines = [f"{'':42}" + "".join(f"{name:>14}" for name in figures)]
    for title, name in rows.items():
        lines.append(f"{title:42}" + "".join(f"{getattr(one, name):14.4g}" for one in figures.values()))
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m demo.plain_or_residual")
    parser.add_argument("--logdir", type=Path, default=Path("runs"), help="where to log (default: runs)")
    parser.add_argument("--run", choices=[*EPOCHS, "both"], default="both", help="default: both, at once")
    parser.add_argument("--epochs", type=int, help=f"by default {EPOCHS}")
    for name, default in asdict(Recipe(0)).items():
        if name != "epochs":
            parser.add_argument(f"--{name.replace('_', '-')}", type=type(default), default=default)
    given = {name: value for name, value in vars(parser.parse_args(arguments)).items() if value is not None}
    logdir, run = given.pop("logdir"), given.pop("run")
    interrupt_on_termination()
    if run != "both":
        torch.set_num_threads(1)
        train(run, Recipe(**{"epochs": EPOCHS[run], **given}), logdir)
        return 0
    shared = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", str(value))]
    command = [sys.executable, "-m", "demo.plain_or_residual", "--logdir", str(logdir.absolute()), *shared]
    with running([[*command, "--run", name] for name in EPOCHS]) as children:
        if max(child.wait() for child in children):
            return 1
    found = {name: (logdir / PROJECT / name / "figures.json").read_text() for name in EPOCHS}
    print(told({name: Figures(**json.loads(text)) for name, text in found.items()}))
    print(f"Written to {logdir}: tensorboard-candles {logdir}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
