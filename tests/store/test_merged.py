"""Runs of several files that go on, against the contract computed from scratch after every write."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tensorboard_candles.events import LogRoot
from tensorboard_candles.store import LocalSource, Memory, RunView, merged
from tests.store.counting import calls_in
from tests.support import brute_force
from tests.support.records import scalar_record, start_record, version_record, write_run


@dataclass(frozen=True)
class Write:
    """Records that are appended to one file, and then looked at."""

    file: int
    records: list[tuple[str, int, float]]
    """Tag (or START), how far the step goes on, and how far the clock."""


@dataclass
class Training:
    """Writes files on one clock, the values telling in which order."""

    run: Path
    now: float = 1.7e9
    value: float = 0.0
    steps: dict[str, int] = field(default_factory=dict)

    def write(self, write: Write) -> None:
        name = f"events.out.tfevents.{write.file}"
        path = self.run / name
        content = b""
        if not path.exists():
            self.now += 1.0
            content = version_record(self.now)
        step = self.steps.get(name, max(self.steps.values(), default=0))
        for tag, stride, seconds in write.records:
            self.now += seconds
            self.value += 1
            step = max(0, step + stride)
            if tag == "START":
                content += start_record(step, wall_time=self.now)
            else:
                content += scalar_record(tag, step=step, wall_time=self.now, value=self.value)
        self.steps[name] = step
        with path.open("ab") as file:
            file.write(content)


TAGS = st.sampled_from(["a"] * 6 + ["b"] * 2 + ["START"])
STRIDES = st.sampled_from([1] * 8 + [0, 0, -1, -4, 3])
SECONDS = st.sampled_from([0.0, 0.5, 1.0, 1.0, 1.0, 1.0, -3.0])
WRITES = st.builds(
    Write,
    st.sampled_from([0, 1, 1, 2, 2, 2]),
    st.lists(st.tuples(TAGS, STRIDES, SECONDS), min_size=1, max_size=5),
)
GOING_ON = [("a", 1, 1.0)] * 5
BACK = [("a", -2, 1.0), *GOING_ON]
BACK_AND_ON = GOING_ON + BACK


@pytest.mark.parametrize("budget_bytes", [1 << 40, 1], ids=["in memory", "on disk"])
@settings(deadline=None)  # the machine may be busy
@given(writes=st.lists(WRITES, min_size=1, max_size=10))
@example(writes=[Write(0, GOING_ON), Write(1, BACK), Write(1, GOING_ON), Write(1, GOING_ON)])
@example(writes=[Write(0, GOING_ON), Write(1, [("START", -2, 1.0)]), Write(1, GOING_ON), Write(1, GOING_ON)])
@example(writes=[Write(0, GOING_ON), Write(0, BACK), Write(0, GOING_ON), Write(0, BACK), Write(0, GOING_ON)])
@example(
    writes=[Write(0, GOING_ON), Write(1, BACK), Write(0, GOING_ON), Write(1, GOING_ON), Write(0, GOING_ON)]
)
@example(writes=[Write(2, GOING_ON), Write(1, [("a", -2, 1.0)]), Write(2, GOING_ON)])
@example(
    writes=[
        Write(0, BACK_AND_ON),
        Write(1, GOING_ON),
        Write(0, [("START", 9, 99.0)]),
        Write(1, [("a", 9, -50.0)]),
    ]
)
@example(
    writes=[
        Write(0, BACK_AND_ON),
        Write(1, GOING_ON),
        Write(1, [("START", -4, 1.0)]),
        Write(1, [("a", -1, 1.0)]),
    ]
)
def test_after_every_write_the_points_are_those_of_the_rules(budget_bytes: int, writes: list[Write]) -> None:
    with TemporaryDirectory() as logdir:
        run = Path(logdir) / "run"
        run.mkdir()
        memory = Memory(budget_bytes, Path(logdir, "scratch"))
        training, source = Training(run), LocalSource([LogRoot(Path(logdir))], memory=memory)
        before: RunView | None = None
        for write in writes:
            training.write(write)
            source.refresh()
            view = source.run("run")
            assert points_of(view) == expected(run)
            assert memory.held_bytes <= budget_bytes
            assert_what_shares_a_lineage_shares_its_points(before, view)
            before = view


def points_of(view: RunView) -> dict[str, list[tuple[int, float, float]]]:
    return {
        tag: list(zip(one.step.tolist(), one.wall_time.tolist(), one.value.tolist(), strict=True))
        for tag, one in view.series.items()
    }


def expected(run: Path) -> dict[str, list[tuple[int, float, float]]]:
    series = brute_force.read_run(run).series
    return {tag: [(p.step, p.wall_time, p.value) for p in points] for tag, points in series.items()}


def assert_what_shares_a_lineage_shares_its_points(before: RunView | None, view: RunView) -> None:
    earlier, later = points_of(before) if before else {}, points_of(view)
    for tag, points in earlier.items():
        if before and tag in later and before.series[tag].lineage is view.series[tag].lineage:
            assert later[tag][: len(points)] == points
    times = [wall_time for points in later.values() for _, wall_time, _ in points]
    assert (
        (view.start_time, view.end_time) == (min(times), max(times)) if times else math.isnan(view.end_time)
    )


@pytest.mark.parametrize(
    "history",
    [
        [Write(0, GOING_ON), Write(1, BACK)],
        [Write(0, GOING_ON), Write(1, [("START", -2, 1.0), *GOING_ON])],
        [Write(0, GOING_ON), Write(1, GOING_ON), Write(2, BACK)],
        [Write(0, BACK_AND_ON)],
    ],
    ids=["restarted", "purged", "restarted twice", "with late steps"],
)
def test_a_run_that_goes_on_grows_at_its_end_whatever_its_past(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, history: list[Write]
) -> None:
    (tmp_path / "run").mkdir()
    training, source = Training(tmp_path / "run"), LocalSource([LogRoot(tmp_path)])
    for write in history:
        training.write(write)
    source.refresh()
    before = source.run("run").series["a"]
    monkeypatch.setattr(merged, "surviving", None)  # from here on, nothing is merged in full
    for _ in range(3):
        training.write(Write(history[-1].file, GOING_ON))
        source.refresh()
        assert source.run("run").series["a"].lineage is before.lineage
    assert points_of(source.run("run")) == expected(tmp_path / "run")


RANKS = st.builds(
    Write,
    st.sampled_from([0, 1, 2]),
    st.lists(
        st.tuples(
            st.sampled_from(["a"] * 40 + ["START"]),
            st.sampled_from([1] * 8 + [0] * 4 + [-1]),
            st.sampled_from([1.0] * 8 + [0.0, -3.0]),
        ),
        min_size=1,
        max_size=3,
    ),
)


@settings(deadline=None)  # the machine may be busy
@given(looks=st.lists(st.lists(RANKS, min_size=1, max_size=4), min_size=2, max_size=8))
def test_writers_that_keep_pace_give_the_points_of_the_rules(looks: list[list[Write]]) -> None:
    with TemporaryDirectory() as logdir:
        run = Path(logdir) / "run"
        run.mkdir()
        training, source = Training(run), LocalSource([LogRoot(Path(logdir))])
        before: RunView | None = None
        for writes in looks:
            for write in writes:
                training.write(write)
                training.steps = dict.fromkeys(training.steps, max(training.steps.values()))
            source.refresh()
            view = source.run("run")
            assert points_of(view) == expected(run)
            assert_what_shares_a_lineage_shares_its_points(before, view)
            before = view


def test_a_run_of_several_writers_at_once_grows_at_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "run").mkdir()
    training, source = Training(tmp_path / "run"), LocalSource([LogRoot(tmp_path)])
    step = [("a", 1, 1.0)]
    for file in (0, 1, 2, 0, 1, 2):
        training.write(Write(file, GOING_ON))
    source.refresh()
    before = source.run("run").series["a"]
    training.steps = dict.fromkeys(training.steps, before.step.tolist()[-1])
    monkeypatch.setattr(merged, "surviving", None)  # from here on, nothing is merged in full
    for _ in range(3):
        for file in (2, 0, 1):
            training.write(Write(file, step))
        source.refresh()
        assert source.run("run").series["a"].lineage is before.lineage
        assert points_of(source.run("run")) == expected(tmp_path / "run")


def test_a_tag_that_did_not_grow_is_not_merged_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "run").mkdir()
    training, source = Training(tmp_path / "run"), LocalSource([LogRoot(tmp_path)])
    for write in [Write(0, [("a", 1, 1.0), ("b", 0, 1.0)] * 3), Write(1, [("a", -1, 1.0), ("b", 0, 1.0)])]:
        training.write(write)
    source.refresh()
    before = source.run("run").series
    monkeypatch.setattr(merged, "surviving", None)
    training.write(Write(1, GOING_ON))
    source.refresh()
    after = source.run("run").series
    assert after["b"].lineage is before["b"].lineage
    assert len(after["a"]) == len(before["a"]) + len(GOING_ON)


def write_restarts(run: Path, files: int, *, purges: bool) -> None:
    """Files of two points each, of which each begins at the step at which the one before ended."""
    for number in range(files):
        now = 1.7e9 + 100 * number
        start = start_record(number, wall_time=now) if purges else b""
        points = [scalar_record("a", step=number + n, wall_time=now + n, value=1.0) for n in (0, 1)]
        content = b"".join([version_record(now), start, *points])
        write_run(run.parent, run.name, content, name=f"events.out.tfevents.{number:06d}")


@pytest.mark.parametrize("purges", [False, True])
def test_a_run_of_twice_as_many_files_is_twice_the_work(tmp_path: Path, purges: bool) -> None:
    work = {}
    for files in (50, 100):
        write_restarts(tmp_path / str(files) / "run", files, purges=purges)
        source = LocalSource([LogRoot(tmp_path / str(files))])
        source.refresh()
        work[files] = calls_in(partial(source.run, "run"))
        assert source.run("run").series["a"].step.tolist() == list(range(files + 1))
    assert work[100] < 2.2 * work[50]
