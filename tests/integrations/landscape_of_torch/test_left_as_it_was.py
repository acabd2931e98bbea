"""A torch model, and all that its landscape has to do with, is left as it was, whatever happens."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import landscape
from tests.integrations.landscape_of_torch.models import (
    IMAGES,
    QUIET,
    Snapshot,
    classifier,
    cross_entropy,
    examples,
    mixed,
    nn,
    torch,
)


@pytest.mark.parametrize("batch_norm", ["frozen", "recalibrate"])
@pytest.mark.parametrize("directions", ["random", "hessian", "pca"])
@pytest.mark.parametrize("dtype", [None, "float64"])
def test_model_is_left_as_it_was(batch_norm: Any, directions: str, dtype: Any) -> None:
    model = mixed()
    checkpoints = [
        {name: one + torch.randn_like(one) if one.is_floating_point() else one for name, one in state.items()}
        for state in [model.state_dict()] * 4
    ]
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(*IMAGES), batch_size=5, shuffle=True)
    weighted = nn.CrossEntropyLoss(weight=torch.rand(5))
    before = Snapshot(model)
    landscape(
        model, weighted, loader, points=(3, 3), directions=directions,
        checkpoints=checkpoints, batch_norm=batch_norm, dtype=dtype, **QUIET,
    )  # fmt: skip
    before.assert_same()


class Failing:
    """A loss that goes wrong after some calls."""

    def __init__(self, calls: int, error: BaseException) -> None:
        self.left, self.error = calls, error

    def __call__(self, outputs: Any, targets: Any) -> Any:
        self.left -= 1
        if self.left < 0:
            raise self.error
        return cross_entropy(outputs, targets)


@pytest.mark.parametrize("error", [RuntimeError("out of memory"), KeyboardInterrupt(), SystemExit()])
@pytest.mark.parametrize("calls", [0, 1, 2, 4, 5])
def test_model_is_left_as_it_was_when_the_loss_fails(error: BaseException, calls: int) -> None:
    model = mixed()
    before = Snapshot(model)
    with pytest.raises(type(error)):
        landscape(model, Failing(calls, error), IMAGES, points=(5, 5), eigenvalues=0, **QUIET)
    before.assert_same()


def test_ctrl_c_leaves_the_model_as_it_was() -> None:
    model, data = classifier(50, 40, 5), examples(30, 50, 5)
    before = Snapshot(model)

    def progress(done: float, total: float, what: str = "") -> None:
        if done > 100:
            os.kill(os.getpid(), signal.SIGINT)

    settings: dict[str, Any] = {"progress": progress, "cache": False, "eigenvalues": 0}
    with pytest.raises(KeyboardInterrupt):
        landscape(model, cross_entropy, data, points=99, **settings)
    before.assert_same()


def test_loader_that_shuffles_and_is_read_again_leaves_the_random_numbers(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    from tensorboard_candles.integrations.landscape import torch_batches

    monkeypatch.setattr(torch_batches, "MOST_KEPT_BYTES", 100)
    model, data = classifier(40, 8, 3), examples(21, 40, 3)
    dataset = torch.utils.data.TensorDataset(*data)
    loader = torch.utils.data.DataLoader(dataset, batch_size=4, shuffle=True)
    before = Snapshot(model)
    found = landscape(model, cross_entropy, loader, points=(3, 3), cache=tmp_path, progress=False)
    before.assert_same()
    monkeypatch.undo()
    same = landscape(model, cross_entropy, data, points=(3, 3), **QUIET)
    assert found.loss == pytest.approx(same.loss, rel=1e-5)


def test_model_that_is_frozen_as_a_whole_is_moved_as_a_whole() -> None:
    model, data = classifier(40, 8, 3), examples(21, 40, 3)
    wanted = landscape(model, cross_entropy, data, points=(3, 3), **QUIET)
    model.requires_grad_(False)
    before = Snapshot(model)
    found = landscape(model, cross_entropy, data, points=(3, 3), **QUIET)
    before.assert_same()
    assert found.loss.tolist() == wanted.loss.tolist()
    assert found.about.sharpness == wanted.about.sharpness


def test_buffer_that_the_forward_pass_replaces_is_put_back() -> None:
    class Counting(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        calls: Any

        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 2)
            self.register_buffer("calls", torch.zeros(()))

        def forward(self, inputs: Any) -> Any:
            self.calls = self.calls + 1
            return self.inner(inputs)

    model, data = Counting(), examples(12, 4, 2)
    before = Snapshot(model)
    landscape(model, cross_entropy, data, points=(3, 3), **QUIET)
    before.assert_same()


def test_gradients_of_the_training_stay() -> None:
    model, data = classifier(6, 5, 2), examples(12, 6, 2)
    cross_entropy(model(data[0]), data[1]).backward()
    gradients = [one.grad for one in model.parameters()]
    values = [one.clone() for one in gradients]
    landscape(model, cross_entropy, data, points=(3, 3), directions="hessian", **QUIET)
    for parameter, gradient, value in zip(model.parameters(), gradients, values, strict=True):
        assert parameter.grad is gradient
        assert torch.equal(gradient, value)
