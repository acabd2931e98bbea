"""How often a run is sent, and how many bytes that takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorboard_candles.writer.remote import pace
from tensorboard_candles.writer.remote.directory import RemoteDir
from tensorboard_candles.writer.remote.pace import Pace, Part
from tests.support.s3 import ObjectStore
from tests.writer.remote import names, shown, tracker

HOUR_SECS = 3600
WEEK_SECS = 7 * 24 * HOUR_SECS


class Simulated:
    """A run that logs so many bytes each second, sent as the uploader sends it."""

    def __init__(self, bytes_per_sec: float, secs: int) -> None:
        self.sent = self.files = self.uploads = 0
        self.oldest_secs = 0.0
        self.size = 0
        clock, part = Pace(began=0.0), Part(Path("0"))
        now = last = 0.0
        while now < secs:
            written = int(now * bytes_per_sec) - int(last * bytes_per_sec)
            self.oldest_secs = max(self.oldest_secs, round(now - last, 6))
            self.size, last = self.size + written, now
            if part.is_full:
                part, self.files = Part(Path("0")), self.files + 1
            part.size += written
            if part.size > part.arrived:
                part.sent += part.size
                self.sent, part.arrived, self.uploads = self.sent + part.size, part.size, self.uploads + 1
            clock.sent_at(now)
            now = clock.next_at


@pytest.mark.parametrize("bytes_per_sec", [1, 100, 10_000, 100_000, 10_000_000])
@pytest.mark.parametrize("secs", [60, HOUR_SECS, WEEK_SECS])
def test_a_run_is_sent_thrice_at_most_but_for_small_files(bytes_per_sec: float, secs: int) -> None:
    run = Simulated(bytes_per_sec, secs)
    assert run.sent <= 3 * run.size + pace.SMALL_FILE_BYTES * run.uploads
    if bytes_per_sec >= 100_000:
        assert run.sent <= 3 * run.size
    assert run.files <= run.size / pace.SMALL_FILE_BYTES + 1
    assert run.uploads <= 60 + secs / 60


@pytest.mark.parametrize("secs", [60, HOUR_SECS, WEEK_SECS])
def test_what_is_logged_is_sent_within_ten_seconds_and_later_within_a_minute(secs: int) -> None:
    assert Simulated(1000, secs).oldest_secs <= (10 if secs == 60 else 60)


def test_many_flushes_send_no_more_than_thrice_what_there_is_and_a_constant(
    s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pace, "FLUSHED_BYTES", 50_000)
    monkeypatch.setattr(pace, "SMALL_FILE_BYTES", 5_000)
    for name in ("SHORTEST_INTERVAL_SECS", "LONGEST_INTERVAL_SECS"):
        monkeypatch.setattr(pace, name, 1000.0)
    with tracker(s3.url("runs")) as one:
        for step in range(600):
            one.log(loss=step)
            one.flush()
        sent = sum(s3.written())
        assert len(s3.written()) > 20
    connection = (RemoteDir(s3.url("runs")) / "p" / "r").connect()
    sizes = [len(connection.read(name)) for name in names(s3.url("runs"))]
    assert sent <= 3 * sum(sizes) + 50_000
    assert 1 < len(sizes) <= sum(sizes) / 5_000 + 1
    assert shown(s3.url("runs")) == {step: float(step) for step in range(600)}


def test_a_flush_without_news_sends_nothing(s3: ObjectStore) -> None:
    with tracker(s3.url("runs")) as one:
        one.log(loss=1)
        one.flush()
        count = len(s3.written())
        for _ in range(10):
            one.flush()
        assert len(s3.written()) == count
    assert len(s3.written()) == count
