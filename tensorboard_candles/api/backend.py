"""Where answers come from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs
from tensorboard import plugin_util
from werkzeug.wrappers import Request

from tensorboard_candles.api.attention import Measured
from tensorboard_candles.api.audit import Audit
from tensorboard_candles.api.comparison import Rows
from tensorboard_candles.api.desk import Desk
from tensorboard_candles.api.experiments import launcher_of
from tensorboard_candles.api.guard import Guard
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.api.logs import Reading
from tensorboard_candles.api.runs import RunTexts
from tensorboard_candles.api.shared import SharedAnswers
from tensorboard_candles.api.told import ToldByExperiment
from tensorboard_candles.errors import NotFound
from tensorboard_candles.events import LogRoot, log_roots
from tensorboard_candles.hosts import allowed_hosts
from tensorboard_candles.indicators.alerts.lookout import Lookout
from tensorboard_candles.sizes import bytes_of
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource, Memory, SampledSources, Source

if TYPE_CHECKING:
    from tensorboard_candles.launch.launcher import Launcher


@dataclass(frozen=True, slots=True)
class Backend:
    """The log directory where there is one, else TensorBoard's own data provider."""

    logdir: str
    local: LocalSource | None
    sampled: SampledSources | None
    lookout: Lookout = field(default_factory=Lookout)
    told: ToldByExperiment = field(default_factory=ToldByExperiment)
    run_texts: RunTexts = field(default_factory=RunTexts)
    jobs: Jobs = field(default_factory=Jobs)
    shared: SharedAnswers = field(default_factory=SharedAnswers)
    compared: Rows = field(default_factory=partial(Rows, most=8))
    attention_measured: Measured = field(default_factory=Measured)
    guard: Guard = field(default_factory=Guard)
    desk: Desk = field(default_factory=Desk)
    launcher: Launcher | None = None
    """None where nothing may be started."""
    log_reading: Reading = field(default_factory=Reading)

    def source(self, request: Request) -> Source:
        if self.local:
            self.local.start()
            return self.local
        if self.sampled:
            environ = request.environ
            return self.sampled.source(plugin_util.context(environ), plugin_util.experiment_id(environ))
        raise NotFound("there is neither a log directory nor a data provider")


def backend_of(context: Any) -> Backend:
    """The backend for what a `tensorboard.plugins.base_plugin.TBContext` says."""
    flags = context.flags
    logdir = context.logdir or ""
    spec = getattr(flags, "logdir_spec", "") or ""
    roots = log_roots(logdir, spec)
    poll_secs = flags.candles_poll_secs
    is_read_once = getattr(flags, "reload_interval", 5.0) == 0
    keeper = cache_keeper(flags.candles_cache)
    memory = Memory(bytes_of(flags.candles_memory) if flags.candles_memory else None)
    local = LocalSource(roots, poll_secs=None if is_read_once else poll_secs, keeper=keeper, memory=memory)
    return Backend(
        logdir=logdir or spec,
        local=local if roots else None,
        sampled=SampledSources(context.data_provider, poll_secs=poll_secs),
        guard=guard_of(flags, roots),
        desk=Desk(may_write=flags.candles_control),
        launcher=launcher_of(flags.candles_declared.content, logdir),
    )


def guard_of(flags: Any, roots: Sequence[LogRoot]) -> Guard:
    """What TensorBoard's flags and ours allow."""
    control, launch = flags.candles_control, bool(flags.candles_experiments)
    if not (control or launch):
        return Guard()
    bound_to = getattr(flags, "host", None), bool(getattr(flags, "bind_all", False))
    return Guard(
        control=control,
        launch=launch,
        given_token=flags.candles_token or None,
        hosts=allowed_hosts(*bound_to, flags.candles_allow_host),
        audit=_audit_of(roots),
    )


def _audit_of(roots: Sequence[LogRoot]) -> Audit:
    """In the log directory; in one of the user's own where that is elsewhere, several, or read-only."""
    in_logs = [root.path for root in roots if isinstance(root.path, Path)] if len(roots) == 1 else []
    try:
        of_user = platformdirs.user_state_path("tensorboard_candles", appauthor=False)
    except RuntimeError:  # nobody knows the user's home, as in many containers
        of_user = None
    return Audit(tuple(in_logs), of_user)


def cache_keeper(where: str) -> CacheKeeper | None:
    """What `--candles_cache` says: a directory, `off`, or nothing for the user's cache directory.

    >>> cache_keeper("off") is None
    True
    """
    if where == "off":
        return None
    try:
        user_cache = platformdirs.user_cache_path("tensorboard_candles", appauthor=False)
        return CacheKeeper(Cache(Path(where).expanduser() if where else user_cache))
    except RuntimeError:  # nobody knows the user's home, as in many containers
        return None
