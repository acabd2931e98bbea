"""What reading needs of a storage, and that every one of them gives it: the same tests for each."""

from __future__ import annotations

import shutil
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator
from functools import cached_property
from pathlib import Path

import fsspec
import pytest

from tensorboard_candles.events import EventFile, LogPath, LogRoot, Window, discover, log_roots
from tensorboard_candles.events.storage import Identity, LocalStorage, storage_of
from tests.support.records import FILE_NAME, scalar_file, scalar_record, version_record
from tests.support.s3 import ObjectStore

VALUES = [3.0, 2.0, 1.0]
CONTENT = scalar_file("loss", VALUES)
LATER = scalar_record("loss", step=3, value=0.5)


class StorageTests(ABC):
    """A subclass says how a file gets into the storage."""

    url: str
    """The log directory, as it is given to `--logdir`."""

    @abstractmethod
    def write(self, below: str, content: bytes) -> None:
        """Put a file below the log directory, in the place of one of that name."""

    @abstractmethod
    def append(self, below: str, old: bytes, new: bytes) -> None:
        """Let a file grow as files do there."""

    @abstractmethod
    def remove(self, below: str) -> None: ...

    @cached_property
    def root(self) -> LogRoot:
        (root,) = log_roots(self.url, "")
        return root

    def path(self, below: str) -> LogPath:
        path = self.root.path
        for part in below.split("/"):
            path = path / part
        return path

    def test_runs_are_directories_with_event_files_by_their_path(self) -> None:
        self.write(FILE_NAME, CONTENT)
        self.write(f"cnn/lr=0.1/{FILE_NAME}.2", CONTENT)
        self.write(f"cnn/lr=0.1/{FILE_NAME}.1", CONTENT)
        self.write("cnn/model.ckpt", b"weights")
        self.write(f"notes/{FILE_NAME}.profile-empty", b"")
        found = discover([self.root])
        assert {run.name: [file.name for file in run.files] for run in found.runs} == {
            ".": [FILE_NAME],
            "cnn/lr=0.1": [f"{FILE_NAME}.1", f"{FILE_NAME}.2"],
        }
        assert found.unreadable == ()
        assert not found.is_pending

    def test_directories_come_least_deep_first_and_then_in_the_order_of_their_names(self) -> None:
        for run in ["b", "a/c/d", "a/b", "a", "a-b"]:
            self.write(f"{run}/{FILE_NAME}", CONTENT)
        walked = storage_of(self.root.path).walk(str(self.root.path), [])
        assert [below for below, _ in walked] == ["a", "a-b", "b", "a/b", "a/c/d"]

    def test_a_log_directory_that_is_not_there_holds_no_run_and_is_no_problem(self) -> None:
        found = discover([self.root])
        assert (found.runs, found.unreadable) == ((), ())

    def test_runs_come_and_go(self) -> None:
        self.write(f"a/{FILE_NAME}", CONTENT)
        assert [run.name for run in discover([self.root]).runs] == ["a"]
        self.write(f"b/{FILE_NAME}", CONTENT)
        assert [run.name for run in discover([self.root]).runs] == ["a", "b"]
        self.remove(f"a/{FILE_NAME}")
        assert [run.name for run in discover([self.root]).runs] == ["b"]

    def test_a_run_may_be_called_as_it_likes(self) -> None:
        names = ["50%", "a#b", "a%2Fb", "a+b", "a:b", "a?b=c&d", "größe", "lr=0.1 b"]
        for run in names:
            self.write(f"{run}/{FILE_NAME}", CONTENT)
        runs = discover([self.root]).runs
        assert sorted(run.name for run in runs) == sorted(names)
        assert [steps(EventFile(run.files[0])) for run in runs] == [[0, 1, 2]] * len(names)

    def test_any_range_of_a_file_can_be_read(self) -> None:
        self.write(f"run/{FILE_NAME}", CONTENT)
        path = self.path(f"run/{FILE_NAME}")
        with storage_of(path).open(str(path), 0) as file:
            assert file.identity.size == len(CONTENT)
            assert file.read(0, 64) == CONTENT[:64]
            assert file.read(70, 5) == CONTENT[70:75]
            assert file.read(len(CONTENT) - 3, 100) == CONTENT[-3:]
            assert file.read(len(CONTENT), 100) == b""
            assert file.read(5, 10) == CONTENT[5:15]

    def test_a_file_is_the_same_until_it_changes(self) -> None:
        self.write(f"run/{FILE_NAME}", CONTENT)
        before = self.identity()
        assert self.identity() == before
        self.append(f"run/{FILE_NAME}", CONTENT, LATER)
        grown = self.identity()
        assert grown.file == before.file
        assert (before.size, grown.size) == (len(CONTENT), len(CONTENT + LATER))
        assert grown != before
        self.write(f"run/{FILE_NAME}", bytes(len(CONTENT + LATER)))
        assert self.identity() != grown

    def identity(self) -> Identity:
        discover([self.root])
        path = self.path(f"run/{FILE_NAME}")
        return storage_of(path).identity(str(path))

    def test_a_file_that_grows_gives_each_point_once(self) -> None:
        self.write(f"run/{FILE_NAME}", CONTENT)
        file = the_only_file(self.root)
        assert steps(file) == [0, 1, 2]
        assert not the_only_file_has_news(self.root, file)
        content = CONTENT
        for step in range(3, 8):
            record = scalar_record("loss", step=step, value=0.5)
            # In two pieces: half a record waits for its other half.
            self.append(f"run/{FILE_NAME}", content, record[:20])
            assert not the_only_file_has_news(self.root, file)
            self.append(f"run/{FILE_NAME}", content + record[:20], record[20:])
            content += record
            discover([self.root])
            windows = list(file.read())
            assert not any(window.replaced for window in windows)
            assert steps_in(windows) == [step]
        assert file.problems == []

    def test_another_file_of_the_same_name_is_read_anew(self) -> None:
        self.write(f"run/{FILE_NAME}", CONTENT)
        file = the_only_file(self.root)
        steps(file)
        self.write(f"run/{FILE_NAME}", version_record(1.8e9) + LATER + CONTENT)
        discover([self.root])
        windows = list(file.read())
        assert windows[0].replaced
        assert steps_in(windows) == [3, 0, 1, 2]

    def test_a_shorter_file_of_the_same_name_is_read_anew(self) -> None:
        self.write(f"run/{FILE_NAME}", CONTENT + LATER)
        file = the_only_file(self.root)
        assert steps(file) == [0, 1, 2, 3]
        self.write(f"run/{FILE_NAME}", CONTENT)
        discover([self.root])
        assert next(file.read()).replaced

    def test_a_file_that_is_not_there_is_an_error_of_the_system(self) -> None:
        self.write(f"other/{FILE_NAME}", CONTENT)
        with pytest.raises(FileNotFoundError):
            list(EventFile(self.path(f"run/{FILE_NAME}")).read())


