"""Surfaces of torch models, against closed forms and plain loops."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import landscape
from tensorboard_candles.analysis.landscape.directions import filter_norms, random_directions

torch = pytest.importorskip("torch")

from tensorboard_candles.integrations.landscape.torch_network import network_of  # noqa: E402, after the skip
from tests.integrations.landscape_of_torch.models import (  # noqa: E402, after the skip
    IMAGES,
    QUIET,
    Convolutions,
    classifier,
    cross_entropy,
    examples,
    nn,
    plain_loop,
)


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
