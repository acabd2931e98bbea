"""The series that a request names, and how its answer is named."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

from tensorboard import plugin_util
from werkzeug.wrappers import Request

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, etag_of
from tensorboard_candles.errors import NotFound, TooLarge
from tensorboard_candles.ohlc import By, axis_of, extent_in, width_over
from tensorboard_candles.store import RunView, Series, Source

MOST_NUMBERS = 6_000_000
"""In all columns of an answer; a million points of one series fit."""


def experiment_of(request: Request) -> str:
    """Of which of TensorBoard's experiments it is: runs of two of them may have the same names."""
    return str(plugin_util.experiment_id(request.environ))


def asked(request: Request, source: Source) -> list[tuple[RunView, Series]]:
    """Each series that the request names, with its run as it is now."""
    pairs = params.pairs(request.args)
    with saying_what_loads(source):
        views = {name: source.run(name) for name, _ in pairs}
        return [(views[run], series_of(views[run], tag)) for run, tag in pairs]


@contextmanager
def saying_what_loads(source: Source) -> Iterator[None]:
    """What was not found may not have been read yet: then the error says so."""
    try:
        yield
    except NotFound as error:
        loading = source.loading()
        if loading.done == loading.total:
            raise
        raise NotFound(f"{error}; still loading, {loading.done} of {loading.total} files read") from None


def with_tag(source: Source, tag: str, runs: Sequence[str], *, most: int) -> list[RunView]:
    """The runs of these names, or else all that have the tag.

    Raises NotFound where none of them has it, or one is not there, and TooLarge where all are too many.
    """
    with saying_what_loads(source):
        views = [source.run(name) for name in runs] or [one for one in source.runs() if tag in one.series]
        if not any(tag in view.series for view in views):
            raise NotFound(f"no run {'asked for ' if runs else ''}has a tag {tag!r}")
    if len(views) > most:
        raise TooLarge(
            f"{len(views)} runs have the tag {tag!r}, and an answer is of at most {most}; name some"
        )
    return views


def runs_by_name(source: Source, views: Iterable[RunView]) -> Callable[[str], RunView | None]:
    """These runs by name, and others as they are when first asked for; None for what there is not."""
    known: dict[str, RunView | None] = {view.name: view for view in views}

    def run_named(name: str) -> RunView | None:
        if name not in known:
            try:
                known[name] = source.run(name)
            except NotFound:
                known[name] = None
        return known[name]

    return run_named


def series_of(view: RunView, tag: str) -> Series:
    """Raises NotFound where the run has no such tag."""
    if tag not in view.series:
        raise NotFound(f"run {view.name!r} has no tag {tag!r}")
    return view.series[tag]


def unit_of(view: RunView, tag: str) -> str | None:
    """What the values of a tag are measured in, as its writer says."""
    info = view.said.get(tag)
    return (info and info.unit) or None


def unit_among(views: Iterable[RunView], tag: str) -> str | None:
    """What they are measured in in several runs; None where writers differ."""
    units = {unit_of(view, tag) for view in views} - {None}
    return units.pop() if len(units) == 1 else None


def common_width(
    views: Iterable[RunView],
    tag: str,
    *,
    by: By,
    steps_per_epoch: int | None,
    limit: int,
    window: params.Window = params.EVERYTHING,
) -> float:
    """A width for the candles of a tag in all of these runs that makes no more of what they span."""
    extents = [
        extent_in(view, view.series[tag], axis_of(view, by, steps_per_epoch=steps_per_epoch))
        for view in views
        if tag in view.series
    ]
    low = min((low for low, _ in extents), default=0.0)
    high = max((high for _, high in extents), default=0.0)
    low = low if window.start is None else max(low, window.start)
    high = high if window.end is None else min(high, window.end)
    is_whole = by != "seconds"
    if is_whole:
        low, high = (math.floor(one) if math.isfinite(one) else 0 for one in (low, high))
    if low > high:
        return 1
    return width_over(low, high, is_whole=is_whole, limit=limit)


def tables_of(
    found: Sequence[tuple[RunView, Series]], table: Callable[[RunView, Series], Table]
) -> list[Table]:
    """A table for each series, in order; one that is asked for twice is made once.

    Raises TooLarge as soon as they hold more than one answer may.
    """
    made: dict[tuple[str, str], Table] = {}

    def each() -> Iterator[Table]:
        for view, series in found:
            key = view.name, series.tag
            if key not in made:
                made[key] = table(view, series)
            yield made[key]

    return checked_size(each())


def checked_size(tables: Iterable[Table]) -> list[Table]:
    """All tables; raises TooLarge as soon as they hold more than one answer may."""
    taken, numbers = [], 0
    for table in tables:
        taken.append(table)
        numbers += sum(column.size for column in table.columns.values())
        if numbers > MOST_NUMBERS:
            raise TooLarge(
                f"an answer holds at most {MOST_NUMBERS} numbers; "
                "ask for fewer series at once, or give a smaller limit"
            )
    return taken


def etag_of_series(request: Request, found: Sequence[tuple[RunView, Series]]) -> str:
    return etag_of(request, *(view.version for view, _ in found))
