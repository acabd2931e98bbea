"""Names of runs that are started here: directories below the log directory, and nowhere else."""

from __future__ import annotations

import os
import secrets
import unicodedata
from collections.abc import Container, Mapping, Sequence

from tensorboard_candles.errors import BadRequest, Conflict
from tensorboard_candles.launch.parameters import Parameter, Value, as_text
from tensorboard_candles.remote_files import is_url, join_url

MOST_NAME = 100
"""Characters; as bytes they still fit in a file's name beside what is added to it."""

MOST_NAME_BYTES = 200

_SIGNS = frozenset(" _-=+,.@()")


def new_id() -> str:
    """An instance's: 16 hexadecimal digits."""
    return secrets.token_hex(8)


def check_name(name: object) -> str:
    """The name of a run below its project.

    >>> check_name("lr=0.01 (again)")
    'lr=0.01 (again)'
    >>> check_name("../x")
    Traceback (most recent call last):
    tensorboard_candles.errors.BadRequest: name must begin with a letter or digit, got '../x'

    One directory, hidden or an option to no program. BadRequest otherwise.
    """
    if not isinstance(name, str) or not name:
        raise BadRequest(f"name must be a text, got {repr(name)[:80]}")
    if len(name) > MOST_NAME or len(name.encode(errors="replace")) > MOST_NAME_BYTES:
        raise BadRequest(f"name must be at most {MOST_NAME} characters, got {len(name)}")
    if not name[0].isalnum():
        raise BadRequest(f"name must begin with a letter or digit, got {name!r}")
    if name != name.strip() or not all(map(_is_plain, name)):
        signs = "".join(sorted(_SIGNS)).strip()
        raise BadRequest(f"name may hold letters, digits, spaces within and any of {signs}, got {name!r}")
    return name


def _is_plain(character: str) -> bool:
    return character in _SIGNS or unicodedata.category(character)[0] in "LNM"


def check_project(project: str) -> str:
    """A project: such a name, or several joined by '/'.

    >>> check_project("vision/fashion")
    'vision/fashion'
    """
    for part in project.split("/"):
        check_name(part)
    return project


def run_of(project: str, name: str) -> str:
    """As TensorBoard calls it."""
    return f"{project}/{name}"


def name_of(parameters: Sequence[Parameter], values: Mapping[str, Value]) -> str:
    """What tells it from others: the parameters that are not as by default.

    >>> parameters = [Parameter("lr", "float", 0.1), Parameter("data", "text", "x")]
    >>> name_of(parameters, {"lr": 0.01, "data": "a/b"}), name_of(parameters, {"lr": 0.1, "data": "x"})
    ('lr=0.01_data=a-b', 'default')
    """
    parts = [
        f"{one.name.strip('_')}={as_text(values[one.name])}"
        for one in parameters
        if values[one.name] != one.default
    ]
    plain = "".join(character if _is_plain(character) else "-" for character in "_".join(parts))
    # bytes, not characters: what is cut must stay text
    shortened = plain[: MOST_NAME - 10].encode(errors="replace")[: MOST_NAME_BYTES - 10]
    return shortened.decode(errors="ignore").strip() or "default"


def unused(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it where it is taken.

    >>> unused("a", {"a", "a-2"})
    'a-3'
    """
    number, made = 1, name
    while made in taken:
        number += 1
        made = f"{name}-{number}"
    return made


def run_dir_of(logdir: str, run: str) -> str:
    """Path or URL of a run's directory; Conflict where a symbolic link leads it out of the log directory.

    >>> run_dir_of("s3://bucket/logs", "toy/a")
    's3://bucket/logs/toy/a'
    """
    if is_url(logdir):
        return join_url(logdir, run)
    root = os.path.realpath(logdir)
    found = os.path.realpath(os.path.join(root, run))
    if not found.startswith(root.rstrip(os.sep) + os.sep):
        raise Conflict(f"the directory of {run} does not lie in the log directory: a link leads out of it")
    return found