def the_only_file(root: LogRoot) -> EventFile:
    (run,) = discover([root]).runs
    (path,) = run.files
    return EventFile(path)


def the_only_file_has_news(root: LogRoot, file: EventFile) -> bool:
    discover([root])
    return bool(steps(file))


def steps(file: EventFile) -> list[int]:
    return steps_in(file.read())


def steps_in(windows: Iterable[Window]) -> list[int]:
    segments = [segment for window in windows for segment in window.segments]
    return [step for s in segments if "loss" in s.scalars for step in s.scalars["loss"].step.tolist()]


class TestLocal(StorageTests):
    @pytest.fixture(autouse=True)
    def _directory(self, tmp_path: Path) -> None:
        self.directory = tmp_path / "logs"
        self.url = str(self.directory)

    def write(self, below: str, content: bytes) -> None:
        path = self.directory / below
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def append(self, below: str, old: bytes, new: bytes) -> None:
        with (self.directory / below).open("ab") as file:
            file.write(new)

    def remove(self, below: str) -> None:
        shutil.rmtree((self.directory / below).parent)

    def test_a_file_url_is_this_machines_storage(self) -> None:
        (root,) = log_roots(f"file://{self.directory}", "")
        assert root.path == self.directory
        assert storage_of(root.path) == LocalStorage()


class RemoteTests(StorageTests):
    """What can only be replaced as a whole."""

    def append(self, below: str, old: bytes, new: bytes) -> None:
        self.write(below, old + new)

    def test_nothing_beside_the_log_directory_is_read(self) -> None:
        self.write(f"../logs-other/{FILE_NAME}", CONTENT)
        self.write(f"../{FILE_NAME}", CONTENT)
        self.write(f"run/{FILE_NAME}", CONTENT)
        assert [run.name for run in discover([self.root]).runs] == ["run"]


class TestMemory(RemoteTests):
    url = "memory://storage-tests/logs"

    @pytest.fixture(autouse=True)
    def _directory(self) -> Iterator[None]:
        self.system = fsspec.filesystem("memory")
        yield
        if self.system.exists("storage-tests"):
            self.system.rm("storage-tests", recursive=True)

    def write(self, below: str, content: bytes) -> None:
        self.system.pipe_file(f"{self.url}/{below}".replace("/logs/../", "/"), content)

    def remove(self, below: str) -> None:
        self.system.rm_file(f"{self.url}/{below}")

    def append(self, below: str, old: bytes, new: bytes) -> None:
        with self.system.open(f"{self.url}/{below}", "ab") as file:
            file.write(new)


class TestS3(RemoteTests):
    @pytest.fixture(autouse=True)
    def _bucket(self, s3: ObjectStore) -> None:
        self.store = s3
        self.url = s3.url("logs")

    def write(self, below: str, content: bytes) -> None:
        self.store.put(f"logs/{below}".replace("logs/../", ""), content)

    def remove(self, below: str) -> None:
        self.store.delete(f"logs/{below}")

    def test_a_name_that_a_client_might_tidy_up_leads_nowhere_else(self) -> None:
        self.write(f"../secret/{FILE_NAME}", CONTENT)
        for run in ["..", ".", "../secret", "a/../../secret", "/"]:
            self.store.put(f"logs/{run}/{FILE_NAME}", CONTENT)
        assert discover([self.root]).runs == ()
