"""The progress line: what it shows, where, and how it ends."""

from __future__ import annotations

import io
import os
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fsspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles import Tracker
from tensorboard_candles.writer.progress import Candle
from tests.support.server import eventually
from tests.writer.reading import epoch_marks, points
from tests.writer.scripts import posix, run_script


@pytest.fixture
def tracker(tmp_path: Path) -> Iterator[Tracker]:
    pytest.importorskip("tqdm")
    with Tracker("p", logdir=tmp_path, run="r") as made:
        yield made


def _last_line(shown: str) -> str:
    return shown.rstrip("\n").split("\r")[-1].split("\n")[-1]


def test_line_ends_with_the_candle_of_all_batches(
    tracker: Tracker, capsys: pytest.CaptureFixture[str]
) -> None:
    for value in tracker.batches([0.5, 0.9, 0.3, 0.4], progress="always"):
        tracker.log(acc=value * 2, loss=value)
    line = _last_line(capsys.readouterr().err)
    assert line.startswith("epoch 0: 100%")
    assert "4/4" in line
    assert line.endswith("loss open 0.5 high 0.9 low 0.3 close 0.4 ▼]")


def test_candle_is_of_this_epoch_alone_whatever_the_steps(
    tracker: Tracker, capsys: pytest.CaptureFixture[str]
) -> None:
    for epoch in tracker.epochs(3):
        for value in tracker.batches([1.0, 2.0], progress="always"):
            tracker.log(loss=value + 10 * epoch, step=7 - epoch)
        line = _last_line(capsys.readouterr().err)
        assert line.startswith(f"epoch {epoch}: 100%")
        assert (
            f"open {1 + 10 * epoch} high {2 + 10 * epoch} low {1 + 10 * epoch} close {2 + 10 * epoch} ▲"
            in line
        )
        tracker.log(loss=1000.0)  # belongs to the epoch's candle in the tab, and to no line
    tracker.close()
    assert len(epoch_marks(tracker.run_dir)) == 3
    assert len(points(tracker.run_dir)) == 9


def test_line_shows_the_forming_candle_while_the_loop_goes_on(
    tracker: Tracker, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TQDM_MININTERVAL", "0")
    shown = ""

    def batches() -> Iterator[int]:
        nonlocal shown
        while "loss open 0.5" not in shown:
            yield 0
            shown += capsys.readouterr().err

    for _ in tracker.batches(batches(), progress="always"):
        tracker.log(loss=0.5)
        tracker.flush()
    assert "high 0.5" in shown


def test_metric_can_be_chosen(tracker: Tracker, capsys: pytest.CaptureFixture[str]) -> None:
    for _ in tracker.batches(range(2), progress="always", metric="acc"):
        tracker.log(loss=0.5, acc=0.25)
    assert _last_line(capsys.readouterr().err).endswith("acc open 0.25 high 0.25 low 0.25 close 0.25 ■]")
    for _ in tracker.batches(range(2), progress="always", metric="never logged"):
        tracker.log(loss=0.5)
    assert "open" not in capsys.readouterr().err


def test_nothing_is_shown_where_there_is_no_terminal(
    tracker: Tracker, capsys: pytest.CaptureFixture[str]
) -> None:
    for _ in tracker.batches(range(3), progress=True):
        tracker.log(loss=0.5)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", "")
    tracker.close()
    assert len(points(tracker.run_dir)) == 3


@posix
def test_line_is_shown_on_a_terminal(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    import fcntl
    import termios

    reading, writing = os.openpty()
    fcntl.ioctl(writing, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 200, 0, 0))
    with os.fdopen(writing, "w", encoding="utf-8") as terminal:
        monkeypatch.setattr(sys, "stderr", terminal)
        for _ in tracker.batches(range(3), progress=True):
            tracker.log(loss=0.5)
        shown = b""
        os.set_blocking(reading, False)

        def read() -> bool:
            nonlocal shown
            try:
                shown += os.read(reading, 65536)
            except BlockingIOError:
                return False
            return "close 0.5 ■".encode() in shown

        eventually(read, what="the candle on the terminal")
    os.close(reading)
    assert b"epoch 0: 100%" in shown


def test_terminal_without_such_signs_gets_words(tracker: Tracker, monkeypatch: pytest.MonkeyPatch) -> None:
    content = io.BytesIO()
    monkeypatch.setattr(sys, "stderr", io.TextIOWrapper(content, encoding="ascii", write_through=True))
    for value in tracker.batches([0.5, 0.75], progress="always"):
        tracker.log(loss=value)
    assert content.getvalue().rstrip().endswith(b"loss open 0.5 high 0.75 low 0.5 close 0.75 up]")


def test_line_is_ended_before_an_error_of_the_loop_is_handled(
    tracker: Tracker, capsys: pytest.CaptureFixture[str]
) -> None:
    def train() -> None:
        for value in tracker.batches([1.0, 0.0, 2.0], progress="always"):
            tracker.log(loss=1 / value)

    with pytest.raises(ZeroDivisionError):
        train()
    shown = capsys.readouterr().err
    assert shown.endswith("\n")
    assert "1/3" in _last_line(shown)
    assert "loss open 1 high 1 low 1 close 1" in shown
    with tracker.epoch() as number:
        assert number == 1


def test_values_that_are_not_finite_are_counted(tracker: Tracker, capsys: pytest.CaptureFixture[str]) -> None:
    for value in tracker.batches([np.nan, 0.5, np.inf], progress="always"):
        tracker.log(loss=value)
    assert _last_line(capsys.readouterr().err).endswith("low 0.5 close 0.5 ■, 2 non-finite]")


def test_only_rank_0_shows_a_line_on_its_terminal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("tqdm")
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "2")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    for silent in (True, False):
        with Tracker("p", logdir=tmp_path, run="r", rank_zero_only=silent) as tracker:
            assert list(tracker.batches([1, 2], progress=True)) == [1, 2]
    assert capsys.readouterr().err == ""


