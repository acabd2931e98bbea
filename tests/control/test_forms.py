"""The control channel's files: what is written is read, and what anybody else may have written is told."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.control.forms import (
    MOST_BYTES,
    Answer,
    Checkpoint,
    Command,
    Gpu,
    Progress,
    Stats,
    Status,
)
from tensorboard_candles.control.parameters import Parameter
from tensorboard_candles.errors import BadControl

ID, SESSION = "00ff" * 4, "12ab" * 4
STATUS = Status(
    session=SESSION,
    beat=12,
    time=1795269787.5,
    every_secs=3.0,
    state="running",
    host="here",
    pid=123,
    progress=Progress(1795269700.0, step=7, epoch=1, epochs=10, batch=3, batches=9, epochs_done=1.25),
    process_start=1795269699.0,
    instance="abc",
    obeys=("stop", "set"),
    parameters={"lr": Parameter(0.1, least=0, most=1, help="Learning rate"), "on": Parameter(True)},
    checkpoint=Checkpoint("out/model.pt", 6, 1795269780.0),
    stats=Stats(101.5, 1 << 30, (Gpu("A100", 55.0, 1 << 33, 1 << 36), Gpu("other", None, None, None))),
)
COMMAND = Command(id=ID, session=SESSION, command="set", name="lr", value=0.5, sent_time=1.0, by="::1")
ANSWER = Answer(id=ID, state="refused", time=2.0, message="must be <= 1.0, got 5", step=7)


@pytest.mark.parametrize("form", [STATUS, COMMAND, ANSWER], ids=["status", "command", "answer"])
def test_what_is_written_is_read(form: Status | Command | Answer) -> None:
    assert type(form).from_bytes(form.to_bytes()) == form


def test_keys_that_are_not_known_are_passed_by() -> None:
    assert Answer.from_bytes(json.dumps({**json.loads(ANSWER.to_bytes()), "more": [1]}).encode()) == ANSWER


BAD = [
    (STATUS, {"session": "../../etc/passwd"}, "session must be 16 hexadecimal digits"),
    (STATUS, {"beat": True}, "beat must be a whole number from 0"),
    (STATUS, {"beat": 2**64}, "beat must be a whole number from 0"),
    (STATUS, {"state": "happy"}, "state must be one of running, paused"),
    (STATUS, {"message": "x" * 501}, "message must be a text of at most 500"),
    (STATUS, {"host": "\ud800"}, "host must be a text"),
    (STATUS, {"obeys": "stop"}, "obeys must be a list"),
    (STATUS, {"progress": None}, "progress must be an object"),
    (STATUS, {"progress": {"started_time": 0, "epochs_done": "2"}}, "progress: epochs_done must be a finite"),
    (STATUS, {"parameters": {"a.b": {}}}, "parameters must be at most 64 by their names"),
    (STATUS, {"parameters": {f"p{n}": {} for n in range(65)}}, "parameters must be at most 64"),
    (
        STATUS,
        {"parameters": {"lr": {"kind": "float", "value": 3, "least": 5, "help": ""}}},
        "parameters: lr: must be >= 5.0, got 3.0",
    ),
    (
        STATUS,
        {"parameters": {"lr": {"kind": "int", "value": True, "help": ""}}},
        "kind must be bool with such a value",
    ),
    (STATUS, {"stats": {"cpu_percent": -1}}, "stats: cpu_percent must be >= 0"),
    (STATUS, {"stats": {"cpu_percent": 1, "memory_bytes": 1, "gpus": [1]}}, "gpus must be a list"),
    (STATUS, {"version": 2}, "version must be <= 1; a newer version"),
    (COMMAND, {"id": "00FF" * 4}, "id must be 16 hexadecimal digits"),
    (COMMAND, {"command": "rm -rf"}, "command must be one of stop"),
    (COMMAND, {"command": "stop"}, "name must be null for stop"),
    (COMMAND, {"name": "__class__"}, "name must be the name of a parameter"),
    (COMMAND, {"value": None}, "value must be a finite number, a bool or a text"),
    (COMMAND, {"value": 10**4000}, "value must be a finite number"),
    (COMMAND, {"timeout_secs": -1}, "timeout_secs must be >= 0"),
    (ANSWER, {"state": "maybe"}, "state must be one of seen, done, refused"),
    (ANSWER, {"step": 1.5}, "step must be a whole number"),
]


@pytest.mark.parametrize(("form", "changes", "said"), BAD, ids=[said for _, _, said in BAD])
def test_what_is_not_as_it_must_be_is_told(form: Any, changes: dict[str, object], said: str) -> None:
    content = json.dumps({**json.loads(form.to_bytes()), **changes}).encode()
    with pytest.raises(BadControl, match=said.replace("+", r"\+")):
        type(form).from_bytes(content)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"\xff", b'{"version": NaN}', b"[" * 60_000, b"{" + b" " * MOST_BYTES + b"}", b'"text"'],
)
def test_what_is_no_object_of_bounded_size_is_told(content: bytes) -> None:
    with pytest.raises(BadControl):
        Status.from_bytes(content)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda of: st.lists(of, max_size=3)))
def test_any_value_in_any_place_is_taken_or_told(value: Any) -> None:
    for form in (STATUS, COMMAND, ANSWER):
        decoded = json.loads(form.to_bytes())
        for name in decoded:
            try:
                found = type(form).from_bytes(json.dumps({**decoded, name: value}).encode())
            except BadControl:
                continue
            assert type(form).from_bytes(found.to_bytes()) == found


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"value": float("nan")}, "must be a finite number or a bool"),
        ({"value": "cosine"}, "or have choices="),
        ({"value": 2.0, "most": 1}, "must be <= 1.0, got 2.0"),
        ({"value": 1, "least": 0.5}, "least must be a finite number as the value is"),
        ({"value": 1, "least": 2, "most": 0}, "least must be <= most"),
        ({"value": True, "least": 0}, "least is for numbers"),
        ({"value": "a", "choices": []}, "choices must be a list of 1 to 64"),
        ({"value": "a", "choices": "abc"}, "choices must be a list of 1 to 64"),
        ({"value": "a", "choices": [True]}, "a choice must be a text or a finite number"),
        ({"value": "a", "choices": ["b", "c"]}, "must be one of b, c, got 'a'"),
    ],
)
def test_a_parameter_that_makes_no_sense_is_told(options: dict[str, Any], said: str) -> None:
    with pytest.raises(BadControl, match=said):
        Parameter(**options)


@pytest.mark.parametrize(
    ("parameter", "value", "taken"),
    [
        (Parameter(0.1), 1, 1.0),
        (Parameter(1), 5, 5),
        (Parameter(True), False, False),
        (Parameter(16, choices=[16, 32]), 32, 32),
        (Parameter(0.5, choices=[0.5, 1.0]), 1, 1.0),
        (Parameter("a", choices=["a", "b"]), "b", "b"),
    ],
)
def test_a_value_is_taken_as_the_kind_it_is_of(parameter: Parameter, value: Any, taken: Any) -> None:
    found = parameter.taken(value)
    assert found == taken
    assert type(found) is type(taken)
    assert replace(parameter, value=value).value == taken


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        (Parameter(0.1), True),
        (Parameter(0.1), "0.2"),
        (Parameter(0.1), float("nan")),
        (Parameter(0.1), float("inf")),
        (Parameter(0.1, least=0, most=1), 1.5),
        (Parameter(0.1, least=0, most=1), -0.5),
        (Parameter(1), 1.5),
        (Parameter(1), 2**70),
        (Parameter(True), 1),
        (Parameter("1", choices=["1"]), 1),
        (Parameter(1, choices=[1]), True),
    ],
)
def test_a_value_of_another_kind_or_beyond_the_bounds_is_refused(parameter: Parameter, value: Any) -> None:
    with pytest.raises(BadControl, match="must be"):
        parameter.taken(value)
