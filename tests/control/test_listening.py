"""What became of commands is seen where a file system tells late that anything changed."""

from __future__ import annotations

import time
from collections.abc import Hashable
from pathlib import Path

from tensorboard_candles.control.files import ControlFiles
from tensorboard_candles.control.forms import Answer, AnswerState, Command
from tensorboard_candles.control.listening import Listener

ID, SESSION = "00ff" * 4, "12ab" * 4


class OldMarks:
    """As a network file system's, which keeps what it knows of directories for a minute."""

    def status(self) -> Hashable:
        return "old"

    def commands(self) -> Hashable:
        return "old"


def test_an_answer_is_seen_though_its_directory_looks_as_before(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(Command(ID, SESSION, "pause", sent_time=time.time()))
    listener = Listener(files, OldMarks(), rest_secs=0.0)
    found = [listener.look().commands[0].state]
    states: tuple[AnswerState, ...] = ("seen", "done")
    for state in states:
        files.write_answer(Answer(ID, state, time.time()))
        found.append(listener.look().commands[0].state)
    assert found == ["sent", "seen", "done"]
