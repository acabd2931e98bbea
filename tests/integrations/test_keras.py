"""What the callback leaves as it was, and trainings that go on, in each of Keras's backends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.scripts import run
from tests.writer.reading import epoch_marks, points

BEGIN = """
import json, sys
import keras, numpy as np
from demo import digits
from demo.keras_fit import make_model
from tensorboard_candles import Tracker
from tensorboard_candles.integrations.keras import CandlesCallback
images, labels = (part[:96] for part in digits.load(1).train)
def fit(model, *callbacks, epochs=2, **more):
    more = {"verbose": 0, "shuffle": False, **more}
    return model.fit(images, labels, epochs=epochs, callbacks=list(callbacks), **more)
"""

backends = pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])


@backends
def test_history_evaluation_and_training_are_what_they_are_without(backend: str, tmp_path: Path) -> None:
    script = """
results = []
for callbacks in ([], [CandlesCallback(project="p", logdir=sys.argv[1])]):
    model = make_model()
    history = fit(model, *callbacks, validation_data=(images, labels)).history
    evaluated = model.evaluate(images, labels, verbose=0)
    results.append([sorted(history), [history[name] for name in sorted(history)], evaluated])
print(json.dumps(results))
"""
    (names, numbers, evaluated), ours = run(BEGIN + script, tmp_path, backend=backend)
    assert ours[0] == names
    assert ours[1] == [pytest.approx(column, rel=1e-4) for column in numbers]
    assert ours[2] == pytest.approx(evaluated, rel=1e-4)


@backends
def test_spike_of_one_batch_is_logged_as_it_was(backend: str, tmp_path: Path) -> None:
    """Keras shows the mean of 3 batches, in which nothing of it is left."""
    script = """
model = make_model()
model.build((None, 64))
images[64:] *= 100
losses = [float(model.test_on_batch(images[at : at + 32], labels[at : at + 32])[0]) for at in (0,)]
model.optimizer.learning_rate = 0.0
for at in (32, 64):
    model.reset_metrics()
    losses.append(float(model.test_on_batch(images[at : at + 32], labels[at : at + 32])[0]))
fit(model, CandlesCallback(project="p", logdir=sys.argv[1], run="r"), epochs=1)
print(json.dumps(losses))
"""
    losses = run(BEGIN + script, tmp_path, backend=backend)
    logged = [value for tag, _, value in points(tmp_path / "p" / "r") if tag == "train/loss"]
    assert sorted(logged) == pytest.approx(sorted(losses), rel=1e-5)
    assert max(logged) > 5 * min(logged)


@backends
def test_second_fit_goes_on_and_so_does_a_loaded_model(backend: str, tmp_path: Path) -> None:
    script = """
where = {"project": "p", "logdir": sys.argv[1], "run": "r"}
model = make_model()
fit(model, epochs=1)  # its graph is there already, without ours
callback = CandlesCallback(**where)
fit(model, callback, epochs=2, initial_epoch=1)
fit(model, callback, epochs=3, initial_epoch=2)
model.save(sys.argv[1] + "/model.keras")
model = keras.models.load_model(sys.argv[1] + "/model.keras")
fit(model, CandlesCallback(resume=True, **where), epochs=4, initial_epoch=3)
print(json.dumps([]))
"""
    run(BEGIN + script, tmp_path, backend=backend)
    run_dir = tmp_path / "p" / "r"
    assert sorted(step for tag, step, _ in points(run_dir) if tag == "train/loss") == list(range(3, 12))
    assert epoch_marks(run_dir) == [(3, 1), (6, 2), (9, 3)]


@backends
def test_model_is_left_as_it_was(backend: str, tmp_path: Path) -> None:
    script = """
model = make_model()
callback = CandlesCallback(project="p", logdir=sys.argv[1], run="r")
fit(model, callback, epochs=1)
assert "train_step" not in vars(model) and "update_state" not in vars(model.metrics[0])
names = [sorted(fit(model, epochs=1).history)]
fit(model, callback, epochs=1)
model.evaluate(images, labels, verbose=0, callbacks=[callback])
names.append(sorted(model.train_on_batch(images, labels, return_dict=True)))
model.compile("sgd", "sparse_categorical_crossentropy")
fit(model, callback, epochs=1)
names.append(sorted(fit(model, epochs=1).history))
print(json.dumps(names))
"""
    assert run(BEGIN + script, tmp_path, backend=backend) == [["accuracy", "loss"]] * 3
    logged = [step for tag, step, _ in points(tmp_path / "p" / "r") if tag == "train/loss"]
    assert sorted(logged) == list(range(9))


@backends
def test_model_with_a_train_step_of_its_own_logs_what_that_returns(backend: str, tmp_path: Path) -> None:
    script = """
