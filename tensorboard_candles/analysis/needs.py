"""Packages that come with `tensorboard_candles[analysis]`, and what is said where they are missing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from tensorboard_candles.errors import Missing


@contextmanager
def needing(package: str) -> Iterator[None]:
    """Around the import of a package; `Missing` says how to get it.

    >>> with needing("scikit-learn"):
    ...     import no_such_package
    Traceback (most recent call last):
    tensorboard_candles.errors.Missing: this needs scikit-learn: pip install 'tensorboard_candles[analysis]'
    """
    try:
        yield
    except ImportError as error:
        raise Missing(f"this needs {package}: pip install 'tensorboard_candles[analysis]'") from error
