"""What a Tracker says beside numbers: texts, images, records of logging, what tags mean, epochs done."""

from __future__ import annotations

import io
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.errors import WriterError
from tests.writer.reading import epoch_marks, points, raw_events


@pytest.fixture
def tracker(tmp_path: Path) -> Tracker:
    return Tracker("p", logdir=tmp_path, run="r")


def texts(run_dir: Path) -> list[tuple[str, int, str]]:
    return [
        (value.tag, event.step, make_ndarray(value.tensor).item().decode())
        for event in raw_events(run_dir)
        for value in event.summary.value
        if value.metadata.plugin_data.plugin_name == "text"
    ]


def test_text_stands_at_the_step_that_was_logged_last(tracker: Tracker) -> None:
    tracker.text("note", "*before*")
    tracker.log(loss=1)
    tracker.log(loss=1)
    tracker.text("note", "größe ✓")
    tracker.text("note", "later", step=10)
    tracker.log(loss=1)
    tracker.close()
    assert texts(tracker.run_dir) == [("note", 0, "*before*"), ("note", 1, "größe ✓"), ("note", 10, "later")]
    assert [step for _, step, _ in points(tracker.run_dir)] == [0, 1, 2]


@pytest.mark.parametrize(("tag", "text"), [("", "x"), ("x", "\ud800"), ("x", 3), ("\ud800", "x")])
def test_text_that_can_not_be_written_is_refused(tracker: Tracker, tag: str, text: Any) -> None:
    with pytest.raises(WriterError):
        tracker.text(tag, text)


@pytest.mark.parametrize("channels", [None, 1, 3, 4])
def test_image_is_kept_pixel_by_pixel(tracker: Tracker, channels: int | None) -> None:
    image_module = pytest.importorskip("PIL.Image")
    shape = (5, 7) if channels is None else (5, 7, channels)
    picture = np.random.default_rng(1).integers(0, 256, shape, np.uint8)
    given = picture.copy()
    tracker.log(loss=1, step=3)
    tracker.image("sample", given)
    given[:] = 0  # painted over before it is encoded
    tracker.image("float", picture / 255)
    tracker.close()
    first, second = [
        value for event in raw_events(tracker.run_dir) for value in event.summary.value if value.image.height
    ]
    for value in (first, second):
        assert (value.image.height, value.image.width, value.image.colorspace) == (5, 7, channels or 1)
        read = np.asarray(image_module.open(io.BytesIO(value.image.encoded_image_string)))
        assert np.array_equal(read, picture.reshape(read.shape))


@pytest.mark.parametrize(
    ("image", "says"),
    [
        (np.zeros(5), "must be height × width"),
        (np.zeros((5, 5, 2)), r"got \(5, 5, 2\)"),
        (np.zeros((0, 5)), r"got \(0, 5\)"),
        (np.zeros((5, 5), np.int64), "must be uint8 or floats"),
        (np.full((5, 5), 200.0), "got floats as far off as 200; divide them by 255"),
    ],
)
def test_array_that_is_no_picture_is_refused(tracker: Tracker, image: Any, says: str) -> None:
    pytest.importorskip("PIL")
    with pytest.raises(WriterError, match=says):
        tracker.image("x", image)


def test_images_without_pillow_say_what_to_install(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "PIL", None)
    with pytest.raises(WriterError, match=r"pip install 'tensorboard_candles\[image\]'"):
        tracker.image("x", np.zeros((2, 2)))


def test_records_of_logging_become_texts(tracker: Tracker) -> None:
    logger = logging.getLogger("my_training")
    logger.addHandler(tracker.logger)
    logger.setLevel("INFO")
    try:
        tracker.log(loss=1, step=5)
        logger.info("lr is %s", 0.1)
        logger.warning("odd: \ud800")
        tracker.close()
        logger.info("after the end")
    finally:
        logger.removeHandler(tracker.logger)
    assert texts(tracker.run_dir) == [("logs/info", 5, "lr is 0.1"), ("logs/warning", 5, "odd: \\ud800")]