class Own(keras.Sequential):
    def train_step(self, *arguments):
        if len(arguments) == 2:  # of JAX
            return {"mine": arguments[1][0][0, 0] * 0 + 7.0}, arguments[0]
        return {"mine": keras.ops.convert_to_tensor(7.0)}
model = Own([keras.layers.Dense(10, "softmax")])
model.compile("sgd", "sparse_categorical_crossentropy")
fit(model, CandlesCallback(project="p", logdir=sys.argv[1], run="r"), epochs=1)
print(json.dumps([]))
"""
    run(BEGIN + script, tmp_path, backend=backend)
    logged = [(tag, value) for tag, _, value in points(tmp_path / "p" / "r") if tag.startswith("train/")]
    assert logged == [("train/mine", 7.0)] * 3


@backends
def test_interrupted_training_is_whole_and_can_go_on(backend: str, tmp_path: Path) -> None:
    script = """
class Stop(keras.callbacks.Callback):
    async_safe = True
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt
model, tracker = make_model(), Tracker("p", logdir=sys.argv[1], run="r")
callback = CandlesCallback(tracker)
try:
    fit(model, Stop(), callback)
except KeyboardInterrupt:
    pass
fit(model, callback, epochs=2, initial_epoch=1)
print(json.dumps([]))
"""
    run(BEGIN + script, tmp_path, backend=backend)
    run_dir = tmp_path / "p" / "r"
    assert sorted(step for tag, step, _ in points(run_dir) if tag == "train/loss") == list(range(6))
    assert epoch_marks(run_dir) == [(0, 0), (3, 1)]


@backends
def test_callbacks_before_and_after_ours_see_what_they_see_without(backend: str, tmp_path: Path) -> None:
    script = """
class Names(keras.callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.seen = set()
    def on_train_batch_end(self, batch, logs=None):
        self.seen |= set(logs)
    on_epoch_end = on_train_batch_end
before, after = Names(), Names()
csv = keras.callbacks.CSVLogger(sys.argv[1] + "/log.csv")
history = fit(make_model(), csv, before, CandlesCallback(project="p", logdir=sys.argv[1], run="r"), after)
print(json.dumps([sorted(before.seen), sorted(after.seen), sorted(history.history)]))
"""
    assert run(BEGIN + script, tmp_path, backend=backend) == [["accuracy", "loss"]] * 3
    assert "batch_loss" not in (tmp_path / "log.csv").read_text()
    assert len([tag for tag, _, _ in points(tmp_path / "p" / "r") if tag == "train/loss"]) == 6


@backends
def test_interrupted_training_leaves_nothing_that_is_seen(backend: str, tmp_path: Path) -> None:
    script = """
class Stop(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        raise KeyboardInterrupt
def interrupted(run):
    try:
        fit(model, Stop(), CandlesCallback(project="p", logdir=sys.argv[1], run=run))
    except KeyboardInterrupt:
        pass
model = make_model()
interrupted("first")
numbers = [len(model.train_on_batch(images, labels))]
numbers.append(len(fit(model).history))
interrupted("second")
numbers.append(len(model.train_on_batch(images, labels)))
model.compile("sgd", "sparse_categorical_crossentropy", metrics=["accuracy"])
numbers.append(len(fit(model).history))
fit(model, CandlesCallback(project="p", logdir=sys.argv[1], run="third"), epochs=1)
numbers.append(len(model.train_on_batch(images, labels)))
print(json.dumps(numbers))
"""
    assert run(BEGIN + script, tmp_path, backend=backend) == [2] * 5
    for name in ("first", "second", "third"):
        losses = [value for tag, _, value in points(tmp_path / "p" / name) if tag == "train/loss"]
        assert len(losses) == 3


@pytest.mark.parametrize("backend", ["tensorflow", "jax"])  # Keras refuses it with torch
def test_of_several_batches_at_once_the_last_loss_is_logged(backend: str, tmp_path: Path) -> None:
    script = """
model = make_model()
model.compile("sgd", "sparse_categorical_crossentropy", steps_per_execution=2)
fit(model, CandlesCallback(project="p", logdir=sys.argv[1], run="r"), batch_size=24)
print(json.dumps([]))
"""
    run(BEGIN + script, tmp_path, backend=backend)
    steps = [step for tag, step, _ in points(tmp_path / "p" / "r") if tag == "train/loss"]
    assert sorted(steps) == [1, 3, 5, 7]