def test_without_tqdm_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    missing: Any = None
    monkeypatch.setitem(sys.modules, "tqdm", missing)
    with Tracker("p", logdir=tmp_path) as tracker:
        with pytest.raises(ImportError, match=r"pip install 'tensorboard_candles\[progress\]'"):
            next(iter(tracker.batches([1], progress=True)))
        assert list(tracker.batches([1])) == [1]


@posix
def test_child_that_is_forked_while_a_line_forms_logs_and_ends(tmp_path: Path) -> None:
    pytest.importorskip("tqdm")
    run_script(
        """
        from tensorboard_candles.writer.progress import Candle
        with_points, inside, go_on = Candle.with_points, threading.Event(), threading.Event()
        def slow(candle, value):
            inside.set()
            go_on.wait()
            return with_points(candle, value)
        Candle.with_points = slow
        tracker = Tracker("p", logdir=logdir, run="r")
        for _ in tracker.batches(range(1), progress="always"):
            tracker.log(loss=1.0)
            inside.wait()
            pid = os.fork()
            if pid == 0:
                signal.alarm(20)
                Candle.with_points = with_points
                tracker.log(loss=2.0, step=7)
                tracker.close()
                os._exit(0)
            assert os.waitpid(pid, 0)[1] == 0
            go_on.set()
        tracker.close()
        """,
        tmp_path,
    )
    assert sorted(points(tmp_path / "p" / "r")) == [("loss", 0, 1.0), ("loss", 7, 2.0)]


def test_end_of_a_line_waits_for_no_bucket(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("tqdm")
    system, sent = type(fsspec.filesystem("memory")), []
    put = system.pipe_file

    def counted(*arguments: Any, **options: Any) -> None:
        sent.append(arguments)
        put(*arguments, **options)

    monkeypatch.setattr(system, "pipe_file", counted)
    with Tracker("p", logdir="memory://lines", run="r") as tracker:
        for _ in tracker.epochs(20):
            for _ in tracker.batches(range(2), progress="always"):
                tracker.log(loss=0.5)
        assert len(sent) < 20


def test_loader_that_can_not_tell_its_length_is_gone_through(tracker: Tracker) -> None:
    class Stream:
        def __len__(self) -> int:
            raise NotImplementedError("a stream")

        def __iter__(self) -> Iterator[int]:
            return iter((1, 2))

    assert list(tracker.batches(Stream())) == [1, 2]


@given(st.lists(st.lists(st.floats(width=32), max_size=5), max_size=5))
def test_candle_is_that_of_all_points_however_they_come(pieces: list[list[float]]) -> None:
    candle = Candle()
    for piece in pieces:
        candle = candle.with_points(np.array(piece, np.float64))
    everything = [value for piece in pieces for value in piece]
    finite = [value for value in everything if np.isfinite(value)]
    assert candle.nonfinite == len(everything) - len(finite)
    if finite:
        expected = (finite[0], max(finite), min(finite), finite[-1])
        assert (candle.open, candle.high, candle.low, candle.close) == expected
    else:
        assert np.isnan([candle.open, candle.high, candle.low, candle.close]).all()
