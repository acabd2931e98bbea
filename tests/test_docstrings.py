"""The calls worked in docstrings give the results they say."""

from __future__ import annotations

import doctest
import pkgutil
from importlib import import_module

import pytest

import tensorboard_candles

MODULES = [
    module.name for module in pkgutil.walk_packages(tensorboard_candles.__path__, "tensorboard_candles.")
]
INTEGRATIONS = "tensorboard_candles.integrations."


@pytest.mark.parametrize("name", ["tensorboard_candles", *MODULES])
def test_examples_in_docstrings_hold(name: str) -> None:
    if name.startswith(INTEGRATIONS):  # its framework is there for `make test-all` alone
        pytest.importorskip(name, exc_type=ImportError)
    assert doctest.testmod(import_module(name)).failed == 0


def test_there_are_examples_to_check() -> None:
    modules = [import_module(name) for name in MODULES if not name.startswith(INTEGRATIONS)]
    found = [test for module in modules for test in doctest.DocTestFinder().find(module)]
    assert sum(len(test.examples) for test in found) > 5
