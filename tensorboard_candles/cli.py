"""`tensorboard-candles`: TensorBoard on a log directory, with the address of the Candles tab.

tensorboard-candles [LOGDIR] [--port PORT] [any other flag of tensorboard]
tensorboard-candles alerts LOGDIR [--fail-on KINDS]
tensorboard-candles landscape MODULE:FUNCTION [--run RUN] [--checkpoints GLOB]
"""

from __future__ import annotations

import argparse
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from absl import logging as absl_logging
from tensorboard import program
from tensorboard.plugins.base_plugin import FlagsError

from tensorboard_candles.metadata import PLUGIN_NAME, VERSION
from tensorboard_candles.remote_files import is_url

FIRST_PORT = 7000
PORTS_TO_TRY = 100


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if threading.current_thread() is threading.main_thread():
        # A shell that is no terminal starts background jobs deaf to Ctrl-C; whoever sends it means it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if given[:1] in (["-h"], ["--help"]):
        print(_help())
        return 0
    if given == ["--version"]:
        print(f"tensorboard-candles {VERSION}")
        return 0
    if command := _command(given):
        return command(given[1:])
    try:
        return open_dashboard(tensorboard_flags(given))
    except FlagsError as error:
        print(f"tensorboard-candles: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:  # while TensorBoard was still starting
        return 0


def _command(given: Sequence[str]) -> Callable[[Sequence[str]], int] | None:
    """What the first word asks for, if it is none of TensorBoard's."""
    if given[:1] == ["alerts"]:
        from tensorboard_candles.cli_alerts import alerts_quietly

        return alerts_quietly
    if given[:1] == ["landscape"]:
        from tensorboard_candles.cli_landscape import landscape_command

        return landscape_command
    return None


def tensorboard_flags(given: Sequence[str]) -> list[str]:
    """What to pass to TensorBoard: a leading LOGDIR as its flag, `runs` when none is named.

    >>> tensorboard_flags(["logs", "--port", "7007"])
    ['--logdir', 'logs', '--port', '7007']
    >>> tensorboard_flags(["--bind_all"])
    ['--logdir', 'runs', '--bind_all']
    """
    if given and not given[0].startswith("-"):
        return ["--logdir", given[0], *given[1:]]
    if any(flag.startswith("--logdir") for flag in given):
        return list(given)
    return ["--logdir", "runs", *given]


def open_dashboard(flags: Sequence[str]) -> int:
    """Serve TensorBoard until it is interrupted; returns its exit status."""
    absl_logging.set_verbosity(absl_logging.WARNING)
    tensorboard = program.TensorBoard(server_class=_serve)
    tensorboard.configure(["tensorboard-candles", *flags])
    logdir = tensorboard.flags.logdir
    if logdir and not is_url(logdir) and not Path(logdir).expanduser().exists():
        print(
            f"tensorboard-candles: there is no directory {logdir} yet; runs show up when it is there",
            file=sys.stderr,
        )
    return 1 if tensorboard.main() else 0


class _Server(program.WerkzeugServer):
    def print_serving_message(self) -> None:
        super().print_serving_message()
        print(f"Candles: {self.get_url()}#{PLUGIN_NAME}", flush=True)


def _serve(wsgi_app: Any, flags: argparse.Namespace) -> _Server:
    """TensorBoard on the port asked for, or on the first free one from 7000 on."""
    if flags.port is not None:
        return _Server(wsgi_app, flags)
    for port in range(FIRST_PORT, FIRST_PORT + PORTS_TO_TRY):
        try:
            server = _Server(wsgi_app, argparse.Namespace(**{**vars(flags), "port": port}))
        except program.TensorBoardPortInUseError:
            continue
        if port != FIRST_PORT:
            print(f"Port {FIRST_PORT} is taken, so this is port {port}.", flush=True)
        return server
    last = FIRST_PORT + PORTS_TO_TRY - 1
    raise program.TensorBoardServerException(f"ports {FIRST_PORT} to {last} are all taken; pass --port 0")


def _help() -> str:
    return f"""\
usage: tensorboard-candles [LOGDIR] [--port PORT] [any other flag of tensorboard]
       tensorboard-candles alerts LOGDIR [--fail-on KINDS]
       tensorboard-candles landscape MODULE:FUNCTION [--run RUN] [--checkpoints GLOB]

Opens TensorBoard on LOGDIR (default: runs) and prints the address of the Candles tab; or tells what went
wrong in the runs below LOGDIR, and fails where that is of one of these kinds (`alerts --help` says more);
or computes the loss around a model's weights (`landscape --help`). Directories of these names are ./alerts
and ./landscape.

  --port PORT  port to serve on; by default {FIRST_PORT}, or the next free one
  --version    print the version
  --help       print this; `tensorboard --help` tells TensorBoard's own flags"""


if __name__ == "__main__":
    sys.exit(main())
