"""Indicators, asked of a real TensorBoard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tests.support import records
from tests.support.server import Server

POINTS = 20_000
SERIES = {"run": "run", "tag": "loss"}
EVERY_KIND = "sma:5,ema:9,atr:14,bollinger:20:2,rsi,macd,drawdown,obv,regression_channel:10:1.5"


@pytest.fixture(scope="module")
def values() -> np.ndarray:
    rng = np.random.default_rng(8)
    return np.asarray(5 + rng.normal(size=POINTS).cumsum() / 50, np.float32)


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory,
    shared_tensorboard_server: Callable[..., Server],
    values: np.ndarray,
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    records.write_run(logdir, "run", records.many_scalars("loss", values.tolist()))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="run", points=POINTS)
    return started


def columns(server: Server, **params: object) -> dict[str, Any]:
    found: dict[str, Any] = server.get("candles", **SERIES, **params).json()["candles"][0]["columns"]
    return found


def test_the_registry_names_indicators_that_candles_then_have(server: Server) -> None:
    registry = server.get("indicators").json()["indicators"]
    assert {one["place"] for one in registry} == {"overlay", "pane"}
    assert all(one["explanation"] and one["source"] and one["title"] for one in registry)
    asked = ",".join(one["name"] for one in registry)
    found = columns(server, width=100, limit=1000, indicators=asked)
    for name in [name for one in registry for name in one["columns"]]:
        assert len(found[name]) == 200
        assert found[name][-1] is not None, name


def test_indicators_are_of_the_candles_they_come_with(server: Server, values: np.ndarray) -> None:
    found = columns(server, width=1000, indicators="sma:2,bollinger:3:2.5,drawdown")
    close = values[999::1000].astype(np.float64)
    assert found["sma(2)"][0] is None
    np.testing.assert_allclose(found["sma(2)"][1:], (close[1:] + close[:-1]) / 2)
    middle, upper = found["bollinger(3,2.5).middle"], found["bollinger(3,2.5).upper"]
    assert upper[:2] == middle[:2] == [None, None]
    assert upper[2] == pytest.approx(close[:3].mean() + 2.5 * close[:3].std())
    np.testing.assert_allclose(found["drawdown"], close - np.minimum.accumulate(values)[999::1000])


@pytest.mark.parametrize(("by", "width"), [("steps", 2), ("seconds", 0.03)])
def test_a_window_shows_the_values_of_the_full_chart(server: Server, by: str, width: float) -> None:
    full = columns(server, by=by, width=width, limit=10_000, indicators=EVERY_KIND)
    part = columns(
        server, by=by, width=width, start=full["x"][6000], end=full["x"][6050], indicators=EVERY_KIND
    )
    assert part["x"] == full["x"][6000:6050]
    drawn = [name for name in part if name.partition("(")[0] in EVERY_KIND]
    assert len(drawn) == 15
    for name in drawn:
        np.testing.assert_allclose(part[name], full[name][6000:6050], rtol=1e-12, atol=1e-12)


def test_all_formats_carry_indicators(server: Server) -> None:
    query = {**SERIES, "width": 1000, "indicators": "bollinger:3:2,ema:2"}
    as_json = columns(server, width=1000, indicators="bollinger:3:2,ema:2")
    as_arrays = safetensors.numpy.load(server.get("candles", **query, format="safetensors").body)
    header, first, *_ = server.get("candles", **query, format="csv").body.decode().splitlines()
    assert header.endswith(
        'volume,"bollinger(3,2).upper","bollinger(3,2).middle","bollinger(3,2).lower",ema(2)'
    )
    assert first.endswith(",,,,")
    for name in ("bollinger(3,2).lower", "ema(2)"):
        assert np.isnan(as_arrays[name][0])
        np.testing.assert_array_equal(as_arrays[name][2:], as_json[name][2:])


@pytest.mark.parametrize(
    ("indicators", "message"),
    [
        ("nonsense", "there is no indicator 'nonsense'; there are sma, ema, "),
        ("ema:9,", "there is no indicator ''"),
        ("ema:9:3", "an indicator is given as ema:period, got 'ema:9:3'"),
        ("ema:0", "period of ema must be a whole number from 1 to 500, got '0'"),
        ("ema:501", "period of ema must be a whole number from 1 to 500"),
        ("ema:2.5", "period of ema must be a whole number from 1 to 500"),
        ("ema:", "period of ema must be a whole number from 1 to 500, got ''"),
        ("bollinger:20:nan", "deviations of bollinger must be a number from 0.1 to 10, got 'nan'"),
        (",".join(["ema"] * 21), "at most 20 indicators in one request, got 21"),
    ],
)
def test_what_can_not_be_computed_is_a_400_that_says_what_can(
    server: Server, indicators: str, message: str
) -> None:
    answer = server.get("candles", **SERIES, indicators=indicators)
    assert answer.status == 400
    assert answer.error().startswith(message)


def test_the_same_indicator_twice_is_one_column(server: Server) -> None:
    once = columns(server, width=1000, indicators="atr")
    assert columns(server, width=1000, indicators="atr:14, atr") == once
