"""Keras 3, over TensorFlow, torch or JAX: every batch's own loss, which Keras itself only averages.

    from tensorboard_candles.integrations.keras import CandlesCallback

    model.fit(images, labels, epochs=10, callbacks=[CandlesCallback(project="my-cnn")])

What Keras hands to a callback after a batch are means over the epoch so far, in which no spike is seen. So
the model's train step is asked for one number more: the loss that it adds to that mean.
"""

from __future__ import annotations

from collections.abc import Mapping
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
    The optimizer's settings are logged as hyperparameters, unless the Tracker has a `config=`.
    """

    async_safe = True  # so that Keras reads the loss from the device in a thread, and training goes on

    def __init__(self, tracker: Tracker | None = None, /, **options: Any) -> None:
        super().__init__()
        self._training = Training(tracker, options)
        self._epoch_step: int | None = None
        self._last_step = -1
        self._batch_loss: _BatchLoss | None = None
        self._is_in = self._is_training = False

    def set_model(self, model: Any) -> None:
        super().set_model(model)
        mean = None if self._is_in else _mean_loss(model)
        if mean is None:
            return
        if (
            self._batch_loss is None or self._batch_loss.mean is not mean
        ):  # of another model, or compiled anew
            self._batch_loss = _BatchLoss(model, mean)
        self._batch_loss.put_in()
        self._is_in = True

    def _leave(self) -> None:
        """The model as it was: its next `fit` may be without us."""
        if self._is_in and self._batch_loss:
            self._is_in = False
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
        config = {"epochs": self.params.get("epochs"), "optimizer": optimizer.get_config()}
        self._training.tracker.log_config(config)

    def on_epoch_begin(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:
        self._epoch_step = self._last_step + 1
        self._training.begin_epoch(epoch, first_step=self._epoch_step)

    def on_train_batch_end(self, batch: int, logs: dict[str, Any] | None = None) -> None:
        """In threads of Keras, which may overtake one another: so the step is always said."""
        step = (self._epoch_step or 0) + batch
        self._last_step = max(self._last_step, step)
        logs = {} if logs is None else logs
        loss = logs.pop(_BATCH_LOSS, None)  # hidden from Keras's own progress bar, which comes after us
        found = logs if loss is None else {"loss": loss}
        self._training.tracker.log({f"train/{name}": value for name, value in found.items()}, step=step)

    def on_epoch_end(self, epoch: int, logs: dict[str, Any] | None = None) -> None:
        found = {"learning_rate": float(self.model.optimizer.learning_rate)}
        logs = {} if logs is None else logs
        has_batches = logs.pop(_BATCH_LOSS, None) is not None
        for name, value in logs.items():
            if name.startswith("val_"):
                found[f"val/{name.removeprefix('val_')}"] = value
            elif has_batches and name != "loss":
                found[f"train/{name}"] = value
        self._training.tracker.log(found, step=max(self._last_step, 0))
        self._training.end_epoch()

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:
        self._training.tracker.flush()
        self._is_training = False
        self._leave()


class _BatchLoss:
    """What has a model's train step return the loss that it adds to the epoch's mean, and goes again."""

    def __init__(self, model: Any, mean: Any) -> None:
        self._model, self.mean = model, mean
        self._last_added: list[Any] = []
        self._add, self._step = mean.update_state, model.train_step
        self._function: Any = None

    def put_in(self) -> None:
        self._others = vars(self._model).get("train_step"), self._model.train_function
        self.mean.update_state, self._model.train_step = self._update_state, self._train_step
        self._model.train_function = self._function  # the step's graph with our number, once it is traced

    def take_out(self) -> None:
        self._function = self._model.train_function
        step, self._model.train_function = self._others
        del self.mean.update_state, self._model.train_step
        if step is not None:
            self._model.train_step = step

    def _update_state(self, values: Any, sample_weight: Any = None) -> Any:
        self._last_added.append(values)
        return self._add(values, sample_weight=sample_weight)

    def _train_step(self, *arguments: Any) -> Any:
        self._last_added.clear()
        returned = self._step(*arguments)
        logs, *state = returned if isinstance(returned, tuple) else (returned,)  # of JAX, with its state
        if self._last_added:
            logs = {**logs, _BATCH_LOSS: self._last_added.pop()}
        return (logs, *state) if state else logs


def _mean_loss(model: Any) -> Any:
    """What the model's train step adds the loss to; None where Keras does no such thing."""
    mean = next((metric for metric in model.metrics if metric.name == "loss"), None)
    is_free = "update_state" not in vars(mean or model)  # another of us, or what an exception left
    return mean if is_free and isinstance(mean, keras.metrics.Mean) else None
