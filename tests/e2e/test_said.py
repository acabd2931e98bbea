"""What the writer says of its tags, over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from tensorboard_candles import Tracker
from tests.support import records
from tests.support.server import Server, eventually


def tag_of(server: Server, run: str, tag: str) -> dict[str, Any]:
    found: dict[str, Any]
    (found,) = (
        one
        for view in server.get_json("runs")["runs"]
        if view["name"] == run
        for one in view["tags"]
        if one["tag"] == tag
    )
    return found


def candles_of(server: Server, run: str, tag: str) -> dict[str, Any]:
    [found] = server.get_json("candles", run=run, tag=tag, width=10)["candles"]
    return dict(found)


def test_what_the_tracker_says_of_its_tags_is_served_as_soon_as_it_is_said(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    with Tracker("project", logdir=tmp_path, run="run") as tracker:
        tracker.log({"regret": 1.0, "lr": 0.5, "grad_norm": 2.0})
        server = tensorboard_server(tmp_path / "project")
        server.wait_loaded(run="run", tag="regret", points=1)
        before = tag_of(server, "run", "regret")
        assert (before["polarity"], before["unit"]) == ("lower_is_better", None)
        assert candles_of(server, "run", "regret")["volume"] == "grad_norm"
        tracker.describe("regret", polarity="higher_is_better", unit="points", volume="lr")
        tracker.describe("grad_norm", volume="not logged")
        eventually(
            partial(lambda: tag_of(server, "run", "regret")["unit"] == "points"),
            what="what was said",
        )
        [view] = server.get_json("runs")["runs"]
        assert [one["tag"] for one in view["tags"]] == ["grad_norm", "lr", "regret"]
        assert tag_of(server, "run", "regret")["polarity"] == "higher_is_better"
        assert view["volume_tag"] == "lr"
        found = candles_of(server, "run", "regret")
        assert (found["polarity"], found["unit"], found["volume"]) == ("higher_is_better", "points", "lr")
        assert found["columns"]["volume"] == [0.5]
        assert candles_of(server, "run", "grad_norm")["volume"] == "lr"


def test_a_run_follows_the_later_file_and_another_run_is_not_concerned(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    point = records.scalar_record("loss", step=0, value=1.0)
    first = {"loss": {"unit": "nats", "polarity": "higher_is_better"}}
    for name, unit in (
        ("events.out.tfevents.1.a", first),
        ("events.out.tfevents.2.a", {"loss": {"unit": "%"}}),
    ):
        records.write_run(tmp_path, "a", point + records.description_record(unit), name=name)
    records.write_run(tmp_path, "b", point + records.scalar_record("acc", step=0, value=1.0))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    found = tag_of(server, "a", "loss")
    assert (found["unit"], found["polarity"]) == ("%", "higher_is_better")
    for tag, polarity in (("loss", "lower_is_better"), ("acc", "higher_is_better")):
        found = tag_of(server, "b", tag)
        assert (found["unit"], found["polarity"]) == (None, polarity)
