"""A declared command, and the argument vector that it becomes: never a line for a shell."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.launch.parameters import Parameter, Value, as_text

PLACES = ("python", "logdir", "run", "project", "directory", "instance")
"""What a command may name besides parameters: the interpreter, the log directory, the run's name below its
project, the project, the directory it runs in, the instance's id."""

ALL = "{parameters}"
"""An argument by itself: `--name=value` for each parameter that the command names nowhere else."""

_PIECE = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")


def names_in(argument: str) -> list[str]:
    """Names in braces; ValueError for a brace that is no part of one.

    >>> names_in("--out={logdir}/{run}"), names_in("{{}}")
    (['logdir', 'run'], [])
    """
    return [name for name in _names(argument) if name is not None]


def _names(argument: str) -> list[str | None]:
    pieces = list(_PIECE.finditer(argument))
    for piece in pieces:
        if piece[0] in ("{", "}"):
            raise ValueError(f"a single {piece[0]} in {argument!r}; write {piece[0] * 2} for the sign itself")
    return [piece[1] for piece in pieces]


def check_command(command: Sequence[str], parameters: Sequence[Parameter]) -> None:
    """ValueError where it names what there is not, or leaves a parameter out."""
    own = {one.name for one in parameters}
    named = {name for argument in command if argument != ALL for name in names_in(argument)}
    unknown = sorted(named - own - {*PLACES})
    if unknown:
        known = ", ".join([*PLACES, "parameters", *sorted(own)])
        raise ValueError(f"unknown placeholder {{{unknown[0]}}}; those are: {known}. {ALL} stands by itself")
    left_out = sorted(own - named)
    if left_out and ALL not in command:
        raise ValueError(f"the parameter {left_out[0]} is passed nowhere; add {ALL} or {{{left_out[0]}}}")


def filled(command: Sequence[str], places: Mapping[str, str], values: Mapping[str, Value]) -> list[str]:
    """The argument vector.

    >>> command = ["{python}", "train.py", "{logdir}", "--x={{{lr}}}", "{parameters}"]
    >>> filled(command, {"python": "python3", "logdir": "runs"}, {"lr": 0.1, "on": True})
    ['python3', 'train.py', 'runs', '--x={0.1}', '--on=true']

    Each argument stays one, whatever the values hold. BadRequest for a text that would be taken for an
    option.
    """
    named = {name for argument in command if argument != ALL for name in names_in(argument)}
    vector: list[str] = []
    for argument in command:
        if argument == ALL:
            vector += [f"--{name}={as_text(value)}" for name, value in values.items() if name not in named]
        else:
            vector.append(_filled(argument, places, values))
    return vector


def _filled(argument: str, places: Mapping[str, str], values: Mapping[str, Value]) -> str:
    def of(piece: re.Match[str]) -> str:
        if piece[1] is None:
            return piece[0][0]
        return as_text(values[piece[1]]) if piece[1] in values else places[piece[1]]

    text = _PIECE.sub(of, argument)
    first = _PIECE.match(argument)
    begins_with = values.get(first[1]) if first and first[1] else None
    if isinstance(begins_with, str) and text.startswith("-"):
        raise BadRequest(f"{first[1] if first else ''} must not begin with '-', got {text[:80]!r}")
    return text
