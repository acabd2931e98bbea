"""Every wrong parameter gets its status and a sentence, never a stack trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.server import Server

SERIES = {"run": "torch/everything", "tag": "loss"}
TWO = {"run": ["torch/everything", "torch/ranks"], "tag": ["loss", "loss"]}


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], recorded_logs: Path) -> Server:
    started = shared_tensorboard_server(recorded_logs)
    started.wait_loaded()
    return started


@pytest.mark.parametrize(
    "params",
    [
        *({**SERIES, "width": width} for width in ("0", "-3", "abc", "nan", "inf", "-inf", "1e400", "0x10")),
        *({**SERIES, "limit": limit} for limit in ("0", "-1", "10001", "abc", "2.5", "nan", "1e3x")),
        *({**SERIES, "start": start} for start in ("abc", "nan")),
        *({**SERIES, "end": end} for end in ("abc", "nan")),
        {**SERIES, "start": "5", "end": "5"},
        {**SERIES, "start": "10", "end": "5"},
        {**SERIES, "by": "minutes"},
        {**SERIES, "by": ""},
        {**SERIES, "format": "xml"},
        {**SERIES, "by": "epochs"},
        *({**SERIES, "by": "epochs", "steps_per_epoch": steps} for steps in ("0", "-1", "abc", "nan", "inf")),
        {**TWO, "format": "csv"},
        {"run": ["torch/everything", "torch/ranks"], "tag": "loss"},
        {"run": "torch/everything", "tag": ["loss", "grad_norm"]},
        {"run": "torch/everything"},
        {"tag": "loss"},
        {},
    ],
    ids=str,
)  # fmt: skip
def test_a_bad_parameter_of_candles_is_a_400(server: Server, params: dict[str, Any]) -> None:
    answer = server.get("candles", **params)
    assert answer.status == 400, (answer.status, answer.body[:300])
    assert answer.error()


@pytest.mark.parametrize(
    "params", [{**SERIES, "run": "torch"}, {**SERIES, "tag": "Loss"}, {"run": "a", "tag": "b"}]
)
@pytest.mark.parametrize("route", ["candles", "points"])
def test_an_unknown_run_or_tag_is_a_404(server: Server, route: str, params: dict[str, str]) -> None:
    answer = server.get(route, **params)
    assert answer.status == 404
    assert answer.error()


def test_one_unknown_series_of_a_batch_is_a_404(server: Server) -> None:
    answer = server.get("candles", run=["torch/everything", "torch/everything"], tag=["loss", "no such tag"])
    assert answer.status == 404
    assert "no such tag" in answer.error()


def test_an_unknown_volume_tag_is_an_error(server: Server) -> None:
    answer = server.get("candles", **SERIES, volume="no such tag")
    assert answer.status in (400, 404)
    assert "no such tag" in answer.error()


@pytest.mark.parametrize(
    "params",
    [
        {"run": "torch/everything"},
        {"tag": "loss"},
        {},
        *({**SERIES, "limit": limit} for limit in ("0", "-1", "abc")),
        *({**SERIES, "start": start} for start in ("abc", "nan")),
        {**SERIES, "start": "10", "end": "5"},
        {**SERIES, "format": "xml"},
    ],
    ids=str,
)
def test_a_bad_parameter_of_points_is_a_400(server: Server, params: dict[str, str]) -> None:
    answer = server.get("points", **params)
    assert answer.status == 400
    assert answer.error()


def test_the_message_names_the_parameter_and_what_was_got(server: Server) -> None:
    message = server.get("candles", **SERIES, width="-3").error()
    assert "width" in message
    assert "-3" in message


def test_too_many_candles_at_a_given_width_are_a_400_that_says_so(server: Server) -> None:
    answer = server.get("candles", **SERIES, width=1, limit=699)
    assert answer.status == 400
    message = answer.error()
    assert "700" in message
    assert "699" in message
    assert server.get("candles", **SERIES, width=1, limit=700).status == 200


def test_a_run_without_epochs_is_told_how_to_give_them(server: Server) -> None:
    assert "steps_per_epoch" in server.get("candles", **SERIES, by="epochs").error()


@pytest.mark.parametrize("route", ["config", "runs", "candles", "points"])
@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_reading_takes_get_only(server: Server, route: str, method: str) -> None:
    answer = server.request(f"data/plugin/candles/{route}", SERIES, method=method, data=b"x=1")
    assert answer.status == 405
    assert answer.error()


@pytest.mark.parametrize("route", ["config", "runs", "candles", "points"])
def test_head_is_answered_without_a_body(server: Server, route: str) -> None:
    answer = server.request(f"data/plugin/candles/{route}", SERIES, method="HEAD")
    assert answer.status in (200, 405)
    assert answer.body == b""


def test_an_unknown_route_is_a_404(server: Server) -> None:
    for path in ("nothing", "", "candles/", "runs/../candles"):
        assert server.raw_get(f"/data/plugin/candles/{path}").status in (400, 404)


def test_a_window_without_points_is_an_empty_answer(server: Server) -> None:
    (answer,) = server.get_json("candles", **SERIES, width=10, start=10**6, end=10**6 + 1)["candles"]
    assert answer["columns"]["x"] == []
    (answer,) = server.get_json("candles", **SERIES, start=10**6, end=10**6 + 1)["candles"]
    assert answer["columns"]["high"] == []


@pytest.mark.parametrize(
    "number", ["1e300", "123456789012345678901234567890", "9223372036854775807", "-1e300"]
)
@pytest.mark.parametrize("name", ["start", "end", "width"])
def test_numbers_beyond_all_steps_are_answered_or_refused(server: Server, name: str, number: str) -> None:
    for by in ("steps", "seconds"):
        answer = server.get("candles", **SERIES, by=by, **{name: number})
        assert answer.status in (200, 400)
        answer.json()
