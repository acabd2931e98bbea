"""`GET logs` and `GET logs/text` of a real TensorBoard."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import Tracker
from tests.support.records import (
    event_of,
    line,
    line_value,
    scalar_record,
    start_record,
    version_record,
    write_run,
)
from tests.support.server import Server, eventually

LEVELS = ("info", "warning", "error")
MANY = 100_000


def many_lines() -> bytes:
    lines = [
        line(f"line {n}" + " needle" * (n % 1000 == 7), step=n, wall_time=100.0 + n, level=LEVELS[n % 3])
        for n in range(MANY)
    ]
    return b"".join(lines)


def odd_lines() -> bytes:
    values = [
        event_of(line_value("logs/INFO/text_summary", "of torch", rank=1), step=1, wall_time=1.0),
        event_of(
            line_value("logs/info", "two"), line_value("logs/error", "in one event"), step=2, wall_time=2.0
        ),
        event_of(line_value("logs/info", "named before", plugin=None), step=3, wall_time=3.0),
        event_of(line_value("val/predictions", "no line"), step=4, wall_time=4.0),
        event_of(line_value("logs/a/b", "no line"), step=4, wall_time=4.0),
        event_of(line_value("logs/info", "a", "b", rank=1), step=5, wall_time=5.0),
        event_of(line_value("logs/info", "<script>alert(1)</script>\x1b[31m"), step=6, wall_time=6.0),
        event_of(line_value("logs/info", "x" * 30_000), step=7, wall_time=7.0),
    ]
    return b"".join(values)


def of_odd_times() -> bytes:
    times = [math.nan, 2.0, math.inf, -1e300, 1e300, 0.0, 1e19, -math.inf]
    return b"".join(line(f"at {time}", step=step, wall_time=time) for step, time in enumerate(times))


def started_again(logdir: Path) -> None:
    """Two files by two processes, the second of which begins at an earlier step."""
    first = [line(f"first {step}", step=step, wall_time=10.0 + step) for step in range(4)]
    second = [start_record(2, wall_time=20.0), line("second 2", step=2, wall_time=22.0)]
    write_run(logdir, "again", b"".join(first), name="events.tfevents.1")
    write_run(logdir, "again", b"".join(second), name="events.tfevents.2")
    ranks = [[line(f"{rank} at {n}", step=n, wall_time=10.0 + n) for n in range(3)] for rank in range(2)]
    for rank, lines in enumerate(ranks):
        write_run(logdir, "ranks", b"".join(lines), name=f"events.tfevents.{rank}")


@pytest.fixture(scope="module")
def server(
    tmp_path_factory: pytest.TempPathFactory, shared_tensorboard_server: Callable[..., Server]
) -> Server:
    logdir = tmp_path_factory.mktemp("logs")
    write_run(logdir, "many", many_lines())
    write_run(logdir, "odd", version_record(0.5) + odd_lines())
    write_run(logdir, "odd times", of_odd_times())
    write_run(logdir, "none", scalar_record("loss", step=1, value=2.0))
    started_again(logdir)
    logger = logging.getLogger("of the training")
    logger.setLevel(logging.INFO)
    with Tracker("p", logdir=logdir, run="tracker") as tracker:
        logger.addHandler(tracker.logger)
        tracker.log(loss=1.0, step=7)
        logger.warning("loss is %s", 1.0)
    started = shared_tensorboard_server(logdir)
    started.wait_loaded()
    return started


def asked(server: Server, run: str, **params: object) -> dict[str, Any]:
    (found,) = server.get_json("logs", run=run, **params)["logs"]
    assert found["run"] == run
    return dict(found)


def messages(found: dict[str, Any]) -> Sequence[str]:
    return list(found["columns"]["message"])


def test_what_a_logger_says_is_told_with_level_step_and_time(server: Server) -> None:
    found = asked(server, "p/tracker")
    assert (found["total"], found["levels"]) == (1, {"warning": 1})
    columns = found["columns"]
    assert (columns["message"], columns["level"], columns["step"]) == (["loss is 1.0"], ["warning"], [7])
    assert columns["time"][0] > 1.7e9


def test_lines_of_any_writer_are_told_and_other_texts_are_none(server: Server) -> None:
    found = asked(server, "odd")
    told = ["of torch", "two", "in one event", "named before", "a\nb", "<script>alert(1)</script>\x1b[31m"]
    assert messages(found)[:-1] == told
    assert messages(found)[-1] == "x" * 20_000
    assert found["levels"] == {"info": 6, "error": 1}
    assert found["columns"]["step"] == [1, 2, 2, 3, 5, 6, 7]


def test_pages_before_a_cursor_tell_every_line_once(server: Server) -> None:
    pages: list[Sequence[str]] = []
    found = asked(server, "many", limit=20_000)
    while True:
        pages.insert(0, messages(found))
        if not found["earlier"]:
            break
        found = asked(server, "many", limit=20_000, before=found["columns"]["cursor"][0])
    told = [words.split(" needle")[0] for page in pages for words in page]
    assert told == [f"line {n}" for n in range(MANY)]


def test_whatever_the_time_of_a_line_its_cursor_leads_on(server: Server) -> None:
    every = messages(asked(server, "odd times"))
    assert every == ["at nan", "at inf", "at -inf", "at -1e+300", "at 0.0", "at 2.0", "at 1e+19", "at 1e+300"]
    found = asked(server, "odd times", limit=1)
    told = [*messages(found)]
    while found["earlier"]:
        found = asked(server, "odd times", limit=1, before=found["columns"]["cursor"][0])
        told = [*messages(found), *told]
    assert told == every


def test_lines_after_a_cursor_are_those_that_follow(server: Server) -> None:
    last = asked(server, "many", limit=1)
    assert messages(last) == [f"line {MANY - 1}"]
    earlier = asked(server, "many", limit=100, before=last["columns"]["cursor"][0])
    after = asked(server, "many", limit=30, after=earlier["columns"]["cursor"][9])
    assert messages(after) == messages(earlier)[10:40]
    assert (after["earlier"], after["later"]) == (MANY - 91, 61)
    nothing = asked(server, "many", after=last["columns"]["cursor"][0])
    assert (messages(nothing), nothing["later"], nothing["total"]) == ([], 0, MANY)


def test_levels_leave_out_the_others(server: Server) -> None:
    found = asked(server, "many", level=["error", "WARNING"], limit=3)
    assert found["columns"]["level"] == ["error", "warning", "error"]
    assert found["total"] == sum(n % 3 != 0 for n in range(MANY))
    assert asked(server, "many", level="nonsense")["total"] == 0


def test_a_search_looks_at_every_line(server: Server) -> None:
    def done() -> Any:
        answer = server.get_json("logs", run="many", search="NEEDLE", limit=20)
        return answer["progress"] is None and answer

    (found,) = eventually(done, within_secs=60, what="the search")["logs"]
    assert (found["total"], found["earlier"]) == (100, 80)
    assert messages(found)[-1] == "line 99007 needle"
    earlier = asked(server, "many", search="NEEDLE", limit=80, before=found["columns"]["cursor"][0], wait=30)
    assert (messages(earlier)[0], earlier["later"]) == ("line 7 needle", 20)
    assert asked(server, "many", search="needle", level="error", wait=30)["total"] == 33


def test_lines_of_before_a_restart_stay(server: Server) -> None:
    assert messages(asked(server, "again")) == ["first 0", "first 1", "first 2", "first 3", "second 2"]


def test_lines_of_ranks_come_by_time(server: Server) -> None:
    found = asked(server, "ranks")
    assert messages(found) == [f"{rank} at {n}" for n in range(3) for rank in range(2)]
    last = asked(server, "ranks", before=found["columns"]["cursor"][3])
    assert messages(last) == messages(found)[:3]


def test_several_runs_are_told_beside_each_other_and_one_without_lines_has_none(server: Server) -> None:
    found = server.get_json("logs", run=["none", "ranks"])["logs"]
    assert [(one["run"], one["total"], len(one["columns"]["step"])) for one in found] == [
        ("none", 0, 0),
        ("ranks", 6, 6),
    ]


def test_an_unchanged_log_is_not_sent_again(server: Server) -> None:
    first = server.get("logs", run="ranks")
    headers = {"If-None-Match": first.headers["ETag"]}
    again = server.request("data/plugin/candles/logs", {"run": "ranks"}, headers=headers)
    assert (again.status, again.body) == (304, b"")


def test_all_of_it_is_downloaded_as_text_that_no_browser_takes_for_a_page(server: Server) -> None:
    answer = server.get("logs/text", run="odd")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="odd-logs.txt"'
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    lines = answer.body.decode().splitlines()
    assert lines[0] == "1970-01-01T00:00:01.000Z INFO step 1: of torch"
    assert lines[-1].endswith("x" * 30_000)
    assert len(server.get("logs/text", run="many").body.splitlines()) == MANY


@pytest.mark.parametrize(
    ("params", "status"),
    [
        ({}, 400),
        ({"run": "nothing"}, 404),
        ({"run": "odd", "before": "0x1"}, 400),
        ({"run": "odd", "after": "1:2:3:4"}, 400),
        ({"run": "odd", "after": "nan:0:0"}, 400),
        ({"run": "odd", "limit": "0"}, 400),
        ({"run": "odd", "limit": "1e9"}, 400),
        ({"run": "odd", "search": "x" * 201}, 400),
    ],
)
def test_what_can_t_be_used_is_told(server: Server, params: dict[str, str], status: int) -> None:
    answer = server.get("logs", **params)
    assert (answer.status, bool(answer.error())) == (status, True)


def test_a_line_that_was_just_flushed_is_told(
    tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    path = write_run(tmp_path, "run", line("first", step=1, wall_time=1.0))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    (cursor,) = asked(server, "run")["columns"]["cursor"]
    with path.open("ab") as file:
        file.write(line("second", step=2, wall_time=2.0))
    found = eventually(lambda: messages(asked(server, "run", after=cursor)), what="the new line")
    assert found == ["second"]
    assert messages(asked(server, "run", search="second", wait=30)) == ["second"]
