"""Write the event files under logs/ with the writers that people use. See README.md beside this file."""

from __future__ import annotations

import math
import random
import re
import shutil
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

LOGS = Path(__file__).parent / "logs"
FIRST_SECOND = 1_700_000_000.0
NON_FINITE = {
    40: math.nan,
    41: math.inf,
    90: -math.inf,
    91: math.nan,
    300: -math.inf,
    301: math.inf,
    302: math.nan,
}
HUGE_FLOAT32 = {50: 3.4028234663852886e38, 120: -3.4028234663852886e38, 200: 1e-45, 201: -1e-45}


class Clock:
    """Stands in for `time.time` in the Python writers, so that their files come out the same each time."""

    def __init__(self) -> None:
        self.now = FIRST_SECOND

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@contextmanager
def made_up_time() -> Iterator[Clock]:
    clock = Clock()
    real_time = time.time
    time.time = clock.time
    try:
        yield clock
    finally:
        time.time = real_time


def fresh(run: str) -> str:
    directory = LOGS / run
    shutil.rmtree(directory, ignore_errors=True)
    return str(directory)


def walk(seed: int, *, start: float = 2.3, drift: float = -0.002) -> Iterator[float]:
    """A noisy loss."""
    noise = random.Random(seed)
    level = start
    while True:
        level += drift * level
        yield level + noise.gauss(0, 0.08)


def loss_with_surprises(seed: int) -> Callable[[int], float]:
    values = walk(seed)
    return lambda step: NON_FINITE.get(step, HUGE_FLOAT32.get(step, next(values)))


# torch -----------------------------------------------------------------------------------------------


def torch_summary_writer(directory: str, **options: Any) -> Any:
    return import_module("torch.utils.tensorboard").SummaryWriter(directory, **options)


def torch_writers() -> None:
    with made_up_time() as clock:
        torch_everything(clock)
        torch_tensors(clock)
        torch_purge_step(clock)
        torch_restart_without_purge(clock)
        torch_ranks(clock)
        torch_steps_go_back(clock)


def torch_everything(clock: Clock) -> None:
    import numpy as np

    loss, norms = loss_with_surprises(1), walk(2, start=5.0)
    with torch_summary_writer(fresh("torch/everything")) as writer:
        for step in range(700):
            clock.sleep(0.5 + (step % 7) * 0.25)
            writer.add_scalar("loss", loss(step), step)
            writer.add_scalar("grad_norm", next(norms), step)
            if step % 10 == 0:
                writer.add_scalar("val/accuracy", -math.cos(step / 90), step)
            if step % 200 == 0:
                writer.add_histogram("weights", np.linspace(-1, 1, 50) ** 3, step, bins="sqrt")
                writer.add_image("sample", np.full((3, 4, 4), step / 800, dtype=np.float32), step)
                writer.add_text("note", f"step *{step}*", step)
        writer.add_scalars("compared", {"a": 1.0, "b": 2.0}, 0)
        writer.add_scalars("compared", {"a": 0.5, "b": 1.5}, 1)
        writer.add_hparams(
            {"lr": 0.1, "batch": 32}, {"hparam/loss": 0.25}, run_name="hparams", global_step=699
        )


