"""Gradient norms beside the loss of the same batch, however the training is written."""

from __future__ import annotations

import gc
import logging
import math
import subprocess
import sys
import weakref
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import devices
from tests.writer.reading import points

torch = pytest.importorskip("torch")

STEPS = 4


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker("p", logdir=tmp_path)


def _model() -> Any:
    torch.manual_seed(0)
    return torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))


def _loss(model: Any, step: int = 0) -> Any:
    make = torch.Generator().manual_seed(step)
    return (model(torch.randn(5, 3, generator=make)) * 10).pow(2).mean()


def _norm(model: Any) -> float:
    """In plain arithmetic, without any of the functions that are tested."""
    gradients = [one.grad.double() for one in model.parameters() if one.grad is not None]
    return math.sqrt(sum(float((gradient**2).sum()) for gradient in gradients))


def _logged(tracker: Tracker, tag: str = "grad_norm") -> list[Any]:
    tracker.close()
    return [(step, value) for name, step, value in points(tracker.run_dir) if name == tag]


def _close_to(expected: list[float], first_step: int = 0) -> list[Any]:
    return [(first_step + at, pytest.approx(norm, rel=1e-5)) for at, norm in enumerate(expected)]


OPTIMIZERS: dict[str, Callable[[Any], Any]] = {
    "adam": torch.optim.Adam,
    # adds its momentum to the gradients themselves
    "nesterov": lambda parameters: torch.optim.SGD(parameters, 0.01, 0.9, nesterov=True, foreach=True),
    "fused": lambda parameters: torch.optim.AdamW(parameters, fused=True),
}


@pytest.mark.parametrize("name", OPTIMIZERS)
def test_norm_is_that_of_the_gradients_which_the_optimizer_gets(name: str, tracker: Tracker) -> None:
    model, expected = _model(), []
    optimizer = OPTIMIZERS[name](model.parameters())
    tracker.watch(model)
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = _loss(model, step)
        loss.backward()
        expected.append(_norm(model))
        optimizer.step()
        tracker.log(loss=loss, step=10 + step)
    assert _logged(tracker) == _close_to(expected, 10)
    assert [step for step, _ in _logged(tracker, "loss")] == [10, 11, 12, 13]


def test_layers_have_norms_of_their_own(tracker: Tracker) -> None:
    model = _model()
    tracker.watch(model, layers=True)
    _loss(model).backward()
    torch.optim.SGD(model.parameters()).step()
    tracker.log(loss=0.5)
    for layer in ("0", "2"):
        expected = _norm(model.get_submodule(layer))
        assert _logged(tracker, f"grad_norm/{layer}") == _close_to([expected])
    assert _logged(tracker) == _close_to([_norm(model)])


def test_accumulated_gradients_are_measured_once(tracker: Tracker) -> None:
    model, expected = _model(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.001)
    tracker.watch(model)
    for batch in range(6):
        loss = _loss(model, batch)
        loss.backward()
        if batch % 3 == 2:
            expected.append(_norm(model))
            optimizer.step()
            optimizer.zero_grad()
        tracker.log(loss=loss)
    assert _logged(tracker) == [(2, pytest.approx(expected[0])), (5, pytest.approx(expected[1]))]


def test_measured_before_clipping_it_is_not_measured_after_it(tracker: Tracker) -> None:
    model = _model()
    optimizer = torch.optim.SGD(model.parameters(), 0.001)
    watch = tracker.watch(model)
    for step in range(3):
        optimizer.zero_grad()
        _loss(model, step).backward()
        if step < 2:
            watch.measure()
        before = float(torch.nn.utils.clip_grad_norm_(model.parameters(), 0.25))
        assert before > 0.3
        optimizer.step()
        tracker.log(before=before)
    norms = _logged(tracker)
    assert norms[:2] == [(step, pytest.approx(value)) for step, value in _logged(tracker, "before")[:2]]
    assert norms[2] == (2, pytest.approx(0.25, rel=1e-4))


@pytest.mark.parametrize("fused", [False, True])
def test_scale_of_mixed_precision_is_undone(fused: bool, tracker: Tracker) -> None:
    model, plain, expected = _model(), _model(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.0, fused=fused)
    scaler = torch.amp.GradScaler("cpu", init_scale=1024.0)
    tracker.watch(model)
    for step in range(STEPS):
        plain.zero_grad()
        _loss(plain, step).backward()
        expected.append(_norm(plain))
        optimizer.zero_grad()
        scaler.scale(_loss(model, step)).backward()
        scaler.step(optimizer)
        scaler.update()
        tracker.log(loss=1.0)
    assert _logged(tracker) == _close_to(expected)


