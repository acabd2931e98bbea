"""A log directory in a bucket of a real S3 server, shown by a real TensorBoard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.records import FILE_NAME, scalar_file, scalar_record, write_run
from tests.support.s3 import ObjectStore
from tests.support.server import Server, eventually

VALUES = [3.0, 2.0, 1.0]


def test_points_and_candles_of_a_bucket_are_those_of_the_same_local_directory(
    s3: ObjectStore,
    recorded_logs: Path,
    tensorboard_server: Callable[..., Server],
    shared_tensorboard_server: Callable[..., Server],
) -> None:
    local = shared_tensorboard_server(recorded_logs)
    for path in recorded_logs.rglob("*"):
        if path.is_file():
            s3.put(f"logs/{path.relative_to(recorded_logs)}", path.read_bytes())
    remote = tensorboard_server(s3.url("logs"))
    local.wait_loaded()
    remote.wait_loaded()
    assert [described(run) for run in runs_of(remote)] == [described(run) for run in runs_of(local)]
    assert remote.get_json("config")["logdir"] == s3.url("logs")
    compared = 0
    for run in runs_of(local):
        for tag in [shown["tag"] for shown in run["tags"]]:
            for route, params in [("candles", {"width": 3}), ("points", {})]:
                asked = {"run": run["name"], "tag": tag, **params}
                assert remote.get_json(route, **asked) == local.get_json(route, **asked)
                compared += 1
    assert compared > 20


def runs_of(server: Server) -> list[Any]:
    runs: list[Any] = server.get_json("runs")["runs"]
    return runs


def described(run: dict[str, Any]) -> dict[str, Any]:
    return {name: what for name, what in run.items() if name != "version"}


def test_a_bucket_that_grows_fails_and_is_back_loses_no_point(
    s3: ObjectStore, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    content = scalar_file("loss", VALUES)
    s3.put(f"logs/there/{FILE_NAME}", content)
    write_run(tmp_path, "here", content)
    server = tensorboard_server(None, "--logdir_spec", f"{s3.url('logs/')},{tmp_path}")
    server.wait_for_points("there", 3)
    server.wait_for_points("here", 3)

    s3.put(f"logs/there/{FILE_NAME}", content := content + scalar_record("loss", step=3, value=4.0))
    server.wait_for_points("there", 4)

    s3.fail()
    s3.put(f"logs/there/{FILE_NAME}", content + scalar_record("loss", step=4, value=5.0))
    eventually(server.problems, what="the report of the failing bucket")
    with (tmp_path / "here" / FILE_NAME).open("ab") as file:
        file.write(scalar_record("loss", step=3, value=4.0))
    server.wait_for_points("here", 4)
    assert server.values("there") == dict(enumerate([*VALUES, 4.0]))
    (problem,) = server.problems()
    assert problem["file"] == s3.url("logs")

    s3.recover()
    server.wait_for_points("there", 5)
    assert server.values("there") == dict(enumerate([*VALUES, 4.0, 5.0]))
    eventually(lambda: not server.problems(), what="the end of the report")


def test_without_the_package_for_s3_tensorboard_starts_and_the_tab_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tensorboard_server: Callable[..., Server]
) -> None:
    (tmp_path / "s3fs.py").write_text("raise ImportError('as if it were not installed')")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")]))
    server = tensorboard_server("s3://bucket/logs")
    (problem,) = eventually(server.problems, what="the report of the missing package")
    assert problem["file"] == "s3://bucket/logs"
    assert problem["what"] == "s3:// needs the package s3fs: pip install tensorboard_candles[s3]"
    assert server.runs() == {}
