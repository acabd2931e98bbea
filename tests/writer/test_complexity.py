"""What is kept of a model's cost can be read again, whatever was measured."""

from __future__ import annotations

import math

import pytest

from tensorboard_candles.analysis.complexity import model_cost
from tensorboard_candles.writer.complexity import Complexity, noise_scale


@pytest.mark.parametrize("squared", [(math.nan, math.nan), (math.inf, 1.0), (1e308, 1e-308), (math.inf,) * 2])
def test_a_gradient_that_is_not_finite_has_no_noise_scale_and_takes_nothing_from_the_rest(
    squared: tuple[float, float],
) -> None:
    scale, why = noise_scale(*squared, small=1, big=32)
    assert scale is None
    told = Complexity(
        "net", "torch", "cpu", 8, parameters=30, trainable=30, parameter_bytes=120,
        gradient_noise_scale=scale, notes={"gradient_noise_scale": why},
    )  # fmt: skip
    assert model_cost(told.to_bytes()).whole["parameters"] == 30
