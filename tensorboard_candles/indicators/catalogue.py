"""Every indicator that a chart can show: how it is set, where it is drawn, what it says of a training.

A new one is a function in its module and an entry here.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from tensorboard_candles.events.points import Float64Array
from tensorboard_candles.indicators import averages, oscillators, trend, volatility
from tensorboard_candles.indicators.registry import FORGOTTEN, Bars, Indicator, Parameter


def _period(default: int, *, least: int = 1, name: str = "period") -> Parameter:
    return Parameter(name, default, least, 500)


def _breadth(name: str) -> Parameter:
    return Parameter(name, 2.0, 0.1, 10.0)


def _of_closes(function: Callable[..., Float64Array]) -> Callable[..., Float64Array]:
    def compute(bars: Bars, period: int) -> Float64Array:
        return function(bars.close, period=period)

    return compute


def _window(period: int, *_: float) -> int:
    return period


def _ema_forgets(period: int) -> int:
    return _forgets(period, 2 / (period + 1))


def _wilder_forgets(period: int) -> int:
    return 1 + _forgets(period, 1 / period)


def _forgets(period: int, weight: float) -> int:
    """Bars after which it makes no difference from which on an average was taken."""
    return period + (math.ceil(math.log(FORGOTTEN) / math.log1p(-weight)) if weight < 1 else 0)


_BAND = ("upper", "middle", "lower")

_ALL = (
    Indicator(
        name="sma",
        title="Simple moving average",
        place="overlay",
        unit="metric",
        parameters=(_period(20),),
        explanation="The mean of the last closes: the course of the metric without its noise, half a period "
        "late.",
        source="Mean of the last `period` closes; equals TA-Lib's SMA.",
        compute=_of_closes(averages.sma),
        before=_window,
    ),
    Indicator(
        name="ema",
        title="Exponential moving average",
        place="overlay",
        unit="metric",
        parameters=(_period(9),),
        explanation="A mean that forgets: the later a candle, the more it counts. What the smoothing slider "
        "of other dashboards does.",
        source="Weight 2 / (period + 1), from the mean of the first closes on; equals TA-Lib's EMA.",
        compute=_of_closes(averages.ema),
        before=_ema_forgets,
    ),
    Indicator(
        name="wma",
        title="Weighted moving average",
        place="overlay",
        unit="metric",
        parameters=(_period(20),),
        explanation="A mean of the last closes in which later ones count more; it turns sooner than the "
        "simple one.",
        source="Weights 1 to `period`, oldest to newest; equals TA-Lib's WMA.",
        compute=_of_closes(averages.wma),
        before=_window,
    ),
    Indicator(
        name="dema",
        title="Double exponential moving average",
        place="overlay",
        unit="metric",
        parameters=(_period(20),),
        explanation="Exponential smoothing with most of its delay taken off; where the metric turns, it "
        "overshoots a little.",
        source="Mulloy 1994, Technical Analysis of Stocks & Commodities 12(1); equals TA-Lib's DEMA.",
        compute=_of_closes(averages.dema),
        before=lambda period: 2 * _ema_forgets(period),
    ),
    Indicator(
        name="tema",
        title="Triple exponential moving average",
        place="overlay",
        unit="metric",
        parameters=(_period(20),),
        explanation="Exponential smoothing with nearly no delay; where the metric turns, it overshoots.",
        source="Mulloy 1994, Technical Analysis of Stocks & Commodities 12(1); equals TA-Lib's TEMA.",
        compute=_of_closes(averages.tema),
        before=lambda period: 3 * _ema_forgets(period),
    ),
    Indicator(
        name="bollinger",
        title="Bollinger bands",
        place="overlay",
        unit="metric",
        parameters=(_period(20, least=2), _breadth("deviations")),
        outputs=_BAND,
        explanation="Where the metric usually is: the mean of the last closes and two standard deviations "
        "around it. Narrow bands: training has settled. A close outside: a spike, or something has changed.",
        source="Bollinger 2001, Bollinger on Bollinger Bands; population deviation; equals TA-Lib's BBANDS.",
        compute=lambda bars, period, deviations: volatility.bollinger(
            bars.close, period=period, deviations=deviations
        ),
        before=_window,
    ),
    Indicator(
        name="keltner",
        title="Keltner channel",
        place="overlay",
        unit="metric",
        parameters=(_period(20), _breadth("ranges"), _period(10, name="atr_period")),
        outputs=_BAND,
        explanation="A smoothed course and a band as wide as candles are tall: what leaves it moved further "
        "than the noise from batch to batch does.",
        source="Keltner 1960, as changed by Raschke: EMA of the close ± `ranges` × ATR.",
        compute=lambda bars, period, ranges, atr_period: volatility.keltner(
            bars.high, bars.low, bars.close, period=period, ranges=ranges, atr_period=atr_period
        ),
        before=lambda period, ranges, atr_period: max(_ema_forgets(period), _wilder_forgets(atr_period)),
    ),
    Indicator(
        name="donchian",
        title="Donchian channel",
        place="overlay",
        unit="metric",
        parameters=(_period(20, least=2),),
        outputs=_BAND,
        explanation="The highest high and the lowest low of the last candles. While a loss improves, the "
        "lower line falls; where it is flat, there was no new best.",
        source="Extremes of the last `period` candles; equals TA-Lib's MAX and MIN.",
        compute=lambda bars, period: volatility.donchian(bars.high, bars.low, period=period),
        before=_window,
    ),
    Indicator(
        name="regression_channel",
        title="Linear regression channel",
        place="overlay",
        unit="metric",
        parameters=(_period(50, least=2), _breadth("deviations")),
        outputs=_BAND,
        explanation="Where a straight line through the last closes has come to, and how far they scatter "
        "around it: progress and noise told apart.",
        source="End of the least-squares line ± population deviations from it; its middle equals TA-Lib's "
        "LINEARREG.",
        compute=lambda bars, period, deviations: volatility.regression_channel(
            bars.close, period=period, deviations=deviations
        ),
        before=_window,
    ),
    Indicator(
        name="atr",
        title="Average true range",
        place="pane",
        unit="metric",
        parameters=(_period(14),),
        explanation="How far the metric moves within a candle, on average. It falls as training settles; "
        "where it rises, training becomes unstable, often before the mean shows it.",
        source="Wilder 1978, New Concepts in Technical Trading Systems; equals TA-Lib's ATR.",
        compute=lambda bars, period: volatility.atr(bars.high, bars.low, bars.close, period=period),
        before=_wilder_forgets,
    ),
    Indicator(
        name="realised_volatility",
        title="Realised volatility",
        place="pane",
        unit="ratio",
        parameters=(_period(20),),
        explanation="How much the metric changes from candle to candle, as a share of itself: 0.03 is 3 %. "
        "Comparable between a large loss and a small one; for positive metrics only.",
        source="Root mean square of logarithmic changes; Andersen et al. 2003, Econometrica 71(2), per "
        "candle.",
        compute=_of_closes(volatility.realised_volatility),
        before=_window,
    ),
    Indicator(
        name="rsi",
        title="Relative strength index",
        place="pane",
        unit="percent",
        parameters=(_period(14, least=2),),
        explanation="How much of the recent change was upwards, 0 to 100. Around 50: noise on a plateau. A "
        "loss that improves stays below; well above 50 it gets worse.",
        source="Wilder 1978, New Concepts in Technical Trading Systems; equals TA-Lib's RSI.",
        compute=_of_closes(oscillators.rsi),
        before=_wilder_forgets,
    ),
    Indicator(
        name="macd",
        title="Moving average convergence/divergence",
        place="pane",
        unit="metric",
        parameters=(
            _period(12, least=2, name="fast"),
            _period(26, least=2, name="slow"),
            _period(9, name="signal"),
        ),
        outputs=("line", "signal", "histogram"),
        explanation="A quick average less a slow one: the speed of training. Near 0 it is on a plateau; "
        "where the line crosses its signal, the trend is turning.",
        source="Appel 1979, The Moving Average Convergence-Divergence Trading Method; equals TA-Lib's MACD.",
        compute=lambda bars, fast, slow, signal: oscillators.macd(
            bars.close, fast=fast, slow=slow, signal=signal
        ),
        before=lambda fast, slow, signal: _ema_forgets(max(fast, slow)) + _ema_forgets(signal),
    ),
    Indicator(
        name="rate_of_change",
        title="Rate of change",
        place="pane",
        unit="percent",
        parameters=(_period(10),),
        explanation="Change over the last candles in percent: how much training still gains. For positive "
        "metrics.",
        source="100 × (close − earlier) / earlier, the close `period` candles ago; equals TA-Lib's ROC.",
        compute=_of_closes(oscillators.rate_of_change),
        before=_window,
    ),
    Indicator(
        name="momentum",
        title="Momentum",
        place="pane",
        unit="metric",
        parameters=(_period(10),),
        explanation="Change over the last candles: below 0 a loss improves, at 0 it stands still.",
        source="Close − close `period` candles ago; equals TA-Lib's MOM.",
        compute=_of_closes(oscillators.momentum),
        before=_window,
    ),
    Indicator(
        name="zscore",
        title="Z-score",
        place="pane",
        unit="deviations",
        parameters=(_period(20, least=2),),
        explanation="How unusual the close is among the last ones, in standard deviations: beyond 3 "
        "deserves a look.",
        source="(Close − mean) / population deviation of the last `period` closes.",
        compute=_of_closes(oscillators.zscore),
        before=_window,
    ),
    Indicator(
        name="drawdown",
        title="Drawdown from best",
        place="pane",
        unit="metric",
        explanation="How far the close is from the best value ever logged. 0 is a new best; if it keeps "
        "growing, the model diverges or overfits, and an earlier checkpoint is better.",
        source="Close − lowest low so far; highest high so far − close where higher is better.",
        compute=lambda bars: trend.drawdown(bars.high, bars.low, bars.close, polarity=bars.polarity),
        before="all as one",
    ),
    Indicator(
        name="obv",
        title="On-balance volume",
        place="pane",
        unit="volume",
        explanation="Volume (the gradient norm) added up, taken off where the metric falls: whether the "
        "large gradients come with steps up or with steps down.",
        source="Granville 1963, New Key to Stock Market Profits; equals TA-Lib's OBV.",
        compute=lambda bars: trend.obv(bars.close, bars.volume),
        before="all",
    ),
)

INDICATORS = {one.name: one for one in _ALL}
"""By name, in the order in which they are offered."""
