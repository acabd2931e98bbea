"""One flipped bit is reported and costs exactly its record; `tests/nightly` flips every bit there is."""

from __future__ import annotations

import random

import pytest

from tests.support.flips import LOGS, RECORD_COUNT, bits_of, log, wrong_flips


@pytest.mark.parametrize("name", LOGS)
def test_a_flipped_bit_is_reported_and_costs_exactly_its_record(name: str) -> None:
    dice = random.Random(0)
    rows = [0, 1, RECORD_COUNT - 1, *dice.sample(range(RECORD_COUNT), 40)]
    for row in rows:
        bits = [dice.choice(part) for part in bits_of(log(name)[row]).values()]
        assert wrong_flips(name, row, bits) == []
