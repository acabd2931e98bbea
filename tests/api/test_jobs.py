"""Work off the request threads: one result for each question, kept, followed and given up."""

from __future__ import annotations

import gc
import logging
import threading
import weakref
from collections.abc import Callable, Iterator

import pytest

from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.api.jobs import Jobs
from tensorboard_candles.errors import BadRequest, NotFound, WorkFailed

SOON_SECS = 60.0


class Gate:
    """Work that stands still until it is let go on."""

    def __init__(self) -> None:
        self.opened, self.entered = threading.Event(), threading.Event()
        self.told: list[str] = []

    def work(self, result: str) -> Callable[[Progress], str]:
        def work(progress: Progress) -> str:
            progress(1, 4, "halfway there")
            self.entered.set()
            assert self.opened.wait(SOON_SECS)
            progress(4, 4)
            self.told.append(result)
            return result

        return work


@pytest.fixture
def gate() -> Iterator[Gate]:
    gate = Gate()
    yield gate
    gate.opened.set()


def test_a_request_is_answered_with_the_progress_of_what_takes_longer(gate: Gate) -> None:
    jobs = Jobs()
    jobs.ask("q", "v1", gate.work("one"), within_secs=0)
    assert gate.entered.wait(SOON_SECS)
    found = jobs.ask("q", "v1", gate.work("again"), within_secs=0)
    assert found.result is None
    assert found.progress is not None
    assert (found.progress.done, found.progress.total, found.progress.what) == (1, 4, "halfway there")
    gate.opened.set()
    found = jobs.ask("q", "v1", gate.work("again"), within_secs=SOON_SECS)
    assert (found.result, found.version, found.progress) == ("one", "v1", None)
    assert gate.told == ["one"]


def test_the_last_result_is_given_while_the_next_one_is_on_its_way(gate: Gate) -> None:
    jobs = Jobs()
    jobs.ask("q", "v1", lambda _: "one", within_secs=SOON_SECS)
    assert _started(lambda: jobs.ask("q", "v2", gate.work("two"), within_secs=0.01), gate)
    found = jobs.ask("q", "v3", gate.work("three"), within_secs=0)
    assert (found.result, found.version) == ("one", "v1")
    assert found.progress is not None
    gate.opened.set()
    found = jobs.ask("q", "v2", gate.work("two"), within_secs=SOON_SECS)
    assert (found.result, found.version, found.progress) == ("two", "v2", None)


def test_work_that_nobody_asks_for_any_more_is_given_up_and_begun_anew(gate: Gate) -> None:
    jobs = Jobs(abandoned_after_secs=0.05)
    ended = threading.Event()

    def endless(progress: Progress) -> str:
        try:
            while True:
                gate.opened.wait(0.001)
                progress(0, 1)
        finally:
            ended.set()

    jobs.ask("q", "v1", endless, within_secs=0)
    assert ended.wait(SOON_SECS)
    found = jobs.ask("q", "v1", lambda _: "asked again", within_secs=SOON_SECS)
    # the thread that gave up may not have said so yet
    while found.progress is not None:
        found = jobs.ask("q", "v1", lambda _: "asked again", within_secs=SOON_SECS)
    assert found.result == "asked again"


def test_work_goes_on_as_long_as_a_request_waits_for_it() -> None:
    jobs = Jobs(abandoned_after_secs=0.01)

    def slow(progress: Progress) -> str:
        threading.Event().wait(0.1)
        progress(1, 2)
        return "done"

    assert jobs.ask("q", "v1", slow, within_secs=SOON_SECS).result == "done"


def test_an_error_is_raised_for_the_data_it_is_about_and_no_longer() -> None:
    jobs = Jobs()

    def refuse(_: Progress) -> str:
        raise BadRequest("two tags are needed, got 1")

    for _ in range(2):
        with pytest.raises(BadRequest, match="two tags are needed, got 1"):
            jobs.ask("q", "v1", refuse, within_secs=SOON_SECS)
    assert jobs.ask("q", "v2", lambda _: "now there are two", within_secs=SOON_SECS).result


