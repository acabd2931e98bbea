"""One run, given windows by hand."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.events import Points, Segment, SessionStart, Window
from tensorboard_candles.events.points import no_points
from tensorboard_candles.store.column import Column
from tensorboard_candles.store.memory import Memory
from tensorboard_candles.store.run import Run
from tests.store.counting import calls_in


def window_of(tags: int, first_step: int = 0, start: SessionStart | None = None) -> Window:
    step = np.arange(first_step, first_step + 10)
    points = Points(step, (step + 1.7e9).astype(np.float64), np.zeros(10))
    segment = Segment(start, {f"tag{n}": points for n in range(tags)}, no_points())
    return Window([segment], 1.7e9 + first_step, replaced=False)


def run_of(files: int, memory: Memory | None = None) -> Run:
    run = Run("a", memory or Memory(1 << 40))
    run.keep_only(tuple(Path(f"a/events.out.tfevents.{number:03}") for number in range(files)))
    return run


def read(run: Run, *, tags: int) -> None:
    for number, file in enumerate(run.files.values()):
        run.add(file, window_of(tags, 10 * number))
        run.finish(file, None)


def test_to_read_twice_as_many_files_of_a_run_is_twice_the_work() -> None:
    few, many = run_of(20), run_of(40)
    work_of_few = calls_in(lambda: read(few, tags=10))
    assert calls_in(lambda: read(many, tags=10)) < 2.2 * work_of_few


@pytest.mark.parametrize("calls", range(6))
def test_after_half_a_window_what_was_read_stays_until_all_is_read_again(
    monkeypatch: pytest.MonkeyPatch, calls: int
) -> None:
    run, left, extend = run_of(1), calls, Column.extend

    def extend_at_first(column: Column[Any], *arguments: Any) -> None:
        nonlocal left
        left -= 1
        if left < 0:
            raise MemoryError
        extend(column, *arguments)

    read(run, tags=3)
    (file,) = run.files.values()
    with monkeypatch.context() as short:
        short.setattr(Column, "extend", extend_at_first)
        with pytest.raises(MemoryError):
            run.add(file, window_of(3, 10))
    run.finish(file, "MemoryError")
    shown = steps_of(run)
    assert all(steps in (list(range(10)), list(range(20))) for steps in shown.values())
    run.add(file, window_of(3))
    assert (steps_of(run), file.is_loaded) == (shown, False)
    run.add(file, window_of(3, 10))
    run.finish(file, None)
    assert steps_of(run) == {f"tag{n}": list(range(20)) for n in range(3)}


def steps_of(run: Run) -> dict[str, list[int]]:
    series = run.view().series
    assert all(len(one.step) == len(one.wall_time) == len(one.value) for one in series.values())
    return {tag: one.step.tolist() for tag, one in series.items()}


def test_what_a_restart_voids_is_held_by_no_one() -> None:
    memory = Memory(1 << 40)
    run = run_of(1, memory)
    read(run, tags=3)
    (file,) = run.files.values()
    for _ in range(3):
        run.view()
        run.add(file, window_of(3, 0, SessionStart(0, 1.7e9 + 20)))
        assert memory.held_bytes == sum(columns.movable_bytes for columns in file.columns())
    run.keep_only(())
    run.add(file, window_of(3, 10))
    assert memory.held_bytes == 0


def test_what_many_tags_make_together_keeps_within_the_budget(tmp_path: Path) -> None:
    budget_bytes = 4000
    memory = Memory(budget_bytes, tmp_path)
    run = run_of(2, memory)
    read(run, tags=200)
    run.move_to(memory.scratch)
    assert memory.held_bytes == 0
    view = run.view()
    assert memory.held_bytes <= budget_bytes
    assert all(len(series.value) == len(series.step) == 20 for series in view.series.values())
