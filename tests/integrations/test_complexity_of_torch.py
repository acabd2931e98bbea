"""What PyTorch models cost, against formulas; and nothing of them is changed."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import Tracker, complexity
from tensorboard_candles.analysis.complexity import model_cost
from tensorboard_candles.errors import WriterError
from tests.writer.reading import raw_events

torch = pytest.importorskip("torch")
nn = torch.nn


class Residual(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    def __init__(self, blocks: int) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(
            nn.Sequential(nn.Linear(4, 4), nn.BatchNorm1d(4), nn.ReLU(), nn.Linear(4, 4))
            for _ in range(blocks)
        )
        self.head = nn.Linear(4, 2)

    def forward(self, x: Any) -> Any:
        for block in self.blocks:
            x = x + block(x)
        return self.head(x)


class Branches(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """A branch of three layers beside one of one, put together in place."""

    def __init__(self) -> None:
        super().__init__()
        self.long = nn.Sequential(*(nn.Linear(4, 4) for _ in range(3)))
        self.short = nn.Linear(4, 4)
        self.head = nn.Linear(8, 1)

    def forward(self, x: Any) -> Any:
        both = x.new_zeros(len(x), 8)
        both[:, 4:] = self.short(x)
        both[:, :4] = self.long(x)
        return self.head(both.view(len(x), 2, 4).flatten(1))


@pytest.mark.parametrize(
    ("model", "shape", "flops"),
    [
        (lambda: nn.Linear(5, 7), (3, 5), 2 * 3 * 5 * 7),
        (lambda: nn.Conv2d(3, 8, 3, padding=1), (2, 3, 10, 12), 2 * 2 * 8 * (3 * 9) * (10 * 12)),
        (lambda: nn.Conv2d(4, 8, 3, stride=2, groups=2), (1, 4, 9, 9), 2 * 8 * (2 * 9) * (4 * 4)),
        (lambda: nn.LSTM(4, 6, 2, batch_first=True), (2, 9, 4), 2 * 18 * 4 * 6 * (4 + 6 + 6 + 6)),
        (
            # Four projections, scores and what they weigh, and two linear layers, of 2 × 7 tokens of 16.
            lambda: nn.TransformerEncoderLayer(16, 4, 32, batch_first=True),
            (2, 7, 16),
            2 * 14 * (4 * 16 * 16 + 2 * 7 * 16 + 2 * 16 * 32),
        ),
    ],
)
def test_flops_are_those_of_the_formula(model: Callable[[], Any], shape: tuple[int, ...], flops: int) -> None:
    assert complexity(model(), torch.randn(shape), repeats=0).flops == flops


@pytest.mark.parametrize(
    ("model", "shape", "layers", "depth"),
    [
        (lambda: Residual(5), (3, 4), 11, 11),
        (Branches, (3, 4), 5, 4),
        (lambda: nn.Sequential(nn.ReLU(), nn.BatchNorm1d(4)), (3, 4), 0, 0),
        (lambda: nn.Sequential(*[nn.Linear(4, 4)] * 6), (3, 4), 1, 6),
        (lambda: nn.Sequential(nn.Conv2d(1, 2, 3), nn.Flatten(), nn.Linear(8, 1)), (2, 1, 4, 4), 2, 2),
    ],
)
def test_depth_is_the_longest_path(
    model: Callable[[], Any], shape: tuple[int, ...], layers: int, depth: int
) -> None:
    found = complexity(model(), torch.randn(shape), repeats=0)
    assert (found.layers, found.depth) == (layers, depth)


def test_parameters_are_counted_once_and_by_whether_they_are_trained() -> None:
    model = nn.Sequential(nn.Linear(3, 4, dtype=torch.float64), nn.Linear(4, 4), nn.Embedding(9, 4))
    model[1].weight.requires_grad_(False)
    model.add_module("tied", nn.Linear(4, 9, bias=False))
    model.tied.weight = model[2].weight
    found = complexity(_Taking(model), torch.randn(2, 3), repeats=0)
    assert (found.parameters, found.trainable) == (16 + 20 + 36, 16 + 4 + 36)
    assert found.parameter_bytes == 8 * 16 + 4 * (20 + 36)


class _Taking(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """Holds a model and passes by it."""

    def __init__(self, inner: Any) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Any) -> Any:
        return x


def test_activations_are_what_the_backward_pass_needs_each_once() -> None:
    model = nn.Sequential(nn.Linear(5, 7), nn.ReLU(), nn.Linear(7, 3))
    # The first layer keeps its input, which is not counted; ReLU and the second layer share its output.
    assert complexity(model, torch.randn(4, 5), repeats=0).activation_bytes == 4 * 7 * 4
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    assert complexity(model, torch.randn(4, 5), repeats=0).activation_bytes == 0


def test_latency_is_of_as_many_repeats_as_asked_for() -> None:
    found = complexity(nn.Linear(2, 2), torch.randn(1, 2), repeats=7)
    assert len(found.latency_secs) == 7
    assert found.latency == np.median(found.latency_secs) > 0
    assert np.isnan(complexity(nn.Linear(2, 2), torch.randn(1, 2), repeats=0).latency)


class _Point(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """Whose gradient of half the squared distance from an example is itself less the example."""

    def __init__(self, at: Any) -> None:
        super().__init__()
        self.at = nn.Parameter(at)

    def forward(self, x: Any) -> Any:
        return self.at - x


def test_gradient_noise_scale_is_recovered_where_it_is_known() -> None:
    torch.manual_seed(0)
    examples = 2.0 * torch.randn(8192, 50, dtype=torch.float64)
    at = torch.full((50,), 0.6, dtype=torch.float64)

    def loss(beyond: Any, _: Any) -> Any:
        return 0.5 * (beyond**2).sum(1).mean()

    found = complexity(_Point(at), examples, loss=loss, labels=torch.zeros(8192), repeats=0)
    # tr Σ = 50 · 2², |G|² = 50 · 0.6²
    assert found.gradient_noise_scale == pytest.approx(4 / 0.36, rel=0.1)


def test_a_gradient_that_is_all_noise_has_no_scale_and_it_is_said_why() -> None:
    torch.manual_seed(3)
    model = _Point(torch.zeros(2))
    inputs = torch.tensor([[1.0, 1.0], [-1.0, -1.0]])
    found = complexity(model, inputs, loss=lambda out, _: (out**2).sum(1).mean(), labels=inputs, repeats=0)
    assert found.gradient_noise_scale is None
    assert "pass more" in found.notes["gradient_noise_scale"]


class _Wild(Residual):
    """Draws numbers, writes to its buffers, and may end in an error."""

    def __init__(self) -> None:
        super().__init__(2)
        self.drop = nn.Dropout()
        self.register_buffer("calls", torch.zeros(()))
        self.fails_in_training = False

    def forward(self, x: Any) -> Any:
        self.calls += 1
        random.random()
        np.random.random()
        torch.rand(1)
        if self.training and self.fails_in_training:
            raise ArithmeticError("no more")
        return super().forward(self.drop(x))


@pytest.mark.parametrize("fails", [False, True])
def test_weights_buffers_gradients_modes_and_random_states_are_as_before(fails: bool) -> None:
    model = _Wild()
    model.fails_in_training = fails
    model.train()
    model.blocks[0].eval()
    model.head.weight.grad = torch.ones_like(model.head.weight)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    kept = dict(model.named_buffers())
    modes = [module.training for module in model.modules()]
    states = random.getstate(), np.random.get_state()[1].tobytes(), torch.get_rng_state()  # type: ignore[index]
    inputs = torch.randn(64, 4)
    torch.set_rng_state(states[2])

    def measure() -> None:
        complexity(model, inputs, loss=nn.functional.mse_loss, labels=torch.zeros(64, 2), repeats=3)

    if fails:
        with pytest.raises(ArithmeticError):
            measure()
    else:
        measure()
    for name, value in model.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(buffer is kept[name] for name, buffer in model.named_buffers())
    assert [module.training for module in model.modules()] == modes
    assert torch.equal(model.head.weight.grad, torch.ones_like(model.head.weight))
    assert all(one.grad is None for name, one in model.named_parameters() if name != "head.weight")
    assert random.getstate() == states[0]
    assert np.random.get_state()[1].tobytes() == states[1]  # type: ignore[index]
    assert torch.equal(torch.get_rng_state(), states[2])
    assert not model._forward_hooks
    assert not model.head._forward_hooks


def test_several_and_named_inputs_are_passed_as_they_are() -> None:
    bilinear = nn.Bilinear(3, 4, 2)
    assert complexity(bilinear, (torch.randn(5, 3), torch.randn(5, 4)), repeats=0).examples == 5
    named = {"input1": torch.randn(5, 3), "input2": torch.randn(5, 4)}
    assert complexity(bilinear, named, repeats=0, name="pair").model == "pair"


def test_a_tracker_writes_what_the_reader_reads(tmp_path: Path) -> None:
    tracker = Tracker("p", logdir=tmp_path)
    tracker.log(loss=1.0, step=7)
    found = tracker.complexity(nn.Linear(5, 7), torch.randn(3, 5), repeats=5)
    tracker.complexity(found, tag="again", step=9)
    tracker.close()
    events = [
        event for event in raw_events(tracker.run_dir) for v in event.summary.value if v.tag == "complexity"
    ]
    [event] = events
    assert event.step == 7
    cost = model_cost(event.summary.value[0].tensor.string_val[0])
    assert (cost.whole["flops"], cost.whole["parameters"], cost.examples) == (210, 42, 3)
    assert cost.latency_secs is not None
    assert cost.latency_secs[1] == found.latency


def test_what_is_no_model_and_half_a_noise_scale_are_refused() -> None:
    with pytest.raises(WriterError, match="Module or a Keras model, got list"):
        complexity([1], torch.randn(3, 5))
    with pytest.raises(WriterError, match="needs both loss= and labels="):
        complexity(nn.Linear(5, 7), torch.randn(3, 5), loss=nn.functional.mse_loss)


def test_no_inputs_and_those_that_the_model_refuses_are_refused_in_words(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path) as tracker:
        with pytest.raises(WriterError, match=r"pass it: complexity\(model, inputs\)"):
            tracker.complexity(nn.Linear(5, 7))
        with pytest.raises(WriterError, match=r"can't be called with these inputs.*mat1 and mat2 shapes"):
            tracker.complexity(nn.Linear(5, 7), torch.randn(3, 4))
