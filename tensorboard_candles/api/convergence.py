"""`GET convergence`: where series are going, in numbers and in words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.convergence import Drawn
from tensorboard_candles.analysis.convergence.outlook import Outlook, Within
from tensorboard_candles.analysis.convergence.plateau import Estimate
from tensorboard_candles.analysis.convergence.told import Pair, Query, RunNamed, Told, pair_of, told_of
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import Json, Table, check_format, finite_or_none, respond_found
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.series import asked, experiment_of, runs_by_name, unit_of
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.store import RunView, Series, Source

MOST_SERIES = 50
MOST_AHEAD = 1000
COLUMNS = tuple(field.name for field in fields(Drawn))


def convergence_route(request: Request, source: Source, jobs: Jobs) -> Response:
    args = request.args
    query, within_secs = parse(args), params.wait_secs(args, 1.0)
    fmt = params.choice(args, "format", params.FORMATS)
    found = asked(request, source)
    if len(found) > MOST_SERIES:
        raise BadRequest(f"at most {MOST_SERIES} series in one request, got {len(found)}")
    check_format(fmt, len(found))
    run_named = runs_by_name(source, [view for view, _ in found])
    pairs = [pair_of(view, series, run_named) for view, series in found]

    def work(progress: Progress) -> list[Told]:
        return _each_told(found, pairs, query, progress)

    names = tuple((view.name, series.tag) for view, series in found)
    key = "convergence", experiment_of(request), query, names
    done = jobs.ask(key, _version(found, pairs, run_named), work, within_secs=within_secs)
    return respond_found(
        request,
        "convergence",
        done,
        lambda result: [_table(*one, told) for one, told in zip(found, result, strict=True)],
        fmt=fmt,
    )


def parse(args: params.Args) -> Query:
    horizon = params.number(args, "horizon")
    if horizon is not None and horizon != int(horizon):
        raise BadRequest(f"horizon must be a whole step, got {args.get('horizon')}")
    return Query(
        within=Within(
            share=_share(args, "within", 0.05),
            of_gap=params.choice(args, "within_of", ("gap", "asymptote")) == "gap",
        ),
        horizon=None if horizon is None else int(horizon),
        ahead=_ahead(args),
        patience=params.whole(args, "patience", 10, least=1, most=1_000_000),
        level=_share(args, "level", 0.95),
        polarity=params.polarity(args),
    )


def _ahead(args: params.Args) -> float:
    given = params.number(args, "ahead")
    if given is not None and not 0 <= given <= MOST_AHEAD:
        raise BadRequest(f"ahead must be from 0 to {MOST_AHEAD}, got {args.get('ahead')}")
    return 1.0 if given is None else float(given)


def _share(args: params.Args, name: str, default: float) -> float:
    given = params.number(args, name)
    if given is not None and not 0 < given < 1:
        raise BadRequest(f"{name} must lie between 0 and 1, got {args.get(name)}")
    return default if given is None else float(given)


def _version(
    found: Sequence[tuple[RunView, Series]], pairs: Sequence[Pair | None], run_named: RunNamed
) -> str:
    names = {view.name: view.version for view, _ in found}
    for pair in pairs:
        run = run_named(pair.train.run) if pair else None
        if run:
            names[run.name] = run.version
    return "\n".join(names.values())


def _each_told(
    found: Sequence[tuple[RunView, Series]],
    pairs: Sequence[Pair | None],
    query: Query,
    progress: Progress,
) -> list[Told]:
    told = []
    for done, ((view, series), pair) in enumerate(zip(found, pairs, strict=True)):
        told.append(told_of(view, series, pair, query, _Part(progress, done, len(found))))
    return told


@dataclass(frozen=True, slots=True)
class _Part:
    """Progress of one of several."""

    progress: Progress
    before: int
    total: int

    def __call__(self, done: float, total: float, what: str = "") -> None:
        self.progress(self.before + done / total, self.total, what)


def _table(view: RunView, series: Series, told: Told) -> Table:
    found = told.convergence
    head = {
        "run": view.name,
        "tag": series.tag,
        "unit": unit_of(view, series.tag),
        "exact": series.exact,
        "polarity": found.polarity,
        "verdict": found.verdict,
        "sentences": told.sentences,
        "points": found.points,
        "nonfinite": found.nonfinite,
        "first_step": found.first_step,
        "last_step": found.last_step,
        "horizon": found.horizon,
        "bounds": [finite_or_none(found.bounds.low), finite_or_none(found.bounds.high)],
        "early_volatility": finite_or_none(found.volatility.early),
        "late_volatility": finite_or_none(found.volatility.late),
        "best": asdict(found.best) if found.best else None,
        "outlook": _outlook(found.outlook) if found.outlook else None,
        "gap": _gap(told) if told.gap else None,
    }
    return Table(head, {name: getattr(found.drawn, name) for name in COLUMNS})


def _outlook(told: Outlook) -> Json:
    estimates = {
        field.name: _estimate(value)
        for field in fields(Outlook)
        if isinstance(value := getattr(told, field.name), Estimate)
    }
    others = [
        {"model": one.model, "weight": one.weight, "asymptote": finite_or_none(one.asymptote)}
        for one in told.others
    ]
    return {
        "model": told.model,
        "parameters": [finite_or_none(one) for one in told.parameters],
        "weight": told.weight,
        "others": others,
        **estimates,
        "gap_closed": finite_or_none(told.gap_closed),
        "noise": finite_or_none(told.noise),
        "independent": told.independent,
    }


def _estimate(one: Estimate) -> list[float | None]:
    """Value, low, high."""
    return [finite_or_none(value) for value in (one.value, one.low, one.high)]


def _gap(told: Told) -> dict[str, Any] | None:
    if told.gap is None or told.pair is None:
        return None
    return {
        "train": [told.pair.train.run, told.pair.train.tag],
        "validation": [told.pair.validation.run, told.pair.validation.tag],
        "now": told.gap.now,
        "at_best": told.gap.at_best,
        "best_step": told.gap.best_step,
        "change": finite_or_none(told.gap.change),
        "is_widening": told.gap.is_widening,
        "evaluations": told.gap.evaluations,
    }
