"""Landscapes of torch models: against closed forms and plain loops, and the model is left as it was."""

from __future__ import annotations

import copy
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker, landscape
from tensorboard_candles.analysis.landscape import Landscape
from tensorboard_candles.analysis.landscape.directions import filter_norms, random_directions
from tensorboard_candles.errors import BadRequest, Cancelled, NoCurvature
from tests.writer.reading import raw_events

torch = pytest.importorskip("torch")
nn = torch.nn
cross_entropy = nn.functional.cross_entropy

from tensorboard_candles.integrations.landscape.torch_network import network_of  # noqa: E402, after the skip

QUIET: dict[str, Any] = {"progress": False, "cache": False}


@pytest.fixture(autouse=True)
def _seeded() -> Iterator[None]:
    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # models this small only wait for the others
    yield
    torch.set_num_threads(threads)


class Quadratic(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """½ wᵀ H w of a weight of several columns."""

    def __init__(self, hessian: Any, at: Any) -> None:
        super().__init__()
        self.w = nn.Parameter(at)
        self.register_buffer("hessian", hessian)

    def forward(self, rows: Any) -> Any:
        flat = self.w.reshape(-1)
        return (flat @ self.hessian @ flat / 2).expand(len(rows))


def quadratic(dtype: Any = torch.float32) -> tuple[Any, list[float]]:
    values = [50.0, 20.0, 10.0, *np.linspace(5, 0.01, 97)]
    turned, _ = np.linalg.qr(np.random.default_rng(0).standard_normal((100, 100)))
    hessian = torch.tensor((turned * np.array(values)) @ turned.T, dtype=dtype)
    return Quadratic(hessian, torch.randn(10, 10, dtype=dtype)), values


def classifier(*layers: int) -> Any:
    """A ReLU network."""
    parts: list[Any] = []
    for size, following in pairwise(layers):
        parts += [nn.Linear(size, following), nn.ReLU()]
    return nn.Sequential(*parts[:-1])


def examples(rows: int, size: int, classes: int) -> tuple[Any, Any]:
    return torch.randn(rows, size), torch.randint(classes, (rows,))


def plain_loop(model: Any, loss: Callable[..., Any], data: Any, found: Landscape, directions: Any) -> Any:
    """In float64, a state dict for each point: what a landscape is."""
    inputs, targets = data
    inputs = inputs.double() if inputs.is_floating_point() else inputs
    model = copy.deepcopy(model).double().eval()
    own = {name: one.clone() for name, one in model.state_dict().items()}
    losses = np.empty(found.loss.shape)
    for place in np.ndindex(*losses.shape):
        state, start = dict(own), 0
        for name, parameter in model.named_parameters():
            stretch = slice(start, start + parameter.numel())
            start += parameter.numel()
            for axis, index, direction in zip(found.axes, place, directions, strict=True):
                part = torch.tensor(direction[stretch]).reshape(parameter.shape)
                state[name] = state[name] + axis[index] * part
        model.load_state_dict(state)
        with torch.no_grad():
            losses[place] = loss(model(inputs), targets).mean().item()
    return losses


def of_mean(outputs: Any, targets: Any) -> Any:
    return outputs.mean()


def test_surface_of_a_quadratic_is_the_formula_and_its_eigenvalues_are_the_hessians() -> None:
    model, values = quadratic()
    found = landscape(
        model, of_mean, (torch.zeros(3, 1), torch.zeros(3)), points=(9, 9), eigenvalues=3, **QUIET
    )
    network = network_of(model, of_mean, (torch.zeros(3, 1), torch.zeros(3)))
    first, second = random_directions(network.weights, network.vector(), 2, normalize="filter", seed=0)
    hessian, at = model.hessian.double().numpy(), model.w.detach().double().numpy().ravel()
    for i, alpha in enumerate(found.axes[0]):
        for j, beta in enumerate(found.axes[1]):
            there = at + alpha * first + beta * second
            assert found.loss[i, j] == pytest.approx(there @ hessian @ there / 2, rel=1e-5)
    assert found.eigenvalues == pytest.approx(values[:3], rel=1e-3)
    assert found.eigenvalue_residuals is not None
    assert (found.eigenvalue_residuals < 0.01).all()
    assert found.about.sharpness == pytest.approx(50.0, rel=1e-3)


def test_directions_of_the_hessian_curve_as_its_eigenvalues_say() -> None:
    model, values = quadratic(torch.float64)
    data = torch.zeros(1, 1), torch.zeros(1)
    found = landscape(model, of_mean, data, directions="hessian", points=(3, 3, 3), **QUIET)
    middle = found.loss[1, 1, 1]
    assert found.loss[2, 1, 1] + found.loss[0, 1, 1] - 2 * middle == pytest.approx(values[0], rel=1e-3)
    assert found.loss[1, 2, 1] + found.loss[1, 0, 1] - 2 * middle == pytest.approx(values[1], rel=1e-3)
    assert found.loss[1, 1, 2] + found.loss[1, 1, 0] - 2 * middle == pytest.approx(values[2], rel=1e-3)


def test_linear_model_is_the_closed_form() -> None:
    """‖X (W + a·D + b·E)ᵀ + c − y‖² / n, by normal equations of the three terms."""
    model = nn.Linear(40, 3).double()
    inputs, targets = torch.randn(50, 40).double(), torch.randn(50, 3).double()
    found = landscape(model, nn.functional.mse_loss, (inputs, targets), points=(7, 7), **QUIET)
    network = network_of(model, None, (inputs,))
    directions = random_directions(network.weights, network.vector(), 2, normalize="filter", seed=0)
    rest = (model(inputs) - targets).detach().numpy()
    along, across = (inputs.numpy() @ one[:120].reshape(3, 40).T for one in directions)
    for i, alpha in enumerate(found.axes[0]):
        for j, beta in enumerate(found.axes[1]):
            wanted = np.mean((rest + alpha * along + beta * across) ** 2)
            assert found.loss[i, j] == pytest.approx(wanted, rel=1e-12)


class Convolutions(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """Of images, with batch normalisation, dropout, a skip connection and a layer that is called twice."""

    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Conv2d(4, 6, 3, padding=1, padding_mode="circular")
        self.norm = nn.BatchNorm2d(6)
        self.again = nn.Conv2d(6, 6, 3, padding=1)
        self.drop = nn.Dropout(0.5)
        self.last = nn.Linear(6, 5)

    def forward(self, images: Any) -> Any:
        found = torch.relu(self.norm(self.first(images)))
        found = found + torch.relu(self.again(self.again(found)))
        return self.last(self.drop(found.mean((2, 3))))


class Texts(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """Of integers, with attention and a recurrent layer."""

    def __init__(self) -> None:
        super().__init__()
        self.words = nn.Embedding(20, 16)
        self.attention = nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
        self.over = nn.GRU(16, 8, batch_first=True)
        self.last = nn.Linear(8, 3)

    def forward(self, words: Any) -> Any:
        return self.last(self.over(self.attention(self.words(words)))[0][:, -1])


MODELS: dict[str, Callable[[], tuple[Any, Any]]] = {
    "wide first layer": lambda: (classifier(64, 24, 12, 5), examples(60, 64, 5)),
    "all at once": lambda: (classifier(3, 8, 2), examples(20, 3, 2)),
    "wide and all at once": lambda: (classifier(40, 6, 2), examples(10, 40, 2)),
    "convolutions": lambda: (Convolutions(), (torch.randn(8, 4, 6, 6), torch.randint(5, (8,)))),
    "texts": lambda: (Texts(), (torch.randint(20, (6, 7)), torch.randint(3, (6,)))),
    "no hidden layer": lambda: (nn.Linear(50, 4), examples(30, 50, 4)),
}


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("points", [(5,), (5, 5), (3, 3, 3)])
def test_any_network_is_what_a_plain_loop_in_float64_says(name: str, points: tuple[int, ...]) -> None:
    model, data = MODELS[name]()
    settings = {"points": points, "eigenvalues": 0, **QUIET}
    network = network_of(model, None, data)
    directions = random_directions(network.weights, network.vector(), len(points), normalize="filter", seed=0)
    found = landscape(model, cross_entropy, data, dtype="float64", **settings)
    wanted = plain_loop(model, cross_entropy, data, found, directions)
    assert found.loss == pytest.approx(wanted, rel=1e-10)
    single = landscape(model, cross_entropy, data, **settings)
    assert single.about.dtype == "float32"
    assert single.loss == pytest.approx(wanted, rel=2e-5)
    again = landscape(model, cross_entropy, data, **settings)
    assert again.loss.tolist() == single.loss.tolist()
    assert found.loss[tuple(count // 2 for count in points)] == pytest.approx(
        found.about.centre_loss, rel=1e-12
    )
    assert single.loss[tuple(count // 2 for count in points)] == pytest.approx(
        single.about.centre_loss, rel=1e-6
    )


def test_scaling_a_relu_layer_and_unscaling_the_next_leaves_the_surface_as_it_is() -> None:
    model, data = classifier(12, 16, 16, 4), examples(80, 12, 4)
    other = copy.deepcopy(model)
    with torch.no_grad():
        other[0].weight *= 10
        other[0].bias *= 10
        other[2].weight *= 0.1
    settings = {"points": 9, "dtype": "float64", "eigenvalues": 1, **QUIET}
    one, same = (landscape(each, cross_entropy, data, **settings) for each in (model, other))
    assert same.loss == pytest.approx(one.loss, rel=1e-6)  # the weights are scaled in float32
    assert same.about.epsilon_sharpness == pytest.approx(one.about.epsilon_sharpness, rel=1e-5)
    # without normalisation it is another surface, and the Hessian is another, too
    assert abs(same.about.sharpness / one.about.sharpness - 1) > 0.1
    plain = (landscape(each, cross_entropy, data, normalize="none", **settings) for each in (model, other))
    first, second = (found.loss for found in plain)
    assert np.abs(first / second - 1).max() > 0.1


def test_filters_of_directions_are_as_long_as_the_models() -> None:
    for make in (Convolutions, Texts, lambda: nn.ConvTranspose2d(3, 5, 2)):
        network = network_of(make(), None, (torch.zeros(1),))
        for direction in random_directions(network.weights, network.vector(), 2, normalize="filter", seed=1):
            assert filter_norms(network.weights, direction, "filter") == pytest.approx(
                filter_norms(network.weights, network.vector(), "filter"), rel=1e-12
            )
    roles = {
        weight.name: weight.role for weight in network_of(Convolutions(), None, (torch.zeros(1),)).weights
    }
    assert roles == {
        "first.weight": "weight", "first.bias": "bias", "norm.weight": "norm", "norm.bias": "norm",
        "again.weight": "weight", "again.bias": "bias", "last.weight": "weight", "last.bias": "bias",
    }  # fmt: skip


class Snapshot:
    """All of a model and of the random numbers that must stay."""

    def __init__(self, model: Any) -> None:
        self._model = model
        self._state = {name: one.clone() for name, one in model.state_dict().items()}
        self._pointers = self._now()
        self._random = (
            random.getstate(),
            np.random.get_state(legacy=False)["state"]["key"].tolist(),
            torch.get_rng_state(),
        )

    def _now(self) -> list[Any]:
        tensors = [*self._model.named_parameters(), *self._model.named_buffers()]
        about = [
            (name, id(one), one.data_ptr(), one.dtype, one.requires_grad, one.grad) for name, one in tensors
        ]
        modules = [
            (name, module.training, sorted(module.__dict__), len(module._forward_pre_hooks))
            for name, module in self._model.named_modules()
        ]
        return [about, modules]

    def assert_same(self) -> None:
        for name, one in self._model.state_dict().items():
            assert torch.equal(one, self._state[name]), name
        assert self._now() == self._pointers
        assert random.getstate() == self._random[0]
        assert np.random.get_state(legacy=False)["state"]["key"].tolist() == self._random[1]
        assert torch.equal(torch.get_rng_state(), self._random[2])


def mixed() -> Any:
    """In training mode but for a part, and frozen but for a part."""
    model = Convolutions()
    model.norm.eval()
    model.first.weight.requires_grad_(False)
    model.last.weight.grad = None
    return model


IMAGES = torch.randn(12, 4, 6, 6), torch.randint(5, (12,))


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


def test_model_is_left_as_it_was_when_cancelled_and_goes_on_later(tmp_path: Path) -> None:
    model, data, cancel = mixed(), IMAGES, threading.Event()
    settings: dict[str, Any] = {"points": (31, 31), "eigenvalues": 0, "cache": tmp_path, "batch_size": 4}

    def progress(done: float, total: float, what: str = "") -> None:
        if "points" in what and done:
            cancel.set()

    before = Snapshot(model)
    with pytest.raises(Cancelled):
        landscape(model, cross_entropy, data, cancel=cancel, progress=progress, **settings)
    before.assert_same()
    told: list[float] = []

    def note(done: float, total: float, what: str = "") -> None:
        told.append(done)

    found = landscape(
        model,
        cross_entropy,
        data,
        progress=note,
        **settings,
    )
    assert 0 < told[0] < 31 * 31
    whole = landscape(model, cross_entropy, data, **{**settings, **QUIET})
    assert found.loss.tolist() == whole.loss.tolist()


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


def wide() -> tuple[Any, Any]:
    torch.set_num_threads(1)
    torch.manual_seed(0)
    return classifier(500, 100, 5), examples(2000, 500, 5)


PROGRAM = """
import os, signal, sys
from tensorboard_candles import landscape
from tensorboard_candles.analysis.landscape import cache
from tests.integrations.test_landscape import cross_entropy, wide
cache.SAVED_EVERY_SECS = 0.0
def progress(done, total, what):
    print(int(done), flush=True)
    if done >= float(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
model, data = wide()
found = landscape(model, cross_entropy, data, points=15, cache=sys.argv[1], progress=progress, eigenvalues=0)
print(found.loss.sum().hex())
"""


def test_killed_landscape_goes_on_in_another_process_and_then_comes_from_the_cache(tmp_path: Path) -> None:
    def run(killed_at: float) -> list[str]:
        arguments = [sys.executable, "-c", PROGRAM, str(tmp_path), str(killed_at)]
        ended = subprocess.run(arguments, check=False, capture_output=True, text=True)
        assert ended.returncode == (-9 if killed_at < 1000 else 0), ended.stderr
        return ended.stdout.split()

    *_, killed_at = run(100)
    first, *_, total = run(1e9)
    assert 0 < int(first) == int(killed_at) < 225
    model, data = wide()
    settings: dict[str, Any] = {"points": 15, "eigenvalues": 0}
    whole = landscape(model, cross_entropy, data, **settings, **QUIET)
    assert whole.loss.sum().hex() == total
    told: list[float] = []

    def note(done: float, total: float, what: str = "") -> None:
        told.append(done)

    again = landscape(model, cross_entropy, data, **settings, cache=tmp_path, progress=note)
    assert again.loss.tolist() == whole.loss.tolist()
    assert told == []


def test_another_loss_other_data_or_another_forward_pass_is_another_landscape(tmp_path: Path) -> None:
    model, data = classifier(6, 8, 3), examples(20, 6, 3)
    settings: dict[str, Any] = {"points": (3,), "eigenvalues": 0, "cache": tmp_path, "progress": False}
    ours = landscape(model, cross_entropy, data, **settings)
    smooth = nn.CrossEntropyLoss(label_smoothing=0.3)
    other = nn.Sequential(*model[:1], nn.GELU(), *model[2:])
    others = [
        landscape(model, smooth, data, **settings),
        landscape(model, lambda *both: 2 * cross_entropy(*both), data, **settings),
        landscape(model, cross_entropy, (data[0] + 0.1, data[1]), **settings),
        landscape(other, cross_entropy, data, **settings),
    ]
    assert len({one.loss.tobytes() for one in [ours, *others]}) == 5
    assert landscape(model, cross_entropy, data, **settings).about.seconds == ours.about.seconds


def test_loader_batches_and_tensors_give_the_same_mean() -> None:
    model, (inputs, targets) = classifier(40, 8, 3), examples(21, 40, 3)
    dataset = torch.utils.data.TensorDataset(inputs, targets)
    rows = torch.split(torch.arange(21), 4)
    ways: list[Any] = [
        (inputs, targets),
        torch.utils.data.DataLoader(dataset, batch_size=4, shuffle=True),
        [(inputs[some], targets[some]) for some in rows],
        ((inputs[some], targets[some]) for some in rows),
        (inputs.numpy(), targets.numpy()),
    ]
    found = [landscape(model, cross_entropy, way, points=(5, 5), **QUIET) for way in ways]
    found.append(landscape(model, cross_entropy, ways[0], batch_size=4, points=(5, 5), **QUIET))
    for one in found[1:]:
        assert one.loss == pytest.approx(found[0].loss, rel=1e-5)
        assert one.about.samples == 21
        assert one.about.sharpness == pytest.approx(found[0].about.sharpness, rel=1e-3)


def test_data_that_are_too_much_to_keep_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard_candles.integrations.landscape import torch_batches

    model, (inputs, targets) = classifier(40, 8, 3), examples(21, 40, 3)

    class Batches:
        passes = 0

        def __iter__(self) -> Iterator[Any]:
            self.passes += 1
            return iter([(inputs[:9], targets[:9]), (inputs[9:], targets[9:])])

    kept = landscape(model, cross_entropy, Batches(), points=(3, 3), **QUIET)
    monkeypatch.setattr(torch_batches, "MOST_KEPT_BYTES", 100)
    batches = Batches()
    found = landscape(model, cross_entropy, batches, points=(3, 3), **QUIET)
    assert batches.passes > 9
    assert found.loss == pytest.approx(kept.loss, rel=1e-5)


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


def test_model_that_gives_its_own_loss_takes_mappings() -> None:
    class Own(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 2)

        def forward(self, inputs: Any, labels: Any) -> Any:
            return {"loss": cross_entropy(self.inner(inputs), labels)}

    model, (inputs, targets) = Own(), examples(12, 4, 2)
    found = landscape(model, None, {"inputs": inputs, "labels": targets}, points=(3, 3), **QUIET)
    same = landscape(model.inner, cross_entropy, (inputs, targets), points=(3, 3), **QUIET)
    assert found.loss == pytest.approx(same.loss)


def test_recalibrated_statistics_are_those_of_the_data_at_each_point() -> None:
    model = Convolutions().double()
    inputs, targets = IMAGES[0].double(), IMAGES[1]
    found = landscape(model, cross_entropy, (inputs, targets), points=(3,), batch_norm="recalibrate", **QUIET)
    network = network_of(model, None, (inputs,))
    (direction,) = random_directions(network.weights, network.vector(), 1, normalize="filter", seed=0)
    for alpha, loss in zip(found.axes[0], found.loss, strict=True):
        other = copy.deepcopy(model)
        vector = torch.tensor(network.vector() + alpha * direction)
        nn.utils.vector_to_parameters(vector, other.parameters())
        other.norm.momentum = None
        other.norm.reset_running_stats()
        other.train()
        other.drop.eval()
        other(inputs)
        with torch.no_grad():
            assert loss == pytest.approx(float(cross_entropy(other.eval()(inputs), targets)))
    assert found.loss[1] == pytest.approx(found.about.centre_loss)


def test_network_that_draws_draws_the_same_at_each_point() -> None:
    class Noisy(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 2)

        def forward(self, inputs: Any) -> Any:
            return self.inner(inputs + torch.randn_like(inputs))

    settings: dict[str, Any] = {"points": (41,), "span": 1e-6, "dtype": "float64", "eigenvalues": 0, **QUIET}
    found = landscape(Noisy(), cross_entropy, examples(50, 4, 2), **settings)
    assert np.ptp(found.loss) < 1e-4


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"model_state_dict": state, "epoch": 3}])
def test_checkpoints_are_read_from_files(suffix: str, wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    model, data = classifier(5, 6, 2), examples(30, 5, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    states, paths = [], []
    for step in range(6):
        optimizer.zero_grad()
        cross_entropy(model(data[0]), data[1]).backward()
        optimizer.step()
        states.append({f"module.{name}": one.clone() for name, one in model.state_dict().items()})
        paths.append(tmp_path / f"{step}{suffix}")
        if suffix == ".pt":
            torch.save(wrap(states[-1]), paths[-1])
        else:
            from safetensors.torch import save_file

            save_file(states[-1], paths[-1])
    model.zero_grad()
    settings: dict[str, Any] = {"directions": "pca", "points": (7, 7), "eigenvalues": 0, **QUIET}
    found = landscape(model, cross_entropy, data, checkpoints=paths, **settings)
    same = landscape(model, cross_entropy, data, checkpoints=states, **settings)
    assert found.trajectory is not None
    assert same.trajectory is not None
    assert found.trajectory.at.tolist() == same.trajectory.at.tolist()
    assert found.trajectory.at[-1] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found.trajectory.loss[-1] == pytest.approx(found.about.centre_loss)
    assert list(found.trajectory.loss) == sorted(found.trajectory.loss, reverse=True)


def test_trajectory_loss_is_with_the_checkpoints_own_statistics() -> None:
    model = Convolutions()
    earlier = copy.deepcopy(model)
    earlier.norm.running_mean += 0.5
    with torch.no_grad():
        wanted = float(cross_entropy(copy.deepcopy(earlier).eval()(IMAGES[0]), IMAGES[1]))
    found = landscape(model, cross_entropy, IMAGES, points=(3,), checkpoints=[earlier.state_dict()], **QUIET)
    assert found.trajectory is not None
    assert found.trajectory.loss[0] == pytest.approx(wanted, rel=1e-6)
    assert found.about.centre_loss != pytest.approx(wanted, rel=1e-3)


class Named(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """What it puts out is no tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(40, 3)

    def forward(self, inputs: Any) -> Any:
        return {"logits": self.inner(inputs)}


class Centred(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """What it puts out for an example depends on the others of its batch."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(40, 3)

    def forward(self, inputs: Any) -> Any:
        found = self.inner(inputs)
        return found - found.mean(0)


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize(
    ("make", "data", "classes"),
    [
        (lambda: classifier(40, 36, 34, 3), examples(21, 40, 3), 3),
        (Convolutions, IMAGES, 5),
        (Centred, examples(21, 40, 3), 3),
    ],
    ids=["dense", "convolutions", "centred"],
)
def test_blocks_of_large_batches_change_nothing(
    make: Callable[[], Any], data: Any, classes: int, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard_candles.integrations.landscape import torch_plane

    model, weighted = make(), nn.CrossEntropyLoss(weight=torch.arange(1.0, 1.0 + classes))
    settings: dict[str, Any] = {
        "points": (5, 5), "dtype": "float64", "eigenvalues": 0, "batch_size": batch_size, **QUIET
    }  # fmt: skip
    whole = landscape(model, weighted, data, **settings)
    monkeypatch.setattr(torch_plane, "_BLOCK_NUMBERS", 50)
    before = Snapshot(model)
    blocks = landscape(model, weighted, data, **settings)
    before.assert_same()
    assert blocks.loss == pytest.approx(whole.loss, rel=1e-12)


class Shifting(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """A wide layer behind another one, of whose numbers hardly anything comes through."""

    def __init__(self, through: Callable[[Any], Any]) -> None:
        super().__init__()
        self.inner, self.wide, self._through = nn.Linear(40, 40), nn.Linear(40, 3), through

    def forward(self, inputs: Any) -> Any:
        return self.wide(self._through(self.inner(inputs) + 40.0 * inputs))


def read_out(hidden: Any) -> Any:
    return torch.ones(len(hidden), 40, dtype=hidden.dtype) * (1.0 if float(hidden.sum()) > 0 else -1.0)


THROUGH: dict[str, Callable[[Any], Any]] = {
    "argmax": lambda hidden: nn.functional.one_hot(hidden.argmax(1), 40).to(hidden.dtype),
    "sign": torch.sign,
    "detach": lambda hidden: hidden.detach().round(),
    "dead ReLU": lambda hidden: torch.relu(hidden - 60.0),
    "a number": read_out,
    "a list": lambda hidden: torch.tensor(hidden.sign().tolist(), dtype=hidden.dtype),
    "written": lambda hidden: torch.zeros_like(hidden).copy_(hidden.sign()),
}


@pytest.mark.parametrize("through", THROUGH)
def test_layer_whose_input_is_the_same_at_some_points_is_not_taken_for_a_first_one(through: str) -> None:
    from tensorboard_candles.integrations.landscape.torch_first import FirstLayers

    model, (inputs, _) = Shifting(THROUGH[through]), examples(20, 40, 3)
    with torch.inference_mode():
        first = FirstLayers(model, [inputs])
        for _ in range(2):  # at the same point: no comparison of numbers could tell
            first.look(lambda: model(inputs), 1)
        try:
            first.put_in_place(lambda parameter: [parameter, parameter])
            replaced = [name for name, module in model.named_modules() if "forward" in module.__dict__]
        finally:
            first.close()
    assert replaced == ([] if through == "a number" else ["inner"])


@pytest.mark.parametrize("through", THROUGH)
def test_network_that_no_gradient_comes_through_is_what_a_plain_loop_says(through: str) -> None:
    model, data = Shifting(THROUGH[through]), examples(20, 40, 3)
    network = network_of(model, None, data)
    directions = random_directions(network.weights, network.vector(), 2, normalize="filter", seed=0)
    settings: dict[str, Any] = {"points": (7, 7), "span": 30.0, "eigenvalues": 0, "dtype": "float64", **QUIET}
    found = landscape(model, cross_entropy, data, **settings)
    wanted = plain_loop(model, cross_entropy, data, found, directions)
    assert found.loss == pytest.approx(wanted, rel=1e-9)


def test_model_that_puts_out_no_tensor_is_given_whole_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard_candles.integrations.landscape import torch_plane

    def loss(outputs: Any, targets: Any) -> Any:
        return cross_entropy(outputs["logits"], targets)

    monkeypatch.setattr(torch_plane, "_BLOCK_NUMBERS", 50)
    model, data = Named(), examples(21, 40, 3)
    found = landscape(model, loss, data, points=(5, 5), **QUIET)
    same = landscape(model.inner, cross_entropy, data, points=(5, 5), **QUIET)
    assert found.loss == pytest.approx(same.loss, rel=1e-5)


@pytest.mark.parametrize(
    "wrap",
    [lambda model: torch.compile(model, backend="eager"), nn.DataParallel, torch.jit.script],
    ids=["compiled", "parallel", "scripted"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_wrapped_model_has_the_landscape_of_the_model(wrap: Callable[[Any], Any]) -> None:
    model, data = classifier(40, 8, 3), examples(21, 40, 3)
    wanted = landscape(model, cross_entropy, data, points=(5, 5), eigenvalues=0, **QUIET)
    wrapped = wrap(model)
    before = Snapshot(model)
    found = landscape(wrapped, cross_entropy, data, points=(5, 5), eigenvalues=0, **QUIET)
    before.assert_same()
    assert found.loss == pytest.approx(wanted.loss, rel=1e-5)


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


def test_line_between_two_models_ends_at_the_other() -> None:
    model, other, data = classifier(6, 5, 2), classifier(6, 5, 2), examples(12, 6, 2)
    away = {name: other.state_dict()[name] - one for name, one in model.state_dict().items()}
    found = landscape(model, cross_entropy, data, directions=[away], span=[(0, 1)], points=9, **QUIET)
    with torch.no_grad():
        assert found.loss[0] == pytest.approx(float(cross_entropy(model(data[0]), data[1])), rel=1e-6)
        assert found.loss[-1] == pytest.approx(float(cross_entropy(other(data[0]), data[1])), rel=1e-6)


def test_tied_weights_move_together() -> None:
    class Tied(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(40, 3, bias=False)

        def forward(self, inputs: Any) -> Any:
            return torch.relu(self.inner(inputs)) @ self.inner.weight

    model, inputs = Tied(), torch.randn(15, 40)
    found = landscape(model, nn.functional.mse_loss, (inputs, inputs), points=(5, 5), **QUIET)
    network = network_of(model, None, (inputs,))
    directions = random_directions(network.weights, network.vector(), 2, normalize="filter", seed=0)
    wanted = plain_loop(model, nn.functional.mse_loss, (inputs, inputs.double()), found, directions)
    assert found.loss == pytest.approx(wanted, rel=1e-5)


def test_written_to_a_tracker_it_is_read_back_from_the_event_file(tmp_path: Path) -> None:
    model, data = classifier(5, 6, 2), examples(30, 5, 2)
    with Tracker("p", logdir=tmp_path) as tracker:
        found = landscape(
            model,
            cross_entropy,
            data,
            points=(3, 3),
            tracker=tracker,
            tag="around",
            step=7,
            **QUIET,
        )
    written = [
        (event.step, value) for event in raw_events(tracker.run_dir) for value in event.summary.value
        if value.tag == "around"
    ]  # fmt: skip
    ((step, value),) = written
    assert step == 7
    assert value.metadata.plugin_data.content == b'{"kind": "landscape", "version": 1}'
    again = Landscape.from_bytes(make_ndarray(value.tensor).item())
    assert again.loss.tolist() == found.loss.tolist()
    assert again.about.framework.startswith("torch ")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"directions": "sideways"}, "directions must be random"),
        ({"normalize": "all"}, "normalize must be"),
        ({"points": 0}, "points must be"),
        ({"batch_norm": "live"}, "batch_norm must be"),
        ({"dtype": "float16"}, "dtype must be"),
        ({"batch_size": 0}, "batch_size must be > 0"),
        ({"executor": "dask"}, "executor must be ray"),
        ({"data": (torch.zeros(0, 5), torch.zeros(0))}, "no example"),
        ({"data": [torch.zeros(2, 5)]}, "inputs and targets"),
        ({"data": (torch.zeros(3, 5), torch.zeros(2)), "batch_size": 2}, "as many rows"),
        ({"checkpoints": [{"other": torch.zeros(2)}]}, "lacks 0.bias, 0.weight"),
        ({"checkpoints": [[torch.zeros(2)]]}, "4 tensors"),
        ({"checkpoints": [3]}, "a state dict or a path, got int"),
        ({"loss": lambda outputs, targets: 3}, "a tensor of floats, got int"),
        ({"data": None}, r"pass them: landscape\(model, loss, \(X, y\)\)"),
        ({"data": None, "loss": None}, "a landscape is of a model's loss on data"),
        (
            {"data": (torch.zeros(10, 5), torch.zeros(9, dtype=torch.long))},
            "outputs, 10, got 9: .*batch",
        ),
        ({"model": object()}, "a torch module or a Keras model, got object"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(settings: dict[str, Any], says: str) -> None:
    arguments = {
        "model": classifier(5, 6, 2), "loss": cross_entropy, "data": examples(10, 5, 2),
        "points": (3, 3), **QUIET, **settings,
    }  # fmt: skip
    with pytest.raises(BadRequest, match=says):
        landscape(**arguments)


def test_network_that_torch_can_not_differentiate_twice_says_so() -> None:
    class Once(torch.autograd.Function):  # type: ignore[misc, name-defined, unused-ignore]
        @staticmethod
        def forward(context: Any, given: Any) -> Any:
            return given * 2

        @staticmethod
        @torch.autograd.function.once_differentiable  # type: ignore[untyped-decorator, unused-ignore]
        def backward(context: Any, slope: Any) -> Any:
            return slope * 2

    class Model(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(5, 2)

        def forward(self, inputs: Any) -> Any:
            return Once.apply(self.inner(inputs)) ** 2

    data = examples(10, 5, 2)
    found = landscape(Model(), cross_entropy, data, points=(3, 3), **QUIET)
    assert "can't differentiate" in found.about.warnings[0]
    with pytest.raises(NoCurvature):
        landscape(Model(), cross_entropy, data, points=(3, 3), directions="hessian", **QUIET)
