"""Several processes of one training."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tests.writer.reading import event_files, points, raw_events


@pytest.fixture
def as_rank(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("RANK", "1")
    monkeypatch.setenv("WORLD_SIZE", "4")
    return monkeypatch


def test_each_rank_has_a_file_of_its_own_in_the_same_run(as_rank: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for rank in range(4):
        as_rank.setenv("RANK", str(rank))
        with Tracker("p", logdir=tmp_path, run="r") as tracker:
            tracker.log(loss=rank)
    names = sorted(path.name.rpartition(".")[2] for path in event_files(tracker.run_dir))
    assert names == ["rank0", "rank1", "rank2", "rank3"]
    assert sorted(points(tracker.run_dir)) == [("loss", 0, float(rank)) for rank in range(4)]


def test_rank_zero_only_makes_nothing_on_the_others(as_rank: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, rank_zero_only=True, config={"lr": 1}) as tracker:
        for _ in tracker.epochs(1):
            tracker.log(loss=1)
        tracker.text("note", "hello")
        tracker.flush()
    assert list(tmp_path.iterdir()) == []
    as_rank.setenv("RANK", "0")
    with Tracker("p", logdir=tmp_path, rank_zero_only=True) as tracker:
        tracker.log(loss=1)
    assert points(tracker.run_dir) == [("loss", 0, 1.0)]


def test_ranks_that_can_not_agree_on_a_name_are_told_what_to_do(
    as_rank: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    with pytest.raises(WriterError, match=r"rank 1 of 4 .* pass run="):
        Tracker("p", logdir=tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("rank", "count"), [("x", "4"), ("4", "4"), ("-1", "4"), ("0", "1")])
def test_nonsense_and_a_single_process_are_no_ranks(
    rank: str, count: str, as_rank: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    as_rank.setenv("RANK", rank)
    as_rank.setenv("WORLD_SIZE", count)
    with Tracker("p", logdir=tmp_path) as tracker:
        tracker.log(loss=1)
    assert "rank" not in event_files(tracker.run_dir)[0].name


def test_ranks_resume_each_where_it_left_off_and_one_says_it(
    as_rank: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for resume in (False, True):
        for rank in range(2):
            as_rank.setenv("RANK", str(rank))
            with Tracker("p", logdir=tmp_path, run="r", resume=resume) as tracker:
                for _ in range(3 + rank):
                    tracker.log({f"loss{rank}": 1})
    steps = [step for tag, step, _ in points(tracker.run_dir) if tag == "loss1"]
    assert sorted(steps) == list(range(8))
    assert sum(event.session_log.status == 1 for event in raw_events(tracker.run_dir)) == 1


def test_ranks_of_torch_distributed_take_the_name_that_rank_zero_chose(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    script = tmp_path / "train.py"
    script.write_text(
        """
import sys
import torch.distributed as dist
from tensorboard_candles import Tracker
rank = int(sys.argv[1])
dist.init_process_group("gloo", init_method="file://" + sys.argv[2] + "/meet", rank=rank, world_size=2)
with Tracker("p", logdir=sys.argv[2] + "/logs") as tracker:
    tracker.log(loss=rank)
dist.barrier()
dist.destroy_process_group()
"""
    )
    command = [sys.executable, "-W", "ignore", str(script)]
    ranks = [subprocess.Popen([*command, str(rank), str(tmp_path)]) for rank in range(2)]
    assert [process.wait(timeout=120) for process in ranks] == [0, 0]
    (run_dir,) = (tmp_path / "logs" / "p").iterdir()
    assert sorted(points(run_dir)) == [("loss", 0, 0.0), ("loss", 0, 1.0)]
