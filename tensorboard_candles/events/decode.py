"""Events → columns: what counts as a point, and the order in which points come.

Taken event by event (`Collector.add_event`) this is the reference that says what is right; `bulk` gives the
collector thousands of points at a time and must come to the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce

import numpy as np
from tensorboard.compat.proto import event_pb2, summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import metadata
from tensorboard_candles.events.arguments import MOST_ARGUMENTS, Argument, Arguments, arguments_of
from tensorboard_candles.events.candle import LATE_ROW, ROW
from tensorboard_candles.events.candle_rows import rows_in
from tensorboard_candles.events.lines import Line, Lines, level_of, lines_of
from tensorboard_candles.events.own import (
    IMAGES_PLUGIN,
    TEXT_PLUGIN,
    OwnRecord,
    OwnTensor,
    PluginData,
    is_shown,
    kind_of,
    place_of,
    record_of,
    records_between,
    text_of,
)
from tensorboard_candles.events.pieces import Piece, Row, joined, piece_of
from tensorboard_candles.events.points import (
    Float64Array,
    Int64Array,
    Segment,
    SessionStart,
)
from tensorboard_candles.events.said import Said, overruled, said_in

ORDER_BITS = 31
"""Bits of a point's order that number the values of its record: a payload has fewer bytes than that, and a
value takes two at least. As many bits are left for the records of a window."""

SCALAR_PLUGINS = frozenset({"scalars", ""})
_ROWS = {metadata.CANDLES_KIND: ROW, metadata.LATE_CANDLES_KIND: LATE_ROW}
_NOT_ONE_STRING = "{} passed by: not one string, or a record of more than 16 MiB"
_OF_IMAGES = PluginData(plugin_name=IMAGES_PLUGIN)
_LONGEST_NAME = 64
_MOST_CONTENT_BYTES = 4 << 10
"""Of our own plugin's content; what others say in theirs may be long."""

# Per element type: how one element lies in `tensor_content`, and the field that holds it otherwise.
ELEMENT_FORMATS: dict[int, tuple[np.dtype[np.generic], str]] = {
    types_pb2.DT_FLOAT: (np.dtype("<f4"), "float_val"),
    types_pb2.DT_DOUBLE: (np.dtype("<f8"), "double_val"),
    types_pb2.DT_HALF: (np.dtype("<f2"), "half_val"),
    types_pb2.DT_BFLOAT16: (np.dtype("<u2"), "half_val"),
    types_pb2.DT_INT8: (np.dtype("<i1"), "int_val"),
    types_pb2.DT_INT16: (np.dtype("<i2"), "int_val"),
    types_pb2.DT_INT32: (np.dtype("<i4"), "int_val"),
    types_pb2.DT_INT64: (np.dtype("<i8"), "int64_val"),
    types_pb2.DT_UINT8: (np.dtype("<u1"), "int_val"),
    types_pb2.DT_UINT16: (np.dtype("<u2"), "int_val"),
    types_pb2.DT_UINT32: (np.dtype("<u4"), "uint32_val"),
    types_pb2.DT_UINT64: (np.dtype("<u8"), "uint64_val"),
}
_BIT_PATTERNS = frozenset({types_pb2.DT_HALF, types_pb2.DT_BFLOAT16})
FIT_FLOAT32 = frozenset({types_pb2.DT_FLOAT, types_pb2.DT_HALF, types_pb2.DT_BFLOAT16})


def scalar_of_tensor(tensor: TensorProto) -> float | None:
    """The number in a rank-0 numeric tensor; None for any other tensor.

    >>> scalar_of_tensor(TensorProto(dtype=types_pb2.DT_DOUBLE, double_val=[0.5]))
    0.5
    >>> scalar_of_tensor(TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"0.5"])) is None
    True
    """
    if tensor.dtype not in ELEMENT_FORMATS or tensor.tensor_shape.dim or tensor.tensor_shape.unknown_rank:
        return None
    element, field = ELEMENT_FORMATS[tensor.dtype]
    if tensor.tensor_content:
        if len(tensor.tensor_content) != element.itemsize:
            return None
        content = np.frombuffer(tensor.tensor_content, element)[0]
        return _from_bfloat16(int(content)) if tensor.dtype == types_pb2.DT_BFLOAT16 else float(content)
    values = getattr(tensor, field)
    if len(values) != 1:
        return None
    if tensor.dtype in _BIT_PATTERNS:
        bits = int(values[0]) & 0xFFFF
        is_half = tensor.dtype == types_pb2.DT_HALF
        return float(np.uint16(bits).view(np.float16)) if is_half else _from_bfloat16(bits)
    return float(values[0])


