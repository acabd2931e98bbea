"""What a metric can't be, whatever curve it follows: no accuracy gets above 1."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from tensorboard_candles.events.points import FloatArray
from tensorboard_candles.ohlc.polarity import words_of

_SHARES = frozenset(
    "acc accuracy f1 fbeta auc auroc auprc ap map precision recall sensitivity specificity meteor iou miou "
    "dice jaccard success mrr ndcg winrate correct top hit hits pass".split()
)
"""Scores that are shares of a whole. A reward or a signal-to-noise ratio of 0.9 may yet be 2."""
_SIZES = frozenset(
    "loss losses error err errors perplexity ppl nll bce mse mae rmse mape fid wer cer kl regret "
    "norm norms std variance latency seconds".split()
)
_PERCENT = "%"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What lies between, and at, these; infinite where nothing is known."""

    low: float = -np.inf
    high: float = np.inf


UNBOUNDED = Bounds()


def natural_bounds(tag: str, value: FloatArray, *, unit: str | None = None) -> Bounds:
    """Of a metric, by the words in its name and as long as no finite value contradicts them.

    >>> natural_bounds("val/accuracy", np.array([0.1, 0.9])), natural_bounds("grad_norm", np.array([3.0]))
    (Bounds(low=0.0, high=1.0), Bounds(low=0.0, high=inf))
    >>> natural_bounds("val/accuracy", np.array([10.0, 90.0]), unit="%")
    Bounds(low=0.0, high=100.0)
    >>> natural_bounds("loss", np.array([1.0, -0.1])), natural_bounds("reward", np.array([0.5]))
    (Bounds(low=-inf, high=inf), Bounds(low=-inf, high=inf))

    A choice, not a fact: what is named as a share (an accuracy, a precision) lies in [0, 1], or up to 100
    where its unit is "%"; what is named as a loss, an error or a norm isn't negative.
    """
    value, words = value[np.isfinite(value)], words_of(tag)
    if not len(value) or value.min() < 0:
        return UNBOUNDED
    if words & _SIZES:
        return Bounds(low=0.0)
    whole = 100.0 if unit == _PERCENT else 1.0
    return Bounds(0.0, whole) if words & _SHARES and value.max() <= whole else UNBOUNDED
