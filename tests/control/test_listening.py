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


def test_an_answer_that_can_not_be_read_is_told_and_hides_no_other(tmp_path: Path) -> None:
    files, later = ControlFiles.of(tmp_path), "ff00" * 4
    for one in (ID, later):
        files.send(Command(one, SESSION, "pause", sent_time=time.time()))
        files.write_answer(Answer(one, "done", time.time()))
    (tmp_path / "candles-control" / "answers" / f"{ID}.json").write_text("{")
    (tmp_path / "candles-control" / "commands" / f"{'1' * 16}.json").write_text("[]")
    listener = Listener.of(tmp_path)
    states = {one.command.id: one.state for one in listener.look().commands}
    assert states == {ID: "sent", later: "done"}
    assert "answer: no JSON" in listener.look().problem


def test_what_can_not_be_read_is_told_for_as_long_as_it_is_there(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(Command(ID, SESSION, "pause", sent_time=0.0))
    path = tmp_path / "candles-control" / "commands" / f"{'1' * 16}.json"
    path.write_text("[]")
    listener = Listener(files, OldMarks(), rest_secs=0.0)
    told = {listener.look().problem for _ in range(3)}
    assert told == {"command: must be an object, got list"}
    path.unlink()
    listener.note_change()
    assert listener.look().problem == ""
