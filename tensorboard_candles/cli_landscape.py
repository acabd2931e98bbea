"""`tensorboard-candles landscape`: the loss around a model's weights, computed and written into a run.

# train.py
def trained():
    model = make_model()
    model.load_state_dict(torch.load("last.pt"))
    return model, nn.functional.cross_entropy, (images, labels)

tensorboard-candles landscape train.py:trained --run my-cnn/first --checkpoints 'checkpoints/*.pt'
"""

from __future__ import annotations

import argparse
import glob
import math
import os
import re
import sys
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, get_args

from tensorboard_candles.analysis.landscape import Landscape
from tensorboard_candles.analysis.landscape.directions import Normalize
from tensorboard_candles.errors import CandlesError
from tensorboard_candles.integrations.landscape import landscape
from tensorboard_candles.remote_files import is_url
from tensorboard_candles.writer.resuming import left_off
from tensorboard_candles.writer.tracker import Tracker

NAME = "tensorboard-candles landscape"
_FIGURES = ("centre_loss", "sharpness", "epsilon_sharpness")
_INTERRUPTED = 128 + 2  # as a shell says of SIGINT


def landscape_command(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status, or exits with 2 where it makes no sense."""
    parser = _parser()
    given = parser.parse_args(arguments)
    try:
        model, loss, data = _made(given.target)
        found = landscape(
            model,
            loss,
            data,
            directions=given.directions,
            normalize=given.normalize,
            span=given.span,
            points=(given.points,) * given.dimensions,
            checkpoints=_by_step(_checkpoints(given.checkpoints)),
            seed=given.seed,
            batch_size=given.batch_size,
            batch_norm=given.batch_norm,
            dtype=given.dtype,
            eigenvalues=given.eigenvalues,
            epsilon=given.epsilon,
            cache=given.cache if given.cache is not None else True,
            executor=_executor(given.executor),
        )
        where = _write(found, given)
    except KeyboardInterrupt:
        print(f"\n{NAME}: interrupted; the same command goes on from here", file=sys.stderr)
        return _INTERRUPTED
    except (CandlesError, ImportError, FileNotFoundError) as error:
        parser.error(str(error))
    print(_told(found))
    print(f"Written to {where}: tensorboard-candles {given.logdir}")
    return 0


def _made(target: str) -> tuple[Any, Any, Any]:
    """What the user's function returns."""
    name, _, function = target.rpartition(":")
    path = Path(name)
    if name.endswith(".py"):
        if not path.is_file():
            raise ImportError(f"there is no file {name}")
        sys.path.insert(0, str(path.resolve().parent))
        name = path.stem
    else:
        sys.path.insert(0, os.getcwd())
    make = getattr(import_module(name), function, None)
    if not callable(make):
        raise ImportError(f"{name} has no function {function}")
    made = make()
    if not isinstance(made, tuple) or len(made) != 3:
        raise ImportError(f"{target} must return model, loss, data; got {type(made).__name__}")
    return made


def _checkpoints(patterns: Sequence[str]) -> list[Path]:
    """Files in order of the numbers in their names; a shell may have resolved the patterns already."""
    found: set[Path] = set()
    for pattern in patterns:
        matches = glob.glob(os.path.expanduser(pattern), recursive=True)
        if not matches:
            raise FileNotFoundError(f"no checkpoint matches {pattern}")
        found |= set(map(Path, matches))
    return sorted(found, key=lambda path: _natural(str(path)))


def _natural(text: str) -> list[tuple[int, str]]:
    """
    >>> sorted(["epoch-10.pt", "epoch-9.pt"], key=_natural)
    ['epoch-9.pt', 'epoch-10.pt']
    """
    return [(int(part), "") if part.isdigit() else (-1, part) for part in re.split(r"([0-9]+)", text)]


def _by_step(paths: Sequence[Path]) -> Sequence[Path] | Mapping[int, Path]:
    """By the last number of each name, where all have one of their own; else in their order.

    >>> _by_step([Path("a/step=40.pt"), Path("a/step=80.pt")])
    {40: PosixPath('a/step=40.pt'), 80: PosixPath('a/step=80.pt')}
    >>> _by_step([Path("first.pt"), Path("step-1.pt")])
    [PosixPath('first.pt'), PosixPath('step-1.pt')]
    """
    numbers = [re.findall(r"[0-9]+", path.name.partition(".")[0]) for path in paths]
    steps = {int(found[-1]): path for found, path in zip(numbers, paths, strict=True) if found}
    return steps if len(steps) == len(paths) else list(paths)


def _executor(name: str | None) -> str | None:
    if name == "ray" and "RAY_ADDRESS" not in os.environ:
        # read when Ray is imported: a Ray of this machine alone need not be heard by others
        os.environ.setdefault("RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER", "0")
    return name


def _write(found: Landscape, given: argparse.Namespace) -> str:
    """Into the run, at the last step that is there unless another was asked for.

    Beside it go its figures as scalars: the tab shows only runs that have some, and of several steps they
    make curves.
    """
    base = given.logdir if is_url(given.logdir) else str(Path(given.logdir).expanduser().resolve())
    logdir, project, run = f"{base}/{given.run.strip('/')}".rsplit("/", 2)
    with Tracker(project, logdir=logdir, run=run) as tracker:
        step = given.step
        if step is None:
            step = max(left_off(tracker.run_dir, "").step - 1, 0)
        tracker.landscape(found, tag=given.tag, step=step)
        figures = {name: getattr(found.about, name) for name in _FIGURES}
        known = {f"{given.tag}/{name}": one for name, one in figures.items() if math.isfinite(one)}
        tracker.log(known, step=step)
        return str(tracker.run_dir)


def _told(found: Landscape) -> str:
    about = found.about
    lines = [
        f"loss at the weights       {about.centre_loss:.6g}",
        f"lowest on the grid        {about.minimum:.6g}",
        f"ε-sharpness, ε = {about.epsilon:<8.3g} {about.epsilon_sharpness:.4g}%",
    ]
    if found.eigenvalues is not None:
        lines.append(f"largest eigenvalues       {', '.join(f'{one:.5g}' for one in found.eigenvalues)}")
    if found.explained_variance is not None:
        lines.append(
            f"explained variance        {', '.join(f'{one:.1%}' for one in found.explained_variance)}"
        )
    return "\n".join([*lines, *about.warnings])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Compute the loss around a model's weights and write it into a run, for the tab's "
        "landscape widget. What is computed is kept: an interrupted command goes on where it was.",
        epilog="Exit status: 0 when it is written, 2 for what makes no sense, 130 when interrupted.",
    )
    add = parser.add_argument
    add(
        "target", metavar="MODULE:FUNCTION", type=_target,
        help="or FILE.py:FUNCTION; called without arguments it returns (model, loss, data)",
    )  # fmt: skip
    add("--logdir", default="runs", help="default: runs")
    add("--run", default="landscapes/model", metavar="RUN", help="below LOGDIR; default: landscapes/model")
    add("--tag", default="landscape", help="default: landscape")
    add("--step", type=int, help="default: the run's last")
    add(
        "--checkpoints", nargs="+", action="extend", default=[], metavar="GLOB",
        help="of the training, in order of the numbers in their names: its way is drawn on the surface",
    )  # fmt: skip
    _add_grid(parser)
    _add_evaluation(parser)
    return parser


