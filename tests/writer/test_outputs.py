"""Predictions beside labels, as they stand in the file and as TensorBoard shows them."""

from __future__ import annotations

import io
import json
import urllib.parse
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from safetensors.numpy import load
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.errors import WriterError
from tests.support.server import Server, eventually
from tests.writer.reading import raw_events

SCORES = [[0.2, 0.8], [0.7, 0.3], [0.4, 0.6]]


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker("p", logdir=tmp_path, run="r")


def values(tracker: Tracker) -> dict[str, list[tuple[int, Any]]]:
    """(step, value) of all that was written under each tag."""
    tracker.close()
    found: dict[str, list[tuple[int, Any]]] = {}
    for event in raw_events(tracker.run_dir):
        for value in event.summary.value:
            found.setdefault(value.tag, []).append((event.step, value))
    return found


def kept(tracker: Tracker) -> tuple[dict[str, Any], dict[str, str]]:
    """Arrays and metadata of the one summary of outputs, read as `metadata.OUTPUTS_KIND` tells."""
    [(_, value)] = values(tracker)["val/outputs"]
    assert value.metadata.plugin_data.plugin_name == metadata.PLUGIN_NAME
    assert metadata.kind_of(value.metadata.plugin_data.content) == metadata.OUTPUTS_KIND
    content = make_ndarray(value.tensor).item()
    header = json.loads(content[8 : 8 + int.from_bytes(content[:8], "little")])
    return load(content), header["__metadata__"]


def table(tracker: Tracker) -> str:
    [(_, value)] = values(tracker)["val/predictions"]
    assert value.metadata.plugin_data.plugin_name == "text"
    return str(make_ndarray(value.tensor).item().decode())


def test_scores_and_labels_are_kept_and_all_rows_are_counted(tracker: Tracker) -> None:
    make = np.random.default_rng(0)
    scores, labels = make.random((1000, 3), np.float32), make.integers(3, size=1000)
    given = scores.copy()
    tracker.log(loss=0.5, step=7)
    tracker.output("val", predictions=scores, labels=labels, classes=["cat", "dog", "owl"], rows=10)
    scores[:] = 0
    arrays, about = kept(tracker)
    assert np.array_equal(arrays["scores"], given[:10])
    assert arrays["scores"].dtype == np.float32
    assert np.array_equal(arrays["predicted"], given[:10].argmax(1))
    assert np.array_equal(arrays["label"], labels[:10])
    assert about == {"total": "1000", "classes": '["cat", "dog", "owl"]'}
    counts = {(label, predicted): count for label, predicted, count in arrays["confusion"].tolist()}
    guessed = given.argmax(1)
    assert counts == {
        (label, one): int(((labels == label) & (guessed == one)).sum())
        for label in range(3)
        for one in range(3)
    }
    assert {step for found in values(tracker).values() for step, _ in found} == {7}
    right = int((labels == guessed).sum())
    assert table(tracker).startswith(
        f"**{right} of 1,000 right ({right / 10:.1f}%)**; the first 10 of 1,000:\n"
    )
    assert len(table(tracker).splitlines()) == 2 + 2 + 10


def test_table_marks_what_is_wrong(tracker: Tracker) -> None:
    tracker.output(
        "val", predictions=[1, 0, 5, 0], labels=[1, 1, 1, 0], classes=["no|_x_", "<b>yes</b>"], step=3
    )
    assert table(tracker).splitlines() == [
        "**2 of 4 right (50.0%)**",
        "",
        "| row | prediction | label | |",
        "|---|---|---|---|",
        "| 0 | &#60;b&#62;yes&#60;/b&#62; | &#60;b&#62;yes&#60;/b&#62; | |",
        "| 1 | no&#124;&#95;x&#95; | &#60;b&#62;yes&#60;/b&#62; | ✗ |",
        "| 2 | 5 | &#60;b&#62;yes&#60;/b&#62; | ✗ |",
        "| 3 | no&#124;&#95;x&#95; | no&#124;&#95;x&#95; | |",
    ]


