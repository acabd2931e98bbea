from __future__ import annotations

import pytest

from tensorboard_candles.api.patterns import chosen, patterns
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.indicators.patterns import PATTERNS


def test_what_the_registry_names_can_be_asked_for() -> None:
    names = [one["name"] for one in patterns()["patterns"]]
    assert chosen(",".join(names)) == chosen("all") == chosen("doji, all") == tuple(PATTERNS.values())


def test_none_asked_for_is_not_the_same_as_no_pattern() -> None:
    assert chosen(None) is None
    assert chosen("") == ()


@pytest.mark.parametrize("text", ["dojo", "doji,", "ALL", ","])
def test_a_pattern_that_there_is_not_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(BadRequest, match=r"there is no pattern '.*'; there are engulfing, .*, or all"):
        chosen(text)
