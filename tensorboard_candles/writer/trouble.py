"""What went wrong with one event file, said once when it begins and once when it is over."""

from __future__ import annotations

import logging

from tensorboard_candles.writer.output import Output

_log = logging.getLogger("tensorboard_candles")


class Trouble:
    """Counts what is dropped and knows what was said already.

    It is told by `log` and speaks outside of any lock: whoever handles a warning may log in turn.
    """

    def __init__(self) -> None:
        self.dropped = 0
        """How many rows, in all."""
        self._run: list[int] = []
        """Of those dropped since there was room: how many, the first step and the last."""
        self._said_failure = False
        self._said_dropping = False
        self._said_lost = 0
        self._said_deaf = 0
        self._said_end = False

    def drop(self, step: int) -> None:
        """There was no room for this step's row."""
        self.dropped += 1
        self._run = [self._run[0] + 1, self._run[1], step] if self._run else [1, step, step]

    def news(self, output: Output, *, waiting_bytes: int, has_room: bool) -> list[str]:
        """What is to be said now that was not said yet."""
        path, failure, said = output.file.path, output.trouble, []
        if failure is not None and not self._said_failure:
            self._said_failure = True
            said.append(f"can't write {path}: {failure}; keeping what is logged and trying again")
        if self._run and not self._said_dropping:
            self._said_dropping = True
            said.append(f"{path}: {waiting_bytes} bytes wait for the disk; dropping records until it does")
        lost = output.unread + output.broken
        if lost > self._said_lost:
            said.append(f"{path}: {lost - self._said_lost} values could not be read; they are left out")
            self._said_lost = lost
        for error in output.deaf[self._said_deaf :]:
            said.append(
                f"{path}: a look at what is logged failed and is given up: {error!r}; logging goes on"
            )
        self._said_deaf = len(output.deaf)
        if failure is None and (self._said_failure or (self._said_dropping and has_room)):
            said.append(f"{path} is written again; {self._dropped_run()}")
            self._said_failure, self._said_dropping, self._run = False, False, []
        return said

    def _dropped_run(self) -> str:
        if not self._run:
            return "nothing was dropped"
        count, first, last = self._run
        return f"{count} records were dropped, of steps {first} to {last}"

    def at_end(self, output: Output, *, waiting_bytes: int) -> str | None:
        """What is missing from the file when it is closed; None where nothing is, or it was said already."""
        if not output.ended or self._said_end or not (waiting_bytes or self.dropped or output.failure):
            return None
        self._said_end = True
        reason = str(output.failure or "the disk was full or slow for a while")
        if waiting_bytes or self.dropped:
            reason = f"{waiting_bytes} bytes unwritten, {self.dropped} records dropped ({reason})"
        return f"{output.file.path} is not complete: {reason}"