def test_our_own_warnings_are_not_logged_into_the_file_they_are_about(tracker: Tracker) -> None:
    logging.getLogger("tensorboard_candles").addHandler(tracker.logger)
    try:
        logging.getLogger("tensorboard_candles").warning("can't write")
    finally:
        logging.getLogger("tensorboard_candles").removeHandler(tracker.logger)
    tracker.close()
    assert texts(tracker.run_dir) == []


def test_descriptions_of_tags_are_written_as_metadata_says(tracker: Tracker) -> None:
    tracker.describe("loss", "val/loss", polarity="lower_is_better", unit="nats", volume="grad_norm")
    tracker.log(loss=1)
    tracker.describe("loss", unit="bits")
    tracker.close()
    found = [v for event in raw_events(tracker.run_dir) for v in event.summary.value if v.tag != "loss"]
    for value in found:
        assert value.tag == metadata.TAGS_TAG
        assert value.metadata.plugin_data.plugin_name == metadata.PLUGIN_NAME
        assert metadata.kind_of(value.metadata.plugin_data.content) == metadata.TAGS_KIND
    about = {"polarity": "lower_is_better", "unit": "nats", "volume": "grad_norm"}
    assert [json.loads(make_ndarray(value.tensor).item()) for value in found] == [
        {"loss": about, "val/loss": about},
        {"loss": {"unit": "bits"}},
    ]
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]


@pytest.mark.parametrize(
    ("about", "says"),
    [({"polarity": "up"}, "polarity must be one of"), ({"unit": ""}, "a tag"), ({"volume": 3}, "a tag")],
)
def test_description_that_can_not_be_is_refused(tracker: Tracker, about: Any, says: str) -> None:
    with pytest.raises(WriterError, match=says):
        tracker.describe("loss", **about)


def test_description_of_nothing_or_that_says_nothing_is_refused(tracker: Tracker) -> None:
    with pytest.raises(WriterError, match=r"got tags \('loss',\) and {}"):
        tracker.describe("loss")
    with pytest.raises(WriterError, match=r'describe\("loss", unit="nats"\); got tags \(\) and'):
        tracker.describe(unit="nats")
    tracker.close()
    assert [value for event in raw_events(tracker.run_dir) for value in event.summary.value] == []


def test_text_before_the_first_numbers_of_an_epoch_leaves_its_mark(tracker: Tracker) -> None:
    for epoch in tracker.epochs(3):
        tracker.text("logs/info", f"epoch {epoch} begins")
        tracker.log(loss=1)
        tracker.log(loss=2)
    tracker.close()
    assert epoch_marks(tracker.run_dir) == [(0, 0), (2, 1), (4, 2)]


def test_epochs_done_counts_batches_within_the_epoch(tracker: Tracker) -> None:
    found = [tracker.epochs_done]
    for _ in tracker.epochs(2):
        for _ in tracker.batches(range(4)):
            found.append(tracker.epochs_done)
            tracker.log(loss=1)
    for _ in tracker.batches(iter([1, 2])):  # an epoch of its own; its length is told by the iterator
        found.append(tracker.epochs_done)
        tracker.log(loss=1)
    for _ in tracker.batches(one for one in "ab"):
        found.append(tracker.epochs_done)
        tracker.log(loss=1)
    tracker.close()
    assert found == [0, 0, 0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 3]
    assert tracker.epochs_done == 4
    assert epoch_marks(tracker.run_dir) == [(0, 0), (4, 1), (8, 2), (10, 3)]


def test_broken_off_batches_end_their_epoch(tracker: Tracker) -> None:
    for batch in tracker.batches(range(4)):
        tracker.log(loss=batch)
        if batch == 1:
            break
    assert tracker.epochs_done == 1
    with tracker.epoch() as number:
        assert number == 1


@pytest.mark.parametrize("config", [{"a": "\ud800"}, {"\ud800": 1}, {"a": {"\ud800": 1}}])
def test_config_that_is_no_unicode_is_refused_before_anything_is_made(config: Any, tmp_path: Path) -> None:
    with pytest.raises(WriterError, match="config must be Unicode"):
        Tracker("p", logdir=tmp_path, config=config)
    assert list(tmp_path.iterdir()) == []


def test_config_with_such_text_within_a_list_is_written_as_it_is_shown(tmp_path: Path) -> None:
    Tracker("p", logdir=tmp_path, config={"names": ["\ud800"]}).close()
