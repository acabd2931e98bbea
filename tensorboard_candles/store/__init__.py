"""Points → series: what each run holds, kept up to date in the background.

Read in this order: `scratch` (arrays on disk), `column` (a growing array), `steps` (most of which are not
stored), `totals` (of candles), `columns` (all points of one tag), `starts` (of sessions), `content` (what one
file says), `restarts` and `doubles` (which points count), `merged` (those, kept as files grow), `memory` (a
budget for all of them), `holdings` (what a run takes of it), `records` and `logs` (what is more than
numbers), `run` (one run's files and series), `source` (what the layers to the right see), `local` (runs in a
log directory), `once` (the same, read once), `sampled` (TensorBoard's own data, where no event file can be
read). What is kept on disk for the next process: `cache_file` (columns with checksums), `cache_form` (what of
a file), `cache` (and when that still holds), `cache_sweep` (what is deleted), `cache_keeper` (when it is
written).
"""

from tensorboard_candles.store.cache import Cache
from tensorboard_candles.store.cache_keeper import CacheKeeper
from tensorboard_candles.store.lineage import Lineage
from tensorboard_candles.store.local import LocalSource
from tensorboard_candles.store.logs import FileLines, RunLogs
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.once import read_once
from tensorboard_candles.store.sampled import SampledSource, SampledSources
from tensorboard_candles.store.source import Loading, Problem, RunDirectory, RunView, Series, Source

__all__ = [
    "Cache",
    "CacheKeeper",
    "FileLines",
    "Lineage",
    "Loading",
    "LocalSource",
    "Memory",
    "Problem",
    "RunDirectory",
    "RunLogs",
    "RunView",
    "SampledSource",
    "SampledSources",
    "Series",
    "Source",
    "read_once",
]
