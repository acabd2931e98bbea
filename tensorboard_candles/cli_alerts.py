"""`tensorboard-candles alerts`: what went wrong in a log directory, for scripts and CI.

Exit status 1 where a kind that `--fail-on` names occurs, 0 where none does, 2 where nothing was
looked at.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path

from tensorboard_candles.api.alerts import on_wire
from tensorboard_candles.api.detectors import KINDS, chosen
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators.alerts import Alert, Detector
from tensorboard_candles.indicators.alerts.series import alerts_in, in_order, training_beside
from tensorboard_candles.remote_files import is_url, shown
from tensorboard_candles.store import Problem, RunView, read_once

NAME = "tensorboard-candles alerts"
_INTERRUPTED = 128 + 2  # as a shell says of SIGINT, and of SIGPIPE
_NOBODY_READS = 128 + 13


def alerts_quietly(arguments: Sequence[str]) -> int:
    """The command, which ends without a word where it is interrupted, or nobody reads on, as tools do."""
    try:
        status = alerts_command(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # or Python would fail once more when it flushes what is left
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _NOBODY_READS
    return status


def alerts_command(arguments: Sequence[str]) -> int:
    """Run the command line; returns the exit status, or exits with 2 where it makes no sense."""
    parser = _parser()
    given = parser.parse_args(arguments)
    if not is_url(given.logdir) and not Path(given.logdir).expanduser().is_dir():
        parser.error(f"there is no directory {printable(given.logdir)}")
    source = read_once(given.logdir)
    for problem in source.problems():
        print(f"{NAME}: {_problem_line(problem)}", file=sys.stderr)
    views = {view.name: view for view in source.runs()}
    tags = _chosen_tags(list(views.values()), given.run, given.tag)
    if not tags:
        parser.error(f"nothing was looked at: {_nothing(given)}")
    found = in_order(
        alert
        for view, some in tags
        for alert in alerts_in(view, given.detectors, tags=some, training=training_beside(view, views.get))
    )
    _print(found, series_count=sum(len(some) for _, some in tags), fmt=given.format)
    return 1 if any(alert.kind in given.fail_on for alert in found) else 0


def printable(text: str) -> str:
    """A name that does nothing to a terminal.

    >>> printable("loss 📉"), printable("a\\x1b[31m\\n")
    ('loss 📉', 'a\\\\x1b[31m\\\\n')
    """
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in text)


def _chosen_tags(
    views: Sequence[RunView], run: re.Pattern[str], tag: re.Pattern[str]
) -> list[tuple[RunView, list[str]]]:
    """Runs with those of their tags that are to be looked at."""
    found = [(view, list(filter(tag.search, view.series))) for view in views if run.search(view.name)]
    return [(view, tags) for view, tags in found if tags]


def _nothing(given: argparse.Namespace) -> str:
    if given.run.pattern or given.tag.pattern:
        return f"no series below {shown(given.logdir)} matches --run and --tag"
    return f"there are no scalars below {shown(given.logdir)}"


def _print(found: Sequence[Alert], *, series_count: int, fmt: str) -> None:
    if fmt == "json":
        print(json.dumps([on_wire(alert) for alert in found], allow_nan=False, indent=1))
        return
    for alert in found:
        print(_line(alert))
    print(f"{len(found) or 'no'} alert{'' if len(found) == 1 else 's'} in {series_count} series")


def _line(alert: Alert) -> str:
    """
    >>> _line(Alert("loss", "spike", "warning", 7, 9, 4.5, "loss rose to 4.5", "spike(z=8)", run="a"))
    'warning: a: steps 7 to 9: spike: loss rose to 4.5'
    """
    first, last = alert.first_step, alert.last_step
    steps = f"step {first}" if first == last else f"steps {first} to {last}"
    return f"{alert.severity}: {printable(alert.run)}: {steps}: {alert.kind}: {printable(alert.message)}"


def _problem_line(problem: Problem) -> str:
    where = "/".join(part for part in (problem.run, problem.file) if part)
    offset = f" at byte {problem.offset}" if problem.offset else ""
    return printable(f"{where}{': ' if where else ''}{problem.what}{offset}")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog=NAME,
        description="Tell what went wrong in the runs below LOGDIR; every point is looked at.",
        epilog="Exit status: 1 where a kind that --fail-on names occurs, 0 where none does, 2 where nothing "
        "could be looked at. What can't be read is told on stderr.",
    )
    parser.add_argument("logdir", metavar="LOGDIR", help="a directory, or a URL such as s3://bucket/runs")
    parser.add_argument(
        "--fail-on", metavar="KINDS", type=_kinds, default=(), help=f"some of {','.join(KINDS)}"
    )
    parser.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    for name in ("run", "tag"):
        parser.add_argument(
            f"--{name}", metavar="REGEX", type=_pattern, default="", help=f"look only at {name}s that match"
        )
    parser.add_argument(
        "--detectors", metavar="DETECTORS", type=_detectors, default="",
        help="who looks, as spike:z=10,megatron; see GET detectors in http_api.md",
    )  # fmt: skip
    return parser


def _kinds(text: str) -> tuple[str, ...]:
    kinds = tuple(kind.strip() for kind in text.split(","))
    for kind in kinds:
        if kind not in KINDS:
            raise argparse.ArgumentTypeError(f"there is no kind {kind!r}; there are {', '.join(KINDS)}")
    return kinds


def _pattern(text: str) -> re.Pattern[str]:
    try:
        return re.compile(text)
    except re.error as error:
        raise argparse.ArgumentTypeError(f"{text!r} is no regular expression: {error}") from None


def _detectors(text: str) -> Sequence[Detector]:
    try:
        return chosen(text)
    except BadRequest as error:
        raise argparse.ArgumentTypeError(str(error)) from None