def torch_tensors(clock: Clock) -> None:

    values = walk(3, start=-4.0)
    with torch_summary_writer(fresh("torch/tensors")) as writer:
        for step in range(0, 3000, 10):
            clock.sleep(3.5)
            value = NON_FINITE.get(step // 10, next(values))
            writer.add_scalar("float32", value, step, new_style=True)
            writer.add_scalar("float64", value / 3, step, new_style=True, double_precision=True)


def torch_purge_step(clock: Clock) -> None:
    """Three attempts; the second and third say at which step they go on."""

    directory = fresh("torch/purge_step")
    for attempt, (purge_step, first, last) in enumerate([(None, 0, 300), (200, 200, 320), (250, 260, 400)]):
        values = walk(10 + attempt)
        with torch_summary_writer(directory, purge_step=purge_step) as writer:
            for step in range(first, last):
                clock.sleep(0.75)
                writer.add_scalar("loss", next(values) + attempt, step)
                if step % 25 == 0:
                    writer.add_scalar("val/loss", next(values) + attempt, step)
        clock.sleep(60)


def torch_restart_without_purge(clock: Clock) -> None:
    """A crash, then the training goes on from a checkpoint some steps earlier without telling TensorBoard."""

    directory = fresh("torch/restart")
    for attempt, (first, last) in enumerate([(0, 300), (200, 350), (351, 420)]):
        values = walk(20 + attempt)
        with torch_summary_writer(directory) as writer:
            for step in range(first, last):
                clock.sleep(0.75)
                writer.add_scalar("loss", next(values) + attempt, step)
                if step % 40 == 0:
                    writer.add_scalar("val/loss", next(values) + attempt, step)
        clock.sleep(60)


def torch_ranks(clock: Clock) -> None:
    """Two processes that log into one directory at the same time."""

    directory = fresh("torch/ranks")
    writers = [torch_summary_writer(directory, filename_suffix=f".rank{rank}") for rank in (0, 1)]
    values = walk(30)
    for step in range(250):
        for rank, writer in enumerate(writers):
            clock.sleep(0.4)
            writer.add_scalar("loss", next(values) + rank / 10, step)
    for writer in writers:
        writer.close()


def torch_steps_go_back(clock: Clock) -> None:
    """One file in which steps come late, and several points share a step."""

    values = walk(40)
    with torch_summary_writer(fresh("torch/steps go back")) as writer:
        for step in [*range(0, 100), *range(60, 80), *range(100, 150), 5, 5, 5, *range(150, 200)]:
            clock.sleep(0.3)
            writer.add_scalar("loss", next(values), step)
        for _ in range(20):
            writer.add_scalar("at one step", next(values), 7)


# tensorboardX ----------------------------------------------------------------------------------------


def tensorboardx_writers() -> None:
    with made_up_time() as clock:
        tensorboardx_lightning_epochs(clock)
        tensorboardx_many_values(clock)


def tensorboardx_lightning_epochs(clock: Clock) -> None:
    """An `epoch` scalar beside the metrics, as Lightning logs it."""
    import numpy as np

    loss = loss_with_surprises(50)
    writer = import_module("tensorboardX").SummaryWriter(fresh("tensorboardX/epochs"), write_to_disk=True)
    for step in range(600):
        clock.sleep(1.25)
        at = clock.now
        writer.add_scalar("train/loss", loss(step), step, walltime=at)
        if step % 20 == 19:
            writer.add_scalar("epoch", step // 83, step, walltime=at)
        if step % 150 == 0:
            writer.add_histogram("weights", np.linspace(-1, 1, 30), step, bins="sqrt", walltime=at)
    writer.close()


def tensorboardx_many_values(clock: Clock) -> None:
    """Several values in one event, one of them twice; fractional epochs, as Hugging Face logs them."""
    new_summary = import_module("tensorboardX.proto.summary_pb2").Summary

    values = walk(60)
    writer = import_module("tensorboardX").SummaryWriter(
        fresh("tensorboardX/many values"), write_to_disk=True
    )
    for step in range(0, 1000, 4):
        clock.sleep(2)
        summary = new_summary()
        for tag in ("train/loss", "train/grad_norm", "train/loss"):
            summary.value.add(tag=tag, simple_value=next(values))
        summary.value.add(tag="train/epoch", simple_value=round(step / 130, 2))
        writer.file_writer.add_summary(summary, step, walltime=clock.now)
    writer.close()


# TensorFlow ------------------------------------------------------------------------------------------


def tensorflow_writers() -> None:
    tensorflow_dtypes()
    tensorflow_v1()


def tensorflow_dtypes() -> None:
    tf: Any = import_module("tensorflow")

    scalars = tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "scalars"})
    other = tf.compat.v1.SummaryMetadata(plugin_data={"plugin_name": "someone_elses"})
    numbers = (
        "float64",
        "float16",
        "bfloat16",
        "int8",
        "uint8",
        "int16",
        "uint16",
        "int32",
        "uint32",
        "int64",
        "uint64",
    )
    values = walk(70)
    writer = tf.summary.create_file_writer(fresh("tensorflow/dtypes"))
    with writer.as_default():
        for step in range(100):
            value = next(values)
            tf.summary.scalar("float32", NON_FINITE.get(step, value), step)
            tf.summary.write("huge", tf.constant(value * 1e300, tf.float64), step, metadata=scalars)
            tf.summary.write("plugin not said", tf.constant(value, tf.float64), step)
            for name in numbers:
                number = tf.constant(int(value * 40), name) if "int" in name else tf.constant(value, name)
                tf.summary.write(name, number, step, metadata=scalars)
            if step == 50:
                tf.summary.write("int64", tf.constant(2**62 + 1, tf.int64), step, metadata=scalars)
                tf.summary.histogram("weights", [float(i) for i in range(30)], step)
                tf.summary.image("sample", tf.zeros((1, 4, 4, 3)), step)
                tf.summary.text("note", "hello", step)
                tf.summary.write("not a scalar/bool", tf.constant(True), step, metadata=scalars)
                tf.summary.write("not a scalar/complex", tf.constant(1 + 2j), step, metadata=scalars)
                tf.summary.write("not a scalar/string", tf.constant("1.5"), step, metadata=scalars)
                tf.summary.write("not a scalar/rank 1", tf.constant([1.5]), step, metadata=scalars)
                tf.summary.write("not a scalar/other plugin", tf.constant(1.5), step, metadata=other)
    writer.close()


