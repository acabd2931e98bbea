"""What is particular to storages behind a network: requests that cost, fail, or never end."""

from __future__ import annotations

import logging
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import fsspec
import pytest

from tensorboard_candles import remote_files
from tensorboard_candles.api.config import config
from tensorboard_candles.api.guard import Guard
from tensorboard_candles.events import LogRoot, discover, log_roots, storage_remote, storage_retry, tail
from tensorboard_candles.remote_files import shown
from tensorboard_candles.store import Cache, CacheKeeper, LocalSource, cache_keeper
from tests.support.records import FILE_NAME, many_scalars, scalar_file, scalar_record, write_run
from tests.support.s3 import Asked, ObjectStore

VALUES = [3.0, 2.0, 1.0]
CONTENT = scalar_file("loss", VALUES)


def source_of(*roots: str) -> LocalSource:
    return LocalSource([root for given in roots for root in log_roots(given, "")])


def points(source: LocalSource) -> dict[str, list[float]]:
    return {run.name: run.series["loss"].value.tolist() for run in source.runs()}


def whats(source: LocalSource) -> list[str]:
    return [problem.what for problem in source.problems()]


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(storage_retry, "_FIRST_PAUSE_SECS", 0.001)


class TestRequests:
    def test_a_look_without_news_is_one_listing_however_many_files_there_are(self, s3: ObjectStore) -> None:
        for run in range(20):
            s3.put(f"logs/a/b/run{run}/{FILE_NAME}", CONTENT)
        source = source_of(s3.url("logs"))
        source.refresh()
        assert len(source.runs()) == 20
        assert len(s3.asked()) == 1 + 20
        s3.forget()
        source.refresh()
        assert [asked.range for asked in s3.asked()] == [None]

    def test_only_what_is_new_is_read_of_a_file_that_grows(self, s3: ObjectStore) -> None:
        content = many_scalars("loss", range(20_000))
        s3.put(f"logs/run/{FILE_NAME}", content)
        source = source_of(s3.url("logs"))
        source.refresh()
        assert sum(asked.bytes for asked in s3.asked()) == len(content)
        for step in range(20_000, 20_003):
            s3.forget()
            record = scalar_record("loss", step=step, value=step)
            content += record
            s3.put(f"logs/run/{FILE_NAME}", content)
            source.refresh()
            ranges = [asked.range for asked in s3.asked()]
            # The listing, the head that tells the file from another, and what was added.
            assert ranges == [None, "bytes=0-63", f"bytes={len(content) - len(record)}-{len(content) - 1}"]
        assert points(source) == {"run": [float(step) for step in range(20_003)]}

    def test_a_large_file_is_read_in_ranges_each_of_them_once(
        self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(storage_remote, "_READ_BYTES", 100_000)
        monkeypatch.setattr(tail, "WINDOW_BYTES", 30_000)
        content = many_scalars("loss", range(20_000))
        s3.put(f"logs/run/{FILE_NAME}", content)
        source = source_of(s3.url("logs"))
        source.refresh()
        assert sum(asked.bytes for asked in s3.asked()) == len(content)
        assert max(asked.bytes for asked in s3.asked()) <= 100_000
        assert points(source) == {"run": [float(step) for step in range(20_000)]}


class TestSecrets:
    URL = "memory://me:s3cret@host/logs"

    def test_they_are_used_and_nobody_is_told(
        self, tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(cache_keeper, "LEAST_FILE_BYTES", 0)
        caplog.set_level(logging.DEBUG, "tensorboard_candles")
        system = fsspec.filesystem("memory")
        system.pipe_file(f"{self.URL}/run/{FILE_NAME}", CONTENT)
        system.pipe_file(f"{self.URL}/damaged/{FILE_NAME}", CONTENT + b"damage that is no header")
        try:
            keeper = CacheKeeper(Cache(tmp_path), quiet_secs=0)
            source = LocalSource(log_roots(self.URL, ""), keeper=keeper)
            source.refresh()
            keeper.keep(source._files())
            keeper.wait()
        finally:
            system.rm("/me:s3cret@host", recursive=True)
        assert points(source)["run"] == VALUES
        (problem,) = source.problems()
        kept = b"".join(path.read_bytes() for path in tmp_path.rglob("*.candles"))
        assert b"memory://host/logs/run" in kept
        assert "s3cret" not in f"{problem} {config(self.URL, Guard())} {caplog.text} {kept!r}"

    @pytest.mark.parametrize("kind", [OSError, FileNotFoundError, PermissionError, ValueError])
    def test_errors_of_clients_that_hold_the_url_are_told_without(
        self, kind: type[Exception], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fail(system: object, root: str) -> None:
            raise kind(f"no such thing: '{self.URL}?token=s3cret'")

        monkeypatch.setattr(storage_retry, "_ATTEMPTS", 1)
        monkeypatch.setattr(storage_remote, "_infos_below", fail)
        source = source_of(self.URL)
        source.refresh()
        assert whats(source) == ["no such thing: 'memory://host/logs'"]

    def test_what_is_no_secret_is_shown(self) -> None:
        assert shown("abfss://container@account.dfs.core.windows.net/logs").count("container") == 1
        assert (
            shown("a:ftp://me:s3cret@host/logs,b:https://me@host/x?y=z")
            == "a:ftp://host/logs,b:https://host/x"
        )
        assert shown("/home/me@work/what?") == "/home/me@work/what?"


def is_listing(asked: Asked) -> bool:
    return asked.range is None


def is_reading(asked: Asked) -> bool:
    return asked.range is not None


@pytest.mark.usefixtures("_no_pauses")
class TestFaults:
    @pytest.mark.parametrize("fails", [is_listing, is_reading])
    def test_what_fails_now_and_then_is_tried_again_and_no_problem(
        self, s3: ObjectStore, fails: Callable[[Asked], bool]
    ) -> None:
        s3.put(f"logs/run/{FILE_NAME}", CONTENT)
        before = 3
        source = source_of(s3.url("logs"))

        def fails_at_first(asked: Asked) -> bool:
            nonlocal before
            before -= fails(asked)
            return fails(asked) and before >= 0

        s3.fail(fails_at_first)
        source.refresh()
        assert (points(source), whats(source)) == ({"run": VALUES}, [])

    def test_while_a_bucket_cannot_be_listed_what_was_read_stays_and_what_came_is_read_later(
        self, s3: ObjectStore
    ) -> None:
        s3.put(f"logs/run/{FILE_NAME}", CONTENT)
        source = source_of(s3.url("logs"))
        source.refresh()
        s3.fail()
        s3.put(f"logs/run/{FILE_NAME}", CONTENT + scalar_record("loss", step=3, value=0.5))
        source.refresh()
        assert points(source) == {"run": VALUES}
        (problem,) = source.problems()
        assert (problem.run, problem.file) == ("", s3.url("logs"))
        assert "503" in problem.what or "Service Unavailable" in problem.what
        s3.recover()
        self.refresh_until_sound(source)
        assert points(source) == {"run": [*VALUES, 0.5]}

    def refresh_until_sound(self, source: LocalSource) -> None:
        # A server that failed is not waited for, so that it may take one look more until it is heard.
        for _ in range(1000):
            source.refresh()
            if not source.problems():
                return
            threading.Event().wait(0.01)
        raise AssertionError(source.problems())

    @pytest.mark.parametrize("good_reads", [0, 1, 3])
    def test_a_file_whose_reading_fails_halfway_loses_and_doubles_no_point(
        self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch, good_reads: int
    ) -> None:
        monkeypatch.setattr(storage_remote, "_READ_BYTES", 10_000)
        monkeypatch.setattr(tail, "WINDOW_BYTES", 10_000)
        s3.put(f"logs/a/{FILE_NAME}", many_scalars("loss", range(2000)))
        s3.put(f"logs/b/{FILE_NAME}", CONTENT)
        source = source_of(s3.url("logs"))
        left = good_reads

        def is_bad(asked: Asked) -> bool:
            nonlocal left
            left -= is_reading(asked) and "/a/" in asked.path
            return left < 0 and "/a/" in asked.path

        s3.fail(is_bad)
        source.refresh()
        assert len(points(source).get("a", [])) < 2000
        assert points(source)["b"] == VALUES
        assert [problem.run for problem in source.problems()] == ["a"]
        s3.recover()
        source.refresh()
        assert points(source) == {"a": [float(step) for step in range(2000)], "b": VALUES}
        assert source.problems() == []

    def test_a_server_that_never_answers_a_read_is_a_problem_of_that_file(
        self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for run in ("a", "b"):
            s3.put(f"logs/{run}/{FILE_NAME}", CONTENT)
        source = source_of(s3.url("logs"))
        source.refresh()
        for run in ("a", "b"):
            s3.put(f"logs/{run}/{FILE_NAME}", CONTENT + scalar_record("loss", step=3, value=0.5))
        monkeypatch.setattr(remote_files, "ATTEMPT_SECS", 2.0)
        monkeypatch.setattr(storage_retry, "_ATTEMPTS", 2)
        s3.hang(lambda asked: is_reading(asked) and "/a/" in asked.path)
        source.refresh()
        assert points(source) == {"a": VALUES, "b": [*VALUES, 0.5]}
        assert [(problem.run, problem.what) for problem in source.problems()] == [("a", "no answer in time")]
        monkeypatch.setattr(remote_files, "ATTEMPT_SECS", 60.0)
        s3.recover()
        source.refresh()
        assert points(source) == {"a": [*VALUES, 0.5], "b": [*VALUES, 0.5]}

    def test_a_bucket_that_never_answers_holds_up_no_other_log_directory(
        self, s3: ObjectStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(storage_remote, "_WAIT_SECS", 0.01)
        monkeypatch.setattr(storage_remote, "_SLOW_SECS", 0.0)
        write_run(tmp_path, "here", CONTENT)
        s3.put(f"logs/there/{FILE_NAME}", CONTENT)
        s3.hang()
        source = source_of(s3.url("logs"), str(tmp_path))
        source.refresh()
        assert points(source) == {"here": VALUES}
        assert len(s3.asked()) <= 1
        assert [problem.file for problem in source.problems()] == [s3.url("logs")]
        assert "slow to be listed" in whats(source)[0]
        with next((tmp_path / "here").iterdir()).open("ab") as file:
            file.write(scalar_record("loss", step=3, value=0.5))
        source.refresh()
        assert points(source) == {"here": [*VALUES, 0.5]}
        s3.recover()
        self.refresh_until_sound(source)
        assert points(source) == {"here": [*VALUES, 0.5], "there": VALUES}

    def test_where_one_look_was_asked_for_a_slow_listing_is_waited_for(
        self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(storage_remote, "_WAIT_SECS", 0.0)
        monkeypatch.setattr("tensorboard_candles.store.local._TRY_AGAIN_SECS", 0.01)
        s3.put(f"logs/run/{FILE_NAME}", CONTENT)
        source = LocalSource(log_roots(s3.url("logs"), ""), poll_secs=None)
        source.start()
        assert source._thread
        source._thread.join(timeout=60)
        assert not source._thread.is_alive()
        assert points(source) == {"run": VALUES}


class TestNotInstalled:
    @pytest.mark.parametrize(("protocol", "package"), [("s3", "s3fs"), ("gs", "gcsfs")])
    def test_a_package_that_is_missing_is_named_with_how_to_install_it(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, protocol: str, package: str
    ) -> None:
        forget_protocol(monkeypatch, protocol, package)
        url = f"{protocol}://bucket/logs"
        write_run(tmp_path, "here", CONTENT)
        source = source_of(url, str(tmp_path))
        source.refresh()
        (problem,) = source.problems()
        assert problem.file == url
        assert problem.what == (
            f"{protocol}:// needs the package {package}: pip install tensorboard_candles[{protocol}]"
        )
        assert points(source) == {"here": VALUES}

    def test_a_protocol_that_nobody_knows_is_a_problem_of_that_log_directory(self) -> None:
        found = discover(log_roots("nonsense://bucket/logs", ""))
        ((directory, what),) = found.unreadable
        assert directory == "nonsense://bucket/logs"
        assert "Protocol not known: nonsense" in what

    def test_without_credentials_it_says_so(self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(storage_retry, "_FIRST_PAUSE_SECS", 0.001)
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name)
        ((_, what),) = discover(log_roots(s3.url("logs"), "")).unreadable
        assert "credentials" in what

    def test_a_bucket_that_is_not_there_is_a_problem(self, s3: ObjectStore) -> None:
        ((_, what),) = discover(log_roots("s3://no-such-bucket/logs", "")).unreadable
        assert "bucket does not exist" in what


def forget_protocol(monkeypatch: pytest.MonkeyPatch, protocol: str, package: str) -> None:
    """As on a machine where the package was never installed."""
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.delitem(sys.modules["fsspec.registry"]._registry, protocol, raising=False)


class TestNames:
    def test_the_server_may_be_named_as_tensorboard_itself_wants_it(
        self, s3: ObjectStore, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        s3.put(f"logs/run/{FILE_NAME}", CONTENT)
        monkeypatch.delenv("AWS_ENDPOINT_URL")
        monkeypatch.setenv("S3_ENDPOINT", s3.environment()["AWS_ENDPOINT_URL"])
        assert [run.name for run in discover(log_roots(s3.url("logs"), "")).runs] == ["run"]

    def test_roots_of_a_spec_may_lie_anywhere(self, s3: ObjectStore, tmp_path: Path) -> None:
        write_run(tmp_path, "one", CONTENT)
        s3.put(f"logs/two/{FILE_NAME}", CONTENT)
        system = fsspec.filesystem("memory")
        system.pipe_file(f"/spec-tests/three/{FILE_NAME}", CONTENT)
        source = LocalSource(
            log_roots("", f"here:{tmp_path},{s3.url('logs')},m:memory://spec-tests,a:{s3.url('logs/')}")
        )
        source.refresh()
        assert sorted(points(source)) == ["a/two", "here/one", "m/three", "two"]
        system.rm("spec-tests", recursive=True)

    @pytest.mark.parametrize(
        ("spec", "expected"),
        [
            ("s3://b/x:y,z", [("s3://b/x:y", ""), ("z", "")]),
            ("n:s3://b/x/", [("s3://b/x", "n")]),
            ("memory://", [("memory://", "")]),
            ("n:file:///tmp/x", [("/tmp/x", "n")]),
        ],
    )
    def test_a_spec_with_urls_is_taken_apart_as_tensorboard_does(
        self, spec: str, expected: list[tuple[str, str]]
    ) -> None:
        roots: tuple[LogRoot, ...] = log_roots("", spec)
        assert [(str(root.path), root.name) for root in roots] == expected
