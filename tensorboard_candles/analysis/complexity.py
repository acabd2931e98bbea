"""What models cost, as it was logged: `metadata.COMPLEXITY_KIND`."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from tensorboard_candles.errors import BadPayload
from tensorboard_candles.events import payload_in

WHOLE = ("layers", "depth", "parameters", "trainable", "parameter_bytes", "flops", "activation_bytes")
TEXTS = ("model", "framework", "device")
_LONGEST = 300
_MOST_REPEATS = 100_000


@dataclass(frozen=True, slots=True)
class ModelCost:
    """One model; None is what was not measured."""

    texts: Mapping[str, str]
    """By `TEXTS`; empty where nothing is said."""
    examples: int
    whole: Mapping[str, int | None]
    """By `WHOLE`: memory in bytes, FLOPs and activations of all examples."""
    gradient_noise_scale: float | None
    """In examples."""
    latency_secs: tuple[float, float, float] | None
    """Of a forward pass over all examples: the quartiles, lowest first."""
    notes: Mapping[str, str]


def model_cost(data: bytes) -> ModelCost:
    """What a summary says; anybody may have written it.

    >>> from tensorboard_candles.writer.complexity import Complexity
    >>> told = Complexity("Linear", "torch", "cpu", 8, parameters=30, trainable=30, parameter_bytes=120)
    >>> found = model_cost(told.to_bytes())
    >>> found.texts["model"], found.whole["parameters"], found.whole["flops"], found.latency_secs
    ('Linear', 30, None, None)

    Raises BadPayload with what is wrong.
    """
    payload = payload_in(data)
    said = payload.json("complexity")
    if not isinstance(said, dict):
        raise BadPayload("'complexity' must be an object of JSON")
    notes = said.get("notes", {})
    if not isinstance(notes, dict):
        raise BadPayload("'notes' must be an object of JSON")
    seconds = None
    if "latency_secs" in payload.arrays:
        seconds = payload.array("latency_secs", "f", None).astype(np.float64)[:_MOST_REPEATS]
        seconds = seconds[np.isfinite(seconds) & (seconds >= 0)]
    scale = said.get("gradient_noise_scale")
    return ModelCost(
        texts={name: _text(said.get(name, "")) for name in TEXTS},
        examples=_whole("examples", said.get("examples", 1)) or 1,
        whole={name: _whole(name, said.get(name)) for name in WHOLE},
        gradient_noise_scale=None if scale is None else _number("gradient_noise_scale", scale),
        latency_secs=_quartiles(seconds),
        notes={_text(name): _text(note) for name, note in list(notes.items())[:20]},
    )


def _text(value: Any) -> str:
    return str(value)[:_LONGEST]


def _whole(name: str, value: Any) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < 2**63:
        raise BadPayload(f"{name!r} must be a whole number >= 0, got {value!s:.60}")
    return value


def _number(name: str, value: Any) -> float:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not 0 <= value <= sys.float_info.max:
        raise BadPayload(f"{name!r} must be a number >= 0, got {value!s:.60}")
    return float(value)


def _quartiles(seconds: Any) -> tuple[float, float, float] | None:
    if seconds is None or not len(seconds):
        return None
    low, middle, high = np.percentile(seconds, [25, 50, 75]).tolist()
    return low, middle, high
