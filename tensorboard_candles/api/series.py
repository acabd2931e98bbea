"""The series that a request names, and how its answer is named."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from werkzeug.wrappers import Request

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Table, etag_of
from tensorboard_candles.errors import NotFound, TooLarge
from tensorboard_candles.store import RunView, Series, Source

MOST_NUMBERS = 6_000_000
"""In all columns of an answer; a million points of one series fit."""


def asked(request: Request, source: Source) -> list[tuple[RunView, Series]]:
    """Each series that the request names, with its run as it is now."""
    pairs = params.pairs(request.args)
    try:
        views = {name: source.run(name) for name, _ in pairs}
        return [(views[run], series_of(views[run], tag)) for run, tag in pairs]
    except NotFound as error:
        loading = source.loading()
        if loading.done == loading.total:
            raise
        raise NotFound(f"{error}; still loading, {loading.done} of {loading.total} files read") from None


def series_of(view: RunView, tag: str) -> Series:
    """Raises NotFound where the run has no such tag."""
    if tag not in view.series:
        raise NotFound(f"run {view.name!r} has no tag {tag!r}")
    return view.series[tag]


def unit_of(view: RunView, tag: str) -> str | None:
    """What the values of a tag are measured in, as its writer says."""
    info = view.said.get(tag)
    return (info and info.unit) or None


def tables_of(
    found: Sequence[tuple[RunView, Series]], table: Callable[[RunView, Series], Table]
) -> list[Table]:
    """A table for each series, in order; one that is asked for twice is made once.

    Raises TooLarge as soon as they hold more than one answer may.
    """
    made: dict[tuple[str, str], Table] = {}
    numbers = 0
    for view, series in found:
        key = view.name, series.tag
        if key not in made:
            made[key] = table(view, series)
        numbers += sum(len(column) for column in made[key].columns.values())
        if numbers > MOST_NUMBERS:
            raise TooLarge(
                f"an answer holds at most {MOST_NUMBERS} numbers; "
                "ask for fewer series at once, or give a smaller limit"
            )
    return [made[view.name, series.tag] for view, series in found]


def etag_of_series(request: Request, found: Sequence[tuple[RunView, Series]]) -> str:
    return etag_of(request, *(view.version for view, _ in found))
