"""One script, run with torch's SummaryWriter and with ours: TensorBoard reads the same."""

from __future__ import annotations

import inspect
import math
import os
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.graph_pb2 import GraphDef

from tensorboard_candles.writer.remote.directory import RemoteDir
from tests.support.server import Server, eventually
from tests.writer.reading import event_files, points, raw_events

torch = pytest.importorskip("torch")

from torch.utils.tensorboard import SummaryWriter  # noqa: E402, the line above is for where torch is missing

from tensorboard_candles import CandleWriter, Tracker  # noqa: E402
from tensorboard_candles.errors import NotAScalar, WriterError  # noqa: E402
from tests.integrations.summary_script import log_everything  # noqa: E402

A_LONG_TIME_AGO = 1e6
"""Wall times that were given in the script lie before it."""


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    places = {"torch": tmp_path_factory.mktemp("torch"), "ours": tmp_path_factory.mktemp("ours")}
    log_everything(SummaryWriter, places["torch"])
    log_everything(CandleWriter, places["ours"])
    return places


def _runs(logdir: Path) -> dict[str, list[Path]]:
    """Event files by run, in the order in which they were made."""
    runs: dict[str, list[Path]] = {}
    for path in sorted(logdir.rglob("events.out.tfevents.*"), key=_number):
        runs.setdefault(str(path.parent.relative_to(logdir)), []).append(path)
    return runs


def _number(path: Path) -> int:
    return int(path.name.removesuffix(".mine").rpartition(".")[2])


def _events(path: Path) -> list[Event]:
    """All but what says which version and writer a file is of; without wall times that were not given."""
    found = []
    for event in raw_events_of(path):
        if event.wall_time > A_LONG_TIME_AGO:
            event.wall_time = 0.5
        if event.WhichOneof("what") != "file_version":
            found.append(event)
    return found


def raw_events_of(path: Path) -> list[Event]:
    from tensorboard.backend.event_processing.event_file_loader import LegacyEventFileLoader

    return list(LegacyEventFileLoader(str(path)).Load())


def test_runs_and_names_of_files_are_those_of_torch(both: dict[str, Path]) -> None:
    found = {
        writer: {run: [path.name.endswith(".mine") for path in paths] for run, paths in _runs(logdir).items()}
        for writer, logdir in both.items()
    }
    assert found["ours"] == found["torch"]
    assert len(found["torch"]) == 4
    assert all(
        ".".join(path.name.split(".")[:3]) == "events.out.tfevents" for path in _runs(both["ours"])["run"]
    )


def test_every_event_is_that_of_torch(both: dict[str, Path]) -> None:
    kinds = set()
    theirs, ours = _runs(both["torch"]), _runs(both["ours"])
    for run, paths in theirs.items():
        for path, own in zip(paths, ours[run], strict=True):
            expected, found = _events(path), _events(own)
            assert [str(event)[:200] for event in found] == [str(event)[:200] for event in expected]
            assert [event.SerializeToString() for event in found] == [
                event.SerializeToString() for event in expected
            ]
            kinds |= {event.WhichOneof("what") for event in found}
    assert kinds >= {"summary", "graph_def", "tagged_run_metadata", "session_log"}


def test_files_beside_the_events_are_those_of_torch(both: dict[str, Path]) -> None:
    found = {
        writer: {
            str(path.relative_to(logdir)): path.read_bytes()
            for path in logdir.rglob("*")
            if path.is_file() and "tfevents" not in path.name
        }
        for writer, logdir in both.items()
    }
    assert found["ours"] == found["torch"]
    assert len(found["torch"]) > 5


@pytest.mark.parametrize(
    ("route", "tag"),
    [
        ("scalars/scalars", "loss"),
        ("scalars/scalars", "given/time"),
        ("histograms/histograms", "weights"),
        ("images/images", "images"),
        ("text/text", "note/text_summary"),
    ],
)
def test_tensorboard_shows_the_same(
    route: str,
    tag: str,
    both: dict[str, Path],
    shared_tensorboard_server: Callable[..., Server],
) -> None:
    plugin = route.partition("/")[0]
    server = shared_tensorboard_server(None, f"--logdir_spec=torch:{both['torch']},ours:{both['ours']}")

    def answer(writer: str) -> Any:
        tags = server.request(f"data/plugin/{plugin}/tags", {}).json()
        if tag not in tags.get(f"{writer}/run", {}):
            return None
        found = server.request(f"data/plugin/{route}", {"run": f"{writer}/run", "tag": tag}).json()
        return _without_times(found), tags[f"{writer}/run"], tags.get(f"{writer}/run/pair_of_a")

    def settled() -> bool:
        return answer("torch") is not None and answer("torch") == answer("ours")

    eventually(settled, within_secs=60, what=f"the same of {tag} by both writers")


