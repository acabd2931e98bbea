"""Values that are asked for, and the argument vectors that they become."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.launch.command import filled
from tensorboard_candles.launch.names import check_name, name_of, unused
from tensorboard_candles.launch.parameters import MOST_TEXT, Parameter, Value, checked_values

ALL = [
    Parameter("steps", "int", 10, least=1, most=100),
    Parameter("lr", "float", 0.1, least=0.0, most=1.0),
    Parameter("augment", "bool", False),
    Parameter("optimizer", "choice", "adam", choices=("adam", "sgd", 1)),
    Parameter("note", "text", ""),
]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({"steps": 100, "lr": 1}, {"steps": 100, "lr": 1.0}),
        ({"augment": True, "optimizer": 1}, {"augment": True, "optimizer": 1}),
        ({"optimizer": 1.0}, {"optimizer": 1}),
        ({"note": "$(id) é😀 'x'"}, {"note": "$(id) é😀 'x'"}),
    ],
)
def test_values_that_are_allowed_are_taken(given: dict[str, object], expected: dict[str, Value]) -> None:
    found = checked_values(ALL, given)
    assert {name: found[name] for name in expected} == expected
    assert type(found["lr"]) is float
    assert list(found) == [one.name for one in ALL]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("steps", 0), ("steps", 101), ("steps", 1.0), ("steps", True), ("steps", "3"), ("steps", None),
        ("steps", 10**400), ("lr", -0.1), ("lr", float("nan")), ("lr", float("inf")), ("lr", "0.1"),
        ("lr", True), ("lr", [0.1]), ("augment", 1), ("augment", "true"), ("optimizer", "rmsprop"),
        ("optimizer", True), ("optimizer", 1.5), ("note", 7), ("note", "a\0b"), ("note", "a\nb"),
        ("note", "\ud800"), ("note", "x" * (MOST_TEXT + 1)), ("other", 1), ("__class__", 1),
    ],
)  # fmt: skip
def test_values_that_are_not_allowed_are_refused_by_their_name(name: str, value: Any) -> None:
    with pytest.raises(BadRequest, match=name):
        checked_values(ALL, {name: value})


def test_a_choice_is_the_declared_number_however_a_browser_wrote_it() -> None:
    (found,) = checked_values([Parameter("rate", "choice", 0.5, choices=(0.5, 1.0))], {"rate": 1}).values()
    assert repr(found) == "1.0"


def test_a_message_about_a_value_is_short() -> None:
    with pytest.raises(BadRequest) as told:
        checked_values(ALL, {"steps": "9" * 100_000})
    assert len(str(told.value)) < 200


def test_a_parameter_that_the_command_names_is_not_passed_twice() -> None:
    command = ["train", "--rate={lr}", "{parameters}", "{{{note}}}"]
    assert filled(command, {}, {"lr": 0.5, "note": "n", "on": False}) == [
        "train", "--rate=0.5", "--on=false", "{n}",
    ]  # fmt: skip


@pytest.mark.parametrize("argument", ["{note}", "{note}{lr}"])
def test_a_text_that_would_be_an_option_is_refused_where_it_stands_by_itself(argument: str) -> None:
    with pytest.raises(BadRequest, match="note must not begin with '-'"):
        filled(["train", argument], {}, {"note": "--eval=x", "lr": 1})
    assert filled(["train", "--note={note}"], {}, {"note": "--eval=x"}) == ["train", "--note=--eval=x"]
    assert filled(["train", "{lr}"], {}, {"lr": -1.5}) == ["train", "-1.5"]


def test_braces_in_a_value_mean_nothing() -> None:
    assert filled(["{note}"], {"python": "secret"}, {"note": "{python}{{"}) == ["{python}{{"]


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(-(2**62), 2**62))
def test_numbers_are_read_back_as_they_were(number: float, whole: int) -> None:
    vector = filled(["{parameters}"], {}, {"a": number, "b": whole})
    assert float(vector[0].removeprefix("--a=")) == number
    assert int(vector[1].removeprefix("--b=")) == whole


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=50))
def test_any_text_is_one_argument(text: str) -> None:
    assert filled(["x", "{parameters}", "y"], {}, {"note": text}) == ["x", f"--note={text}", "y"]


def test_no_shell_ever_sees_an_argument() -> None:
    odd = ";|&$()<>`\"' \t*?[]#~=%!{}"
    program = "import sys; print(ascii(sys.argv[1]))"
    vector = filled([sys.executable, "-c", program, "{parameters}"], {}, {"note": odd})
    printed = subprocess.run(vector, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == ascii(f"--note={odd}")


@given(st.dictionaries(st.sampled_from(["steps", "lr", "note"]), st.text(max_size=300)))
def test_a_name_that_is_made_of_values_is_one_that_may_be_given(values: dict[str, str]) -> None:
    parameters = [Parameter(name, "text", "default") for name in ("steps", "lr", "note")]
    told: dict[str, Value] = {one.name: values.get(one.name, "default") for one in parameters}
    name = name_of(parameters, told)
    assert check_name(name) == name
    assert check_name(unused(name, {name})) == f"{name}-2"
