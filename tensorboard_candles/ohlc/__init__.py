"""Series → candles.

Read in this order: `axes` (what a point's place is, by step, epoch or second), `epochs` (where epochs begin),
`summary`, `blocks`, `made` and `levels` (many points as few numbers), `search` and `cuts` (which points
belong to which candle), `widths` (how wide candles are when nobody said), `candles` (the columns), `history`
(those before some), `ending` (whether a series ends with a number), `small` (few of many), `over_runs` (of
several runs as one), `volume` and `polarity`, `lines` and `thinning` (points for a line that looks like all
of them), `smoothing`.
"""

from tensorboard_candles.events.said import Polarity
from tensorboard_candles.ohlc.axes import (
    Axis,
    By,
    EpochAxis,
    NumberArray,
    SecondsAxis,
    StepAxis,
    axis_of,
    extent_in,
)
from tensorboard_candles.ohlc.candles import NO_STEP, Candles, candles
from tensorboard_candles.ohlc.ending import Ending, ending_of
from tensorboard_candles.ohlc.epochs import Epochs, EpochStarts, epochs_of, has_epochs
from tensorboard_candles.ohlc.history import all_before, all_before_as_one, last_before
from tensorboard_candles.ohlc.lines import line_of
from tensorboard_candles.ohlc.over_runs import CandlesOverRuns, candles_over_runs
from tensorboard_candles.ohlc.polarity import polarity_among, polarity_in, polarity_of
from tensorboard_candles.ohlc.small import SmallCandles, small_candles
from tensorboard_candles.ohlc.smoothing import smoothed
from tensorboard_candles.ohlc.thinning import Thinned, thinned
from tensorboard_candles.ohlc.volume import COUNT, volume_of, volume_tag_in, volume_tag_of
from tensorboard_candles.ohlc.widths import width_over

__all__ = [
    "COUNT",
    "NO_STEP",
    "Axis",
    "By",
    "Candles",
    "CandlesOverRuns",
    "Ending",
    "EpochAxis",
    "EpochStarts",
    "Epochs",
    "NumberArray",
    "Polarity",
    "SecondsAxis",
    "SmallCandles",
    "StepAxis",
    "Thinned",
    "all_before",
    "all_before_as_one",
    "axis_of",
    "candles",
    "candles_over_runs",
    "ending_of",
    "epochs_of",
    "extent_in",
    "has_epochs",
    "last_before",
    "line_of",
    "polarity_among",
    "polarity_in",
    "polarity_of",
    "small_candles",
    "smoothed",
    "thinned",
    "volume_of",
    "volume_tag_in",
    "volume_tag_of",
    "width_over",
]