def test_gradients_of_a_closure_are_measured_after_it(tracker: Tracker) -> None:
    model, expected = _model(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    tracker.watch(model)
    for step in range(STEPS):

        def closure(step: int = step) -> Any:
            optimizer.zero_grad()
            loss = _loss(model, step)
            loss.backward()
            expected.append(_norm(model))
            return loss

        loss = optimizer.step(closure) if step % 2 else optimizer.step(closure=closure)
        tracker.log(loss=loss)
    assert _logged(tracker) == _close_to(expected)
    assert len(_logged(tracker, "loss")) == STEPS


def test_closure_stays_where_an_optimizer_of_ones_own_expects_it(tracker: Tracker) -> None:
    class Halved(torch.optim.SGD):  # type: ignore[misc, name-defined, unused-ignore]
        def step(self, evaluate: Callable[[], Any], factor: float) -> Any:  # type: ignore[override, unused-ignore]
            return evaluate() * factor

    model = _model()
    optimizer = Halved(model.parameters(), 0.01)
    tracker.watch(model)

    def evaluate() -> Any:
        loss = _loss(model)
        loss.backward()
        return loss

    assert optimizer.step(evaluate, 0.5).item() == _loss(model).item() / 2
    tracker.log(loss=0.5)
    assert _logged(tracker) == _close_to([_norm(model)])


def test_parameters_without_a_gradient_are_left_out(tracker: Tracker) -> None:
    model = _model()
    model[0].requires_grad_(False)
    tracker.watch(model, layers=True)
    optimizer = torch.optim.SGD(model.parameters())
    optimizer.step()
    tracker.log(loss=0.5)
    _loss(model).backward()
    optimizer.step()
    tracker.log(loss=0.5)
    assert _logged(tracker) == [(1, pytest.approx(_norm(model)))]
    assert _logged(tracker, "grad_norm/0") == []


def test_norms_of_several_types_and_of_sparse_gradients_are_of_all_of_them(tracker: Tracker) -> None:
    embedding = torch.nn.Embedding(10, 3, sparse=True)
    half = torch.nn.Linear(3, 1).to(torch.bfloat16)
    model = torch.nn.ModuleList([embedding, half, torch.nn.Linear(3, 1).double()])
    rows = embedding(torch.tensor([1, 1, 7]))
    loss = half(rows.to(torch.bfloat16)).double().sum() + model[2](rows.double()).sum()
    loss.backward()
    squares = [
        float((one.grad.to_dense().double() ** 2).sum()) for one in model.parameters() if one.grad is not None
    ]
    tracker.watch(model)
    torch.optim.SGD(model.parameters()).step()
    tracker.log(loss=loss)
    assert _logged(tracker) == [(0, pytest.approx(math.sqrt(sum(squares)), rel=1e-5))]


def test_norm_beyond_float16_is_finite(tracker: Tracker) -> None:
    model = torch.nn.Linear(1000, 1, bias=False).half()
    model.weight.grad = torch.full((1, 1000), 6e4, dtype=torch.float16)
    tracker.watch(model)
    torch.optim.SGD(model.parameters()).step()
    tracker.log(loss=0.5)
    assert _logged(tracker) == [(0, pytest.approx(6e4 * math.sqrt(1000), rel=1e-3))]


def test_optimizer_of_another_model_measures_nothing(tracker: Tracker) -> None:
    generator, critic = _model(), _model()
    tracker.watch(generator, tag="generator/grad_norm")
    for model in (generator, critic):
        _loss(model).backward()
    torch.optim.SGD(critic.parameters()).step()
    tracker.log(critic=1.0)
    torch.optim.SGD(generator.parameters()).step()
    tracker.log(generator=1.0)
    assert [step for step, _ in _logged(tracker, "generator/grad_norm")] == [1]


def test_compiled_model_and_step_are_watched(tracker: Tracker) -> None:
    model = _model()
    compiled = torch.compile(model, backend="eager")
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    tracker.watch(compiled, layers=True)

    @torch.compile(backend="eager")  # type: ignore[untyped-decorator, unused-ignore]
    def apply() -> None:
        optimizer.step()

    expected = []
    for step in range(STEPS):
        optimizer.zero_grad()
        _loss(compiled, step).backward()
        expected.append(_norm(model))
        apply()
        tracker.log(loss=0.5)
    assert _logged(tracker) == _close_to(expected)
    assert len(_logged(tracker, "grad_norm/2")) == STEPS


def test_norms_on_a_device_are_read_in_the_background(
    tracker: Tracker, monkeypatch: pytest.MonkeyPatch
) -> None:
    model, expected = _model(), []
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    tracker.watch(model, layers=True)
    # CPU tensors stand for a device's; whoever asks one for its numbers in the loop fails
    monkeypatch.setattr(torch.Tensor, "is_cpu", False)
    read: list[int] = []
    monkeypatch.setattr(devices, "_stacked", _counting(devices._stacked, read))
    for step in range(STEPS):
        optimizer.zero_grad()
        loss = _loss(model, step)
        loss.backward()
        expected.append(_norm(model))
        with monkeypatch.context() as patch:
            patch.setattr(torch.Tensor, "tolist", _fail)
            patch.setattr(torch.Tensor, "item", _fail)
            optimizer.step()
        tracker.log(loss=loss)
    assert _logged(tracker) == _close_to(expected)
    assert sum(read) == STEPS * 4


def _counting(function: Callable[..., Any], counts: list[int]) -> Callable[..., Any]:
    def counted(torch: Any, held: Any) -> Any:
        counts.append(len(held))
        return function(torch, held)

    return counted


def _fail(*_: object) -> float:
    raise AssertionError("the device was waited for")


def test_watch_that_is_closed_measures_no_more(tracker: Tracker) -> None:
    model = _model()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    _loss(model).backward()
    watch = tracker.watch(model)
    optimizer.step()
    tracker.log(loss=0.5)
    watch.close()
    watch.close()
    optimizer.step()
    tracker.log(loss=0.5)
    assert [step for step, _ in _logged(tracker)] == [0]


def test_training_goes_on_after_the_tracker_is_closed(tracker: Tracker) -> None:
    from torch.optim.optimizer import _global_optimizer_pre_hooks

    model, hooks = _model(), len(_global_optimizer_pre_hooks)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    _loss(model).backward()
    tracker.watch(model)
    assert len(_global_optimizer_pre_hooks) == hooks + 1
    tracker.close()
    optimizer.step()
    assert len(_global_optimizer_pre_hooks) == hooks


def test_watch_goes_on_when_what_wraps_the_model_is_gone(tracker: Tracker) -> None:
    model = _model()
    tracker.watch(torch.nn.DataParallel(model))
    gc.collect()
    _loss(model).backward()
    torch.optim.SGD(model.parameters()).step()
    tracker.log(loss=0.5)
    assert _logged(tracker) == _close_to([_norm(model)])


def test_watch_keeps_no_model_alive(tracker: Tracker) -> None:
    model = _model()
    weight = weakref.ref(model[0].weight)
    tracker.watch(model)
    del model
    gc.collect()
    assert weight() is None
    tracker.close()


def test_gradients_that_can_not_be_measured_are_said_and_training_goes_on(
    tracker: Tracker, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    model = _model()
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    tracker.watch(model)
    _loss(model).backward()
    monkeypatch.setattr(torch, "_foreach_norm", lambda *_, **__: 1 / 0)
    with caplog.at_level(logging.WARNING):
        optimizer.step()
        optimizer.step()
    assert caplog.text.count("watched no more") == 1
    tracker.log(loss=0.5)
    assert _logged(tracker) == []


def test_processes_log_the_norm_of_what_they_agreed_on(tmp_path: Path) -> None:
    script = Path(__file__).with_name("watch_ranks.py")
    ranks = [subprocess.Popen([sys.executable, str(script), str(tmp_path), str(rank)]) for rank in range(2)]
    assert [rank.wait(timeout=240) for rank in ranks] == [0, 0]
    found = points(tmp_path / "p" / "r")
    norms: list[Any] = sorted((step, value) for tag, step, value in found if tag == "grad_norm")
    said = sorted((step, value) for tag, step, value in found if tag == "expected")
    assert len(norms) == 2 * 3
    assert norms == [(step, pytest.approx(value)) for step, value in said]


def test_what_is_no_torch_model_is_refused(tracker: Tracker) -> None:
    with pytest.raises(WriterError, match=r"takes a torch.nn.Module, got dict"):
        tracker.watch({})
    keras_model = type("Model", (torch.nn.Module,), {"__module__": "keras.src.models"})()
    with pytest.raises(WriterError, match="Keras"):
        tracker.watch(keras_model)
    with pytest.raises(WriterError, match=r"takes the model, got its optimizer SGD: tracker.watch\(model\)"):
        tracker.watch(torch.optim.SGD(torch.nn.Linear(2, 1).parameters()))
    with pytest.raises(WriterError, match=r"takes a torch.nn.Module, got Tensor"):
        tracker.watch(torch.zeros(3))
    tracker.close()


def test_rank_that_logs_nothing_can_watch_and_measures_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    tracker, model = Tracker("p", logdir=tmp_path, rank_zero_only=True), _model()
    tracker.watch(model)
    _loss(model).backward()
    monkeypatch.setattr(torch, "_foreach_norm", _fail)
    torch.optim.SGD(model.parameters(), foreach=False).step()
    tracker.log(loss=0.5)
    tracker.close()
    assert list(tmp_path.rglob("*tfevents*")) == []
    assert "watched no more" not in caplog.text
