"""The plugin as TensorBoard sees it: a loader, flags, and the table of routes.

TensorBoard imports this module at every start, whether or not the tab is opened, and an exception here would
take all of TensorBoard down: so nothing is imported at its top but TensorBoard's own base classes, and four
modules that need no more than Python itself, `metadata`, `sizes`, `hosts` and `tokens`.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from tensorboard.plugins import base_plugin

from tensorboard_candles import metadata
from tensorboard_candles.hosts import named_host
from tensorboard_candles.sizes import bytes_of
from tensorboard_candles.tokens import Hidden, Secret, read_token

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
            "(default: %(default)s); runs on somebody's screen are looked at up to five times as often. With "
            "--reload_interval=0 the logs are read once.",
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
        _define_flags_of_changes(group)

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
        _fix_flags_of_changes(flags)

    def load(self, context: base_plugin.TBContext) -> base_plugin.TBPlugin | None:
        return CandlesPlugin(context)


def _define_flags_of_changes(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--candles_control",
        action="store_true",
        help="Candles: let the tab stop, pause and resume trainings that log to the log directory, ask them "
        "for checkpoints and change the parameters that they declare (default: it only reads).",
    )
    group.add_argument(
        "--candles_experiments",
        metavar="FILE",
        default="",
        help="Candles: let the tab start what this TOML file declares, as this user, and nothing else "
        "(default: it starts nothing).",
    )
    group.add_argument(
        "--candles_token",
        metavar="TOKEN",
        type=Secret,
        default=Secret(),
        help="Candles: what a page must know before it may change anything, or @FILE to read it from there, "
        "where other users of this machine don't see it. Needed with --bind_all and with a --host that "
        "others reach (default: a random one, handed to pages of this very server).",
    )
    group.add_argument(
        "--candles_allow_host",
        metavar="NAME",
        action="append",
        default=[],
        help="Candles: another name under which changes may be asked for, as that of a proxy; team.example "
        "or team.example:8443, repeated or separated by commas (default: localhost, and this machine's own).",
    )


def _fix_flags_of_changes(flags: argparse.Namespace) -> None:
    flags.candles_declared = Hidden(_declared(flags) if flags.candles_experiments else None)
    try:
        if flags.candles_token:
            flags.candles_token = read_token(flags.candles_token)
    except ValueError as error:
        raise base_plugin.FlagsError(f"--candles_token: {error}") from None
    names = [name.strip() for given in flags.candles_allow_host for name in given.split(",")]
    flags.candles_allow_host = [name for name in names if name]
    try:
        for name in flags.candles_allow_host:
            named_host(name)
    except ValueError as error:
        raise base_plugin.FlagsError(f"--candles_allow_host: {error}") from None


def _declared(flags: argparse.Namespace) -> object:
    """What the file of experiments declares: read once, here, where whoever wrote it sees what is wrong."""
    from tensorboard_candles.errors import BadDeclaration
    from tensorboard_candles.launch.declared import read_declared

    if os.name != "posix":
        raise base_plugin.FlagsError("--candles_experiments needs Linux or macOS; on Windows, WSL")
    if not getattr(flags, "logdir", ""):
        raise base_plugin.FlagsError("--candles_experiments needs --logdir: trainings write there")
    try:
        return read_declared(flags.candles_experiments)
    except BadDeclaration as error:
        raise base_plugin.FlagsError(f"--candles_experiments: {error}") from None


class CandlesPlugin(base_plugin.TBPlugin):
    """The Candles tab."""

    plugin_name = metadata.PLUGIN_NAME

    def __init__(self, context: base_plugin.TBContext) -> None:
        self._context = context

    def get_plugin_apps(self) -> Mapping[str, Callable[..., Any]]:
        from tensorboard_candles.api import backend_of, routes

        return routes(backend_of(self._context))

    def is_active(self) -> bool:
        # Beyond `data_plugin_names`: who starts trainings from here begins with an empty log directory.
        flags = self._context.flags
        return bool(flags.candles_control or flags.candles_experiments)

    def data_plugin_names(self) -> tuple[str, ...]:
        return ("scalars",)

    def frontend_metadata(self) -> base_plugin.FrontendMetadata:
        return base_plugin.FrontendMetadata(es_module_path="/static/index.js", tab_name="Candles")