@pytest.mark.parametrize(
    ("predictions", "labels", "classes"),
    [
        (["dog", "cat"], ["dog", "dog"], None),
        (["dog", "cat"], [1, 1], ["cat", "dog"]),
        ([[0.2, 0.8], [0.7, 0.3]], ["dog", "dog"], ["cat", "dog"]),
        (np.array([True, False]), [[True], [True]], ("cat", "dog")),
        (np.array([1, 0], np.uint8), (1, 1), ["cat", "dog"]),
    ],
)
def test_names_numbers_and_scores_say_the_same(
    predictions: Any, labels: Any, classes: Any, tracker: Tracker
) -> None:
    tracker.output("val", predictions=predictions, labels=labels, classes=classes)
    arrays, about = kept(tracker)
    assert arrays["predicted"].tolist() == [1, 0]
    assert arrays["label"].tolist() == [1, 1]
    assert arrays["confusion"].tolist() == [[1, 0, 1], [1, 1, 1]]
    assert json.loads(about["classes"]) == ["cat", "dog"]


@pytest.mark.parametrize("kind", [np.float32, np.int64, bool])
def test_one_hot_labels_are_classes(kind: type, tracker: Tracker) -> None:
    tracker.output("val", predictions=SCORES, labels=np.array([[0, 1], [0, 1], [1, 0]], kind))
    arrays, _ = kept(tracker)
    assert arrays["label"].tolist() == [1, 1, 0]
    assert arrays["predicted"].tolist() == [1, 0, 1]
    assert np.array_equal(arrays["scores"], np.asarray(SCORES, np.float32))


def test_several_labels_of_a_row_are_no_classes(tracker: Tracker) -> None:
    tracker.output("val", predictions=SCORES, labels=[[0.0, 1.0], [1.0, 1.0], [0.0, 1.0]])
    assert set(kept(tracker)[0]) == {"predicted", "label"}


def test_images_may_be_those_of_the_rows_that_are_kept(tracker: Tracker) -> None:
    pytest.importorskip("PIL.Image")
    tracker.output("val", predictions=range(20), labels=range(20), images=np.zeros((5, 4, 6)), rows=5)
    [(_, value)] = values(tracker)["val/images"]
    assert len(value.tensor.string_val) == 2 + 5


