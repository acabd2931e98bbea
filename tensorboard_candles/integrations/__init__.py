"""What needs a framework: one module for each, and no framework is imported anywhere else.

    from tensorboard_candles.integrations.keras import CandlesCallback

docs/integrations.md shows each of them in use.
"""

from __future__ import annotations


def missing(framework: str) -> ImportError:
    """What to raise where a framework can't be imported; its extra is named as its module.

    >>> missing("keras")
    ImportError("this needs keras: pip install 'tensorboard_candles[keras]'")
    """
    return ImportError(f"this needs {framework}: pip install 'tensorboard_candles[{framework}]'")
