"""What is asked for: numbers of other kinds than Python's, and what is none."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.analysis.landscape.plan import Plan
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.integrations.landscape import landscape
from tests.analysis.landscape.bowl import Bowl

NUMPYS: dict[str, Any] = {
    "points": np.array([3, 5]), "span": np.array([[-1, 2], [0, 3]], np.float32), "seed": np.uint8(3),
    "epsilon": np.float32(0.5), "eigenvalues": np.int64(2),
}  # fmt: skip


def test_numbers_of_numpy_ask_for_what_pythons_own_do() -> None:
    plain = Plan(points=(3, 5), span=((-1.0, 2.0), (0.0, 3.0)), seed=3, epsilon=0.5, eigenvalues=2)
    assert Plan(**NUMPYS) == plain
    assert Plan(span=np.int64(2)) == Plan(span=2)  # type: ignore[arg-type]


def test_numbers_of_numpy_find_what_is_kept_of_pythons_own(tmp_path: Path) -> None:
    quiet: dict[str, Any] = {"progress": False, "cache": tmp_path, "eigenvalues": 0}
    settings = {"points": np.int64(3), "seed": np.int64(3), "span": np.float32(0.5), "epsilon": np.float64(1)}
    found = landscape(Bowl(np.eye(4), np.ones(4)), **settings, **quiet)  # type: ignore[arg-type]
    again = Bowl(np.eye(4), np.ones(4))
    same = landscape(again, points=3, seed=3, span=0.5, epsilon=1, **quiet)
    assert same.loss.tolist() == found.loss.tolist()
    assert again.evaluated == 0


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"seed": "3"}, "seed must be a whole number, got '3'"),
        ({"seed": 0.5}, "seed must be a whole number, got 0.5"),
        ({"seed": -1}, "seed must be >= 0, got -1"),
        ({"points": (2.5, 3)}, "points must be a whole number, got 2.5"),
        ({"points": ()}, "points must be 1, 2 or 3 numbers > 0"),
        ({"eigenvalues": None}, "eigenvalues must be a whole number, got None"),
        ({"span": "wide"}, "span must be a number, got 'wide'"),
        ({"span": [1, "wide"]}, "span must be a number, got 'wide'"),
        ({"span": [(0, 1, 2), 1]}, r"span must have a number or \(low, high\) for each direction"),
        ({"epsilon": [1, 2]}, r"epsilon must be a number, got \[1, 2\]"),
        ({"epsilon": np.nan}, "epsilon must be > 0, got nan"),
        ({"epsilon": np.inf}, "epsilon must be > 0, got inf"),
    ],
)
def test_what_is_no_number_is_refused_in_words(settings: dict[str, Any], says: str) -> None:
    with pytest.raises(BadRequest, match=says):
        Plan(**settings)
