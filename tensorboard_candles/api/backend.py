"""Where answers come from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tensorboard import plugin_util
from werkzeug.wrappers import Request

from tensorboard_candles.events import log_roots
from tensorboard_candles.store import LocalSource, SampledSource, Source


@dataclass(frozen=True, slots=True)
class Backend:
    """The log directory where there is one on this machine, else TensorBoard's own data provider."""

    logdir: str
    local: LocalSource | None
    provider: Any

    def source(self, request: Request) -> Source:
        if self.local:
            self.local.start()
            return self.local
        environ = request.environ
        return SampledSource(self.provider, plugin_util.context(environ), plugin_util.experiment_id(environ))


def backend_of(context: Any) -> Backend:
    """The backend for what a `tensorboard.plugins.base_plugin.TBContext` says."""
    flags = context.flags
    logdir = context.logdir or ""
    spec = getattr(flags, "logdir_spec", "") or ""
    roots = log_roots(logdir, spec)
    is_local = bool(roots) and not any("://" in str(given) for given in (logdir, spec))
    poll_secs = None if getattr(flags, "reload_interval", 5.0) == 0 else flags.candles_poll_secs
    return Backend(
        logdir=logdir or spec,
        local=LocalSource(roots, poll_secs=poll_secs) if is_local else None,
        provider=context.data_provider,
    )
