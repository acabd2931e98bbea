"""Where a run's files go: checked names, and readable ones that no other process has."""

from __future__ import annotations

import os
import secrets
import time
import unicodedata
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from tensorboard_candles.errors import WriterError
from tensorboard_candles.remote_files import is_url
from tensorboard_candles.writer.destination import RunDir
from tensorboard_candles.writer.remote.directory import RemoteDir

_ADJECTIVES = (
    "able amber brave bright brisk calm clear clever cosmic crisp dapper eager early fair fleet fond gentle "
    "glad golden grand happy hardy honest humble jolly keen kind lively lucky lunar mellow merry mighty "
    "modest neat noble patient placid plucky polite proud quick quiet ready rosy serene sharp silent silver "
    "sleek smooth snug solar spry steady sunny swift tidy tranquil trusty vivid warm witty"
).split()
_ANIMALS = (
    "badger beaver bison bobcat condor cougar crane dolphin eagle egret falcon ferret finch fox gazelle "
    "gecko gibbon heron ibex ibis jackal jaguar jay kestrel koala lark lemur leopard lion lynx macaw marten "
    "mole moose narwhal newt ocelot orca oriole osprey otter owl panda parrot pelican penguin plover puffin "
    "puma quail rabbit raven robin salmon seal sparrow stork swan tapir tern tiger toucan turtle wombat"
).split()


def readable_name(now: float) -> str:
    """When the run began (local time) and two words to call it by: `2026-11-21_14-03-07_brave-otter`.

    >>> len(readable_name(1795269787.0).split("_"))
    3
    """
    # secrets: the user's seeded random stream is left as it is, and equal seeds don't give equal names
    words = f"{secrets.choice(_ADJECTIVES)}-{secrets.choice(_ANIMALS)}"
    return f"{time.strftime('%Y-%m-%d_%H-%M-%S', time.localtime(now))}_{words}"


def check_name(what: str, name: str) -> str:
    """The name itself, when it names a directory below the log directory; WriterError otherwise.

    >>> check_name("run", "sweep/lr=0.1")
    'sweep/lr=0.1'
    """
    if not isinstance(name, str):
        raise WriterError(f"{what} must be a string, got {name!r}")
    if any(unicodedata.category(character) in {"Cc", "Cs"} for character in name):
        raise WriterError(f"{what} must hold no control characters, got {name!r}")
    if "\\" in name or os.path.splitdrive(name)[0]:
        raise WriterError(f"{what} must be a plain name or names joined by '/', got {name!r}")
    if any(part.strip() in {"", ".", ".."} for part in name.split("/")):
        raise WriterError(
            f"{what} must be a name or names joined by '/', none of them empty, '.' or '..', got {name!r};"
            " choose the place with logdir="
        )
    return name


def log_directory(logdir: str | os.PathLike[str], storage_options: Mapping[str, Any] | None = None) -> RunDir:
    """The log directory, a local one as an absolute path with `~` expanded; WriterError where it is none.

    >>> log_directory("s3://bucket/runs/"), log_directory("file:///logs")
    (RemoteDir('s3://bucket/runs'), PosixPath('/logs'))
    """
    text = os.fspath(logdir) if isinstance(logdir, str | os.PathLike) else logdir
    if not isinstance(text, str) or not text or "\0" in text:
        raise WriterError(f"logdir must be a directory, got {text!r}")
    if is_url(text):
        protocol, separator, rest = text.partition("://")
        return RemoteDir(f"{protocol}{separator}{rest.rstrip('/')}", dict(storage_options or {}))
    if storage_options:
        raise WriterError(f"storage_options are for a logdir such as s3://bucket/runs, got logdir={text!r}")
    local = Path(text.partition("://")[2] or text)
    return local.expanduser().absolute()  # a file made later goes there wherever the program is then


def make_run_dir(logdir: RunDir, project: str, run: str | None) -> RunDir:
    """Make `<logdir>/<project>/<run>` and return it; with `run=None`, one that no other process has."""
    parent = logdir / check_name("project", project)
    try:
        if run is not None:
            path = parent / check_name("run", run)
            path.mkdir(parents=True, exist_ok=True)
            return path
        parent.mkdir(parents=True, exist_ok=True)
        return _make_unique(parent)
    except OSError as error:
        raise WriterError(f"can't make a run directory in {str(parent)!r}: {error}") from error


def _make_unique(parent: RunDir) -> RunDir:
    if isinstance(parent, RemoteDir):
        # no name can be reserved there: more than two words, lest a sweep's jobs choose the same
        return parent / f"{readable_name(time.time())}-{secrets.token_hex(3)}"
    while True:
        path = parent / readable_name(time.time())
        try:
            path.mkdir()  # atomic: of two processes that chose one name, one fails here and chooses again
        except FileExistsError:
            continue
        return path
