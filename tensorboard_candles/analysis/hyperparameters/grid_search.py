"""Results of a search that were never logged as runs: scikit-learn's, tables, plain numbers."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from tensorboard_candles.analysis.hyperparameters.parameters import Float64Array
from tensorboard_candles.analysis.hyperparameters.space import Config
from tensorboard_candles.analysis.hyperparameters.study import Trials
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.arguments import Value


def trials_of_grid_search(
    param_grid: Mapping[str, Sequence[Any]], results: Any, *, target_metric: str = "val_accuracy"
) -> Trials:
    """The results of a search as `study_of` takes them.

    >>> grid = {"lr": [0.1, 0.01], "units": [8, 16]}
    >>> trials = trials_of_grid_search(grid, [[0.7, 0.8], [0.9, 0.6]])
    >>> trials.configs[2], float(trials.target[2])
    ({'lr': 0.01, 'units': 8}, 0.9)

    `results` are one of these:

    - `GridSearchCV.cv_results_`, whose `params` say what was tried; where it has no column of `target_metric`
      its `mean_test_<target_metric>` is taken, or else `mean_test_score`
    - a mapping of columns, or a data frame: one for each parameter of `param_grid`, and `target_metric`
    - mappings, one for each run, that hold `target_metric` and either `params` or the parameters themselves
    - numbers: an array with an axis for each parameter of `param_grid` in its order, or its flat list, in the
      order of `itertools.product`

    Raises BadRequest where they are none of these or don't fit the grid.
    """
    if hasattr(results, "to_dict") and hasattr(results, "columns"):
        results = {name: results[name].tolist() for name in results.columns}
    if isinstance(results, Mapping):
        configs, target = _of_columns(param_grid, results, target_metric)
    elif isinstance(next(iter(results), None), Mapping):
        configs, target = _of_rows(param_grid, results, target_metric)
    else:
        configs, target = _of_numbers(param_grid, results)
    if len(configs) != len(target):
        raise BadRequest(
            f"{target_metric} must have a number for each of {len(configs)} runs, got {len(target)}"
        )
    names = tuple(", ".join(f"{name}={value}" for name, value in config.items()) for config in configs)
    return Trials(names, tuple(configs), target, ~np.isfinite(target))


def _of_columns(
    param_grid: Mapping[str, Sequence[Any]], columns: Mapping[str, Any], metric: str
) -> tuple[list[Config], Float64Array]:
    asked = (metric, f"mean_test_{metric}", "mean_test_score")
    target = next((columns[name] for name in asked if name in columns), None)
    if target is None:
        raise BadRequest(f"results hold none of {', '.join(asked)}; they hold {', '.join(columns)}")
    if "params" in columns:
        configs = [_config(params, param_grid) for params in columns["params"]]
    else:
        _check_names(param_grid, columns)
        rows = zip(*(columns[name] for name in param_grid), strict=True)
        configs = [_config(dict(zip(param_grid, row, strict=True)), param_grid) for row in rows]
    return configs, np.asarray(target, np.float64).ravel()


def _of_rows(
    param_grid: Mapping[str, Sequence[Any]], rows: Sequence[Mapping[str, Any]], metric: str
) -> tuple[list[Config], Float64Array]:
    for row in rows:
        if metric not in row:
            raise BadRequest(f"every result must have {metric!r}, one has {', '.join(row)}")
    configs = [_config(row.get("params", row), param_grid) for row in rows]
    target = [np.nan if row[metric] is None else float(row[metric]) for row in rows]
    return configs, np.array(target, np.float64)


def _of_numbers(param_grid: Mapping[str, Sequence[Any]], numbers: Any) -> tuple[list[Config], Float64Array]:
    target = np.asarray(numbers, np.float64)
    shape = tuple(len(values) for values in param_grid.values())
    if target.shape not in (shape, (int(np.prod(shape)),)):
        raise BadRequest(f"results must be numbers of shape {shape}, as the grid has, got {target.shape}")
    products = itertools.product(*param_grid.values())
    configs = [_config(dict(zip(param_grid, one, strict=True)), param_grid) for one in products]
    return configs, target.ravel()


def _check_names(param_grid: Mapping[str, Sequence[Any]], given: Mapping[str, Any]) -> None:
    missing = [name for name in param_grid if name not in given]
    if missing:
        raise BadRequest(f"results have no {', '.join(missing)}; they hold {', '.join(given)}")


def _config(given: Mapping[str, Any], param_grid: Mapping[str, Sequence[Any]]) -> Config:
    return {name: _value(given.get(name)) for name in (param_grid or given)}


def _value(given: Any) -> Value:
    """As runs say it: numbers of numpy as Python's, and whatever is no number as a text."""
    plain = given.item() if isinstance(given, np.generic) else given
    if plain is None or isinstance(plain, bool | int | str):
        return plain
    if isinstance(plain, float):
        return plain if np.isfinite(plain) else None
    return str(plain)
