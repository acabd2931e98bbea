"""What a training left behind, in any of the usual forms → runs, as the store has them."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events.points import Float64Array, Int64Array, Points, no_points
from tensorboard_candles.remote_files import is_url, shown
from tensorboard_candles.store import RunView, Series, read_once

ONLY_RUN = "history"
"""Name of the run where what was given names none."""
_PLACES = ("step", "epoch")
"""Columns that say where a row belongs; the first that there is."""
_MOST_NAMES = 20


@dataclass(frozen=True, slots=True)
class History:
    """Runs to be drawn, by name."""

    runs: tuple[RunView, ...]
    unit: str
    """What their steps count: `epoch` or `step`."""

    def tags(self) -> list[str]:
        """Metrics of all runs, in the order in which they were given."""
        return list(dict.fromkeys(tag for run in self.runs for tag in run.series))

    def one(self, name: str | None = None) -> RunView:
        """A run by name, or the only one. Raises NotFound, and BadRequest where there are several."""
        if name is None and len(self.runs) > 1:
            raise BadRequest(f"there are several runs; give run=, one of {_names(self._run_names())}")
        found = [run for run in self.runs if name is None or run.name == name]
        if not found:
            raise NotFound(f"there is no run {name!r}; {_there_is(name or '', self._run_names())}")
        return found[0]

    def with_metrics(
        self, metrics: Sequence[str] | None, name: str | None = None
    ) -> list[tuple[str, list[Series]]]:
        """Runs that have these metrics, by name, with them; with all that they share, where none are named.

        Raises NotFound where no run has them.
        """
        every = self.runs if name is None else (self.one(name),)
        runs = [run for run in every if run.series] or list(every)
        if metrics is None:
            shared = set.intersection(*(set(run.series) for run in runs))
            metrics = [one.tag for one in some_of(runs[0], None) if one.tag in shared]
        having = [run for run in runs if set(metrics) <= run.series.keys()]
        return [(run.name, some_of(run, metrics)) for run in having or runs[:1]]

    def _run_names(self) -> list[str]:
        return [run.name for run in self.runs]


def series_of(run: RunView, metric: str) -> Series:
    """A metric of a run. Raises NotFound, which lists what there is."""
    if metric not in run.series:
        raise NotFound(f"there is no metric {metric!r}; {_there_is(metric, list(run.series))}")
    return run.series[metric]


def first_of(run: RunView) -> str:
    """Its first metric. Raises NotFound where it has none: it may hold landscapes alone."""
    if not run.series:
        raise NotFound(f"run {run.name!r} has no metrics")
    return next(iter(run.series))


def some_of(run: RunView, metrics: Sequence[str] | None) -> list[Series]:
    """The metrics that were asked for; all but a count of epochs where none was."""
    if isinstance(metrics, str):
        raise BadRequest(f"metrics must be a list, got {metrics!r}; give [{metrics!r}]")
    if metrics is None:
        metrics = [tag for tag in run.series if tag.rpartition("/")[2] not in _PLACES]
    return [series_of(run, metric) for metric in dict.fromkeys(metrics)]


def history_of(given: Any, *, run: str | Sequence[str] | None = None) -> History:
    """Runs of a Keras `History`, a dict of lists, a list of dicts, a data frame, or a log directory.

    >>> found = history_of({"loss": [2.0, 1.0, float("nan")], "accuracy": [0.1, 0.5, 0.6]})
    >>> found.unit, found.tags(), found.one().series["loss"].value
    ('epoch', ['loss', 'accuracy'], array([ 2.,  1., nan]))

    A list or column `step` or `epoch` says where values belong; else they are counted from 0, and lists that
    are shorter than others are spread evenly, as `validation_freq` does. None and NaN in lists are values
    that were no numbers, and gaps in figures. In a data frame an empty cell (NaN) is where nothing was
    logged; so are keys that a dict of a list does not have (the `log_history` of a Hugging Face trainer).
    What is no list of numbers is left out. `run` picks runs of a log directory.

    Raises NotFound where there is no such directory or run, BadRequest for anything else.
    """
    if isinstance(given, str | os.PathLike):
        return _of_directory(os.fspath(given), run)
    if run is not None:
        raise BadRequest(f"run= picks runs of a log directory, got {type(given).__name__}")
    if isinstance(getattr(given, "history", None), Mapping):
        return _of_keras(given)
    if isinstance(given, Mapping):
        return _of_columns(given)
    if hasattr(given, "columns") and hasattr(given, "to_dict"):
        return _of_frame(given)
    if isinstance(given, Sequence) and all(isinstance(row, Mapping) for row in given):
        return _of_rows(given)
    raise BadRequest(
        "history must be a Keras History, a dict of lists, a list of dicts, a data frame, or the path or URL "
        f"of a log directory; got {type(given).__name__}"
    )


def _of_directory(path: str, run: str | Sequence[str] | None) -> History:
    if not is_url(path) and not os.path.isdir(os.path.expanduser(path)):
        raise NotFound(f"there is no directory {path!r}")
    runs = {view.name: view for view in read_once(path).runs()}
    if not runs:
        raise NotFound(f"there are no scalars below {shown(path)}")
    names = list(runs) if run is None else [run] if isinstance(run, str) else list(run)
    for name in names:
        if name not in runs:
            raise NotFound(f"there is no run {name!r} below {shown(path)}; {_there_is(name, list(runs))}")
    return History(tuple(runs[name] for name in names), "step")


def _of_keras(given: Any) -> History:
    epoch = getattr(given, "epoch", None) or []
    return _of_columns({"epoch": epoch, **given.history} if len(epoch) else given.history)


def _of_columns(given: Mapping[Any, Any]) -> History:
    columns = {str(name): column for name, one in given.items() if (column := _numbers(one)) is not None}
    columns = {name: column for name, column in columns.items() if len(column)}
    place = next((name for name in _PLACES if name in columns), None)
    count = max(map(len, columns.values()), default=0)
    at = _steps(columns.pop(place), place) if place else np.arange(count)
    found = {name: (_spread(at, name, len(column)), column) for name, column in columns.items()}
    return _of_points(found, place or "epoch")


def _spread(at: Int64Array, name: str, count: int) -> Int64Array:
    """Where values of a list belong that may be shorter: Keras' `validation_freq` leaves epochs out.

    >>> _spread(np.arange(10), "val_loss", 3)
    array([2, 5, 8])
    """
    if count > len(at):
        raise BadRequest(f"{name!r} has {count} values, and there are only {len(at)} places for them")
    every = len(at) // count
    # One that came late, as a metric of a second `fit`, is there to the last.
    return at[every - 1 :: every][:count] if len(at) // every == count else at[len(at) - count :]


def _of_rows(given: Sequence[Mapping[Any, Any]]) -> History:
    place = next((name for name in _PLACES if any(name in row for row in given)), None)
    rows = [row for row in given if place is None or row.get(place) is not None]
    at = _steps(np.array([row[place] for row in rows], np.float64), place) if place else np.arange(len(rows))
    found = {}
    for name in dict.fromkeys(str(name) for row in rows for name in row if name not in _PLACES):
        held = [index for index, row in enumerate(rows) if name in row]
        column = _numbers([rows[index][name] for index in held])
        if column is not None:
            found[name] = (at[held], column)
    return _of_points(found, place or "epoch")


def _of_frame(given: Any) -> History:
    columns = {name: _numbers(given[name]) for name in given.columns}
    place = next((name for name in _PLACES if columns.get(name) is not None), None)
    rows = _numbers(given.index) if place is None else columns[place]
    at = np.arange(len(given), dtype=np.float64) if rows is None else rows
    found = {}
    for name, column in columns.items():
        if column is not None and name != place:
            held = np.isfinite(at) & ~np.isnan(column)
            found[str(name)] = (_steps(at[held], place or "index"), column[held])
    unit = place or (given.index.name if given.index.name in _PLACES else "epoch")
    return _of_points(found, unit)


def _of_points(found: Mapping[str, tuple[Int64Array, Float64Array]], unit: str) -> History:
    series = {}
    for name, (step, value) in found.items():
        if len(step):
            order = np.argsort(step, kind="stable")
            points = Points(step[order], np.full(len(step), np.nan), value[order])
            series[name] = Series.of(ONLY_RUN, name, points)
    if not series:
        raise BadRequest("the history holds no numbers")
    marks = _epochs(one.step[:] for one in series.values()) if unit == "epoch" else no_points()
    return History((RunView.of(ONLY_RUN, "1", series, marks),), unit)


def _epochs(steps: Iterable[Int64Array]) -> Points:
    """Where each step is an epoch."""
    every = np.unique(np.concatenate(list(steps)))
    return Points(every, np.full(len(every), np.nan), every)


def _numbers(given: Any) -> Float64Array | None:
    """One-dimensional numbers as they are, None as NaN; nothing where it is anything else."""
    try:
        raw = np.asarray(given)
        column = raw.astype(np.float64)
    except (TypeError, ValueError):  # lists of several lengths, names
        return None
    return column if column.ndim == 1 and raw.dtype.kind in "biufO" else None


def _steps(given: Float64Array, name: str | None) -> Int64Array:
    odd = given[~((np.round(given) == given) & (np.abs(given) < 2**63))]
    if len(odd):
        raise BadRequest(f"{name!r} says where values belong and must hold whole numbers, got {odd[0]}")
    return given.astype(np.int64)


def _there_is(asked: str, names: Sequence[str]) -> str:
    near = difflib.get_close_matches(asked, names, n=1)
    return f"did you mean {near[0]!r}? There is {_names(names)}" if near else f"there is {_names(names)}"


def _names(names: Sequence[str]) -> str:
    some = ", ".join(repr(name) for name in names[:_MOST_NAMES])
    return some if len(names) <= _MOST_NAMES else f"{some} and {len(names) - _MOST_NAMES} more"
