"""Who is alive, by the beats that come in and clocks that need not agree."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tensorboard_candles.control.forms import Progress, Status
from tensorboard_candles.control.heart import Heart

EVERY_SECS = 3.0
FIRST = Status("00ff" * 4, 0, 0.0, EVERY_SECS, "running", "gpu7", 1, Progress(0.0))


def heart(*, gone: bool = False) -> Heart:
    return Heart(is_gone=lambda status: gone)


def beat(count: int, time: float) -> Status:
    return replace(FIRST, beat=count, time=time)


@pytest.mark.parametrize("behind_secs", [-1e9, -3600.0, 0.0, 1.0, 300.0, 1e9])
def test_after_one_beat_it_does_not_matter_what_time_the_other_host_has(behind_secs: float) -> None:
    one = heart()
    one.hear(beat(0, 1000.0 - behind_secs), now=50.0, wall=1000.0)
    one.hear(beat(1, 1003.0 - behind_secs), now=53.0, wall=1003.0)
    assert [one.is_dead(now) for now in (53.0, 62.0, 62.1)] == [False, False, True]


def test_a_clock_that_was_set_back_or_forward_kills_nobody() -> None:
    one = heart()
    one.hear(beat(0, 1000.0), now=50.0, wall=1000.0)
    for count, time in [(1, 500.0), (2, 99_000.0), (3, 99_003.0)]:
        one.hear(beat(count, time), now=50.0 + 3 * count, wall=1000.0)
        assert not one.is_dead(50.0 + 3 * count)


def test_beats_that_came_while_nobody_looked_do_not_make_the_last_one_new() -> None:
    one = heart()
    one.hear(beat(0, 1000.0), now=50.0, wall=1000.0)
    # Killed after its second beat; and the next look is an hour later.
    one.hear(beat(1, 1003.0), now=3650.0, wall=4600.0)
    assert one.is_dead(3650.0)


def test_who_is_looked_at_but_once_a_minute_lives_whatever_its_clock_says() -> None:
    one = heart()
    for minute in range(5):
        one.hear(beat(20 * minute, 60.0 * minute), now=1.0 + 60 * minute, wall=7000.0 + 60 * minute)
        assert one.is_dead(1.0 + 60 * minute) == (minute == 0)


def test_a_host_that_slept_finds_alive_what_slept_with_it() -> None:
    one = heart()
    one.hear(beat(7, 1000.0), now=50.0, wall=1000.0)
    one.hear(beat(7, 1000.0), now=51.0, wall=9000.0)  # the monotonic clock stood still
    assert not one.is_dead(51.0)


def test_what_was_last_heard_of_long_ago_is_dead_at_first_sight_and_lives_again_with_a_beat() -> None:
    for time in (0.0, 2000.0):
        one = heart()
        one.hear(beat(0, time), now=50.0, wall=1000.0)
        assert one.is_dead(50.0)
        one.hear(beat(1, time + 3.0), now=53.0, wall=1003.0)
        assert not one.is_dead(53.0)


@pytest.mark.parametrize("early_secs", [5.0, 20.0, 3600.0])
def test_a_last_beat_of_the_future_is_not_taken_for_a_new_one_when_its_time_comes(early_secs: float) -> None:
    one = heart()
    one.hear(beat(0, 1000.0 + early_secs), now=50.0, wall=1000.0)
    found = []
    for later_secs in range(10, 2 * int(early_secs) + 20):
        one.hear(beat(0, 1000.0 + early_secs), now=50.0 + later_secs, wall=1000.0 + later_secs)
        found.append(one.is_dead(50.0 + later_secs))
    assert all(found)


def test_a_process_that_is_gone_is_dead_after_one_missed_beat_and_not_before() -> None:
    one = heart(gone=True)
    one.hear(beat(0, 1000.0), now=50.0, wall=1000.0)
    assert [one.is_dead(now) for now in (53.0, 54.1)] == [False, True]
    assert not heart(gone=True).is_dead(0.0)


@pytest.mark.parametrize("every_secs", [0.0, 1e9])
def test_no_status_can_say_that_it_beats_never_or_all_the_time(every_secs: float) -> None:
    one = heart()
    one.hear(replace(FIRST, every_secs=every_secs, time=1000.0), now=50.0, wall=1000.0)
    assert [one.is_dead(now) for now in (52.0, 50.0 + 200.0)] == [False, True]


@given(
    looks=st.lists(st.floats(0.05, 2.0), min_size=1, max_size=60),
    behind_secs=st.floats(-1e6, 1e6),
    delay_secs=st.floats(0.0, 1.0),
    killed_at=st.floats(0.0, 60.0),
)
def test_who_is_watched_is_told_dead_within_three_beats_and_never_while_it_lives(
    looks: list[float], behind_secs: float, delay_secs: float, killed_at: float
) -> None:
    one, now, has_moved = heart(), 0.0, False
    for pause_secs in looks:
        now += pause_secs
        heard = int(max(0.0, min(now - delay_secs, killed_at)) // EVERY_SECS)
        has_moved |= heard > 0
        one.hear(beat(heard, heard * EVERY_SECS - behind_secs), now=now, wall=now)
        if now < killed_at and has_moved:
            assert not one.is_dead(now)
        if now > killed_at + delay_secs + 3 * EVERY_SECS + 2.0 and has_moved:
            assert one.is_dead(now)