def _add_grid(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the grid").add_argument
    add(
        "--directions", choices=("random", "pca", "hessian"), default="random",
        help="default: random; pca needs checkpoints",
    )  # fmt: skip
    add(
        "--normalize",
        choices=get_args(Normalize),
        help="default: filter where directions are random, else none",
    )
    add("--dimensions", type=int, choices=(1, 2, 3), default=2, help="default: 2")
    add("--points", type=_positive, default=51, help="on each side of the grid; default: 51")
    add(
        "--span", type=_span,
        help="as 1, or --span=-1:2,0:3 for each direction; default: 1, or what holds the checkpoints",
    )  # fmt: skip
    add("--seed", type=int, default=0, help="of random directions; default: 0")


def _add_evaluation(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument_group("the loss").add_argument
    add("--batch-size", type=_positive, help="default: all at once")
    add("--batch-norm", choices=("frozen", "recalibrate"), default="frozen", help="default: frozen")
    add("--dtype", choices=("float32", "float64"), help="default: the model's own")
    add("--eigenvalues", type=int, default=1, help="of the Hessian, how many of the largest; default: 1")
    add("--epsilon", type=float, help="of ε-sharpness; default: a twentieth of the grid's width")
    add("--executor", choices=("ray",), help="ray: with all machines of a Ray cluster, or all cores of this")
    add("--cache", type=_cache, metavar="DIRECTORY", help="of what is computed already; none keeps nothing")


def _target(text: str) -> str:
    name, _, function = text.rpartition(":")
    if not name or not function.isidentifier():
        raise argparse.ArgumentTypeError(f"it must be MODULE:FUNCTION or FILE.py:FUNCTION, got {text!r}")
    return text


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"it must be a whole number > 0, got {text!r}")
    return int(text)


def _span(text: str) -> Any:
    """
    >>> _span("1"), _span("-1:2,0:3")
    (1.0, [(-1.0, 2.0), (0.0, 3.0)])
    """
    try:
        found = [tuple(map(float, part.split(":"))) for part in text.split(",")]
    except ValueError:
        raise argparse.ArgumentTypeError(f"it must be as 1 or -1:2,0:3, got {text!r}") from None
    spans = [part[0] if len(part) == 1 else part for part in found]
    return spans[0] if len(spans) == 1 and isinstance(spans[0], float) else spans


def _cache(text: str) -> bool | str:
    return False if text == "none" else text