def _without_times(answer: Any) -> Any:
    if isinstance(answer, dict):
        return {
            k: _without_times(v) for k, v in answer.items() if k not in {"wall_time", "query", "blob_key"}
        }
    if isinstance(answer, list):
        return [_without_times(item) for item in answer]
    return 0 if isinstance(answer, float) and answer > 1e9 else answer


def _parameters(function: Any) -> list[tuple[str, Any, Any]]:
    return [(one.name, one.kind, one.default) for one in inspect.signature(function).parameters.values()]


def test_names_and_arguments_are_those_of_torch() -> None:
    theirs = {name: value for name, value in inspect.getmembers(SummaryWriter) if not name.startswith("_")}
    assert len(theirs) >= 25
    for name, function in theirs.items():
        assert _parameters(getattr(CandleWriter, name)) == _parameters(function), name
    assert _parameters(CandleWriter) == _parameters(SummaryWriter)
    assert issubclass(CandleWriter, SummaryWriter)


def test_onnx_graph_is_that_of_torch(tmp_path: Path) -> None:
    graph = GraphDef()
    graph.node.add(name="x", op="Add")
    for writer_class in (SummaryWriter, CandleWriter):
        with writer_class(tmp_path / writer_class.__name__) as writer:
            writer._get_file_writer().add_onnx_graph(graph, walltime=3.0)
    theirs, ours = (_events(event_files(tmp_path / name)[0]) for name in ("SummaryWriter", "CandleWriter"))
    assert theirs == ours != []


def test_default_directory_is_named_as_torch_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with CandleWriter(comment="_lr=0.1") as writer:
        writer.add_scalar("x", 1.0)
    assert Path(writer.get_logdir()).parent == Path("runs")
    assert writer.get_logdir().endswith("_lr=0.1")
    assert points(Path(writer.get_logdir())) == [("x", 0, 1.0)]


@pytest.mark.parametrize(
    "value", [None, [1.0, 2.0], torch.zeros(2), 1 + 2j, torch.tensor(1j), object(), [3.0]]
)
def test_what_is_no_number_is_a_type_error_that_names_the_tag(value: Any, tmp_path: Path) -> None:
    with CandleWriter(tmp_path) as writer:
        for new_style in (False, True):
            with pytest.raises(NotAScalar, match="'my tag'"):
                writer.add_scalar("my tag", value, new_style=new_style)
    assert points(tmp_path) == []


def test_text_that_is_no_number_is_the_value_error_of_torch(tmp_path: Path) -> None:
    for writer_class in (SummaryWriter, CandleWriter):
        with writer_class(tmp_path / writer_class.__name__) as writer:
            for new_style in (False, True):
                with pytest.raises(ValueError, match="could not convert"):
                    writer.add_scalar("x", "loss", new_style=new_style)


def test_values_that_torch_distorts_are_kept(tmp_path: Path) -> None:
    kept = [1e300, torch.tensor(1e-20, dtype=torch.bfloat16), Fraction(1, 2)]
    with CandleWriter(tmp_path) as writer:
        for step, value in enumerate(kept):
            writer.add_scalar("x", value, step)
    found = [value for _, _, value in points(tmp_path)]
    assert found[0] == 1e300
    assert math.isclose(found[1], 1e-20, rel_tol=0.01)
    assert found[2] == 0.5


def test_text_that_is_no_number_names_its_tag(tmp_path: Path) -> None:
    with CandleWriter(tmp_path) as writer:
        writer.add_scalar("x", "0.5", 1)
        with pytest.raises(ValueError, match=r"'x' must be one real number: could not convert .*'abc'"):
            writer.add_scalar("x", "abc", 2)
    assert points(tmp_path) == [("x", 1, 0.5)]


