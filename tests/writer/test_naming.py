from __future__ import annotations

import os
import random
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import naming
from tensorboard_candles.writer.naming import check_name, log_directory, make_run_dir

BAD_NAMES = [
    "", " ", ".", "..", "../up", "a/../../up", "a//b", "/etc", "a/", "a/./b", "nul\0byte", "new\nline",
    "back\\slash", "..\\up", "\ud800",
]  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
@pytest.mark.parametrize("which", ["project", "run"])
def test_name_that_could_leave_the_log_directory_is_refused(which: str, name: str, tmp_path: Path) -> None:
    project, run = (name, "run") if which == "project" else ("project", name)
    with pytest.raises(WriterError, match=which):
        make_run_dir(tmp_path / "logs", project, run)
    assert list(tmp_path.glob("*[!logs]")) == []


def test_refusal_says_what_was_got_and_what_to_do() -> None:
    with pytest.raises(WriterError, match=r"got '\.\./x'; choose the place with logdir="):
        check_name("project", "../x")


@pytest.mark.parametrize(
    "name", ["lr=0.1", "sweep/lr=0.1, wd=1e-4", "größe ✓", "日本語", "<b>bold</b>", "..."]
)
def test_other_names_are_taken_as_they_are(name: str, tmp_path: Path) -> None:
    assert make_run_dir(tmp_path, "p", name) == tmp_path / "p" / name
    assert (tmp_path / "p" / name).is_dir()


def test_default_name_is_a_date_and_two_words(tmp_path: Path) -> None:
    name = make_run_dir(tmp_path, "p", None).name
    assert re.fullmatch(r"\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_[a-z]+-[a-z]+", name)


def test_default_name_does_not_touch_the_users_random_stream(tmp_path: Path) -> None:
    random.seed(1)
    first = make_run_dir(tmp_path, "p", None)
    after = random.random()
    random.seed(1)
    second = make_run_dir(tmp_path, "p", None)
    assert random.random() == after
    assert first != second


def test_taken_default_name_is_passed_by(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(naming, "_ADJECTIVES", ["calm"])
    monkeypatch.setattr(naming, "_ANIMALS", ["otter", "fox"])
    monkeypatch.setattr(time, "strftime", lambda *_: "now")
    made = {make_run_dir(tmp_path, "p", None).name for _ in range(2)}
    assert made == {"now_calm-otter", "now_calm-fox"}


def test_concurrent_processes_never_share_a_default_name(tmp_path: Path) -> None:
    script = """
import sys
import time
from pathlib import Path
from tensorboard_candles.writer import naming
naming._ADJECTIVES, naming._ANIMALS = naming._ADJECTIVES[:8], naming._ANIMALS[:8]
naming.time.strftime = lambda *_: "now"  # 64 names for 60 runs: collisions are certain
sys.stdin.readline()
for _ in range(15):
    print(naming.make_run_dir(Path(sys.argv[1]), "p", None).name)
"""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, str(tmp_path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(4)
    ]
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    names = [name for process in processes for name in process.communicate(timeout=300)[0].split()]
    assert len(names) == 60
    assert len(set(names)) == 60


def test_directory_that_cannot_be_made_is_a_writer_error(tmp_path: Path) -> None:
    (tmp_path / "p").write_text("a file in the way")
    with pytest.raises(WriterError, match="can't make a run directory"):
        make_run_dir(tmp_path, "p", None)
    with pytest.raises(WriterError, match="too long"):
        make_run_dir(tmp_path, "q", "x" * 300)


def test_logdir_expands_the_home_directory(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME" if os.name == "posix" else "USERPROFILE", str(tmp_path))
    assert log_directory("~/runs") == tmp_path / "runs"


@pytest.mark.parametrize("logdir", ["", "run\0s", b"runs"])
def test_logdir_that_names_no_directory_is_refused(logdir: Any) -> None:
    with pytest.raises(WriterError, match="logdir"):
        log_directory(logdir)


def test_url_of_this_machine_is_a_local_logdir(tmp_path: Path) -> None:
    assert log_directory(f"file://{tmp_path}") == tmp_path


def test_options_of_a_remote_logdir_are_refused_for_a_local_one(tmp_path: Path) -> None:
    with pytest.raises(WriterError, match="storage_options are for a logdir such as s3://"):
        log_directory(tmp_path, {"anon": True})
