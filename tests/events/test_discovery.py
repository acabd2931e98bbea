from __future__ import annotations

import os
from pathlib import Path

import pytest

from tensorboard_candles.events import LogRoot, discover, log_roots
from tensorboard_candles.events.storage import LocalStorage


def make(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch()
    return path


def names(*roots: LogRoot) -> list[str]:
    return [run.name for run in discover(roots).runs]


def test_a_run_is_a_directory_with_an_event_file_named_by_its_path(tmp_path: Path) -> None:
    make(tmp_path / "events.out.tfevents.1")
    make(tmp_path / "cnn" / "lr=0.1" / "events.out.tfevents.1")
    make(tmp_path / "notes" / "readme.txt")
    assert names(LogRoot(tmp_path)) == [".", "cnn/lr=0.1"]


def test_files_of_a_run_come_in_the_order_of_their_names(tmp_path: Path) -> None:
    second, first = make(tmp_path / "tfevents.2"), make(tmp_path / "tfevents.1")
    assert discover([LogRoot(tmp_path)]).runs[0].files == (first, second)


def test_profile_stubs_and_directories_named_like_event_files_are_no_event_files(tmp_path: Path) -> None:
    make(tmp_path / "a" / "events.out.tfevents.1.profile-empty")
    make(tmp_path / "b" / "events.out.tfevents.dir" / "events.out.tfevents.1")
    assert names(LogRoot(tmp_path)) == ["b/events.out.tfevents.dir"]


def test_links_are_followed_but_not_in_circles(tmp_path: Path) -> None:
    make(tmp_path / "elsewhere" / "run" / "events.out.tfevents.1")
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "linked").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "up").symlink_to(tmp_path / "elsewhere")
    (logs / "loop").symlink_to(logs / "loop")
    assert names(LogRoot(logs)) == ["linked/run"]


def test_runs_are_found_however_deep_they_lie(tmp_path: Path) -> None:
    directories = [tmp_path.joinpath(*["d"] * depth) for depth in range(1, 1101)]
    for directory in directories:
        directory.mkdir()
    file = make(directories[-1] / "events.out.tfevents.1")
    try:
        assert names(LogRoot(tmp_path)) == ["/".join(["d"] * 1100)]
    finally:  # deeper than what clears temporary directories can go
        file.unlink()
        for directory in reversed(directories):
            directory.rmdir()


def test_directories_come_least_deep_first_and_then_in_the_order_of_their_names(tmp_path: Path) -> None:
    for run in ["a", "a/b", "a/c/d", "b"]:
        make(tmp_path / run / "events.out.tfevents.1")
    walked = [directory for directory, _ in LocalStorage().walk(str(tmp_path), [])]
    assert walked == ["a", "b", "a/b", "a/c/d"]


def test_a_log_directory_that_is_not_there_holds_no_run(tmp_path: Path) -> None:
    assert names(LogRoot(tmp_path / "later")) == []


def test_a_name_that_is_not_utf_8_is_shown_with_replacements(tmp_path: Path) -> None:
    os.makedirs(os.fsencode(tmp_path) + b"/run\xff")
    (tmp_path / os.fsdecode(b"run\xff") / "events.out.tfevents.1").touch()
    assert names(LogRoot(tmp_path)) == ["run\ufffd"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("a:/x,b:y", [LogRoot(Path("/x"), "a"), LogRoot(Path("y"), "b")]),
        ("/x:y,z", [LogRoot(Path("/x:y")), LogRoot(Path("z"))]),
        ("a:/x:y", [LogRoot(Path("/x:y"), "a")]),
    ],
)
def test_a_logdir_spec_is_taken_apart_as_tensorboard_does(spec: str, expected: list[LogRoot]) -> None:
    assert list(log_roots("", spec)) == expected


def test_directories_linked_to_one_another_are_listed_a_bounded_number_of_times(tmp_path: Path) -> None:
    rooms = [tmp_path / f"room{index}" for index in range(8)]
    for room in rooms:
        make(room / "events.out.tfevents.1")
    for room in rooms:
        for other in rooms:
            if other != room:
                (room / other.name).symlink_to(other)
    found = discover([LogRoot(tmp_path)])
    assert len(found.runs) <= 8 * 16
    assert {f"room{index}" for index in range(8)} <= {run.name for run in found.runs}
    assert all("linked to from more than 16 places" in what for _, what in found.unreadable)
    assert found.unreadable
