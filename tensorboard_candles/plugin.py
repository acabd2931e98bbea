"""The plugin as TensorBoard sees it: a loader, flags, and the table of routes.

TensorBoard imports this module at every start, whether or not the tab is opened, and an exception here would
take all of TensorBoard down: so nothing is imported at its top but TensorBoard's own base classes, and two
modules that need no more than Python itself, `metadata` and `sizes`.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tensorboard.plugins import base_plugin

from tensorboard_candles import metadata
from tensorboard_candles.sizes import bytes_of

DEFAULT_POLL_SECS = 1.0
MAX_POLL_SECS = 86_400.0
"""A day; longer than that is a slip, and infinity can't be slept for."""


class CandlesLoader(base_plugin.TBLoader):
    """What the entry point names: flags first, then the plugin."""

    def define_flags(self, parser: argparse.ArgumentParser) -> None:
        group = parser.add_argument_group("candles plugin")
        group.add_argument(
            "--candles_poll_secs",
            metavar="SECONDS",
            type=float,
            default=DEFAULT_POLL_SECS,
            help="Candles: pause between two looks for new points in the log directory "
            "(default: %(default)s). With --reload_interval=0 the logs are read once.",
        )
        group.add_argument(
            "--candles_memory",
            metavar="AMOUNT",
            default="",
            help="Candles: how much memory points may take, as 500MB, 4GB or 1.5GiB; a number alone is in "
            "megabytes. Past it, points of runs that no one looks at lie in temporary files, in the user's "
            "cache directory, that go with the process; what overviews are made of stays in memory "
            "(default: half of the memory that TensorBoard may use).",
        )
        group.add_argument(
            "--candles_cache",
            metavar="DIRECTORY",
            default="",
            help="Candles: where to keep what was read, so that it need not be read again after a restart; "
            "safe to delete, at most 20 GB; 'off' keeps nothing (default: in the user's cache directory).",
        )

    def fix_flags(self, flags: argparse.Namespace) -> None:
        if not 0 < flags.candles_poll_secs <= MAX_POLL_SECS:
            raise base_plugin.FlagsError(
                f"--candles_poll_secs must be > 0 and at most {MAX_POLL_SECS:g} (a day), "
                f"got {flags.candles_poll_secs}"
            )
        if flags.candles_memory:
            try:
                bytes_of(flags.candles_memory)
            except ValueError as error:
                raise base_plugin.FlagsError(f"--candles_memory: {error}") from None
        try:
            Path(flags.candles_cache).expanduser()
        except RuntimeError as error:
            raise base_plugin.FlagsError(f"--candles_cache: {error} Got {flags.candles_cache}") from None

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin | None:
        return CandlesPlugin(context)


class CandlesPlugin(base_plugin.TBPlugin):
    """The Candles tab."""

    plugin_name = metadata.PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._context = context

    def get_plugin_apps(self) -> Mapping[str, Callable[..., Any]]:
        from tensorboard_candles.api import backend_of, routes

        return routes(backend_of(self._context))

    def is_active(self) -> bool:
        # Beyond `data_plugin_names`: there is nothing else to show yet.
        return False

    def data_plugin_names(self) -> tuple[str, ...]:
        return ("scalars",)

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        return base_plugin.FrontendMetadata(es_module_path="/static/index.js", tab_name="Candles")
