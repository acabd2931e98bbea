"""Each landscape of a torch model is tested with numbers of its own, on one thread."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(autouse=True)
def _seeded() -> Iterator[None]:
    import torch

    torch.manual_seed(0)
    threads = torch.get_num_threads()
    torch.set_num_threads(1)  # models this small only wait for the others
    yield
    torch.set_num_threads(threads)
