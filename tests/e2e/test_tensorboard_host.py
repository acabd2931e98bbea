"""TensorBoard with the plugin installed is still TensorBoard, however it is started."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.support import brute_force, records
from tests.support.series import wrong_candles
from tests.support.server import Server, eventually, rust_data_server

StartServer = Callable[..., Server]
LOSS = {"run": "torch/everything", "tag": "loss"}


def listing(server: Server, base: str = "") -> dict[str, Any]:
    answer: dict[str, Any] = server.request(base + "data/plugins_listing").json()
    return answer


def assert_tabs_work(server: Server, base: str = "") -> None:
    """Each tab's data, once TensorBoard itself has loaded the recorded logs; it tells what it has by then."""

    def tags(plugin: str) -> Any:
        answer = server.request(f"{base}data/plugin/{plugin}/tags")
        return answer.json().get("torch/everything", ()) if answer.status == 200 else ()

    def has_tag(plugin: str, tag: str) -> bool:
        return tag in tags(plugin)

    def steps() -> list[int]:
        answer = server.request(f"{base}data/plugin/scalars/scalars", LOSS)
        return [step for _, step, _ in answer.json()] if answer.status == 200 else []

    def hyperparameters() -> set[str]:
        answer = server.request(
            f"{base}data/plugin/hparams/experiment",
            method="POST",
            data=b"{}",
            headers={"Content-Type": "application/json"},
        )
        return (
            {info["name"] for info in answer.json().get("hparamInfos", ())} if answer.status == 200 else set()
        )

    for plugin, tag in [("scalars", "loss"), ("histograms", "weights"), ("images", "sample")]:
        eventually(partial(has_tag, plugin, tag), what=f"loading of {plugin}")
    eventually(lambda: tags("text") == ["note/text_summary"], what="loading of texts")
    eventually(lambda: steps() == list(range(700)), what="loading of every point")
    assert server.request(f"{base}data/plugin/histograms/histograms", {**LOSS, "tag": "weights"}).json()
    assert server.request(f"{base}data/plugin/images/images", {**LOSS, "tag": "sample", "sample": 0}).json()
    assert server.request(f"{base}data/plugin/text/text", {**LOSS, "tag": "note/text_summary"}).json()
    eventually(lambda: hyperparameters() == {"lr", "batch"}, what="loading of hyperparameters")
    for path in ("", "index.js", "data/environment", "data/runs", "data/plugin/timeseries/tags"):
        assert server.request(base + path).status == 200, path


def assert_candles_work(server: Server, base: str = "") -> None:
    answer = server.request(f"{base}data/plugin/candles/candles", {**LOSS, "width": 100})
    assert answer.status == 200
    (series,) = answer.json()["candles"]
    assert sum(series["columns"]["count"]) + sum(series["columns"]["nonfinite"]) == 700


@pytest.mark.parametrize("load_fast", ["true", "false"])
def test_all_tabs_work_beside_ours(
    recorded_logs: Path, tensorboard_server: StartServer, load_fast: str
) -> None:
    server = tensorboard_server(recorded_logs, f"--load_fast={load_fast}")
    server.wait_loaded()
    assert_tabs_work(server)
    assert_candles_work(server)
    plugins = listing(server)
    for name in ("candles", "scalars", "histograms", "images", "text", "hparams", "timeseries"):
        assert plugins[name]["enabled"], name
    assert plugins["candles"]["tab_name"] == "Candles"
    assert plugins["candles"]["loading_mechanism"]["type"] == "IFRAME"


def test_all_tabs_work_under_a_path_prefix_and_for_an_experiment(
    recorded_logs: Path, tensorboard_server: StartServer
) -> None:
    server = tensorboard_server(recorded_logs, "--path_prefix=/under/here")
    assert server.url.endswith("/under/here/")
    server.wait_loaded()
    for base in ("", "experiment/42/"):
        assert_tabs_work(server, base)
        assert_candles_work(server, base)
        assert listing(server, base)["candles"]["enabled"]
    assert server.raw_get("/data/plugin/candles/config").status == 404


def test_runs_are_named_as_tensorboard_names_them(
    recorded_logs: Path, tmp_path: Path, tensorboard_server: StartServer
) -> None:
    records.write_run(tmp_path, ".", records.scalar_file("loss", [2.0, 1.0]))
    records.write_run(tmp_path, "inner/most", records.scalar_file("loss", [2.0, 1.0]))
    server = tensorboard_server(
        None, f"--logdir_spec=a:{recorded_logs / 'torch'},b:{tmp_path},{tmp_path}/inner"
    )

    def named_by_tensorboard() -> set[str]:
        return set(server.request("data/runs").json())

    server.wait_loaded()
    eventually(lambda: len(named_by_tensorboard()) == 12, what="TensorBoard's loading")
    assert set(server.runs()) == named_by_tensorboard()
    assert {"a/everything", "b/.", "b/inner/most"} <= named_by_tensorboard()
    run = brute_force.read_run(recorded_logs / "torch" / "restart")
    assert wrong_candles(server, "a/restart", run, width=10) == []
    assert server.values("b/.") == {0: 2.0, 1: 1.0}


