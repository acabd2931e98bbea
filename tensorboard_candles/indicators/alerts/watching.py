"""Which detector watches which tag, and all of them over one series."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np

from tensorboard_candles.errors import BadRequest
from tensorboard_candles.events.points import Float64Array, Int64Array
from tensorboard_candles.indicators.alerts.detector import Alert, Detector, Event, Lasting, Watch
from tensorboard_candles.indicators.alerts.divergence import Divergence
from tensorboard_candles.indicators.alerts.gradients import GradientExplosion, GradientVanishing
from tensorboard_candles.indicators.alerts.learning_rate import LearningRateCliff
from tensorboard_candles.indicators.alerts.names import is_learning_rate
from tensorboard_candles.indicators.alerts.nonfinite import NonFinite
from tensorboard_candles.indicators.alerts.overfitting import OverfittingGap
from tensorboard_candles.indicators.alerts.plateau import Plateau
from tensorboard_candles.indicators.alerts.published import LlmFoundry, Megatron, OlmoSkipStep, ZClip
from tensorboard_candles.indicators.alerts.reversal import TrendReversal
from tensorboard_candles.indicators.alerts.spike import Spike
from tensorboard_candles.ohlc import Polarity
from tensorboard_candles.ohlc.polarity import named_polarity, polarity_of
from tensorboard_candles.ohlc.volume import is_gradient_norm

DEFAULTS: tuple[Detector, ...] = (
    Spike(),
    Divergence(),
    TrendReversal(),
    OverfittingGap(),
    Plateau(),
    NonFinite(),
    GradientExplosion(),
    GradientVanishing(),
    LearningRateCliff(),
)
PUBLISHED: tuple[Detector, ...] = (OlmoSkipStep(), ZClip(), LlmFoundry(), Megatron())
REGISTRY: dict[str, Detector] = {detector.name: detector for detector in (*DEFAULTS, *PUBLISHED)}


def detectors_named(names: Iterable[str | Detector]) -> tuple[Detector, ...]:
    """The detectors of these names, at their defaults; all that are no published rule for no name.

    One that has settings of its own stands for itself.

    >>> [str(detector) for detector in detectors_named(["spike", "megatron"])]
    ['spike(window=200, z=8, warmup=30)', 'megatron(samples=100, factor=10)']

    Raises BadRequest for a name that there is not.
    """
    names = list(names)
    for name in names:
        if isinstance(name, str) and name not in REGISTRY:
            raise BadRequest(f"there is no detector {name!r}; there are {', '.join(REGISTRY)}")
    return tuple(REGISTRY[one] if isinstance(one, str) else one for one in names) or DEFAULTS


@lru_cache(maxsize=1 << 14)  # it is asked for each tag of each run, at each poll
def watches(detector: Detector, tag: str, *, described: bool = False, validates: bool = False) -> bool:
    """Whether a detector makes sense of a tag, by the tag's name, or because its polarity was described.

    `validates` says that there is a tag of the same on training data; see `train_tags`.

    >>> [watches(Spike(), tag) for tag in ("train/loss", "val/accuracy", "lr", "grad_norm")]
    [True, True, False, False]
    """
    if detector.watches == "all":
        return True
    if is_learning_rate(tag) or detector.watches == "learning rates":
        return detector.watches == "learning rates" and is_learning_rate(tag)
    if is_gradient_norm(tag):
        return "gradients" in detector.watches
    named = named_polarity(tag)
    if detector.needs_training and not validates:
        return False
    if detector.watches in ("metrics", "validation metrics"):
        return described or named is not None
    return detector.watches != "gradients" and (described or named == "lower_is_better")


class Watched:
    """One series, with the detectors that watch it: those of one column, or those of two.

    >>> series = Watched("loss", [Spike(z=8.0), NonFinite()])
    >>> series.step(np.arange(3), np.array([0.5, np.nan, 0.4]))[0][0].kind
    'non-finite'
    """

    def __init__(self, tag: str, detectors: Iterable[Detector], polarity: Polarity | None = None) -> None:
        self.tag = tag
        side = polarity or polarity_of(tag)
        self._watches: list[tuple[Detector, Watch]] = [(one, one.start(side)) for one in detectors]

    def step(self, steps: Int64Array, values: Float64Array) -> list[tuple[Alert, Event]]:
        """What became certain by these points, and whether it was told before (`Event.again`)."""
        if not self._watches:
            return []
        finite = np.isfinite(values) if values.ndim == 1 else np.isfinite(values).all(axis=1)
        some_steps, some = (steps, values) if finite.all() else (steps[finite], values[finite])
        found = []
        for detector, watch in self._watches:
            told = watch.step(steps, values) if detector.takes_nonfinite else watch.step(some_steps, some)
            found += [(self._alert(detector, event), event) for event in told]
        return found

    def ongoing(self) -> list[Alert]:
        """What was told and is not over: as far as it has come, in place of what was told."""
        asked = ((one, watch.ongoing()) for one, watch in self._watches if isinstance(watch, Lasting))
        return [self._alert(detector, event) for detector, event in asked if event]

    def _alert(self, detector: Detector, event: Event) -> Alert:
        return Alert(
            self.tag,
            detector.kind,
            event.severity or detector.severity,
            event.first_step,
            event.last_step,
            event.value,
            f"{self.tag} {event.message}",
            str(detector),
        )


def alerts_of(
    tag: str,
    steps: Int64Array,
    values: Float64Array,
    detectors: Sequence[Detector] = DEFAULTS,
    polarity: Polarity | None = None,
) -> list[Alert]:
    """All alerts of a whole series, each with the end of what it tells of, so far, by first step.

    Of `values` of two columns those of `validation metrics`, of one column those of the other detectors.

    >>> (alert,) = alerts_of("loss", np.arange(3), np.array([0.5, np.nan, np.nan]))
    >>> alert.first_step, alert.severity, alert.message
    (1, 'critical', 'loss was not finite for 2 points from step 1')
    """
    values = np.asarray(values, np.float64)
    validates, described = values.ndim == 2, polarity is not None
    some = [one for one in detectors if watches(one, tag, described=described, validates=validates)]
    some = [one for one in some if one.needs_training == validates]
    watched = Watched(tag, some, polarity)
    told = [alert for alert, _ in watched.step(steps, values)] + watched.ongoing()
    last = {(alert.detector, alert.first_step): alert for alert in told}
    return sorted(last.values(), key=lambda alert: (alert.first_step, alert.kind))
