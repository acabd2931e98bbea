"""`GET runs`, told whole and told by what changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

from tensorboard_candles.api.runs import runs
from tensorboard_candles.api.told import MOST_KEPT, Told
from tensorboard_candles.events import log_roots
from tensorboard_candles.store import LocalSource
from tests.support import records


class Watcher:
    """A client that asks for what changed since it asked last."""

    def __init__(self, logdir: Path) -> None:
        self.logdir = logdir
        self.source = LocalSource(log_roots(str(logdir), ""), poll_secs=None)
        self.told = Told()
        self.known: dict[str, Any] = {}
        self.version = ""

    def ask(self) -> list[str]:
        """Takes what is told into what is known; returns the names of what was told."""
        self.source.refresh()
        version = self.source.version()
        answer = runs(self.source, version, since=self.version, told=self.told)
        if answer.get("since") != self.version:
            self.known = {}
        for name in answer.get("gone", []):
            del self.known[name]
        self.known.update({run["name"]: run for run in answer["runs"]})
        self.version = answer["version"]
        whole = runs(self.source, version)["runs"]
        assert [self.known[name] for name in sorted(self.known)] == whole
        return [run["name"] for run in answer["runs"]]


def write(logdir: Path, run: str, values: list[float]) -> None:
    records.write_run(logdir, run, records.scalar_file("loss", values))


def test_only_what_changed_is_told_to_whom_the_rest_was_told(tmp_path: Path) -> None:
    write(tmp_path, "a", [3.0])
    write(tmp_path, "b", [3.0])
    watcher = Watcher(tmp_path)
    assert watcher.ask() == ["a", "b"]
    assert watcher.ask() == []
    write(tmp_path, "b", [3.0, 2.0])
    write(tmp_path, "c", [1.0])
    assert watcher.ask() == ["b", "c"]
    shutil.rmtree(tmp_path / "a")
    assert watcher.ask() == []
    assert sorted(watcher.known) == ["b", "c"]


def test_who_asks_after_a_version_that_is_forgotten_is_told_all(tmp_path: Path) -> None:
    write(tmp_path, "a", [3.0])
    watcher = Watcher(tmp_path)
    watcher.ask()
    for number in range(MOST_KEPT + 1):
        watcher.told.note(f"version {number}", {})
    assert watcher.ask() == ["a"]


def test_a_run_that_changed_while_two_asked_is_told_again() -> None:
    told = Told()
    told.note("v", {"a": "1", "b": "1"})
    told.note("v", {"a": "1", "b": "2", "c": "1"})
    assert told.at("v") == {"a": "1", "b": "", "c": ""}
