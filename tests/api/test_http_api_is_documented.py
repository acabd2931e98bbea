from __future__ import annotations

import re
from pathlib import Path

import pytest

import tensorboard_candles
from tensorboard_candles.api import (
    Backend,
    comparison,
    complexity,
    convergence,
    correlation,
    groups,
    hyperparameters,
    landscape,
    logs,
    outputs,
    routes,
    stats,
    trajectory,
)
from tensorboard_candles.api.candles import COLUMNS
from tensorboard_candles.indicators import INDICATORS

PAGE = (Path(tensorboard_candles.__file__).parent / "http_api.md").read_text()


def test_every_route_has_a_section_and_every_section_a_route() -> None:
    served = {route.lstrip("/").rstrip("*") for route in routes(Backend("", None, None))}
    described = set(re.findall(r"^## `GET ([\w/]+)…?`", PAGE, re.MULTILINE))
    assert described == served


def test_every_column_of_candles_is_explained() -> None:
    rows = " ".join(re.findall(r"^\| (`.*?) \|", PAGE, re.MULTILINE))
    assert {*COLUMNS, "volume"} <= set(re.findall(r"`(\w+)`", rows))


@pytest.mark.parametrize(
    ("route", "columns"),
    [
        ("comparison", {*comparison.COLUMNS, *comparison.DIFFERENCES, *comparison.SMALL_COLUMNS}),
        ("groups", {*groups.COLUMNS} - {"x"}),
        ("convergence", {*convergence.COLUMNS}),
        ("complexity", {*complexity.COLUMNS}),
        ("correlation", {*correlation.COLUMNS}),
        ("trajectory", {*trajectory.COLUMNS}),
        ("landscape", {*landscape.COLUMNS}),
        ("landscape/surface", {*landscape.SURFACE_COLUMNS}),
        ("hyperparameters", {*hyperparameters.COLUMNS}),
        ("logs", {*logs.COLUMNS}),
        ("outputs", {*outputs.COLUMNS}),
        ("stats", {*stats.COLUMNS}),
    ],
)
def test_every_column_of_many_runs_is_explained(route: str, columns: set[str]) -> None:
    [section] = re.findall(rf"^## `GET {route}`$(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    rows = " ".join(re.findall(r"^\| (`.*?) \|", section, re.MULTILINE))
    assert columns <= set(re.findall(r"`([\w.]+)`", rows))


def test_every_indicator_is_listed_with_its_parameters() -> None:
    [section] = re.findall(r"^## `GET indicators`$(.*?)^## ", PAGE, re.MULTILINE | re.DOTALL)
    rows = dict(re.findall(r"^\| `([a-z_]+)([a-z_:]*)` \|", section, re.MULTILINE))
    for one in INDICATORS.values():
        assert rows[one.name] == "".join(f":{parameter.name}" for parameter in one.parameters)


def test_every_parameter_that_is_read_is_explained() -> None:
    sources = (Path(tensorboard_candles.__file__).parent / "api").glob("*.py")
    text = "".join(path.read_text() for path in sources)
    read = set(re.findall(r'args(?:\.get(?:list)?\(|, )"(\w+)"', text))
    assert {"by", "run", "tag", "limit", "indicators"} <= read
    assert read <= set(re.findall(r"`(\w+)`", PAGE))
