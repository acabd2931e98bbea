"""`GET runs`, told whole and told by what changed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.api.runs import news, run
from tensorboard_candles.api.told import Told
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
        head, views = news(self.source, version, since=self.version, told=self.told)
        answer = {**head, "runs": [run(view) for view in views]}
        if answer.get("since") != self.version:
            self.known = {}
        for name in answer.get("gone", []):
            del self.known[name]
        self.known.update({run["name"]: run for run in answer["runs"]})
        self.version = answer["version"]
        assert [self.known[name] for name in sorted(self.known)] == list(map(run, self.source.runs()))
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


def test_who_asks_after_what_is_forgotten_is_told_all() -> None:
    told = Told(most_gone=1)
    first = told.news({"a": "1", "b": "1", "c": "1"}, since="")
    second = told.news({"b": "1", "c": "1"}, since=first.mark)
    assert (second.changed, second.gone) == ([], ["a"])
    third = told.news({"c": "1"}, since=second.mark)
    assert (third.changed, third.gone) == ([], ["b"])
    assert told.news({"c": "1"}, since=first.mark).changed is None


@pytest.mark.parametrize("since", ["", "nonsense", "0.1", ".1", "1e3", "٣"])
def test_who_asks_with_what_was_never_told_is_told_all(since: str) -> None:
    assert Told().news({"a": "1"}, since=since).changed is None


def test_a_mark_of_another_process_or_of_the_future_is_none() -> None:
    told = Told()
    mark = told.news({"a": "1"}, since="").mark
    assert Told().news({"a": "1"}, since=mark).changed is None
    assert told.news({"a": "1"}, since=mark + "0").changed is None


def test_a_run_that_changed_while_two_asked_is_told_again() -> None:
    told = Told()
    slow = {"a": "1", "b": "1"}
    quick = told.news({"a": "1", "b": "2", "c": "1"}, since=told.news(slow, since="").mark)
    assert (quick.changed, quick.gone) == (["b", "c"], [])
    late = told.news(slow, since=quick.mark)
    assert (late.changed, late.gone) == (["b"], ["c"])
    assert told.news({"a": "1", "b": "2", "c": "1"}, since=late.mark).changed == ["b", "c"]


changes = st.lists(st.dictionaries(st.sampled_from("abcd"), st.sampled_from("123")), min_size=1)


@given(changes, st.lists(st.integers(0, 2), min_size=1))
def test_whoever_asks_however_rarely_comes_to_know_what_there_is(
    history: list[dict[str, str]], askers: list[int]
) -> None:
    told = Told(most_gone=2)
    known: list[tuple[dict[str, str], str]] = [({}, "")] * 3
    for turn, now in enumerate(history):
        asker = askers[turn % len(askers)]
        before, mark = known[asker]
        news = told.news(now, since=mark)
        if news.changed is None:
            after = dict(now)
        else:
            after = {name: version for name, version in before.items() if name not in news.gone}
            after |= {name: now[name] for name in news.changed}
        assert after == now
        known[asker] = after, news.mark
