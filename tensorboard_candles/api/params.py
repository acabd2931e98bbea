"""Query parameters, each parsed and checked in one place."""

from __future__ import annotations

import math
import re
import typing
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from werkzeug.datastructures import MultiDict

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.ohlc import Polarity

Args = MultiDict[str, str]

_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WHOLE = re.compile(r"[+-]?[0-9]+")

FORMATS = ("json", "safetensors", "csv")
MOST_PAIRS = 1000
MOST_WAIT_SECS = 30


@dataclass(frozen=True, slots=True)
class Window:
    """[start, end) in the unit of the axis; None leaves a side open."""

    start: float | None
    end: float | None


EVERYTHING = Window(None, None)


def pairs(args: Args) -> list[tuple[str, str]]:
    """The series asked for: `run` and `tag`, repeated in pairs."""
    runs, tags = args.getlist("run"), args.getlist("tag")
    if not runs or not tags:
        raise BadRequest("give run and tag: which series is asked for")
    if len(runs) != len(tags):
        raise BadRequest(f"run and tag come in pairs, got {len(runs)} runs and {len(tags)} tags")
    if len(runs) > MOST_PAIRS:
        raise BadRequest(f"at most {MOST_PAIRS} series in one request, got {len(runs)}")
    return list(zip(runs, tags, strict=True))


def tag(args: Args) -> str:
    """The one tag asked for."""
    given = args.getlist("tag")
    if len(given) != 1 or not given[0]:
        raise BadRequest(f"give one tag: what is asked for of the runs; got {len(given)}")
    return given[0]


def runs(args: Args, *, most: int, name: str = "run") -> list[str]:
    """The runs asked for, each once, in order; none where all are."""
    given = list(dict.fromkeys(args.getlist(name)))
    if len(given) > most:
        raise BadRequest(f"at most {most} runs in one request, got {len(given)}")
    return given


def needed_runs(args: Args, *, most: int) -> list[str]:
    """The same where at least one must be named."""
    given = runs(args, most=most)
    if not given:
        raise BadRequest("give run: which one is asked for")
    return given


def polarity(args: Args) -> Polarity | None:
    """Which way is better, where the request says so itself."""
    given = args.get("polarity")
    if given is None:
        return None
    return typing.cast(Polarity, choice(args, "polarity", typing.get_args(Polarity)))


def polarities(args: Args) -> Mapping[str, Polarity]:
    """Which way is better, by tag: of those that the request names so, and of all asked for by `polarity`."""
    told: dict[str, Polarity] = {}
    if given := polarity(args):
        if not args.getlist("tag"):
            raise BadRequest("polarity goes with tag: it holds for the tags asked for")
        told.update(dict.fromkeys(args.getlist("tag"), given))
    for way in typing.get_args(Polarity):
        told.update(dict.fromkeys(args.getlist(way), way))
    return told


def wait_secs(args: Args, default: float) -> float:
    """How long the request may wait."""
    given = number(args, "wait")
    if given is not None and not 0 <= given <= MOST_WAIT_SECS:
        raise BadRequest(f"wait must be from 0 to {MOST_WAIT_SECS} seconds, got {args.get('wait')}")
    return default if given is None else given


def choice(args: Args, name: str, choices: Sequence[str]) -> str:
    """One of `choices`; the first where nothing is given."""
    given = args.get(name, choices[0])
    if given not in choices:
        raise BadRequest(f"{name} must be one of {', '.join(choices)}, got {given!r}")
    return given


def number(args: Args, name: str) -> float | None:
    """A finite number, an int where it is written as one (steps may lie beyond 2^53); None if not given."""
    given = args.get(name)
    if given is None:
        return None
    value = finite(given)
    if value is None:
        raise BadRequest(f"{name} must be a finite number, got {given[:64]!r}")
    return value


def finite(text: str) -> float | None:
    """The finite number that a text is, an int where it is written as one; None where it is none."""
    # A length that no number needs is refused before it is parsed.
    if len(text) > 64 or not _NUMBER.fullmatch(text):
        return None
    value = int(text) if _WHOLE.fullmatch(text) else float(text)
    return value if abs(value) < 2**63 else None


def whole(args: Args, name: str, default: int, *, least: int, most: int) -> int:
    """A whole number between `least` and `most`."""
    given = number(args, name)
    value = default if given is None else given
    if value != math.floor(value) or not least <= value <= most:
        raise BadRequest(f"{name} must be a whole number from {least} to {most}, got {args.get(name)}")
    return int(value)


def width(args: Args, *, is_whole: bool) -> float | None:
    """Width of a candle, > 0, whole on an axis of whole numbers; None for an automatic one."""
    given = number(args, "width")
    if given is None:
        return None
    if given <= 0:
        raise BadRequest(f"width must be > 0, got {args.get('width')}")
    if is_whole and given != math.floor(given):
        raise BadRequest(f"width must be a whole number of steps or epochs, got {args.get('width')}")
    return int(given) if is_whole else float(given)


def window(args: Args) -> Window:
    """`start` and `end`."""
    start, end = number(args, "start"), number(args, "end")
    if start is not None and end is not None and end <= start:
        raise BadRequest(f"end must be > start, got start {args.get('start')} and end {args.get('end')}")
    return Window(start, end)
