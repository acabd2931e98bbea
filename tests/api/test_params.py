from __future__ import annotations

import pytest
from werkzeug.datastructures import MultiDict

from tensorboard_candles.api import params
from tensorboard_candles.errors import BadRequest

NOT_NUMBERS = ["nan", "inf", "-inf", "1e400", "abc", "", "1_0", "0x1", "9" * 5000, "1e300", "٣", "1 "]


@pytest.mark.parametrize("text", NOT_NUMBERS)
def test_what_is_no_finite_number_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="start must be a finite number"):
        params.number(MultiDict({"start": text}), "start")


def test_whole_numbers_beyond_doubles_stay_exact() -> None:
    assert params.number(MultiDict({"start": "9007199254740993"}), "start") == 9007199254740993


@pytest.mark.parametrize(("width", "is_whole"), [("0", True), ("-3", True), ("-0.5", False), ("2.5", True)])
def test_widths_that_no_candle_can_have_are_refused(width: str, is_whole: bool) -> None:
    with pytest.raises(BadRequest, match="width must be"):
        params.width(MultiDict({"width": width}), is_whole=is_whole)


def test_a_whole_width_may_be_written_as_a_decimal() -> None:
    assert params.width(MultiDict({"width": "2.0"}), is_whole=True) == 2


@pytest.mark.parametrize("text", ["0", "10001", "1.5", "-1"])
def test_limits_out_of_range_are_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="from 1 to 10000"):
        params.whole(MultiDict({"limit": text}), "limit", 1000, least=1, most=10_000)


def test_an_empty_window_is_refused() -> None:
    with pytest.raises(BadRequest, match="end must be > start, got start 5 and end 5"):
        params.window(MultiDict({"start": "5", "end": "5"}))


def test_runs_and_tags_come_in_pairs() -> None:
    with pytest.raises(BadRequest, match="got 2 runs and 1 tags"):
        params.pairs(MultiDict([("run", "a"), ("run", "b"), ("tag", "loss")]))
