"""Every single bit of a file of a thousand records, flipped: minutes on every core there is."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest

from tests.support.flips import LOGS, RECORD_COUNT, log, wrong_flips


@pytest.mark.parametrize("name", LOGS)
def test_every_flipped_bit_is_reported_and_costs_exactly_its_record(name: str, flip_every: int) -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        wrong = pool.map(partial(_wrong, name, flip_every), range(RECORD_COUNT), chunksize=10)
        assert [flip for record in wrong for flip in record] == []


def _wrong(name: str, flip_every: int, row: int) -> list[str]:
    # Beginning elsewhere in each record: together they have every bit flipped in some.
    return wrong_flips(name, row, range(row % flip_every, 8 * len(log(name)[row]), flip_every))
