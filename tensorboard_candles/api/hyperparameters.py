"""`GET hyperparameters`: what runs were started with against how well they did."""

from __future__ import annotations

import typing
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.hyperparameters import (
    Importance,
    Parameter,
    Study,
    Suggestion,
    Trials,
    study_of,
)
from tensorboard_candles.analysis.hyperparameters.givers import Family
from tensorboard_candles.analysis.hyperparameters.measured import Measured, Target, measured_in
from tensorboard_candles.analysis.hyperparameters.study import POINTS, Fit
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Json, Table, finite_or_none, respond_found, to_list
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.series import experiment_of, runs_by_name, unit_among, with_tag
from tensorboard_candles.ohlc import Polarity, polarity_among
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 5000
MOST_POINTS = 101
MOST_LEFT_OUT = 100
"""Names of parameters that are told to be left out."""
COLUMNS = ("run", "state", "value", "step")


@dataclass(frozen=True, slots=True)
class Query:
    """What every run is to be measured by."""

    tag: str
    target: Target
    polarity: Polarity | None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is kept of a question: the surface is cut out of it for each pair of axes."""

    measured: Measured
    study: Study
    head: dict[str, Json]


def hyperparameters_route(request: Request, source: Source, jobs: Jobs) -> Response:
    args = request.args
    query, within_secs = parse(args), params.wait_secs(args, 1.0)
    points = params.whole(args, "points", POINTS, least=2, most=MOST_POINTS)
    x, y = args.get("x"), args.get("y")
    fmt = params.choice(args, "format", params.FORMATS)
    views = with_tag(source, query.tag, params.runs(args, most=MOST_RUNS), most=MOST_RUNS)
    given = Family(runs_by_name(source, views), source.runs).trials(views, query.tag)

    def work(progress: Progress) -> Answer:
        return answer_of(given, query, progress)

    def tables(answer: Answer) -> list[Table]:
        return [table_of(answer, x=x, y=y, points=points)]

    key = "hyperparameters", experiment_of(request), query, tuple(view.name for view in views)
    version = "\n".join(f"{view.version} {giver.version}" for view, giver in given)
    found = jobs.ask(key, version, work, within_secs=within_secs)
    return respond_found(request, "hyperparameters", found, tables, fmt=fmt)


def parse(args: params.Args) -> Query:
    target = params.choice(args, "target", typing.get_args(Target))
    return Query(params.tag(args), typing.cast(Target, target), params.polarity(args))


def answer_of(given: Sequence[tuple[RunView, RunView]], query: Query, progress: Progress) -> Answer:
    """Each run with that whose arguments it has."""
    views = [view for view, _ in given]
    polarity = query.polarity or polarity_among(views, query.tag)
    measured = measured_in(given, query.tag, query.target, polarity, progress)
    head = {
        "tag": query.tag,
        "target": query.target,
        "polarity": polarity,
        "unit": unit_among(views, query.tag),
        "exact": all(view.series[query.tag].exact for view in views if query.tag in view.series),
    }
    study = study_of(measured.trials, minimise=polarity == "lower_is_better", progress=progress)
    return Answer(measured, study, head)


def table_of(answer: Answer, *, x: str | None, y: str | None, points: int) -> Table:
    study, trials = answer.study, answer.study.trials
    is_fitted = trials.is_fitted
    state = np.where(is_fitted, "fitted", np.where(trials.diverged, "diverged", "no value"))
    columns: dict[str, npt.NDArray[Any]] = {
        "run": np.array(trials.runs, object),
        "state": state.astype(object),
        "value": trials.target,
        "step": answer.measured.step,
    }
    for one in study.space.parameters:
        columns[f"arguments.{one.name}"] = _column(one, trials)
    reasons = {name: why for name, why in study.space.left_out.items() if why != "constant"}
    head = {
        **answer.head,
        "verdict": study.verdict,
        "best": None if study.best is None else trials.runs[study.best],
        "fitted": int(is_fitted.sum()),
        "diverged": int(trials.diverged.sum()),
        "parameters": [
            {**_told(one), **_weight(study.importance, place)}
            for place, one in enumerate(study.space.parameters)
        ],
        "together": study.importance and study.importance.together,
        "constant": len(study.space.left_out) - len(reasons),
        "left_out": dict(list(reasons.items())[:MOST_LEFT_OUT]),
        "fit": study.fit and _fit(study.fit, x=x, y=y, points=points),
        "next": [_suggestion(study, study.fit, one) for one in study.fit.suggestions] if study.fit else [],
    }
    return Table(head, columns)


def _column(parameter: Parameter, trials: Trials) -> npt.NDArray[Any]:
    """What each run was given: numbers, or texts and booleans."""
    values = [config.get(parameter.name) for config in trials.configs]
    if parameter.kind == "choice":
        column = np.empty(len(values), object)
        column[:] = values
        return column
    is_number = [isinstance(value, int | float) and not isinstance(value, bool) for value in values]
    known = [value if is_one else None for value, is_one in zip(values, is_number, strict=True)]
    return np.array(known, np.float64)


def _told(parameter: Parameter) -> dict[str, Json]:
    told = {"name": parameter.name, "kind": parameter.kind}
    if parameter.kind == "choice":
        return {**told, "choices": list(parameter.choices)}
    return {**told, "log": parameter.is_log, "low": parameter.low, "high": parameter.high}


def _weight(importance: Importance | None, place: int) -> dict[str, Json]:
    if importance is None:
        return {"importance": None, "spread": None}
    return {"importance": float(importance.share[place]), "spread": float(importance.spread[place])}


def _fit(fit: Fit, *, x: str | None, y: str | None, points: int) -> dict[str, Json]:
    surface = fit.surface(x=x, y=y, points=points)
    mean, low, high = fit.scale.around(surface.mean, surface.std)
    return {
        "runs": len(fit.surrogate.rows),
        "explained": finite_or_none(fit.explained),
        "log": fit.scale.is_log,
        "axes": [one.name for one in fit.axes.parameters],
        "x": surface.x,
        "y": surface.y,
        "x_values": list(surface.x_values),
        "y_values": list(surface.y_values),
        "mean": to_list(mean),
        "low": to_list(low),
        "high": to_list(high),
    }


def _suggestion(study: Study, fit: Fit, one: Suggestion) -> dict[str, Json]:
    ends = fit.scale.around(np.array([one.mean]), np.array([one.std]))
    mean, low, high = (float(end[0]) for end in ends)
    return {
        "arguments": one.config,
        "config": study.config_of(one),
        "mean": finite_or_none(mean),
        "low": finite_or_none(low),
        "high": finite_or_none(high),
    }
