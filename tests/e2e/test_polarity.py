"""A request may say which way is better, in place of the writer and of the words in the tag."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support import records
from tests.support.server import Server, eventually

VALUES = [1.0 + (at % 7) / 1000 for at in range(400)]
VALUES[300] = 50.0


@pytest.fixture
def server(tmp_path: Path, tensorboard_server: Callable[..., Server]) -> Server:
    records.write_run(tmp_path, "run", records.scalar_file("gain", [5.0, 9.0, 7.0]))
    records.write_run(tmp_path, "spiky", records.scalar_file("gain", VALUES))
    started = tensorboard_server(tmp_path)
    started.wait_loaded()
    return started


def drawdown(server: Server, **params: str) -> list[float]:
    query = {"run": "run", "tag": "gain", "width": 1, "indicators": "drawdown", **params}
    [found] = server.get_json("candles", **query)["candles"]
    assert found["polarity"] == params.get("polarity", "lower_is_better")
    values: list[float] = found["columns"]["drawdown"]
    return values


def test_what_depends_on_the_polarity_goes_by_the_one_given(server: Server) -> None:
    assert drawdown(server) == [0.0, 4.0, 2.0]
    assert drawdown(server, polarity="higher_is_better") == [0.0, 0.0, 2.0]
    wrong = server.get("candles", run="run", tag="gain", polarity="sideways")
    assert wrong.status == 400
    assert "lower_is_better, higher_is_better" in wrong.error()


def test_alerts_of_a_tag_are_those_of_the_polarity_given(server: Server) -> None:
    def spikes(polarity: str) -> list[int]:
        query = {"run": "spiky", "tag": "gain", "kind": "spike", "polarity": polarity, "wait": 30}
        return [alert["first_step"] for alert in server.get_json("alerts", **query)]

    eventually(lambda: spikes("lower_is_better") == [300], what="the spike")
    assert spikes("higher_is_better") == []
    assert "goes with tag" in server.get("alerts", polarity="lower_is_better").error()


def test_alerts_of_all_tags_go_by_the_polarities_that_are_told_of_some(server: Server) -> None:
    def spikes(**told: str) -> list[str]:
        return [alert["tag"] for alert in server.get_json("alerts", kind="spike", wait=30, **told)]

    def count(**told: str) -> int:
        [_, spiky] = server.get_json("alerts/counts", kind="spike", wait=30, **told)["runs"]
        return int(spiky["count"])

    eventually(lambda: spikes(lower_is_better="gain") == ["gain"], what="the spike")
    assert spikes(lower_is_better="gain", higher_is_better="nowhere") == ["gain"]
    assert spikes(higher_is_better="gain") == []
    assert (count(lower_is_better="gain"), count(higher_is_better="gain")) == (1, 0)