def test_step_beyond_64_bits_is_refused(tmp_path: Path) -> None:
    with CandleWriter(tmp_path) as writer:
        writer.add_scalar("x", 1.0, 2**63 - 1)
        writer.add_scalar("x", 1.0, -(2**63))
        with pytest.raises(WriterError, match="global_step must fit in 64 bits"):
            writer.add_scalar("x", 1.0, 2**63)
    assert [step for _, step, _ in points(tmp_path)] == [2**63 - 1, -(2**63)]


def test_directory_that_can_not_be_made_is_a_writer_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(WriterError, match="can't make the directory"):
        CandleWriter(tmp_path / "file" / "run")
    with pytest.raises(WriterError, match="can't make the directory 'nosuch://bucket/run'"):
        CandleWriter("nosuch://bucket/run")


def test_directory_that_fsspec_reaches_is_written_to() -> None:
    with CandleWriter("memory://candle-writer/run", filename_suffix="_mine") as writer:
        writer.add_scalar("loss", 0.5, 3)
    connection = RemoteDir("memory://candle-writer/run").connect()
    (name,) = connection.names()
    assert name.endswith("_mine")
    assert b"loss" in connection.read(name)


def test_value_on_a_device_is_read_in_the_background(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard_candles.writer import devices, values

    # CPU tensors stand for a device's, without being asked for their numbers
    monkeypatch.setitem(values._readers, torch.Tensor, lambda tag, value: devices.hold_torch(value))
    with CandleWriter(tmp_path) as writer:
        total = torch.zeros(())
        for step in range(100):
            total += 0.5
            writer.add_scalar("x", total, step, walltime=1.0)
            writer.add_scalars("m", {"a": total}, step)
    expected = [(step, (step + 1) / 2) for step in range(100)]
    assert [(step, value) for _, step, value in points(tmp_path)] == expected
    assert [(step, value) for _, step, value in points(tmp_path / "m_a")] == expected
    assert {event.wall_time for event in raw_events(tmp_path) if event.summary.value} == {1.0}


def test_everything_is_there_when_nobody_closes(tmp_path: Path) -> None:
    script = """
import sys
from tensorboard_candles import CandleWriter
writer = CandleWriter(sys.argv[1])
for step in range(1000):
    writer.add_scalar("x", step, step)
    writer.add_scalars("m", {"a": step}, step)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=120)
    assert len(points(tmp_path)) == len(points(tmp_path / "m_a")) == 1000


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_forked_child_writes_a_file_of_its_own(tmp_path: Path) -> None:
    script = """
import os, sys
from tensorboard_candles import CandleWriter
writer = CandleWriter(sys.argv[1])
writer.add_scalar("parent", 1.0, 0)
pid = os.fork()
writer.add_scalar("parent" if pid else "child", 2.0, 1)
writer.close()
if pid:
    os.waitpid(pid, 0)
"""
    subprocess.run([sys.executable, "-c", script, str(tmp_path)], check=True, timeout=120)
    assert sorted(points(tmp_path)) == [("child", 1, 2.0), ("parent", 0, 1.0), ("parent", 1, 2.0)]
    assert len(event_files(tmp_path)) == 2


def test_disk_that_fails_never_raises_into_the_loop(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    writer = CandleWriter(tmp_path / "run")
    writer.add_scalar("x", 1.0, 0)
    writer.flush()
    for path in (tmp_path / "run").iterdir():
        path.unlink()
    (tmp_path / "run").rmdir()
    writer.add_scalar("x", 2.0, 1)
    writer.add_text("note", "kept", 1)
    writer.flush()
    assert "can't write" in caplog.text
    (tmp_path / "run").mkdir()
    writer.close()
    assert ("x", 1, 2.0) in points(tmp_path / "run")


def test_tracker_and_writer_may_share_a_run(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, run="r") as tracker, CandleWriter(tracker.run_dir) as writer:
        tracker.log(loss=0.5)
        writer.add_scalar("other", 1.0, 0)
    assert sorted(points(tracker.run_dir)) == [("loss", 0, 0.5), ("other", 0, 1.0)]
