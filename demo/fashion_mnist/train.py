"""Train the CNN, logging every batch: python -m demo.fashion_mnist.train --data digits --kernels 8,16

It stops after the batch it is at, with a checkpoint, when it is asked to: from the tab, by Ctrl-C or by
SIGTERM. `--run NAME --resume` goes on from there.
"""

from __future__ import annotations

import argparse
import logging
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any

from demo.fashion_mnist import data
from demo.fashion_mnist.data import DataMissing, DataSet
from demo.fashion_mnist.settings import BadCheckpoint, Settings, add_arguments, of_arguments
from tensorboard_candles import Parameter, Tracker

if TYPE_CHECKING:
    from demo.fashion_mnist.training import Training

PROJECT = "fashion"
CHECKPOINT = "checkpoint.pt"
REPORTS_PER_EPOCH = 6
PICTURES = 64
log = logging.getLogger("demo.fashion_mnist")


def train(settings: Settings, found: DataSet, *, wanted: Wanted, **where: Any) -> Training:
    """Train until the epochs are over or a stop is asked for; `where` is for the Tracker."""
    from demo.fashion_mnist.training import Training, best_device, leave_cores_to_others

    leave_cores_to_others()
    training = Training(settings, found, best_device())
    with Tracker(PROJECT, config=settings.as_config(), stats=True, **where) as tracker:
        checkpoint = Path(tracker.run_dir) / CHECKPOINT
        log.addHandler(tracker.logger)
        if where.get("resume"):
            _go_on(training, checkpoint)
        _steer(training, tracker, checkpoint)
        for _ in tracker.epochs(settings.epochs - training.epoch, first=training.epoch):
            _one_epoch(training, tracker, wanted)
            training.save(checkpoint)
            if wanted.stop:
                break
    return training


def _go_on(training: Training, checkpoint: Path) -> None:
    try:
        training.restore(checkpoint)
    except FileNotFoundError:
        log.warning("there is no checkpoint yet (%s): it begins anew", checkpoint)
    else:
        log.info("goes on at step %d, from %s", training.step, checkpoint)


def _steer(training: Training, tracker: Tracker, checkpoint: Path) -> None:
    """Say what the tab may ask for while it trains."""
    tracker.declare(
        lr=Parameter(training.lr, least=0, most=10, help="Learning rate"),
        dropout=Parameter(
            training.dropout, least=0, most=0.95, help="Share that the last layer does not see"
        ),
    )

    @tracker.on_param("lr")
    def set_lr(lr: float) -> None:
        training.lr = lr

    @tracker.on_param("dropout")
    def set_dropout(dropout: float) -> None:
        training.dropout = dropout

    @tracker.on_checkpoint
    def save() -> str:
        training.save(checkpoint)
        return f"{PROJECT}/{tracker.run}/{CHECKPOINT}"

    @tracker.on_predict
    def predict() -> None:
        _validate(training, tracker)

    settings = training.settings
    log.info(
        "%s, %s kernels, %s with lr %g and dropout %g, on %s",
        settings.data, settings.as_config()["kernels"], settings.optimizer, training.lr, training.dropout,
        training.device,
    )  # fmt: skip


def _one_epoch(training: Training, tracker: Tracker, wanted: Wanted) -> None:
    """What is left of the current epoch, or until a stop is asked for."""
    count = training.batches_per_epoch
    done = training.step % count
    report = Report(training)
    for batch in tracker.batches(training.batches()[done:], done=done):
        step = training.step
        loss, accuracy = training.train_on(batch)
        measures = {"train/loss": loss, "train/accuracy": accuracy, "lr": training.lr}
        tracker.log({**measures, "epoch": tracker.epochs_done}, step=step)
        report.add(loss, accuracy)
        if wanted.stop:
            log.info("stopped after step %d, as a signal asked", step)
            break
    if training.step % count == 0:
        _validate(training, tracker)


def _validate(training: Training, tracker: Tracker) -> None:
    """How good it is, and what it takes each picture for."""
    (loss, accuracy), scores = training.validate()
    step = training.step - 1
    tracker.log({"val/loss": loss, "val/accuracy": accuracy}, step=step)
    images, labels = training.examples(PICTURES)
    tracker.output(
        "val", predictions=scores, labels=labels, images=images, classes=training.classes, step=step
    )
    log.info("validation: loss %.4f, accuracy %.1f %%", loss, 100 * accuracy)


class Report:
    """Says how it goes, six times an epoch."""

    def __init__(self, training: Training) -> None:
        self._training = training
        self._began = time.monotonic()
        self._losses: list[Any] = []
        count = training.batches_per_epoch
        self._at = {round(count * part / REPORTS_PER_EPOCH) for part in range(1, REPORTS_PER_EPOCH + 1)}

    def add(self, loss: Any, accuracy: Any) -> None:
        self._losses.append(loss)  # on the device: reading each would wait for it
        training, count = self._training, self._training.batches_per_epoch
        number = (training.step - 1) % count + 1
        if number in self._at:
            seen = len(self._losses)
            rate, mean = seen / (time.monotonic() - self._began), float(sum(self._losses)) / seen
            log.info(
                "epoch %.2f of %d, batch %d of %d: loss %.4f, mean %.4f, accuracy %.1f %%, %.1f batches/s",
                training.step / count, training.settings.epochs, number, count,
                loss, mean, 100 * accuracy, rate,
            )  # fmt: skip


@dataclass
class Wanted:
    """What signals have asked for."""

    stop: bool = False
    status: int = 0

    def _ask(self, number: int, _frame: FrameType | None) -> None:
        if self.stop:
            raise KeyboardInterrupt  # asked twice: at once, without a checkpoint
        self.stop, self.status = True, 128 + number

    @contextmanager
    def listening(self) -> Iterator[Wanted]:
        """Ctrl-C and SIGTERM ask for a stop, which comes after the batch; a second one ends the process."""
        before = {number: signal.signal(number, self._ask) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield self
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m demo.fashion_mnist.train",
        description="Train a CNN on Fashion-MNIST, logging every batch.",
    )
    add_arguments(parser)
    parser.add_argument("--logdir", help="where to log (default: runs)")
    parser.add_argument("--run", help="the run's name (default: a new one)")
    parser.add_argument("--resume", action="store_true", help="go on from the run's checkpoint")
    parser.add_argument("--directory", type=Path, default=data.DIRECTORY, help="where Fashion-MNIST lies")
    given = parser.parse_args(arguments)
    settings = of_arguments(given)
    where = {name: getattr(given, name) for name in ("logdir", "run", "resume")}
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout, level=logging.INFO)
    try:
        found = data.load(settings.data, given.directory)
        with Wanted().listening() as wanted:
            train(settings, found, wanted=wanted, **where)
        return wanted.status
    except (DataMissing, BadCheckpoint) as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
