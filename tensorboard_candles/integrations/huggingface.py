"""Hugging Face's Trainer, and those that build on it (TRL's, Sentence Transformers').

from tensorboard_candles.integrations.huggingface import CandlesCallback

arguments = TrainingArguments("out", logging_steps=1, logging_nan_inf_filter=False, report_to="none")
Trainer(model, arguments, train_dataset=data, callbacks=[CandlesCallback(project="my-bert")]).train()
"""

from __future__ import annotations

import logging
import math
import os
from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.learning_rates import LEAST_SHARE, scale
from tensorboard_candles.integrations.training import Training
from tensorboard_candles.writer.tracker import Tracker

try:
    from transformers import TrainerCallback, TrainerControl, TrainerState, TrainingArguments
except ImportError as error:
    raise missing("huggingface") from error

_log = logging.getLogger("tensorboard_candles")


class CandlesCallback(TrainerCallback):
    """Logs what the Trainer logs: `train/loss`, `train/grad_norm`, `train/learning_rate`, `eval/loss`, …

    Args:
        tracker: where to log; or else
        options: what a Tracker takes, `project=` at least. Only rank 0 logs, for all, as the Trainer has it.

    The Trainer averages the loss over `logging_steps`: with 1, each step is logged as it was. By default it
    also leaves out losses that are no finite numbers; `logging_nan_inf_filter=False` lets them be seen.
    It obeys the dashboard: `stop`, `pause`, `checkpoint` (the Trainer saves its own), and `learning_rate`,
    which is that of the arguments, that the schedule scales. The arguments are logged as hyperparameters,
    unless the Tracker has a `config=`. With `run=` given, `resume_from_checkpoint` goes on in that run, at
    the checkpoint's step. Another training from the start, such as a trial of a search, gets a run of its
    own, where neither a Tracker nor `run=` was given.
    """

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        self._training = Training(tracker, options)
        self._training.suggest(rank_zero_only=True)
        self._has_trained = False
        self._next_epoch = 0
        self._first_step = 0
        self._saved_as = ""

    def on_train_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **more: Any
    ) -> None:
        if not state.is_world_process_zero:
            return
        if self._has_trained:
            goes_on = {"run": self._training.tracker.run, "resume": True} if state.global_step else {}
            self._training.renew(**goes_on)
        elif state.global_step and self._training.option("run"):
            self._training.suggest(resume=True)
        self._has_trained = True
        self._next_epoch = int(state.epoch or 0)
        self._training.tracker.log_config(args.to_sanitized_dict())
        self._declare(args, more.get("optimizer"), more.get("lr_scheduler"))
        if state.logging_steps != 1 or args.logging_nan_inf_filter:
            _log.warning(
                "logging_steps=%s, logging_nan_inf_filter=%s: for every step's own loss, pass"
                " logging_steps=1 and logging_nan_inf_filter=False to TrainingArguments",
                args.logging_steps,
                args.logging_nan_inf_filter,
            )

    def on_epoch_begin(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        if state.is_world_process_zero:
            # counted here: of data without a length `state.epoch` is the share of all steps
            self._training.begin_epoch(self._next_epoch, first_step=state.global_step + 1)
            self._next_epoch += 1

    def on_step_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        """On every rank; the Trainer saves the checkpoint right after it, and ends then."""
        epochs = math.ceil(args.num_train_epochs) if args.max_steps <= 0 else None
        # not by the whole epochs: the last one may be a part of one
        per_epoch = max(int(state.max_steps / args.num_train_epochs), 1) if epochs else None
        ends = self._training.at_batch(
            state.global_step, batch=per_epoch and (state.global_step - 1) % per_epoch, batches=per_epoch,
            epochs=epochs, checkpoint_now=False,
        )  # fmt: skip
        self._saved_as = os.path.join(args.output_dir, f"checkpoint-{state.global_step}")
        control.should_training_stop |= ends
        control.should_save |= self._training.is_unsettled

    def on_save(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._training.settle()

    def _declare(self, args: TrainingArguments, optimizer: Any, scheduler: Any) -> None:
        self._training.saves(lambda _: self._saved_as, "")
        if optimizer is not None and scheduler is not None:
            rate = args.learning_rate

            def change(wanted: float) -> None:
                nonlocal rate
                scale([optimizer], [scheduler], wanted / rate)
                rate = wanted

            self._training.learns_at(rate or None, change, least=LEAST_SHARE * rate)

    def on_log(
        self,
        args: TrainingArguments,
        state: TrainerState,
        control: TrainerControl,
        logs: dict[str, Any] | None = None,
        **_: Any,
    ) -> None:
        if state.is_world_process_zero:
            numbers = {_tag(name): value for name, value in (logs or {}).items() if _is_number(value)}
            self._training.tracker.log(numbers, step=state.global_step)

    def on_train_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **_: Any
    ) -> None:
        self._training.settle()
        if state.is_world_process_zero:
            self._training.end_epoch()
            self._training.tracker.flush()


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) or getattr(value, "shape", None) == ()


def _tag(name: str) -> str:
    """As the Trainer's own TensorBoard callback calls them."""
    for what in ("eval", "test"):
        if name.startswith(f"{what}_"):
            return f"{what}/{name.removeprefix(f'{what}_')}"
    return f"train/{name}"
