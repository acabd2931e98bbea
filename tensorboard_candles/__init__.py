"""Candlestick charts of training metrics in TensorBoard, and the tracker that logs them.

    from tensorboard_candles import Tracker

    tracker = Tracker(project="my-cnn")
    tracker.log(loss=0.3)

The names below are imported when they are first used: TensorBoard imports this package at every start
to find the plugin, and that must cost next to nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tensorboard_candles import summary
    from tensorboard_candles.control.parameters import Parameter
    from tensorboard_candles.integrations.landscape import landscape
    from tensorboard_candles.integrations.summary_writer import CandleWriter
    from tensorboard_candles.writer.complexity import complexity
    from tensorboard_candles.writer.tracker import Tracker

    __version__: str

__all__ = ["CandleWriter", "Parameter", "Tracker", "__version__", "complexity", "landscape", "summary"]

_HOMES = {
    "CandleWriter": ("tensorboard_candles.integrations.summary_writer", "CandleWriter"),
    "Parameter": ("tensorboard_candles.control.parameters", "Parameter"),
    "Tracker": ("tensorboard_candles.writer.tracker", "Tracker"),
    "__version__": ("tensorboard_candles.metadata", "VERSION"),
    "complexity": ("tensorboard_candles.writer.complexity", "complexity"),
    "landscape": ("tensorboard_candles.integrations.landscape", "landscape"),
    "summary": ("tensorboard_candles.summary", None),
}


if not TYPE_CHECKING:  # a type checker would take any name for one of ours

    def __getattr__(name: str) -> object:
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        module, attribute = _HOMES[name]
        home = import_module(module)
        value: object = home if attribute is None else getattr(home, attribute)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return __all__
