"""`GET logs`: lines of runs' logs, some at a time; `GET logs/text`: all of one run's as text."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone

import numpy as np
import numpy.typing as npt
from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import (
    INERT,
    Table,
    attachment,
    etag_headers,
    etag_of,
    not_modified,
    respond_found,
)
from tensorboard_candles.api.jobs import Found, Jobs
from tensorboard_candles.api.line_texts import LineTexts, Searches, parts_of
from tensorboard_candles.api.series import experiment_of, saying_what_loads
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.events import texts_of
from tensorboard_candles.events.points import Int64Array
from tensorboard_candles.store import FileLines, RunLogs, RunView, Source
from tensorboard_candles.store.logs import sort_times

MOST_RUNS = 50
MOST_LINES = 20_000
"""In one answer, of all runs together."""
MOST_BYTES = 16 << 20
"""Read for the lines of one run in one answer; one line is always told."""
LONGEST_SEARCH = 200
COLUMNS = ("time", "step", "level", "message", "cursor")


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads the words of lines, and keeps them."""

    texts: LineTexts = field(default_factory=LineTexts)
    searches: Searches = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "searches", Searches(self.texts))


@dataclass(frozen=True, slots=True)
class Query:
    """Which lines are asked for."""

    levels: frozenset[str]
    """All, where it is empty."""
    before: Cursor | None
    after: Cursor | None
    limit: int


