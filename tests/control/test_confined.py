"""Writing on demand: within the log directory, whatever is put in the way and whenever."""

from __future__ import annotations

import itertools
import os
import threading
from contextlib import suppress
from pathlib import Path

import pytest

from tensorboard_candles.control.confined import confined_place
from tensorboard_candles.errors import Forbidden


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "logs" / "run").mkdir(parents=True)
    (tmp_path / "outside").mkdir()
    return tmp_path / "logs"


def test_a_file_is_written_read_listed_and_removed(root: Path) -> None:
    place = confined_place(root / "run", root)
    assert (place.read("commands/a.json"), place.names("commands")) == (None, [])
    place.write("commands/a.json", b"{}")
    assert (root / "run" / "candles-control" / "commands" / "a.json").read_bytes() == b"{}"
    assert (place.read("commands/a.json"), place.names("commands")) == (b"{}", ["a.json"])
    assert (place.delete("commands/a.json"), place.delete("commands/a.json")) == (True, False)


def test_the_log_directory_itself_may_be_a_link_and_a_run(root: Path, tmp_path: Path) -> None:
    (tmp_path / "latest").symlink_to(root)
    confined_place(tmp_path / "latest", tmp_path / "latest").write("status.json", b"{}")
    assert (root / "candles-control" / "status.json").exists()


@pytest.mark.parametrize("where", ["link", "run/../../outside", "link/below"])
def test_what_leads_out_is_refused(root: Path, where: str) -> None:
    (root / "link").symlink_to(root.parent / "outside")
    with pytest.raises(Forbidden):
        confined_place(root / where, root)


def test_a_log_directory_with_the_beginning_of_anothers_name_is_another(root: Path) -> None:
    (root.parent / "logs2").mkdir()
    with pytest.raises(Forbidden):
        confined_place(root.parent / "logs2", root)


def test_a_directory_that_was_deleted_is_not_made_again(root: Path) -> None:
    place = confined_place(root / "run", root)
    (root / "run").rmdir()
    with pytest.raises(FileNotFoundError):
        place.write("commands/a.json", b"{}")
    assert list(root.iterdir()) == []


@pytest.mark.parametrize("step", ["run", "run/candles-control", "run/candles-control/commands"])
def test_a_link_that_is_put_in_the_way_at_any_time_is_never_followed(root: Path, step: str) -> None:
    outside, over = root.parent / "outside", threading.Event()
    (root / "run" / "candles-control" / "commands").mkdir(parents=True)
    swapped = root / step

    def swap() -> None:
        for number in itertools.count():
            with suppress(OSError):
                os.rename(swapped, root / f"aside-{number}")
            with suppress(OSError):
                swapped.symlink_to(outside)
            with suppress(OSError):
                swapped.unlink()
            with suppress(OSError):
                swapped.mkdir()
            if over.is_set():
                return

    attacker = threading.Thread(target=swap)
    attacker.start()
    try:
        for number in range(500):
            with suppress(OSError, Forbidden):
                confined_place(root / "run", root).write(f"commands/{number}.json", b"{}")
    finally:
        over.set()
        attacker.join()
    assert list(outside.iterdir()) == []
    confined_place(root / "run", root).write("commands/last.json", b"{}")
    assert (root / "run" / "candles-control" / "commands" / "last.json").exists()
