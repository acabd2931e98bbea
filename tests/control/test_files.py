"""Control files on local disks and through fsspec: whole, bounded, and never outside their directory."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from tensorboard_candles.control.files import ControlFiles, LocalPlace
from tensorboard_candles.control.forms import MOST_BYTES, Answer, Command
from tensorboard_candles.errors import BadControl
from tests.control.test_forms import ANSWER, COMMAND, ID, STATUS


@pytest.fixture(params=["local", "memory"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> ControlFiles:
    (tmp_path / "run").mkdir()
    return ControlFiles.of(tmp_path / "run" if request.param == "local" else f"memory://{tmp_path}/run")


def test_status_command_and_answer_come_across(files: ControlFiles) -> None:
    assert (files.status(), files.command(ID), files.answer(ID)) == (None, None, None)
    assert (files.commands(), files.answers()) == ([], [])
    files.write_status(STATUS)
    files.send(COMMAND)
    files.write_answer(Answer(id=ID, state="seen", time=1.0))
    files.write_answer(ANSWER)
    assert (files.status(), files.command(ID), files.answer(ID)) == (STATUS, COMMAND, ANSWER)
    assert (files.commands(), files.answers()) == ([ID], [ID])


def test_what_is_forgotten_is_gone(files: ControlFiles) -> None:
    files.send(COMMAND)
    files.write_answer(ANSWER)
    files.forget(ID)
    files.forget(ID)
    assert (files.commands(), files.answers(), files.take_back(ID)) == ([], [], False)


def test_no_id_leads_outside_of_the_directory(files: ControlFiles) -> None:
    for name in ("../../secret", "/etc/passwd", "..", "", "00ff" * 4 + "/x", "00FF" * 4):
        for ask in (files.command, files.answer, files.take_back, files.forget):
            with pytest.raises(BadControl, match="16 hexadecimal digits"):
                ask(name)


def test_other_names_in_the_directory_are_passed_by(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(COMMAND)
    folder = tmp_path / "candles-control" / "commands"
    for name in (".00ff00ff00ff00ff.json.1234", "x.json", "00ff00ff00ff00fe", "00ff00ff00ff00fe.json.bak"):
        (folder / name).write_text("{}")
    assert files.commands() == [ID]


def test_a_link_is_not_followed(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(COMMAND)
    secret = tmp_path / "secret.json"
    secret.write_bytes(COMMAND.to_bytes())
    folder = tmp_path / "candles-control" / "commands"
    (folder / f"{'1' * 16}.json").symlink_to(secret)
    with pytest.raises(BadControl, match="symbolic link"):
        files.command("1" * 16)
    files.send(Command(id="1" * 16, session=COMMAND.session, command="stop"))
    assert secret.read_bytes() == COMMAND.to_bytes()  # the link was replaced, not what it leads to


@pytest.mark.parametrize("linked", ["candles-control", "candles-control/commands"])
def test_a_directory_that_is_a_link_is_refused(tmp_path: Path, linked: str) -> None:
    elsewhere, run = tmp_path / "elsewhere", tmp_path / "run"
    (elsewhere / "commands").mkdir(parents=True)
    (run / linked).parent.mkdir(parents=True)
    (run / linked).symlink_to(elsewhere, target_is_directory=True)
    files = ControlFiles.of(run)
    for ask in (files.commands, lambda: files.send(COMMAND), lambda: files.command(ID)):
        with pytest.raises(BadControl, match="is a link"):
            ask()
    assert [*elsewhere.rglob("*.json")] == []


def test_a_pipe_holds_nobody_up(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(COMMAND)
    os.mkfifo(tmp_path / "candles-control" / "status.json")
    with pytest.raises(BadControl, match="no regular file"):
        files.status()


def test_a_large_file_is_not_read_to_its_end(tmp_path: Path) -> None:
    (tmp_path / "candles-control").mkdir()
    with (tmp_path / "candles-control" / "status.json").open("wb") as file:
        file.truncate(1 << 40)
    with pytest.raises(BadControl, match="must take <= 65536 bytes"):
        ControlFiles.of(tmp_path).status()
    assert len(LocalPlace(tmp_path / "candles-control").read("status.json") or b"") == MOST_BYTES + 1


def test_a_file_that_tells_another_id_is_refused(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.send(COMMAND)
    folder = tmp_path / "candles-control" / "commands"
    (folder / f"{ID}.json").rename(folder / f"{'1' * 16}.json")
    with pytest.raises(BadControl, match=f"holds the id {ID}"):
        files.command("1" * 16)


def test_a_disk_that_takes_but_a_part_keeps_what_was_there(tmp_path: Path) -> None:
    place = LocalPlace(tmp_path)
    place.write("status.json", b"before")
    program = f"""
import resource
from pathlib import Path
from tensorboard_candles.control.files import LocalPlace
resource.setrlimit(resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
try:
    LocalPlace(Path({str(tmp_path)!r})).write("status.json", b"x" * 20_000)
except OSError as error:
    print(error)
"""
    found = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert "File too large" in found.stdout
    assert place.read("status.json") == b"before"
    assert os.listdir(tmp_path) == ["status.json"]


def test_whoever_reads_meanwhile_sees_it_whole(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    files.write_status(STATUS)

    def write() -> None:
        for _ in range(300):
            files.write_status(STATUS)

    writing = threading.Thread(target=write)
    writing.start()
    while writing.is_alive():
        assert files.status() == STATUS
    writing.join()
    assert [path.name for path in (tmp_path / "candles-control").iterdir()] == ["status.json"]


def test_a_run_that_was_deleted_stays_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        ControlFiles.of(tmp_path / "run").write_status(STATUS)
    assert [*tmp_path.iterdir()] == []


def test_nothing_is_left_where_it_could_not_be_put(tmp_path: Path) -> None:
    files = ControlFiles.of(tmp_path)
    (tmp_path / "candles-control" / "status.json").mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        files.write_status(STATUS)
    assert [path.name for path in (tmp_path / "candles-control").iterdir()] == ["status.json"]
