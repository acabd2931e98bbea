"""Eigenvalues, sharpness and directions of the Hessian of torch models, against closed forms."""

from __future__ import annotations

import copy
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import landscape
from tensorboard_candles.analysis.landscape.directions import random_directions
from tensorboard_candles.errors import NoCurvature

torch = pytest.importorskip("torch")

from tensorboard_candles.integrations.landscape.torch_network import network_of  # noqa: E402, after the skip
from tests.integrations.landscape_of_torch.models import QUIET, classifier, cross_entropy, examples, nn  # noqa: E402, after the skip


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