def tensorflow_v1() -> None:
    """TensorFlow 1's writer: several values in one event, and a session that starts again."""
    tf: Any = import_module("tensorflow")

    v1: Any = tf.compat.v1
    directory = fresh("tensorflow/v1")
    values = walk(80)
    with tf.Graph().as_default():
        for first, last in [(0, 120), (80, 160)]:
            writer = v1.summary.FileWriter(directory)
            writer.add_session_log(v1.SessionLog(status=v1.SessionLog.START), first)
            for step in range(first, last):
                both = [
                    v1.Summary.Value(tag=tag, simple_value=next(values)) for tag in ("loss", "cross entropy")
                ]
                writer.add_summary(v1.Summary(value=both), step)
            writer.add_session_log(v1.SessionLog(status=v1.SessionLog.STOP), last)
            writer.close()
            time.sleep(1.1)


def keras_writers() -> None:
    import numpy as np

    keras: Any = import_module("keras")

    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    x = np.random.default_rng(0).normal(size=(160, 2))
    log = keras.callbacks.TensorBoard(fresh("keras"), update_freq=1, write_graph=False, histogram_freq=2)
    model.fit(x, x.sum(axis=1), batch_size=4, epochs=4, validation_split=0.2, callbacks=[log], verbose=0)


# our own ---------------------------------------------------------------------------------------------


def tracker_writers() -> None:
    from tensorboard_candles import Tracker

    fresh("tracker")
    values, norms = walk(90), walk(91, start=4.0)
    with Tracker(project="tracker", logdir=LOGS, run="epochs", config={"lr": 0.1}) as tracker:
        tracker.log(loss=5.0, grad_norm=4.0)
        for _ in tracker.epochs(5):
            for batch in range(73):
                value = math.nan if batch == 40 else next(values)
                tracker.log({"loss": value, "train/accuracy": batch / 100}, grad_norm=next(norms))


# -----------------------------------------------------------------------------------------------------


def scrub(directory: Path) -> None:
    """Take the host and the process out of the file names; the order of the names stays."""
    for parent in {path.parent for path in directory.rglob("*tfevents*")}:
        for number, path in enumerate(sorted(parent.glob("*tfevents*"))):
            found = re.match(r"events\.out\.tfevents\.(\d{10})", path.name)
            if found is None:
                raise SystemExit(f"unexpected name of an event file: {path.name}")
            suffix = "".join(re.findall(r"\.(?:rank\d|v2)$", path.name))
            path.rename(path.with_name(f"events.out.tfevents.{found[1]}.localhost.{number}{suffix}"))


WRITERS = {
    "torch": torch_writers,
    "tensorboardX": tensorboardx_writers,
    "tensorflow": tensorflow_writers,
    "keras": keras_writers,
    "tracker": tracker_writers,
}


def main(names: list[str]) -> None:
    for name in names or list(WRITERS):
        WRITERS[name]()
        scrub(LOGS / name)


if __name__ == "__main__":
    main(sys.argv[1:])