@dataclass(frozen=True, slots=True)
class Cursor:
    """The place of a line among those of its run: by time, then file, then number in it."""

    time: float
    file: int
    number: int

    def __str__(self) -> str:
        return f"{self.time!r}:{self.file}:{self.number}"

    @staticmethod
    def of(text: str) -> Cursor:
        """The inverse of `str`.

        >>> Cursor.of("1700000000.25:0:17")
        Cursor(time=1700000000.25, file=0, number=17)
        """
        time, *numbers = text.split(":")
        are_whole = len(numbers) == 2 and all(one.isascii() and one.isdigit() for one in numbers)
        try:
            seconds = float(time)
        except ValueError:
            seconds = math.nan
        if not are_whole or math.isnan(seconds) or len(text) > 80:
            raise BadRequest(f"before and after must be cursors of an earlier answer, got {text[:80]!r}")
        return Cursor(seconds, int(numbers[0]), int(numbers[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Held:
    """Lines of one run, and which of them hold what was searched for."""

    run: str
    logs: RunLogs
    is_held: npt.NDArray[np.bool_]


def logs_route(request: Request, source: Source, jobs: Jobs, reading: Reading) -> Response:
    args = request.args
    runs = params.needed_runs(args, most=MOST_RUNS)
    query, words = parse(args, len(runs)), args.get("search", "")
    within_secs = params.wait_secs(args, 1.0)
    if len(words) > LONGEST_SEARCH:
        raise BadRequest(f"search must be at most {LONGEST_SEARCH} characters, got {len(words)}")
    with saying_what_loads(source):
        views = [source.run(name) for name in runs]
    version = " ".join(view.logs.version for view in views)
    key = "logs", experiment_of(request), tuple(runs), words

    def work(progress: Progress) -> list[_Held]:
        return _search(key, views, words, reading.searches, progress)

    if words:
        found = jobs.ask(key, version, work, within_secs=within_secs)
    else:
        every = [_Held(view.name, view.logs, np.ones(len(view.logs), np.bool_)) for view in views]
        found = Found(every, version, None)
    return respond_found(
        request,
        "logs",
        found,
        lambda result: [table(held, query, reading.texts) for held in result],
        fmt="json",
    )


def parse(args: params.Args, runs: int) -> Query:
    limit = params.whole(args, "limit", 500, least=1, most=MOST_LINES)
    before, after = (Cursor.of(args[name]) if name in args else None for name in ("before", "after"))
    return Query(
        levels=frozenset(level.lower() for level in args.getlist("level")),
        before=before,
        after=after,
        limit=min(limit, MOST_LINES // max(1, runs)),
    )


def _search(
    key: tuple[object, ...], views: Sequence[RunView], words: str, searches: Searches, progress: Progress
) -> list[_Held]:
    return [
        _Held(view.name, view.logs, searches.rows((*key, view.name), view.logs, words, progress))
        for view in views
    ]


def table(held: _Held, query: Query, texts: LineTexts) -> Table:
    """Lines of one run, newest last."""
    logs = held.logs
    level = logs.rows["level"]
    wanted = np.array([not query.levels or name in query.levels for name in logs.levels], np.bool_)
    matching = np.flatnonzero(held.is_held & wanted[level] if len(level) else held.is_held)
    low, high = _window(logs, matching, query)
    shown = matching[low:high]
    counts = np.bincount(level, minlength=len(logs.levels)).tolist()
    head = {
        "run": held.run,
        "total": len(matching),
        "earlier": low,
        "later": len(matching) - high,
        "levels": dict(zip(logs.levels, counts, strict=True)),
    }
    return Table(head, _columns(logs, shown, texts))


def _window(logs: RunLogs, matching: Int64Array, query: Query) -> tuple[int, int]:
    """Which of the matching rows are told: the newest; behind `after` those that follow it."""
    low = 0 if query.after is None else int(np.searchsorted(matching, place(logs, query.after, behind=True)))
    high = len(matching)
    if query.before is not None:
        high = int(np.searchsorted(matching, place(logs, query.before, behind=False)))
    low = min(low, high)
    if query.after is not None:
        high = min(high, low + query.limit)
        sizes = np.cumsum(logs.rows["size"][matching[low:high]].astype(np.int64))
        return low, low + max(min(1, high - low), int(np.searchsorted(sizes, MOST_BYTES, side="right")))
    low = max(low, high - query.limit)
    sizes = np.cumsum(logs.rows["size"][matching[low:high][::-1]].astype(np.int64))
    return high - max(min(1, high - low), int(np.searchsorted(sizes, MOST_BYTES, side="right"))), high


def place(logs: RunLogs, cursor: Cursor, *, behind: bool) -> int:
    """The row of the line that a cursor names, or of the next one where it is there no more; or behind it."""
    time = sort_times(logs.rows["wall_time"])
    low, high = np.searchsorted(time, cursor.time, "left"), np.searchsorted(time, cursor.time, "right")
    file, number = logs.file[low:high], logs.number[low:high]
    comes_before = (file < cursor.file) | ((file == cursor.file) & (number < cursor.number))
    is_there = behind & (file == cursor.file) & (number == cursor.number)
    return int(low + np.count_nonzero(comes_before | is_there))


def _columns(logs: RunLogs, shown: Int64Array, texts: LineTexts) -> dict[str, npt.NDArray[np.generic]]:
    lines, files = logs.rows[shown], logs.file[shown]
    places = sort_times(lines["wall_time"]).tolist(), files.tolist(), logs.number[shown].tolist()
    cursors = [str(Cursor(*place)) for place in zip(*places, strict=True)]
    return {
        "time": lines["wall_time"],
        "step": lines["step"],
        "level": np.array([logs.levels[number] for number in lines["level"].tolist()], object),
        "message": np.array(_messages(logs, files, logs.row_in_file[shown], texts), object),
        "cursor": np.array(cursors, object),
    }


def _messages(logs: RunLogs, files: Int64Array, rows: Int64Array, texts: LineTexts) -> list[str | None]:
    found: list[str | None] = [None] * len(files)
    for file in np.unique(files).tolist():
        places = np.flatnonzero(files == file)
        try:
            words = texts.of(logs.files[file], rows[places])
        except NotFound:
            continue  # the file went; what other files say is told all the same
        for at, text in zip(places.tolist(), words, strict=True):
            found[at] = text
    return found


def text_route(request: Request, source: Source) -> Response:
    [run] = params.needed_runs(request.args, most=1)
    with saying_what_loads(source):
        logs = source.run(run).logs
    etag = etag_of(request, logs.version)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    headers = [*etag_headers(etag), *INERT, attachment(f"{run}-logs.txt")]
    return Response(_whole(logs), headers=headers, content_type="text/plain; charset=utf-8")


def _whole(logs: RunLogs) -> Iterator[bytes]:
    """Every line with its time, level and step, from the files as they are read."""
    for part in parts_of(logs.rows["size"]):
        rows = np.arange(part.start, part.stop)
        lines = logs.rows[rows]
        words = _read(logs.files, logs.file[rows], logs.row_in_file[rows])
        told = zip(
            lines["wall_time"].tolist(), lines["level"].tolist(), lines["step"].tolist(), words, strict=True
        )
        yield "".join(
            f"{_time(time)} {logs.levels[level].upper()} step {step}: {text}\n"
            for time, level, step, text in told
        ).encode(errors="replace")


def _read(files: Sequence[FileLines], file: Int64Array, row: Int64Array) -> list[str]:
    found = [""] * len(file)
    for number in np.unique(file).tolist():
        places = np.flatnonzero(file == number)
        try:
            words = texts_of(files[number].path, files[number].lines.rows[row[places]])
        except NotFound as error:
            words = [f"({error})"] * len(places)
        for at, text in zip(places.tolist(), words, strict=True):
            found[at] = "(not there any more: the file was replaced)" if text is None else text
    return found


def _time(seconds: float) -> str:
    """In UTC, to the millisecond.

    >>> _time(1700000000.25)
    '2023-11-14T22:13:20.250Z'
    """
    try:
        when = datetime.fromtimestamp(seconds, timezone.utc)
    except (ValueError, OverflowError, OSError):
        return "-"
    return when.isoformat(timespec="milliseconds").replace("+00:00", "Z")
