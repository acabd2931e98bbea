"""Generated training logs, sound and damaged, read as parsing event by event reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import EventFile, Points, Segment
from tensorboard_candles.events import tail as tail_module
from tensorboard_candles.events.bulk import BulkDecoder
from tensorboard_candles.events.candle import as_candles
from tensorboard_candles.events.framing import Damage
from tensorboard_candles.events.window import WindowDecoder, decode_windows
from tensorboard_candles.store.columns import joined
from tests.support.any_training import any_log, cuts_of, damaged_log, places
from tests.support.reading import assert_same, in_bulk_everywhere, plain, read_windows_together, told

some_places = st.lists(places, max_size=4)
either = st.one_of(any_log, damaged_log)


@settings(deadline=None)  # the machine may be busy
@given(either, some_places)
def test_any_training_log_reads_the_same(content: bytes, parts: list[float]) -> None:
    assert_same(content, cuts_of(content, parts))


@settings(deadline=None)
@given(st.lists(either, min_size=1, max_size=5))
def test_files_decoded_together_read_as_each_by_itself(files: list[bytes]) -> None:
    expected = read_windows_together(files, in_bulk=False)
    assert read_windows_together(files, in_bulk=True) == expected
    with in_bulk_everywhere():
        assert read_windows_together(files, in_bulk=True) == expected


@settings(deadline=None)
@given(st.lists(st.tuples(either, some_places), min_size=2, max_size=4))
def test_files_that_grow_in_turns_read_as_each_by_itself(files: list[tuple[bytes, list[float]]]) -> None:
    assert _read_in_turns(files, BulkDecoder()) == _read_in_turns(files, None)


def _read_in_turns(files: list[tuple[bytes, list[float]]], bulk: BulkDecoder | None) -> list[Any]:
    """What is new of each file at each of some looks; in bulk decoded together."""
    decoders = [WindowDecoder(None) for _ in files]
    begins, read = [0] * len(files), []
    for turn in range(5):
        ends = [[*cuts_of(content, parts), len(content)][: turn + 1][-1] for content, parts in files]
        news = [content[begin:end] for (content, _), begin, end in zip(files, begins, ends, strict=True)]
        windows = [decoder.window(new) for decoder, new in zip(decoders, news, strict=True)]
        each = [windows] if bulk else [[window] for window in windows]
        found = [decoded for together in each for decoded in decode_windows(together, bulk)]
        begins = [begin + decoded.consumed for begin, decoded in zip(begins, found, strict=True)]
        read += [told(decoded) for decoded in found]
    return read


@settings(deadline=None)
@given(either, some_places, st.sampled_from([100, 1000, 1 << 22]))
def test_a_file_that_grows_in_any_pieces_ends_up_as_if_read_at_once(
    content: bytes, parts: list[float], window_bytes: int
) -> None:
    at_once = WindowDecoder(None).decode(content)
    with TemporaryDirectory() as directory, pytest.MonkeyPatch.context() as patch:
        patch.setattr(tail_module, "WINDOW_BYTES", window_bytes)
        segments, problems = _read_while_it_grows(Path(directory, "tfevents"), content, parts)
    assert _story(segments) == _story(at_once.segments)
    expected = [*at_once.damages, *([at_once.suspect] if at_once.suspect else [])]
    assert [damage.offset for damage in problems] == [damage.offset for damage in expected]


def _read_while_it_grows(
    path: Path, content: bytes, parts: list[float]
) -> tuple[list[Segment], list[Damage]]:
    file, segments, begin = EventFile(path), [], 0
    for end in (*cuts_of(content, parts), len(content)):
        with path.open("ab") as writing:
            writing.write(content[begin:end])
        begin = end
        segments += [segment for window in file.read() for segment in window.segments]
    return segments, file.problems


def _story(segments: Sequence[Segment]) -> list[Any]:
    """Points by session and tag, and where other summaries stand, whatever the windows they came in."""
    sessions: list[tuple[Any, dict[str | None, list[Points]]]] = [(None, {})]
    for segment in segments:
        if segment.start:
            sessions.append((segment.start, {}))
        for tag, points in (*segment.scalars.items(), (None, segment.epoch_marks)):
            if len(points):
                # A number among candles is one, too.
                candles = Points(points.step, points.wall_time, as_candles(points))
                sessions[-1][1].setdefault(tag, []).append(candles)
    stories = [(start, {tag: plain(joined(found)) for tag, found in by.items()}) for start, by in sessions]
    return [*stories, [record for segment in segments for record in segment.records]]
