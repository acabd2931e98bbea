"""Numbers that are still on a device: kept as they are at the call and read later, many together.

Without a GPU the frameworks' CPU devices stand for it: the same functions, streams included, run over them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import NotAScalar
from tensorboard_candles.writer import devices, values
from tensorboard_candles.writer.devices import OnDevice, hold_torch, read_all
from tests.writer.reading import points


class Device:
    """A device whose numbers are asked for all at once."""

    def __init__(self) -> None:
        self.asked: list[list[Any]] = []

    def read(self, held: Sequence[OnDevice]) -> list[float]:
        tensors = [one.tensor for one in held]
        self.asked.append(tensors)
        if "deleted" in tensors:
            raise RuntimeError("Array has been deleted")
        return [float(tensor) for tensor in tensors]


class Lazy(float):
    """A number that this test's device keeps."""


@pytest.fixture
def device(monkeypatch: pytest.MonkeyPatch) -> Device:
    found = Device()
    monkeypatch.setitem(values._readers, Lazy, lambda tag, value: OnDevice(value, found.read))
    monkeypatch.setitem(values._readers, str, lambda tag, value: OnDevice(value, found.read))
    return found


def test_what_is_on_a_device_is_read_together_and_later(tmp_path: Path, device: Device) -> None:
    tracker = Tracker("p", logdir=tmp_path)
    for step in range(100):
        tracker.log({"loss": Lazy(step), "lr": 0.5, "acc": Lazy(step / 100)})
    tracker.log(loss=1.0)
    tracker.close()
    assert len(device.asked) < 100
    assert sum(map(len, device.asked)) == 200
    found = points(tracker.run_dir)
    assert [value for tag, _, value in found if tag == "loss"] == [*range(100), 1.0]
    assert [value for tag, _, value in found if tag == "lr"] == [0.5] * 100


def test_value_that_can_not_be_read_is_left_out_and_said(
    tmp_path: Path, device: Device, caplog: pytest.LogCaptureFixture
) -> None:
    bad: Any = "deleted"
    tracker = Tracker("p", logdir=tmp_path)
    for step in range(10):
        tracker.log({"loss": bad if step == 3 else Lazy(step), "lr": 0.5})
    tracker.log(loss=bad)
    tracker.flush()
    tracker.close()
    found = points(tracker.run_dir)
    assert [value for tag, _, value in found if tag == "loss"] == [0, 1, 2, 4, 5, 6, 7, 8, 9]
    assert [step for tag, step, _ in found if tag == "lr"] == list(range(10))
    assert caplog.text.count("could not be read") == 1
    assert "2 values could not be read" in caplog.text


# torch -------------------------------------------------------------------------------------------------