def test_what_could_not_be_found_is_looked_for_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    jobs = Jobs()

    def gone(_: Progress) -> str:
        raise NotFound("the file is away")

    with pytest.raises(NotFound, match="the file is away"):
        jobs.ask("q", "v1", gone, within_secs=SOON_SECS)
    with pytest.raises(NotFound, match="the file is away"):  # who polls meanwhile costs nothing
        jobs.ask("q", "v1", lambda _: "too early", within_secs=SOON_SECS)
    monkeypatch.setattr("tensorboard_candles.api.jobs.RETRY_AFTER_SECS", 0.0)
    with pytest.raises(NotFound, match="the file is away"):
        jobs.ask("r", "v1", gone, within_secs=SOON_SECS)
    assert jobs.ask("r", "v1", lambda _: "there again", within_secs=SOON_SECS).result == "there again"


def test_a_mistake_in_the_work_is_told_and_the_other_work_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    jobs = Jobs(workers=1)
    with pytest.raises(WorkFailed, match="ZeroDivisionError"):
        jobs.ask("wrong", "v1", lambda _: 1 // 0, within_secs=SOON_SECS)
    assert "could not be computed" in caplog.text
    assert jobs.ask("right", "v1", lambda _: "well", within_secs=SOON_SECS).result == "well"


def test_only_the_last_results_are_kept() -> None:
    jobs = Jobs(most_kept=2, abandoned_after_secs=0)
    made: list[str] = []

    def ask(key: str) -> None:
        def work(_: Progress) -> str:
            made.append(key)
            return key

        jobs.ask(key, "v1", work, within_secs=SOON_SECS)

    for key in ("a", "b", "a", "c", "a", "b"):
        ask(key)
    assert made == ["a", "b", "c", "b"]


def test_what_is_still_asked_for_is_kept_however_much_that_is(gate: Gate) -> None:
    jobs, asked = Jobs(workers=1, most_kept=2), [str(number) for number in range(6)]
    made: list[str] = []

    def ask(key: str) -> None:
        def work(_: Progress) -> str:
            gate.opened.wait(SOON_SECS)
            made.append(key)
            return key

        jobs.ask(key, "v1", work, within_secs=SOON_SECS if gate.opened.is_set() else 0)

    for key in asked * 2:
        ask(key)
    gate.opened.set()
    for key in asked * 2:
        ask(key)
    assert made == asked


class Panic(BaseException):
    """As of a library in Rust."""


@pytest.mark.parametrize("kind", [BadRequest, ValueError, Panic])
def test_work_that_failed_is_told_of_and_keeps_nothing_of_its_data(
    kind: type[BaseException], caplog: pytest.LogCaptureFixture
) -> None:
    class Data:
        pass

    def work(_: Progress) -> str:
        data = Data()
        kept.append(weakref.ref(data))
        raise kind("it can't be done")

    caplog.set_level(logging.CRITICAL)  # pytest keeps what is logged, with its tracebacks
    kept: list[weakref.ref[Data]] = []
    jobs = Jobs(workers=1)
    with pytest.raises(BadRequest if kind is BadRequest else WorkFailed, match="it can't be done"):
        jobs.ask("wrong", "v1", work, within_secs=SOON_SECS)
    gc.collect()
    assert kept[0]() is None
    assert jobs.ask("right", "v1", lambda _: "well", within_secs=SOON_SECS).result == "well"


def test_two_questions_are_worked_on_at_once(gate: Gate) -> None:
    jobs = Jobs(workers=2)
    jobs.ask("slow", "v1", gate.work("slow"), within_secs=0)
    assert gate.entered.wait(SOON_SECS)
    assert jobs.ask("quick", "v1", lambda _: "quick", within_secs=SOON_SECS).result == "quick"


def _started(ask: Callable[[], object], gate: Gate) -> bool:
    """Work on new data begins after a rest."""
    for _ in range(1000):
        ask()
        if gate.entered.is_set():
            return True
    return False
