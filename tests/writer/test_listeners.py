"""Those who look at what is logged, in the output thread."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.layout import layout_of
from tensorboard_candles.writer.logged import Logged
from tests.writer.reading import points as points_in


def test_listener_is_given_every_point_once_and_in_order(tmp_path: Path) -> None:
    heard: dict[str, list[tuple[int, float]]] = {}

    def listen(columns: Mapping[str, Logged]) -> None:
        for tag, points in columns.items():
            heard.setdefault(tag, []).extend(zip(points.step.tolist(), points.value.tolist(), strict=True))

    file = EventFile(tmp_path)
    file.listen(listen)
    loss, both = layout_of(("loss",)), layout_of(("acc", "loss"))
    for step in range(5000):
        if step % 3:
            file.log(loss, [step / 4], step)
        else:
            file.log(both, [-step, step / 4], step)
    file.close()
    assert heard["loss"] == [(step, step / 4) for step in range(5000)]
    assert heard["acc"] == [(step, -step) for step in range(0, 5000, 3)]


def test_listener_is_given_values_as_a_reader_gets_them(tmp_path: Path) -> None:
    heard: list[float] = []
    file = EventFile(tmp_path)
    file.listen(lambda columns: heard.extend(columns["x"].value.tolist()))
    for value in (0.1, 1e300, float("inf")):
        file.log(layout_of(("x",)), [value], None)
    file.close()
    assert heard == [float(np.float32(0.1)), 1e300, float("inf")]


def test_listener_that_raises_is_said_and_the_file_goes_on(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    def listen(columns: Mapping[str, Logged]) -> None:
        raise ZeroDivisionError("of mine")

    file = EventFile(tmp_path)
    file.listen(listen)
    with caplog.at_level(logging.WARNING):
        for step in range(3):
            file.log(layout_of(("x",)), [step], None)
            file.flush()
    file.close()
    assert [record.getMessage() for record in caplog.records].count(caplog.records[0].getMessage()) == 1
    assert "of mine" in caplog.records[0].getMessage()
    assert len(points_in(tmp_path)) == 3


def test_step_that_can_not_be_written_costs_its_listeners_and_others_no_later_one(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    heard: list[int] = []
    file, loss = EventFile(tmp_path), layout_of(("loss",))
    file.listen(lambda columns: heard.extend(columns["loss"].step.tolist()))
    file.log(loss, [0.5], 2**63 - 1)
    file.log(loss, [0.5], None)  # 2**63
    file.flush()
    file.log(loss, [0.5], 7)
    file.close()
    assert heard[-1] == 7
    assert [step for _, step, _ in points_in(tmp_path)] == [2**63 - 1, 7]
    assert "1 values could not be read" in caplog.text
