"""What parameters are found to be."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.analysis.hyperparameters.parameters import Parameter, parameter_of
from tensorboard_candles.analysis.hyperparameters.space import space_of
from tensorboard_candles.events.arguments import Value


@pytest.mark.parametrize(
    ("values", "kind", "is_log"),
    [
        ([1e-4, 1e-3, 1e-2, 1e-1], "number", True),
        ([0.1, 0.3, 0.5], "number", False),
        ([16, 32, 64, 128, 256], "integer", True),
        ([1, 2, 3, 4], "integer", False),
        ([0, 1e-4, 1e-2], "number", False),
        ([1, 0.5], "number", False),
        ([True, False], "choice", False),
        ([True, 1], "choice", False),
        (["adam", "sgd", "adam", "sgd"], "choice", False),
        (["adam", 3, "adam", 3], "choice", False),
        ([0.9, None, 0.9, None], "choice", False),
        ([0.9, None, 0.99, None], "number", False),
    ],
)
def test_kinds_are_found_by_the_values(values: list[Value], kind: str, is_log: bool) -> None:
    found = parameter_of("p", values)
    assert isinstance(found, Parameter)
    assert (found.kind, found.is_log) == (kind, is_log)


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ([0.1] * 5, "constant"),
        ([None] * 5, "constant"),
        ([f"out/{number}" for number in range(5)], "names"),
        ([f"user {number}" for number in range(21)] * 3, "names"),
    ],
)
def test_what_says_nothing_is_left_out_and_told(values: list[Value], why: str) -> None:
    assert parameter_of("p", values) == why


def test_a_parameter_that_follows_from_another_is_named_once() -> None:
    configs: list[dict[str, Value]] = [
        {"lr": 0.1, "args.lr": 0.1, "optimizer": "sgd", "momentum": 0.9, "flag": True},
        {"lr": 0.2, "args.lr": 0.2, "optimizer": "adam", "flag": False},
        {"lr": 0.4, "args.lr": 0.4, "optimizer": "adam", "flag": False},
    ]
    space = space_of(configs)
    assert [one.name for one in space.parameters] == ["lr", "optimizer"]
    same = {"args.lr": "same as lr", "momentum": "same as optimizer", "flag": "same as optimizer"}
    assert space.left_out == same


def test_numbers_that_were_not_given_have_a_column_of_their_own() -> None:
    configs: list[dict[str, Value]] = [{"dropout": 0.0}, {"dropout": 0.5}, {}]
    space = space_of(configs)
    positions = space.positions(configs)
    assert math.isnan(positions[2, 0])
    np.testing.assert_array_equal(space.features(positions), [[0, 0], [1, 0], [0.5, 1]])
    assert space.config(positions[2]) == {"dropout": None}


numbers = st.floats(1e-6, 1e6) | st.integers(-1000, 1000)


@given(st.lists(numbers, min_size=2, max_size=9, unique=True))
def test_a_position_leads_back_to_its_value(values: list[float]) -> None:
    found = parameter_of("p", values)
    assert isinstance(found, Parameter)
    for value in values:
        position = found.position(value)
        assert -1e-9 <= position <= 1 + 1e-9
        # What is told of a place has four digits.
        assert found.value(position) == pytest.approx(value, rel=1e-3, abs=1e-9 * (found.high - found.low))


@given(st.lists(st.sampled_from(["a", "b", True, False, 1, 2.5, None]), min_size=2, max_size=9))
def test_a_choice_leads_back_to_its_value(values: list[Value]) -> None:
    # Each twice: texts that no two runs have in common would be names.
    found = parameter_of("p", [*values, *values, "a", True])
    assert isinstance(found, Parameter)
    for value in values:
        told = found.value(found.position(value))
        assert (told, type(told)) == (value, type(value))
