"""What is kept of one event file, as JSON and columns, and back."""

from __future__ import annotations

import base64
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, astuple
from typing import Any

import numpy as np

from tensorboard_candles import metadata
from tensorboard_candles.events import Argument, Arguments, Damage, OwnRecord, Said, TagInfo
from tensorboard_candles.events.candle import CANDLE, are_candles
from tensorboard_candles.events.framing import MOST_WHOLE_BYTES
from tensorboard_candles.events.lines import LINE, Lines
from tensorboard_candles.events.own import PluginData
from tensorboard_candles.events.storage import Identity
from tensorboard_candles.events.tail import Passed, Reached
from tensorboard_candles.store.cache_file import Array, Header
from tensorboard_candles.store.columns import ColumnState
from tensorboard_candles.store.content import ContentState
from tensorboard_candles.store.run import Saved
from tensorboard_candles.store.starts import Starts

_ARRAYS = ("step", "wall_time", "value")
_FACTS = ("is_sorted", "max_step", "first_wall_time", "last_wall_time")
"""Fields of `ColumnState`."""
_STEP, _TIME = np.dtype(np.int64), np.dtype(np.float64)
_VALUES = np.dtype(np.float32), np.dtype(np.float64), CANDLE
_WORDS = CANDLE.itemsize // 8
"""Of a candle: what is kept of one is its bits, as whole numbers."""


def packed(saved: Saved) -> tuple[dict[str, Any], dict[str, Array]]:
    """What JSON can hold, and the columns."""
    content = saved.content
    columns: dict[str, Array] = {
        "starts.wall_time": content.starts.wall_time,
        "starts.step": content.starts.step,
        **{f"lines.{name}": np.ascontiguousarray(content.lines.rows[name]) for name in LINE.names or ()},
    }
    series = []
    for number, (tag, state) in enumerate(content.columns.items()):
        series.append([tag, *(getattr(state, fact) for fact in _FACTS)])
        columns |= {f"{number}.{name}": getattr(state, name) for name in _ARRAYS}
        if are_candles(state.value):
            columns[f"{number}.candle"] = np.ascontiguousarray(columns.pop(f"{number}.value")).view(_STEP)
    about = {
        "reached": _said_of(saved.reached),
        "first_wall_time": content.first_wall_time,
        "series": series,
        "said": {tag: astuple(info) for tag, info in content.said.items()},
        "arguments": content.arguments,
        "records": [astuple(record) for record in content.records],
        "records_left_out": content.records_left_out,
        "levels": content.lines.levels,
        "lines_left_out": content.lines_left_out,
    }
    return about, columns


def unpacked(about: Mapping[str, Any], columns: Mapping[str, Array]) -> Saved:
    """The inverse of `packed`. Raises ValueError, LookupError or TypeError where it is none of ours."""
    states = {}
    for number, (tag, *facts) in enumerate(about["series"]):
        step, wall_time = columns[f"{number}.step"], columns[f"{number}.wall_time"]
        value = _value_in(columns, number)
        state = ColumnState(step, wall_time, value, *facts)
        _check(tag is None or isinstance(tag, str), "a tag that is no text")
        _check_series(state)
        states[tag] = state
    starts = Starts(columns["starts.wall_time"], columns["starts.step"])
    _check(_is_column(starts.wall_time, len(starts), _TIME), "starts without a time each")
    _check(_is_column(starts.step, len(starts), _STEP), "starts without a step each")
    _check(isinstance(about["first_wall_time"], float), "a first wall time that is no number")
    said, arguments = _said_of_tags(about["said"]), _arguments(about["arguments"])
    records, left_out = _records(about["records"]), about["records_left_out"]
    _check(type(left_out) is int, "no number of records left out")
    lines, lines_left_out = _lines(about["levels"], columns), about["lines_left_out"]
    _check(type(lines_left_out) is int, "no number of lines left out")
    times = about["first_wall_time"]
    content = ContentState(states, starts, times, said, arguments, records, left_out, lines, lines_left_out)
    return Saved(reached_of(about), content)


def _value_in(columns: Mapping[str, Array], number: int) -> Array:
    words = columns.get(f"{number}.candle")
    if words is None:
        return columns[f"{number}.value"]
    _check(words.ndim == 1 and words.dtype == _STEP and len(words) % _WORDS == 0, "half a candle")
    return words.view(CANDLE)


def _said_of_tags(said: Mapping[str, Any]) -> Said:
    infos = {tag: TagInfo(*info) for tag, info in dict(said).items()}
    for info in infos.values():
        are_texts = all(value is None or isinstance(value, str) for value in astuple(info))
        _check(are_texts and info.polarity in (None, *metadata.POLARITIES), "something else of a tag")
    return infos


