"""Keras 3, over TensorFlow, torch or JAX: every batch's own loss, which Keras itself only averages.

    from tensorboard_candles.integrations.keras import CandlesCallback

    model.fit(images, labels, epochs=10, callbacks=[CandlesCallback(project="my-cnn")])

What Keras hands to a callback after a batch are means over the epoch so far, in which no spike is seen. So
the model's train step is asked for one number more, which no other callback sees: the loss that it adds to
that mean.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tensorboard_candles.integrations import missing
from tensorboard_candles.integrations.training import Training
from tensorboard_candles.writer.tracker import Tracker

try:
    import keras
except ImportError as error:
    raise missing("keras") from error

_BATCH_LOSS = "_batch_loss"


class CandlesCallback(keras.callbacks.Callback):
    """Logs `train/loss` of every batch and, at each epoch's end, its metrics and those of the validation.

    Args:
        tracker: where to log; or else
        options: what a Tracker takes, `project=` at least.

    Steps count batches: those that the model's optimizer has seen before, and this callback's own. With
    `steps_per_execution=k` Keras returns once in k batches, and the last one's loss is what is logged. Of a
    model with a `train_step` of its own, what that returns is logged after each batch, as it is.
    Metrics such as `train/accuracy` are the epoch's, as Keras shows them; `learning_rate` is that at its end.
    It obeys the dashboard: `stop`, `pause`, `checkpoint` (saved as `<run>/checkpoints/step-….keras`), and
    `learning_rate` where no schedule gives it. The optimizer's settings are logged as hyperparameters, unless
    the Tracker has a `config=`.
    """

    async_safe = True  # so that Keras reads the loss from the device in a thread, and training goes on

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        super().__init__()
        self._training = Training(tracker, options)
        self._epoch_step: int | None = None
        self._last_step = -1
        self._batch_loss: _BatchLoss | None = None
        self._has_batches = self._is_training = False

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        mean = _mean_loss(model)
        others = _batch_loss_in(mean)
        if mean is None or (others and (others is self._batch_loss or not others.has_begun)):
            return  # ours already, or of another callback of this training
        for left in {others, self._batch_loss} - {None}:  # where an exception ended a training
            left.take_out()
        if self._batch_loss is None or self._batch_loss.mean is not mean:
            self._batch_loss = _BatchLoss(model, mean)
        self._batch_loss.put_in()

    def _leave(self) -> None:
        """The model as it was: its next `fit` may be without us."""
        if self._batch_loss:
            self._batch_loss.take_out()

    def on_test_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        if not self._is_training:
            self._leave()

    def on_predict_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        if not self._is_training:
            self._leave()

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:
        self._is_training = True
        optimizer = self.model.optimizer
        if self._epoch_step is None:
            per_update = getattr(optimizer, "gradient_accumulation_steps", None) or 1
            self._last_step = int(optimizer.iterations) * per_update - 1
        self._training.saves(self._save, ".keras")
        self._training.learns_at(_constant_rate(optimizer), self._set_rate)
        config = {"epochs": self.params.get("epochs"), "optimizer": optimizer.get_config()}
        self._training.tracker.log_config(config)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch_step = self._last_step + 1
        self._training.begin_epoch(epoch, first_step=self._epoch_step)

    def on_train_batch_begin(self, batch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._obey(batch)
        if self._batch_loss:
            self._batch_loss.begin(batch)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """In threads of Keras, which may overtake one another: so the step is always said."""
        step = (self._epoch_step or 0) + batch
        self._last_step = max(self._last_step, step)
        loss = self._batch_loss.pop(batch) if self._batch_loss else None
        self._has_batches = loss is not None
        found = logs or {} if loss is None else {"loss": loss}
        self._training.tracker.log({f"train/{name}": value for name, value in found.items()}, step=step)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        found = {"learning_rate": float(self.model.optimizer.learning_rate)}
        for name, value in (logs or {}).items():
            if name.startswith("val_"):
                found[f"val/{name.removeprefix('val_')}"] = value
            elif self._has_batches and name != "loss":
                found[f"train/{name}"] = value
        self._training.tracker.log(found, step=max(self._last_step, 0))
        self._training.end_epoch()
        self._obey(self._last_step + 1 - (self._epoch_step or 0))

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._training.settle()
        self._training.tracker.flush()
        self._is_training = False
        self._leave()

    def _obey(self, ended: int) -> None:
        """What the dashboard asked for, in Keras' own thread, after so many batches of the epoch; a stop ends
        after the one that begins."""
        steps = self.params.get("steps")
        done = (self._epoch_step or 0) + ended
        # not `self.model`: of JAX that copies the whole state
        self._model.stop_training |= self._training.at_batch(
            done, batch=ended - 1, batches=steps, epochs=self.params.get("epochs")
        )

    def _save(self, path: Path) -> None:
        self.model.save(path)

    def _set_rate(self, learning_rate: float) -> None:
        self.model.optimizer.learning_rate = learning_rate


class _BatchLoss:
    """Has a model's train step return the loss that it adds to the epoch's mean, and keeps that from Keras.

    What an exception leaves in a model is seen by nobody: `_call` stays around the step that returns more.
    """

    def __init__(self, model: Any, mean: Any) -> None:
        self._model, self.mean = model, mean
        self._last_added: list[Any] = []
        self._add, self._step = mean.update_state, model.train_step
        self._function: Any = None
        self._begun = 0
        self._of_batches: dict[int, Any] = {}
        self.has_begun = False

    def put_in(self) -> None:
        self.has_begun = False
        self._others = vars(self._model).get("train_step"), self._model.train_function
        self.mean.update_state, self._model.train_step = self._update_state, self._train_step
        # the step's graph with our number, once it is traced
        self._model.train_function = self._function and self._call

    def take_out(self) -> None:
        """Does nothing to what is not in, or not any more: the model may have been compiled anew."""
        step, function = self._others
        if vars(self.mean).get("update_state") == self._update_state:
            del self.mean.update_state
            if _mean_loss(self._model) is self.mean:
                self._model.train_function = function
        if vars(self._model).get("train_step") == self._train_step:
            del self._model.train_step
            if step is not None:
                self._model.train_step = step

    def begin(self, batch: int) -> None:
        """Before each call of the train function, which others may have made anew."""
        if vars(self.mean).get("update_state") == self._update_state:
            self.has_begun, self._begun = True, batch
            if self._model.train_function != self._call:
                self._function, self._model.train_function = self._model.train_function, self._call

    def pop(self, batch: int) -> Any:
        """The loss of what Keras did last up to this batch, several at once with steps_per_execution."""
        begun = max((one for one in list(self._of_batches) if one <= batch), default=batch)
        return self._of_batches.pop(begun, None)

    def _call(self, *arguments: Any) -> Any:
        returned = self._function(*arguments)
        logs, *state = returned if isinstance(returned, tuple) else (returned,)  # of JAX, with its state
        logs = dict(logs)
        if (loss := logs.pop(_BATCH_LOSS, None)) is not None:
            self._of_batches[self._begun] = loss
        return (logs, *state) if state else logs

    def _update_state(self, values: Any, sample_weight: Any = None) -> Any:
        self._last_added.append(values)
        return self._add(values, sample_weight=sample_weight)

    def _train_step(self, *arguments: Any) -> Any:
        self._last_added.clear()
        returned = self._step(*arguments)
        logs, *state = returned if isinstance(returned, tuple) else (returned,)
        if self._last_added:
            logs = {**logs, _BATCH_LOSS: self._last_added.pop()}
        return (logs, *state) if state else logs


def _constant_rate(optimizer: Any) -> float | None:
    """None where a schedule gives the rate: Keras lets nobody set it then."""
    if isinstance(optimizer._learning_rate, keras.optimizers.schedules.LearningRateSchedule):
        return None
    return float(optimizer.learning_rate)


def _mean_loss(model: Any) -> Any:
    """What the model's train step adds the loss to; None where Keras does no such thing."""
    mean = next((metric for metric in model.metrics if metric.name == "loss"), None)
    return mean if isinstance(mean, keras.metrics.Mean) else None


def _batch_loss_in(mean: Any) -> Any:
    """Whose `update_state` the mean has, if not its own."""
    return getattr(vars(mean or object).get("update_state"), "__self__", None)
