"""Whose gradients are to be watched, and by which integration."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.event_file import EventFile
from tensorboard_candles.writer.silent_file import SilentFile

if TYPE_CHECKING:
    from tensorboard_candles.integrations.torch import Watch


def watch(model: Any, file: EventFile | SilentFile, *, tag: str, layers: bool) -> Watch:
    """Watch a PyTorch model; WriterError when it is none."""
    origins = {base.__module__.partition(".")[0] for base in type(model).__mro__}
    if "keras" in origins:  # which may be a torch.nn.Module, too, that no optimizer of torch ever steps
        raise WriterError("watch() is for PyTorch; Keras has its gradients in the callback of this package")
    if any(base.__module__.startswith("torch.optim") for base in type(model).__mro__):
        raise WriterError(
            f"watch() takes the model, got its optimizer {type(model).__qualname__}: tracker.watch(model)"
        )
    if "torch" not in origins or not callable(getattr(model, "named_parameters", None)):
        raise WriterError(f"watch() takes a torch.nn.Module, got {type(model).__qualname__}: {model!r:.80}")
    from tensorboard_candles.integrations.torch import Watch

    return Watch(model, file, tag=tag, layers=layers)
