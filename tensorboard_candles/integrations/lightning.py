"""Lightning: a Logger for its Trainer.

from tensorboard_candles.integrations.lightning import CandlesLogger

Trainer(logger=CandlesLogger(project="my-cnn"), log_every_n_steps=1).fit(model, loader)
"""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.learning_rates import LEAST_SHARE, peak, scale
from tensorboard_candles.integrations.training import Training
from tensorboard_candles.writer.environment import settings
from tensorboard_candles.writer.tracker import Tracker

try:
    from lightning.fabric.loggers.logger import rank_zero_experiment
    from lightning.pytorch.callbacks import Callback
    from lightning.pytorch.loggers import Logger
    from lightning.pytorch.utilities import rank_zero_only
except ImportError:
    try:
        from lightning_fabric.loggers.logger import rank_zero_experiment
        from pytorch_lightning.callbacks import Callback
        from pytorch_lightning.loggers import Logger
        from pytorch_lightning.utilities import rank_zero_only
    except ImportError as error:
        raise missing("lightning") from error


class CandlesLogger(Logger):
    """Logs what `self.log` logs, and marks the epochs; for `lightning` and `pytorch_lightning`.

    Args:
        tracker: where to log; or else
        options: what a Tracker takes, `project=` at least. Only rank 0 logs, as Lightning has it.

    It obeys the dashboard: `stop` (not before `min_epochs`), `pause`, `checkpoint` (saved as
    `<run>/checkpoints/step-….ckpt`), and `learning_rate`, where a schedule begins from it.
    Lightning hands over one step in fifty unless the Trainer has `log_every_n_steps=1`, and asks the device
    for each number. `self.logger.experiment` is the Tracker: `self.logger.experiment.log(loss=loss)` waits
    for no device. What `save_hyperparameters()` keeps is logged, unless the Tracker has a `config=`.
    After `fit(ckpt_path=…)`, `run=` and `resume=True` go on in the run that the checkpoint is of.
    """

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        super().__init__()
        self._training = Training(tracker, options)
        self._training.suggest(rank_zero_only=True)
        self._epoch: int | None = None

    @property
    @rank_zero_experiment
    def experiment(self) -> Tracker:
        """The Tracker; on other ranks than 0 something that takes its calls and does nothing."""
        return self._training.tracker

    @property
    def name(self) -> str:
        """The project."""
        project = self._training.option("project")
        return self._training.tracker.project if project is None else str(project)

    @property
    def version(self) -> str | None:
        """The run; on other ranks than 0 only where it was given."""
        if rank_zero_only.rank == 0:
            return self._training.tracker.run
        run = self._training.option("run")
        return None if run is None else str(run)

    @property
    def save_dir(self) -> str:
        """The log directory; Lightning puts checkpoints into `<logdir>/<project>/<run>/checkpoints`."""
        logdir = self._training.option("logdir")
        if logdir is None:
            logdir = settings(None, "-", None).logdir
        if self._training.option("project") is None:
            tracker = self._training.tracker
            logdir = str(tracker.run_dir).removesuffix(f"/{tracker.project}/{tracker.run}")
        return str(logdir)

    @rank_zero_only
    def log_hyperparams(self, params: Mapping[str, Any] | Namespace, *_: Any, **__: Any) -> None:
        self._training.tracker.log_config(vars(params) if isinstance(params, Namespace) else params)

    def log_graph(self, model: Any, input_array: Any = None) -> None:
        """Called with the model when a training begins, on every rank: the one way to the Trainer."""
        trainer = getattr(model, "_trainer", None)
        if trainer is not None and not any(
            isinstance(callback, _Obeying) and callback.training is self._training
            for callback in trainer.callbacks
        ):
            trainer.callbacks.append(_Obeying(self._training))

    @rank_zero_only
    def log_metrics(self, metrics: Mapping[str, float], step: int | None = None) -> None:
        epoch = metrics.get("epoch")
        if epoch is not None and int(epoch) != self._epoch:
            self._epoch = int(epoch)
            self._training.begin_epoch(self._epoch)
        self._training.tracker.log(metrics, step=step)

    @rank_zero_only
    def finalize(self, status: str) -> None:
        """However the training ended: all that was logged is in the file."""
        self._training.end_epoch()
        self._epoch = None
        self._training.tracker.flush()


class _Obeying(Callback):
    """Obeys what the dashboard asks for, at the end of each batch."""

    def __init__(self, training: Training) -> None:
        self.training = training

    def on_train_start(self, trainer: Any, pl_module: Any) -> None:
        self.training.saves(lambda path: _save(trainer, path), ".ckpt")
        rate = peak(trainer.optimizers)

        def change(wanted: float) -> None:
            nonlocal rate
            schedulers = [config.scheduler for config in trainer.lr_scheduler_configs]
            scale(trainer.optimizers, schedulers, wanted / (rate or 1.0))
            rate = wanted

        self.training.learns_at(rate or None, change, least=LEAST_SHARE * (rate or 0.0))

    def on_train_batch_end(
        self, trainer: Any, pl_module: Any, outputs: Any, batch: Any, batch_idx: int
    ) -> None:
        batches = trainer.num_training_batches
        ends = self.training.at_batch(
            trainer.fit_loop.total_batch_idx + 1, batch=batch_idx,
            batches=int(batches) if math.isfinite(batches) else None,
            epochs=None if trainer.max_epochs in (None, -1) else trainer.max_epochs,
        )  # fmt: skip
        self.training.settle()
        trainer.should_stop = trainer.should_stop or ends


def _save(trainer: Any, path: Path) -> Path:
    """By all ranks, under the name that rank 0 has for it."""
    agreed: Path = trainer.strategy.broadcast(path)
    trainer.save_checkpoint(agreed)
    return agreed