def test_torch_tensor_on_the_cpu_is_read_at_the_call(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    tracker = Tracker("p", logdir=tmp_path)
    total = torch.zeros(())
    for _ in range(5):
        total += 1
        tracker.log(total=total)
    tracker.close()
    assert [value for _, _, value in points(tracker.run_dir)] == [1, 2, 3, 4, 5]


def test_torch_numbers_of_every_type_are_kept(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    tracker = Tracker("p", logdir=tmp_path)
    weight = torch.nn.Parameter(torch.full((1, 1), 0.5))
    for value in (torch.tensor(3), torch.tensor(True), torch.tensor([0.5], dtype=torch.bfloat16), weight):
        tracker.log(x=value)
    tracker.close()
    assert [value for _, _, value in points(tracker.run_dir)] == [3, 1, 0.5, 0.5]


@pytest.mark.parametrize("make", ["ones(2)", "empty(0)", "tensor(1j)", "ones((), device='meta')"])
def test_torch_tensor_that_is_no_number_is_a_type_error(tmp_path: Path, make: str) -> None:
    torch = pytest.importorskip("torch")
    tracker = Tracker("p", logdir=tmp_path)
    with pytest.raises(NotAScalar, match="'x'"):
        tracker.log(x=eval(f"torch.{make}", {"torch": torch}))
    tracker.close()
    assert points(tracker.run_dir) == []


def test_torch_tensor_that_is_held_stays_what_it_was_and_holds_no_graph() -> None:
    torch = pytest.importorskip("torch")
    weight = torch.ones((), requires_grad=True)
    loss = weight * 2
    held = [hold_torch(loss)]
    total = torch.zeros(())
    for _ in range(3):
        total += 1
        held.append(hold_torch(total))
    held.append(hold_torch(torch.tensor([[7]], dtype=torch.int32)))
    assert loss.requires_grad
    assert not held[0].tensor.requires_grad
    assert held[0].tensor.grad_fn is None
    assert held[0].stream is not None
    assert read_all(held) == [2, 1, 2, 3, 7]


def test_torch_on_a_gpu_is_not_waited_for_and_gives_the_value_at_the_call(tmp_path: Path) -> None:
    torch = pytest.importorskip("torch")
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device here")
    tracker = Tracker("p", logdir=tmp_path)
    total = torch.zeros((), device="cuda")
    side = torch.cuda.Stream()
    with torch.cuda.stream(side):
        for _ in range(50):
            torch.cuda._sleep(10_000_000)
            total += 1
            tracker.log(total=total)
        assert not side.query()  # all calls returned before the device was done
    tracker.close()
    assert [value for _, _, value in points(tracker.run_dir)] == list(range(1, 51))


# JAX and TensorFlow ------------------------------------------------------------------------------------


def test_jax_arrays_are_read_later_and_what_was_donated_is_left_out(tmp_path: Path) -> None:
    jax = pytest.importorskip("jax")
    tracker = Tracker("p", logdir=tmp_path)
    gone = jax.numpy.asarray(5.0)
    taken = values.take("x", gone)
    assert isinstance(taken, OnDevice)
    assert taken.read is devices.read_jax
    tracker.log(x=jax.numpy.float32(0.5), y=jax.numpy.ones((1, 1), jax.numpy.bfloat16))
    tracker.log(x=jax.numpy.asarray(3), gone=gone)
    gone.delete()
    tracker.close()
    assert points(tracker.run_dir)[:2] == [("x", 0, 0.5), ("y", 0, 1.0)]
    assert points(tracker.run_dir)[2:] in ([("x", 1, 3.0)], [("x", 1, 3.0), ("gone", 1, 5.0)])


def test_jax_value_that_is_no_number_is_a_type_error(tmp_path: Path) -> None:
    jax = pytest.importorskip("jax")
    tracker = Tracker("p", logdir=tmp_path)
    for value in (jax.numpy.ones(2), jax.numpy.asarray(1j), jax.random.key(0)):
        with pytest.raises(NotAScalar, match="'x'"):
            tracker.log(x=value)
    with pytest.raises(TypeError):
        jax.jit(lambda x: tracker.log(x=x))(1.0)
    tracker.close()
    assert points(tracker.run_dir) == []


def test_tensorflow_values_are_what_they_were_at_the_call(tmp_path: Path) -> None:
    tf = pytest.importorskip("tensorflow")
    tracker = Tracker("p", logdir=tmp_path)
    variable = tf.Variable(0.0)
    for step in range(3):
        variable.assign_add(1.0)
        tracker.log(v=variable, c=tf.constant([step]), h=tf.constant(0.5, tf.bfloat16))
    for value in (tf.ones(2), tf.constant(1j), tf.constant("x")):
        with pytest.raises(NotAScalar, match="'x'"):
            tracker.log(x=value)
    tracker.close()
    found = points(tracker.run_dir)
    assert [value for tag, _, value in found if tag == "v"] == [1, 2, 3]
    assert [value for tag, _, value in found if tag == "c"] == [0, 1, 2]
    assert [value for tag, _, value in found if tag == "h"] == [0.5] * 3


def test_nan_on_a_device_stays_nan() -> None:
    assert math.isnan(read_all([OnDevice("nan", Device().read)])[0] or 0.0)
