"""`GET outputs`, `GET outputs/image` and `GET stats` of a real TensorBoard."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from PIL import Image
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto

from tensorboard_candles import Tracker, metadata
from tests.support.records import (
    event_of,
    own_value,
    scalar_file,
    scalar_record,
    start_record,
    tensor_value,
    write_run,
)
from tests.support.server import Server

KIND = metadata.OUTPUTS_KIND
SCORES = [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]]
HOSTILE_IMAGE = b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"


def old_image(tag: str, content: bytes) -> summary_pb2.Summary.Value:
    """As torch writes one."""
    image = summary_pb2.Summary.Image(width=1, height=1, colorspace=1, encoded_image_string=content)
    return summary_pb2.Summary.Value(tag=tag, image=image)


def new_images(tag: str, *content: bytes) -> summary_pb2.Summary.Value:
    """As TensorFlow writes them."""
    tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=[b"1", b"1", *content])
    tensor.tensor_shape.dim.add(size=2 + len(content))
    return tensor_value(tag, tensor, "images")


def encoded(form: str, grey: int) -> bytes:
    stream = io.BytesIO()
    Image.new("L", (2, 2), grey).save(stream, form)
    return stream.getvalue()


def of_others(logdir: Path) -> None:
    events = [
        event_of(old_image("old", encoded("png", 10)), step=1, wall_time=1.0),
        event_of(old_image("old", encoded("png", 20)), step=2, wall_time=2.0),
        start_record(2, wall_time=3.0),
        event_of(new_images("new", encoded("jpeg", 30), encoded("gif", 40)), step=3, wall_time=4.0),
        event_of(new_images("new", HOSTILE_IMAGE), step=4, wall_time=5.0),
    ]
    write_run(logdir, "others", scalar_file("loss", [1.0]) + b"".join(events))


def hostile(logdir: Path) -> None:
    two = np.array([0, 1])
    contents = [
        b"",
        safetensors.numpy.save({"label": two}, {"total": "2"}),
        safetensors.numpy.save({"predicted": two, "label": two[:1]}, {"total": "2"}),
        safetensors.numpy.save({"predicted": two, "label": two}, {"total": "1"}),
        safetensors.numpy.save({"predicted": two, "label": two}, {"total": "2", "classes": "{"}),
        safetensors.numpy.save({"predicted": np.array(1), "label": np.array(1)}, {"total": "1"}),
        safetensors.numpy.save({"predicted": np.zeros((2, 600_000)), "label": np.zeros((2, 600_000))}),
        safetensors.numpy.save({"predicted": np.zeros((0, 3)), "label": np.zeros((0, 3))}, {"total": "2"}),
        safetensors.numpy.save({"predicted": two[:0], "label": two[:0], "scores": np.zeros((0, 3))}),
    ]
    records = [event_of(own_value(KIND, "bad", one), step=step) for step, one in enumerate(contents)]
    write_run(logdir, "hostile", b"".join(records))


def paused(logdir: Path) -> None:
    """Ten steps a second, a stop of an hour, five steps a second from step 50 on."""
    first = [scalar_record("loss", step=step, wall_time=1000 + step / 10, value=1.0) for step in range(100)]
    second = [start_record(50, wall_time=4999.0)]
    second += [scalar_record("loss", step=50 + n, wall_time=5000 + n / 5, value=1.0) for n in range(100)]
    machine = [
        scalar_record("system/cpu_percent", step=n, wall_time=5000.0 + n, value=90.0 + n) for n in range(9)
    ]
    write_run(logdir, "paused", b"".join(first), name="events.tfevents.1")
    write_run(logdir, "paused", b"".join([*second, *machine]), name="events.tfevents.2")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    with Tracker("p", logdir=logdir, run="r") as tracker:
        for step, labels in ((10, [0, 1, 1]), (20, [0, 1, 0])):
            tracker.log(loss=1.0, step=step)
            images = np.full((3, 2, 2, 1), step / 255)
            tracker.output("val", predictions=SCORES, labels=labels, images=images, classes=["cat", "dog"])
            tracker.output("far", predictions=[0.5, np.nan], labels=[1.0, 2.0])
    of_others(logdir)
    hostile(logdir)
    paused(logdir)
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def asked(server: Server, run: str, **params: object) -> dict[str, Any]:
    (found,) = server.get_json("outputs", run=run, **params)["outputs"]
    assert found["run"] == run
    return dict(found)


def test_tags_are_told_with_their_steps_and_the_images_that_go_with_them(server: Server) -> None:
    tags = {one.pop("tag"): one for one in asked(server, "p/r")["tags"]}
    both = {"step_count": 2, "steps": [10, 20]}
    assert tags == {
        "far/outputs": {"kind": "outputs", "images": None, **both},
        "val/images": {"kind": "images", "images": "val/images", **both},
        "val/outputs": {"kind": "outputs", "images": "val/images", **both},
    }


def test_predictions_of_a_step_are_told_beside_labels(server: Server) -> None:
    found = asked(server, "p/r", tag="val/outputs", step=10)
    assert (found["step"], found["total"], found["kept"], found["right"]) == (10, 3, 3, 2)
    assert found["classes"] == ["cat", "dog"]
    assert found["confusion"] == {"label": [0, 1, 1], "predicted": [0, 0, 1], "count": [1, 1, 1]}
    assert found["images"] == {"tag": "val/images", "step": 10, "count": 3}
    columns = found["columns"]
    assert (columns["row"], columns["predicted"], columns["label"]) == ([0, 1, 2], [0, 1, 0], [0, 1, 1])
    assert np.allclose(columns["scores"], SCORES)
    assert len(asked(server, "p/r", tag="val/outputs", limit=1)["columns"]["row"]) == 1


@pytest.mark.parametrize(("step", "told"), [(None, 20), (25, 20), (19, 10), (5, 10)])
def test_a_step_between_two_shows_the_one_before(server: Server, step: int | None, told: int) -> None:
    asked_step = {} if step is None else {"step": step}
    assert asked(server, "p/r", tag="val/outputs", **asked_step)["step"] == told


def test_floats_have_how_far_they_are_off_and_no_confusion(server: Server) -> None:
    found = asked(server, "p/r", tag="far/outputs")
    assert (found["right"], found["confusion"], found["off_by"]) == (None, None, None)
    assert found["columns"]["predicted"] == [0.5, None]


def test_images_come_as_what_they_are_and_are_never_a_page(server: Server) -> None:
    answer = server.get("outputs/image", run="p/r", tag="val/images", step=20, index=2)
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert Image.open(io.BytesIO(answer.body)).getpixel((0, 0)) == 20


def test_images_of_other_writers_are_found_but_for_those_that_a_restart_voids(server: Server) -> None:
    steps = {one["tag"]: one["steps"] for one in asked(server, "others")["tags"]}
    assert steps == {"new": [3, 4], "old": [1]}
    assert asked(server, "others", tag="new", step=3)["images"]["count"] == 2
    types = [
        server.get("outputs/image", run="others", **which).headers["Content-Type"]
        for which in (
            {"tag": "old"},
            {"tag": "new", "step": 3},
            {"tag": "new", "step": 3, "index": 1},
        )
    ]
    assert types == ["image/png", "image/jpeg", "image/gif"]


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({"run": "others", "tag": "new", "step": "4"}, 404),  # a page in the place of an image
        ({"run": "others", "tag": "new", "step": "3", "index": "2"}, 400),
        ({"run": "others", "tag": "new", "step": "99"}, 404),
        ({"run": "others", "tag": "nothing"}, 404),
        ({"run": "nothing", "tag": "new"}, 404),
        ({"tag": "new"}, 400),
    ],
)
def test_what_is_no_image_is_an_error(server: Server, params: dict[str, str], status: int) -> None:
    answer = server.get("outputs/image", **params)
    assert (answer.status, bool(answer.error())) == (status, True)


def test_outputs_that_are_none_are_told_in_words(server: Server) -> None:
    for step in asked(server, "hostile")["tags"][0]["steps"]:
        found = asked(server, "hostile", tag="bad", step=step)
        assert found["columns"] == {}
        assert len(found["problems"]) == 1
    assert asked(server, "others", tag="nothing")["problems"] == ["run 'others' has no outputs 'nothing'"]


def test_speed_leaves_out_the_time_between_a_stop_and_a_restart(server: Server) -> None:
    (found,) = server.get_json("stats", run="paused", limit=1000)["stats"]
    columns = found["columns"]
    rates = list(zip(columns["time"], columns["steps_per_sec"], strict=True))
    before = {round(rate, 6) for time, rate in rates if time < 2000}
    after = {round(rate, 6) for time, rate in rates if time > 2000}
    assert (before, after) == ({10.0}, {5.0})
    assert found["latest"] == pytest.approx({"steps_per_sec": 5.0, "points_per_sec": 5.0})
    assert found["tag"] == "loss"


def test_what_the_machine_does_is_told_by_tag(server: Server) -> None:
    (found,) = server.get_json("stats", run="paused")["stats"]
    (machine,) = found["system"]
    assert (machine["tag"], machine["latest"]) == ("system/cpu_percent", 98.0)
    assert machine["columns"]["value"] == [90.0 + n for n in range(9)]


def test_speed_of_a_run_without_points_is_not_known(server: Server) -> None:
    (found,) = server.get_json("stats", run="hostile")["stats"]
    assert (found["tag"], found["latest"], found["columns"]["time"], found["system"]) == (None, None, [], [])
