"""Every single bit of a file of a thousand records, flipped: minutes on every core there is."""

from __future__ import annotations

import os
from concurrent.futures import ProcessPoolExecutor
from functools import partial

import pytest

from tests.support.flips import LOGS, RECORD_COUNT, wrong_flips


@pytest.mark.parametrize("name", LOGS)
def test_every_flipped_bit_is_reported_and_costs_exactly_its_record(name: str) -> None:
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        wrong = pool.map(partial(wrong_flips, name), range(RECORD_COUNT), chunksize=10)
        assert [flip for record in wrong for flip in record] == []