def test_runs_of_a_plain_log_directory_are_named_as_tensorboard_names_them(
    tmp_path: Path, tensorboard_server: StartServer
) -> None:
    for run in (".", "a", "a/b", "a.b/c d"):
        records.write_run(tmp_path, run, records.scalar_file("loss", [2.0, 1.0]))
    server = tensorboard_server(tmp_path)
    server.wait_loaded()
    eventually(lambda: len(server.request("data/runs").json()) == 4, what="TensorBoard's loading")
    names = set(server.request("data/runs").json())
    assert set(server.runs()) == names == {".", "a", "a/b", "a.b/c d"}
    assert server.values(".") == {0: 2.0, 1: 1.0}


def test_a_log_directory_and_a_run_that_come_later_are_found(
    tmp_path: Path, tensorboard_server: StartServer
) -> None:
    logdir = tmp_path / "not yet" / "there"
    server = tensorboard_server(logdir)
    first = server.get_json("runs")
    assert (first["runs"], first["problems"]) == ([], [])
    assert server.get("candles", run="run", tag="loss").status == 404
    records.write_run(logdir, "run", records.scalar_file("loss", [2.0, 1.0]))
    server.wait_for_points("run", 2)
    records.write_run(logdir, "another/run", records.scalar_file("loss", [3.0]))
    server.wait_for_points("another/run", 1)
    assert server.values("run") == {0: 2.0, 1: 1.0}


@pytest.fixture
def data_server(tmp_path: Path, recorded_logs: Path) -> Iterator[str]:
    """TensorBoard's Rust server by itself: TensorBoard gets its data from there and sees no files."""
    with rust_data_server(recorded_logs, tmp_path / "port") as address:
        yield address


def test_sampled_data_serve_where_there_are_no_files_and_say_so(
    data_server: str, tensorboard_server: StartServer, recorded_logs: Path
) -> None:
    server = tensorboard_server(None, f"--grpc_data_provider={data_server}")
    # It serves what it has read so far.
    eventually(lambda: server.points("torch/everything") >= 50, what="data of the provider")
    (answer,) = server.get_json("candles", **LOSS, width=1)["candles"]
    assert answer["exact"] is False
    assert 50 <= answer["points"] <= 100
    run = brute_force.read_run(recorded_logs / "torch" / "everything")
    every_point = {point.step: point.value for point in run.series["loss"]}
    closes = dict(zip(answer["columns"]["x"], answer["columns"]["close"], strict=True))
    assert len(closes) == answer["points"]
    assert all(close is None or close == every_point[step] for step, close in closes.items())
    assert server.get_json("points", **LOSS)["points"][0]["exact"] is False
    assert server.get("candles", run="torch/everything", tag="no such tag").status == 404
    assert listing(server)["candles"]["enabled"]


IMPORTED = """
import json, sys
import tensorboard.main
from tensorboard import default
default.get_static_plugins()
before = set(sys.modules)
import tensorboard_candles.plugin
print(json.dumps(sorted(set(sys.modules) - before)))
"""


def modules_imported_by_the_loader() -> list[str]:
    output = subprocess.run(
        [sys.executable, "-c", IMPORTED], capture_output=True, text=True, check=True
    ).stdout
    modules: list[str] = json.loads(output.splitlines()[-1])
    return modules


def test_importing_the_loader_imports_little_beyond_what_tensorboard_has() -> None:
    modules = modules_imported_by_the_loader()
    frameworks = {
        "torch",
        "tensorflow",
        "keras",
        "jax",
        "pandas",
        "scipy",
        "sklearn",
        "safetensors",
        "lightning",
    }
    assert frameworks.isdisjoint(name.partition(".")[0] for name in modules)
    ours = [name for name in modules if name.startswith("tensorboard_candles")]
    rooms = {name.split(".")[1] for name in ours if "." in name}
    assert "tensorboard_candles.plugin" in ours
    assert rooms.isdisjoint(
        {"events", "store", "ohlc", "indicators", "analysis", "writer", "integrations", "api"}
    )
    assert len(modules) < 20, modules


def test_the_loader_is_there_for_tensorboard_to_find() -> None:
    script = "from tensorboard import default; print([p.__name__ for p in default.get_dynamic_plugins()])"
    output = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout
    assert "CandlesLoader" in output
