"""Sends what a process that logged to a remote directory has left on this machine.

    python -m tensorboard_candles.writer.remote.upload ~/.cache/tensorboard_candles/spool/first-x8f3k2a1

Where it goes stands beside it; a URL that is given, too, goes before that.
"""

from __future__ import annotations

import sys
from pathlib import Path

from tensorboard_candles.writer.remote.directory import RemoteDir
from tensorboard_candles.writer.remote.spool import URL_FILE


def upload(spool: Path, url: str | None = None) -> str:
    """Send the event files in a directory and remove it; where they are now.

    OSError where that is not possible; what was not sent is still there.
    """
    directory = RemoteDir(url or (spool / URL_FILE).read_text().strip())
    connection = directory.connect()
    for path in sorted(spool.glob("*tfevents*")):
        connection.put(path.name, path.read_bytes())
        path.unlink()
    (spool / URL_FILE).unlink(missing_ok=True)
    spool.rmdir()
    return str(directory)


def main() -> int:
    """Run the command line; returns the exit status."""
    arguments = sys.argv[1:]
    if len(arguments) not in (1, 2):
        print(__doc__, file=sys.stderr)
        return 2
    try:
        print(upload(Path(arguments[0]), *arguments[1:]))
    except OSError as error:
        print(f"{arguments[0]} is not sent: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