@pytest.mark.parametrize("shape", [(100,), (100, 1), (100, 12)])
def test_floats_are_compared_by_how_far_they_are_off(shape: tuple[int, ...], tracker: Tracker) -> None:
    labels = np.linspace(0, 1, int(np.prod(shape))).reshape(shape)
    tracker.output("val", predictions=labels + 0.25, labels=labels, rows=5)
    arrays, about = kept(tracker)
    assert set(arrays) == {"predicted", "label"}
    assert np.array_equal(arrays["label"], labels[:5].reshape(arrays["label"].shape))
    assert arrays["predicted"].dtype == np.float64
    assert about == {"total": "100"}
    assert table(tracker).startswith("**off by 0.25 on average, over 100 rows**; the first 5 of 100:")
    assert table(tracker).splitlines()[-1].endswith("| 0.25 |")


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ({"predictions": [1, 2], "labels": [1]}, "as many rows as each other, and some, got 2 and 1"),
        ({"predictions": [], "labels": []}, "got 0 and 0"),
        ({"predictions": [0.2, 0.7], "labels": [[1.0, 2.0], [3.0, 4.0]]}, "of one shape"),
        ({"predictions": np.zeros((2, 2, 2), np.int64), "labels": [1, 2]}, r"shape \(2, 2, 2\)"),
        ({"predictions": [[1, 2], [3]], "labels": [1, 2]}, "predictions must be an array"),
        ({"predictions": [1j], "labels": [1]}, "numbers or names, got complex128"),
        ({"predictions": 3, "labels": 3}, "numbers or names"),
        ({"predictions": ["dog"], "labels": ["owl"], "classes": ["dog"]}, "'owl' is none of the classes"),
        ({"predictions": ["dog"], "labels": [1]}, "names beside numbers need classes="),
        ({"predictions": [1], "labels": [1], "classes": ["\ud800"]}, "Unicode"),
        ({"predictions": [1], "labels": [1], "rows": 0}, "rows must be > 0"),
        ({"predictions": [1], "labels": [1], "images": np.zeros((1, 5))}, "image 'val' must be"),
        ({"predictions": [1], "labels": [1], "images": np.zeros((4, 5, 5))}, "each of the 1 rows, got 4"),
        ({"predictions": [1], "labels": [1], "images": 7}, "each of the 1 rows, got 7"),
        ({"predictions": SCORES, "labels": [0, 5, 1]}, "classes from 0 to 1, .* 2 columns, got 5"),
        ({"predictions": SCORES, "labels": [0, -100, 1]}, "got -100; leave out"),
        ({"predictions": SCORES, "labels": [0, 1, 1], "classes": ["a"]}, "2 columns and 1 names"),
        ({"predictions": SCORES, "labels": "abb", "classes": "abc"}, "must be an array of numbers or names"),
        ({"predictions": SCORES, "labels": list("abb"), "classes": "abc"}, "2 columns and 3 names"),
        ({"predictions": SCORES, "labels": [0.0, 1.0, 1.0]}, "labels are floats .* as integers"),
        ({"predictions": SCORES, "labels": [0.5, 1.0, 1.0]}, "of one shape"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(
    arguments: dict[str, Any], says: str, tracker: Tracker
) -> None:
    with pytest.raises(WriterError, match=says):
        tracker.output("val", **arguments)
    assert values(tracker) == {}


@pytest.mark.parametrize("shape", [(20, 4, 6), (20, 4, 6, 3), (20, 3, 4, 6)])
def test_images_are_those_of_the_rows(shape: tuple[int, ...], tracker: Tracker) -> None:
    image_module = pytest.importorskip("PIL.Image")
    pictures = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    tracker.output("val", predictions=range(20), labels=range(20), images=pictures, rows=5)
    [(_, value)] = values(tracker)["val/images"]
    width, height, *pngs = value.tensor.string_val
    assert (width, height, len(pngs)) == (b"6", b"4", 5)
    expected = pictures.transpose(0, 2, 3, 1) if shape[1] == 3 else pictures
    for png, picture in zip(pngs, expected, strict=False):
        assert np.array_equal(np.asarray(image_module.open(io.BytesIO(png))), picture)


def test_tensorboard_shows_it_and_our_reader_passes_it_by(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    image_module = pytest.importorskip("PIL.Image")
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        for step in range(3):
            tracker.log(loss=step)
            tracker.output("val", predictions=["a", "b"], labels=["a", "a"], images=np.zeros((2, 4, 6)))
    server = tensorboard_server(tmp_path)
    server.wait_loaded(run="p/r", tag="loss", points=3)

    def shown(route: str, tag: str, **more: int) -> Any:
        answer = server.request(f"data/plugin/{route}", {"run": "p/r", "tag": tag, **more})
        return answer.json() if answer.status == 200 else None

    def every_step(route: str, tag: str, **more: int) -> Any:
        """It is told as far as it is loaded."""
        found = shown(route, tag, **more) or []
        return found if [one["step"] for one in found] == [0, 1, 2] else None

    texts = eventually(lambda: every_step("text/text", "val/predictions"), what="the Text tab")
    assert "<td>✗</td>" in texts[0]["text"]
    pictures = eventually(lambda: every_step("images/images", "val/images", sample=1), what="the Images tab")
    where = dict(urllib.parse.parse_qsl(pictures[0]["query"]))
    png = server.request("data/plugin/images/individualImage", where).body
    assert image_module.open(io.BytesIO(png)).size == (6, 4)
    answer = server.get_json("runs")
    assert answer["problem_count"] == 0
    assert [one["tag"] for one in answer["runs"][0]["tags"]] == ["loss"]