def _arguments(given: Mapping[str, Any]) -> Arguments:
    arguments = {name: Argument(*argument) for name, argument in dict(given).items()}
    for value, source in arguments.values():
        is_plain = value is None or isinstance(value, str | float | int)
        _check(is_plain and isinstance(source, str), "an argument that is none")
    return arguments


def _records(given: Sequence[Sequence[Any]]) -> tuple[OwnRecord, ...]:
    """What the files say is verified where it is read."""
    records = [OwnRecord(sys.intern(kind), sys.intern(tag), *rest) for kind, tag, *rest in given]
    for one in records:
        are_numbers = type(one.step) is type(one.index) is int and isinstance(one.wall_time, float)
        are_numbers = are_numbers and type(one.offset) is type(one.size) is int
        _check(one.kind in metadata.SHOWN_KINDS and are_numbers, "a record that is none")
        is_place = one.offset >= 0 and one.index >= 0 and 0 < one.size <= MOST_WHOLE_BYTES
        _check(is_place, "a record at no place")
    return tuple(records)


def _lines(levels: Sequence[str], columns: Mapping[str, Array]) -> Lines:
    _check(all(isinstance(level, str) for level in levels), "a level that is no text")
    found = {name: columns[f"lines.{name}"] for name in LINE.names or ()}
    length = len(found["step"])
    _check(all(_is_column(one, length, LINE[name]) for name, one in found.items()), "half a line")
    rows = np.empty(length, LINE)
    for name, column in found.items():
        rows[name] = column
    _check((rows["level"] < len(levels)).all(), "a line of no level")
    _check((rows["offset"] >= 0).all() and (rows["size"] <= MOST_WHOLE_BYTES).all(), "a line at no place")
    return Lines(rows, tuple(sys.intern(level) for level in levels))


def _check_series(state: ColumnState) -> None:
    """What the readers of columns take for granted; whether steps are sorted, say, is believed."""
    length = len(state.value)
    _check(_is_column(state.value, length, *_VALUES), "values that are no numbers")
    _check(_is_column(state.wall_time, length, _TIME), "values without a wall time each")
    is_stored = _is_column(state.step, length, _STEP)
    _check(is_stored or _are_pieces(state.step, length), "values without a step each")
    _check(isinstance(state.is_sorted, bool) and type(state.max_step) is int, "no last step")
    times = state.first_wall_time, state.last_wall_time
    _check(all(isinstance(time, float) for time in times), "wall times that are no numbers")


def _is_column(array: Array, length: int, *dtypes: np.dtype[Any]) -> bool:
    return array.shape == (length,) and array.dtype in dtypes


def _are_pieces(array: Array, length: int) -> bool:
    """Whether these are the pieces of so many steps, see `Progressions`."""
    if array.ndim != 2 or array.shape[0] != 3 or array.dtype != _STEP:
        return False
    begin = array[0]
    if not length or not len(begin):
        return not length and not len(begin)
    return bool(begin[0] == 0 and (begin[1:] > begin[:-1]).all() and begin[-1] < length)


def _check(is_so: object, otherwise: str) -> None:
    if not is_so:
        raise ValueError(f"it holds {otherwise}")


def point_count(header: Header) -> int:
    """How many points a file holds, or as many as take the memory of its candles."""
    sizes = ((name.rpartition(".")[2], shape[0]) for name, (_, shape, _) in header.columns.items())
    return sum(size if name == "value" else size // 2 for name, size in sizes if name in ("value", "candle"))


def _said_of(reached: Reached) -> dict[str, Any]:
    plugins = {tag: _text(plugin.SerializeToString()) for tag, plugin in reached.plugins.items()}
    return {
        "seen": asdict(reached.seen),
        "head": _text(reached.head),
        "offset": reached.offset,
        "bytes_read": reached.bytes_read,
        "plugins": plugins,
        "damages": [asdict(damage) for damage in reached.damages],
        "damage_count": reached.damage_count,
        "suspect": reached.suspect and asdict(reached.suspect),
        "passed": reached.passed and asdict(reached.passed),
    }


def reached_of(about: Mapping[str, Any]) -> Reached:
    """How far the event file was read."""
    said = about["reached"]
    seen, suspect, passed = said["seen"], said["suspect"], said["passed"]
    return Reached(
        seen=Identity(**{**seen, "file": seen["file"] and tuple(seen["file"])}),
        head=base64.b64decode(said["head"]),
        offset=said["offset"],
        bytes_read=said["bytes_read"],
        plugins={tag: PluginData.FromString(base64.b64decode(b)) for tag, b in said["plugins"].items()},
        damages=tuple(Damage(**damage) for damage in said["damages"]),
        damage_count=said["damage_count"],
        suspect=suspect and Damage(**suspect),
        passed=passed and Passed(**{**passed, "damage": Damage(**passed["damage"])}),
    )


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
