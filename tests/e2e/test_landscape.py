"""Loss landscapes over HTTP, as they are written and as anybody may write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

from tensorboard_candles import metadata
from tests.support.landscapes import bowl
from tests.support.records import event_of, own_value, scalar_file, write_run
from tests.support.server import Server

KIND = metadata.LANDSCAPE_KIND


def hostile() -> dict[int, bytes]:
    line = np.array([-1.0, 1.0])
    return {
        1: b"",
        2: b"\xff" * 5000,
        3: safetensors.numpy.save({"alpha": line, "loss": np.zeros(3)}),
        4: safetensors.numpy.save({"alpha": line[::-1].copy(), "loss": np.zeros(2)}),
        5: safetensors.numpy.save({"alpha": line, "loss": np.zeros(2)}, {"landscape": "null and void"}),
    }


def without_metadata() -> bytes:
    """A header that names its metadata and has none, which the format allows."""
    said = safetensors.numpy.save({"alpha": np.zeros(1), "loss": np.zeros(1)})
    size = int.from_bytes(said[:8], "little")
    header = said[8 : 8 + size].rstrip().replace(b"{", b'{"__metadata__":null,', 1)
    return len(header).to_bytes(8, "little") + header + said[8 + size :]


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    good = [event_of(own_value(KIND, "plane", bowl(step).to_bytes()), step=step) for step in (0, 100)]
    line = event_of(own_value(KIND, "line", bowl(0, directions=1).to_bytes()), step=0)
    write_run(logdir, "good", scalar_file("loss", [1.0, 2.0]) + b"".join([*good, line]))
    bare = event_of(own_value(KIND, "bare", without_metadata()), step=0)
    write_run(logdir, "bare", scalar_file("loss", [1.0]) + bare)
    bad = [event_of(own_value(KIND, "bad", text), step=step) for step, text in hostile().items()]
    write_run(logdir, "bad", scalar_file("loss", [1.0, 2.0]) + b"".join(bad))
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def surface(server: Server, **params: object) -> dict[str, Any]:
    [found] = server.get_json("landscape/surface", **params)["surface"]
    return dict(found)


def test_all_landscapes_are_listed_with_their_steps(server: Server) -> None:
    [listed] = server.get_json("landscape", run="good")["landscape"]
    rows = set(zip(*(listed["columns"][name] for name in ("run", "tag", "step")), strict=True))
    assert rows == {("good", "plane", 0), ("good", "plane", 100), ("good", "line", 0)}
    [every] = server.get_json("landscape")["landscape"]
    assert len(every["columns"]["run"]) == 4 + len(hostile())


def test_a_landscape_comes_as_it_was_written(server: Server) -> None:
    found, written = surface(server, run="good", tag="plane"), bowl(100)
    assert (found["step"], found["model"], found["problems"]) == (100, "bowl", [])
    np.testing.assert_array_equal(found["columns"]["alpha"], written.axes[0])
    np.testing.assert_array_equal(np.array(found["columns"]["loss"], float), written.loss)
    assert written.trajectory is not None
    np.testing.assert_array_equal(found["columns"]["trajectory"], written.trajectory.at)
    assert found["sharpness"] == written.about.sharpness
    assert found["seconds"] is None


def test_a_step_is_picked_and_several_come_at_once(server: Server) -> None:
    assert surface(server, run="good", tag="plane", step=0)["step"] == 0
    answer = server.get_json("landscape/surface", run=["good", "good"], tag=["plane", "line"])["surface"]
    assert [one["tag"] for one in answer] == ["plane", "line"]
    assert "beta" not in answer[1]["columns"]


def test_what_is_no_landscape_is_told_and_has_no_columns(server: Server) -> None:
    for step in hostile():
        found = surface(server, run="bad", tag="bad", step=step)
        assert found["columns"] == {}
        assert f"step {step}: no landscape" in found["problems"][0]


def test_a_landscape_that_says_nothing_of_itself_is_shown_all_the_same(server: Server) -> None:
    found = surface(server, run="bare", tag="bare")
    assert (found["columns"]["loss"], found["model"], found["problems"]) == ([0.0], "", [])


def test_an_unchanged_landscape_is_not_sent_again(server: Server) -> None:
    first = server.get("landscape/surface", run="good", tag="plane")
    path, asked = "data/plugin/candles/landscape/surface", {"run": "good", "tag": "plane"}
    again = server.request(path, asked, headers={"If-None-Match": first.headers["ETag"]})
    assert again.status == 304


@pytest.mark.parametrize(
    ("params", "status", "words"),
    [
        ({"run": "good", "tag": "none"}, 404, "has no landscape 'none'"),
        ({"run": "good", "tag": "plane", "step": 7}, 404, "at step 7"),
        ({"run": "good", "tag": "plane", "step": "x"}, 400, "step must be a number"),
        ({"run": "good", "tag": "plane", "step": [1, 2]}, 400, "a step for each run and tag"),
        ({"run": "gone", "tag": "plane"}, 404, "gone"),
    ],
)
def test_what_cannot_be_answered_says_why(
    server: Server, params: dict[str, object], status: int, words: str
) -> None:
    answer = server.get("landscape/surface", **params)
    assert answer.status == status
    assert words in answer.json()["error"]