def _from_bfloat16(bits: int) -> float:
    return float(np.uint32(bits << 16).view(np.float32))


def _number_of(value: summary_pb2.Summary.Value) -> tuple[float, bool] | None:
    """The number that a value holds, and whether it fits into a float32; None where it holds none."""
    if value.HasField("simple_value"):
        return value.simple_value, True
    if not value.HasField("tensor") or (number := scalar_of_tensor(value.tensor)) is None:
        return None
    return number, value.tensor.dtype in FIT_FLOAT32


def used_of(plugin: PluginData) -> PluginData:
    """What is used of a tag's plugin, without the rest: it is kept for as long as the file is.

    >>> used_of(PluginData(plugin_name="hparams", content=bytes(1_000_000))).ByteSize()
    9
    """
    is_ours = plugin.plugin_name == metadata.PLUGIN_NAME and len(plugin.content) <= _MOST_CONTENT_BYTES
    kept = PluginData(plugin_name=plugin.plugin_name[:_LONGEST_NAME])
    if is_ours:
        kept.content = plugin.content
    return kept


class Collector:
    """Numbers of one window or of several, gathered in any order and given back in the order of each.

    Records are numbered, those of a window from its place in `firsts` on, which rises. `plugins` is what each
    window's file said before of each tag's plugin, because a writer names it in the tag's first record only;
    `segments` adds to it.

    >>> event = event_pb2.Event(wall_time=1.0, step=7)
    >>> _ = event.summary.value.add(tag="loss", simple_value=0.5)
    >>> collector = Collector([{}])
    >>> collector.add_event(0, event)
    >>> [[segment]] = collector.segments()
    >>> segment.scalars["loss"].step, segment.scalars["loss"].value
    (array([7]), array([0.5], dtype=float32))
    """

    def __init__(self, plugins: Sequence[dict[str, PluginData]], firsts: Sequence[int] = (0,)) -> None:
        self.first_wall_times = np.full(len(firsts), np.inf)
        """Of each window the smallest wall time of any record. One without a wall time (0.0) counts only
        where it holds a number or starts a session: a version record without one says nothing of when the
        file began."""
        self._plugins = plugins
        self._firsts = list(firsts)
        self._begins = np.array([*firsts, 1 << ORDER_BITS], np.int64) << ORDER_BITS
        self._pieces: dict[tuple[str, bool], list[Piece]] = defaultdict(list)
        self._rows: dict[tuple[str, bool], list[Row]] = defaultdict(list)
        self._named: list[dict[str, tuple[int, PluginData]]] = [{} for _ in firsts]
        self._starts: list[list[tuple[int, SessionStart]]] = [[] for _ in firsts]
        self._tensors: list[list[OwnTensor]] = [[] for _ in firsts]
        self._lines: list[list[tuple[int, Line]]] = [[] for _ in firsts]
        self._arguments: list[dict[str, tuple[int, Argument]]] = [{} for _ in firsts]
        self.problems: list[list[tuple[int, str]]] = [[] for _ in firsts]
        """Of each window what `segments` could not use: where its record begins, and what is wrong."""

    def add_event(self, record: int, event: event_pb2.Event, offset: int = 0, size: int = 0) -> None:
        """One event, by the number of its record, where in its window that begins and how long it is."""
        order = record << ORDER_BITS
        window = bisect_right(self._firsts, record) - 1
        is_start = event.session_log.status == event_pb2.SessionLog.START
        if is_start:
            self._starts[window].append((order, SessionStart(event.step, event.wall_time)))
        has_number = False
        for index, value in enumerate(event.summary.value):
            if value.HasField("metadata"):
                self._name_plugin(window, value.tag, order + index, value.metadata.plugin_data)
            if value.HasField("metadata") or value.HasField("tensor"):
                self._note_arguments(window, order + index, arguments_of(value))
            if (found := _number_of(value)) is not None:
                number, fits_float32 = found
                row = Row(order + index, event.step, event.wall_time, number, fits_float32)
                self._rows[value.tag, value.HasField("tensor")].append(row)
                has_number = True
            elif value.HasField("tensor"):
                self._note_tensor(window, record, index, event, (offset, size))
            elif value.HasField("image"):
                self._note_image(window, order + index, index, event, (offset, size))
        if event.wall_time or is_start or has_number:
            first = float(self.first_wall_times[window])
            self.first_wall_times[window] = min(first, event.wall_time)

    def add_wall_times(self, order: Int64Array, wall_time: Float64Array, *, have_numbers: bool) -> None:
        """Wall times of many records at once, in order."""
        window, begin = self._windows_of(order)
        earliest = np.minimum.reduceat(wall_time, begin)
        if not have_numbers or np.isnan(earliest).any():
            # Not by fmin, which numpy reduces wrongly where the last number is a signaling NaN.
            passed_by = np.isnan(wall_time) if have_numbers else np.isnan(wall_time) | (wall_time == 0)
            earliest = np.minimum.reduceat(np.where(passed_by, np.inf, wall_time), begin)
        self.first_wall_times[window] = np.minimum(self.first_wall_times[window], earliest)

    def add_piece(self, tag: str, piece: Piece, *, is_tensor: bool) -> None:
        """Many points of one tag at once."""
        self._pieces[tag, is_tensor].append(piece)

    def name_plugin(self, tag: str, order: Int64Array, plugin: PluginData) -> None:
        """Many records, in order, named the tag's plugin; the first one of a window counts."""
        for window, begin in zip(*(found.tolist() for found in self._windows_of(order)), strict=True):
            self._name_plugin(window, tag, int(order[begin]), plugin)

    def segments(self) -> list[list[Segment]]:
        """What was gathered of each window, cut where sessions start."""
        for key, rows in self._rows.items():
            # Behind damage a window is read on only after those that it is decoded together with.
            rows.sort(key=lambda row: row.order)
            self._pieces[key].append(piece_of(rows))
        by_window: list[list[tuple[str, bool, Piece]]] = [[] for _ in self._firsts]
        for (tag, is_tensor), pieces in self._pieces.items():
            whole = joined(pieces)
            cuts = np.searchsorted(whole.order, self._begins).tolist()
            for found, begin, end in zip(by_window, cuts, cuts[1:], strict=False):
                if begin < end:
                    found.append((tag, is_tensor, whole.where(slice(begin, end))))
        return [self._segments_of(window, found) for window, found in enumerate(by_window)]

    def _windows_of(self, order: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Windows that some ordered numbers belong to, and where those of each begin."""
        cuts = np.searchsorted(order, self._begins)
        window = np.flatnonzero(cuts[1:] > cuts[:-1])
        return window, cuts[window]

    def _name_plugin(self, window: int, tag: str, order: int, plugin: PluginData) -> None:
        named = self._named[window]
        if tag not in named or order < named[tag][0]:
            named[tag] = (order, used_of(plugin))

    def _note_tensor(
        self, window: int, record: int, index: int, event: event_pb2.Event, place: tuple[int, int]
    ) -> None:
        value = event.summary.value[index]
        order, when = (record << ORDER_BITS) + index, (event.step, event.wall_time)
        if value.metadata.plugin_data.plugin_name == TEXT_PLUGIN:
            # The quick way: there may be as many of them as there are points.
            if (level := level_of(value.tag)) and value.tensor.dtype == types_pb2.DT_STRING:
                self._lines[window].append((order, (when[1], when[0], *place, index, level)))
            return
        named = used_of(value.metadata.plugin_data) if value.metadata.plugin_data.plugin_name else None
        known = named or self._plugins[window].get(value.tag)
        # Not those of others: histograms and texts would be kept by the thousand.
        is_ours = known is None or known.plugin_name == metadata.PLUGIN_NAME
        if is_ours or (known and is_shown(known, value.tag, value.tensor)):
            tensor = value.tensor if is_ours else None
            self._tensors[window].append(OwnTensor(order, *place, index, *when, value.tag, named, tensor))

    def _note_image(
        self, window: int, order: int, index: int, event: event_pb2.Event, place: tuple[int, int]
    ) -> None:
        """One of the form that writers had before there were plugins, as torch's still does."""
        tag = event.summary.value[index].tag
        self._tensors[window].append(
            OwnTensor(order, *place, index, event.step, event.wall_time, tag, _OF_IMAGES, None)
        )

    def _note_arguments(self, window: int, order: int, arguments: Arguments) -> None:
        """The later ones hold; there may be a million such records."""
        noted = self._arguments[window]
        for name, argument in arguments.items():
            if name in noted:
                noted[name] = max(noted[name], (order, argument), key=lambda one: one[0])
            elif len(noted) < MOST_ARGUMENTS:
                noted[name] = order, argument

    def _own(self, window: int) -> _Own:
        said: list[tuple[int, Said]] = []
        candles: dict[str, list[Piece]] = defaultdict(list)
        records: list[tuple[int, OwnRecord]] = []
        lines = self._lines[window]
        for one in sorted(self._tensors[window], key=lambda one: one.order):
            plugin = one.plugin or self._plugin_at(window, one.tag, one.order)
            if plugin and plugin.plugin_name != metadata.PLUGIN_NAME:
                if one.tensor and not is_shown(plugin, one.tag, one.tensor):
                    continue
                if plugin.plugin_name == IMAGES_PLUGIN:
                    records.append((one.order, place_of(one, metadata.IMAGES_KIND)))
                elif plugin.plugin_name == TEXT_PLUGIN and (level := level_of(one.tag)):
                    line = one.wall_time, one.step, one.offset, one.size, one.index, level
                    lines.append((one.order, line))
                continue
            kind = kind_of(plugin)
            if kind == metadata.TAGS_KIND and (text := text_of(one.tensor)):
                said.append((one.order, said_in(text)))
            elif kind in _ROWS and one.tag not in metadata.OWN_TAGS:
                candles[one.tag].append(self._rows_of(window, one, _ROWS[kind]))
            elif kind in metadata.RECORD_KINDS:
                if record := record_of(one, kind):
                    records.append((one.order, record))
                else:
                    self.problems[window].append((one.offset, _NOT_ONE_STRING.format(kind)))
        return _Own(said, candles, records, lines_of(lines))

    def _rows_of(self, window: int, one: OwnTensor, kind: int) -> Piece:
        points, problem = rows_in(one.tensor, kind)
        if problem:
            self.problems[window].append((one.offset, problem))
        first = float(points.wall_time.min(initial=self.first_wall_times[window]))
        self.first_wall_times[window] = first
        order = np.full(len(points), one.order, np.int64)
        return Piece(order, points.step, points.wall_time, points.value)

    def _plugin_at(self, window: int, tag: str, order: int) -> PluginData | None:
        """The tag's plugin, as far as it was named before."""
        if tag in self._plugins[window]:
            return self._plugins[window][tag]
        named_at, plugin = self._named[window].get(tag, (0, None))
        return plugin if order >= named_at else None

    def _segments_of(self, window: int, found: Sequence[tuple[str, bool, Piece]]) -> list[Segment]:
        scalars: dict[str, list[Piece]] = defaultdict(list)
        marks: list[Piece] = []
        for tag, is_tensor, piece in found:
            if not is_tensor:
                scalars[tag].append(piece)
                continue
            before, after, plugin = self._by_plugin(window, tag, piece)
            scalars[tag].append(before)
            if plugin.plugin_name in SCALAR_PLUGINS or kind_of(plugin) in _ROWS:
                scalars[tag].append(after)
            elif kind_of(plugin) == metadata.EPOCH_KIND:
                marks.append(after)
        own = self._own(window)
        for tag, rows in own.candles.items():
            scalars[tag] += rows
        for tag, (_, plugin) in self._named[window].items():
            self._plugins[window].setdefault(tag, plugin)
        for tag in metadata.OWN_TAGS & scalars.keys():
            del scalars[tag]
        whole = {tag: piece for tag, pieces in scalars.items() if len(piece := joined(pieces))}
        *segments, last = _cut(whole, joined(marks), own, self._starts[window])
        # They hold for the whole file, whatever sessions start in it. What was said in logs was said.
        arguments = {name: argument for name, (_, argument) in self._arguments[window].items()}
        return [*segments, replace(last, arguments=arguments, lines=own.lines)]

    def _by_plugin(self, window: int, tag: str, piece: Piece) -> tuple[Piece, Piece, PluginData]:
        """Points before the tag's plugin was named, those since, and the plugin."""
        order, plugin = self._named[window].get(tag, (0, PluginData()))
        if tag in self._plugins[window]:
            order, plugin = 0, self._plugins[window][tag]
        is_before = piece.order < order
        return piece.where(is_before), piece.where(~is_before), plugin


@dataclass(frozen=True, slots=True)
class _Own:
    """Our own summaries of a window that are no epoch marks, with their places in order."""

    said: list[tuple[int, Said]]
    candles: dict[str, list[Piece]]
    """By tag."""
    records: list[tuple[int, OwnRecord]]
    lines: Lines


def _cut(
    scalars: dict[str, Piece],
    marks: Piece,
    own: _Own,
    session_starts: Sequence[tuple[int, SessionStart]],
) -> list[Segment]:
    starts = sorted(session_starts, key=lambda start: start[0])
    cuts = [0, *(order for order, _ in starts), 1 << 62]
    return [
        Segment(
            start,
            {tag: points for tag, piece in scalars.items() if len(points := piece.between(low, high))},
            marks.between(low, high),
            reduce(overruled, [what for order, what in own.said if low <= order < high], {}),
            records=records_between(own.records, low, high),
        )
        for start, low, high in zip([None, *(one for _, one in starts)], cuts, cuts[1:], strict=False)
    ]
