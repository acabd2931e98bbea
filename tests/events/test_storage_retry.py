from __future__ import annotations

from collections.abc import Callable

import pytest

from tensorboard_candles.events import storage_retry
from tensorboard_candles.events.storage_retry import Patience, retried

Attempt = Callable[[], str]


class Clock:
    """Time that passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def monotonic(self) -> float:
        return self.now

    def sleep(self, secs: float) -> None:
        self.slept.append(secs)
        self.now += secs


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr(storage_retry, "time", clock)
    return clock


def failing(times: int, clock: Clock | None = None, *, takes_secs: float = 0.0) -> tuple[Attempt, list[int]]:
    """A call that fails so often before it works, and how often it was made."""
    calls: list[int] = []

    def attempt() -> str:
        calls.append(len(calls))
        if clock:
            clock.now += takes_secs
        if len(calls) <= times:
            raise OSError(f"failure {len(calls)}")
        return "answer"

    return attempt, calls


def test_a_call_that_works_again_is_no_failure(clock: Clock) -> None:
    attempt, calls = failing(3)
    assert retried(attempt) == "answer"
    assert len(calls) == 4


def test_pauses_double_and_are_not_the_same_for_everybody(clock: Clock) -> None:
    for _ in range(20):
        retried(failing(3)[0])
    first, second, third = clock.slept[::3], clock.slept[1::3], clock.slept[2::3]
    for pauses, longest in [(first, 0.25), (second, 0.5), (third, 1.0)]:
        assert all(longest / 2 <= pause <= longest for pause in pauses)
        assert len(set(pauses)) > 10


def test_the_last_error_is_raised_after_a_bounded_number_of_attempts(clock: Clock) -> None:
    attempt, calls = failing(100)
    with pytest.raises(OSError, match="failure 4"):
        retried(attempt)
    assert len(calls) == 4


def test_no_attempt_is_made_after_a_bounded_time(clock: Clock) -> None:
    attempt, calls = failing(100, clock, takes_secs=10.0)
    with pytest.raises(OSError, match="failure 2"):
        retried(attempt)
    assert len(calls) == 2


@pytest.mark.parametrize("error", [FileNotFoundError, PermissionError])
def test_an_answer_that_says_no_is_believed_at_once(clock: Clock, error: type[OSError]) -> None:
    calls = []

    def refused() -> None:
        calls.append(1)
        raise error("no")

    with pytest.raises(error):
        retried(refused)
    assert len(calls) == 1


def test_a_server_that_fails_for_long_is_asked_no_more_until_patience_is_renewed(clock: Clock) -> None:
    patience = Patience()
    attempt, calls = failing(100, clock, takes_secs=10.0)
    for _ in range(5):
        with pytest.raises(OSError, match="failure"):
            patience.call(attempt)
    made = len(calls)
    assert made == 4
    patience.renew()
    with pytest.raises(OSError, match="failure"):
        patience.call(attempt)
    assert len(calls) > made


def test_failures_between_answers_are_no_reason_to_give_up(clock: Clock) -> None:
    patience = Patience()
    for _ in range(10):
        with pytest.raises(OSError, match="failure"):
            patience.call(failing(100, clock, takes_secs=10.0)[0])
        assert patience.call(lambda: "answer") == "answer"
