"""`tensorboard-candles alerts`, as scripts and CI call it."""

from __future__ import annotations

import json
import math
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from tensorboard_candles import Tracker
from tests.support import records

if TYPE_CHECKING:
    from tests.support.s3 import ObjectStore


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tensorboard_candles.cli", "alerts", *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert "Traceback" not in done.stderr
    return done


def losses(*, spike_at: int | None = None, count: int = 300) -> list[float]:
    values = 1 + np.random.default_rng(0).normal(0, 0.05, count)
    if spike_at is not None:
        values[spike_at] = 7.5
    return [float(value) for value in values]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Runs of our own writer: one that is fine, one with a spike, one with a NaN."""
    path = tmp_path_factory.mktemp("logs")
    series = {"fine": losses(), "jumpy": losses(spike_at=200), "lost": [*losses(count=100), math.nan]}
    for name, values in series.items():
        with Tracker("p", logdir=path, run=name) as tracker:
            for value in values:
                tracker.log(loss=value, lr=0.1)
    return path


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (["--fail-on", "spike,non-finite"], 1),
        (["--fail-on", "spike"], 1),
        (["--fail-on", "non-finite", "--run", "jumpy"], 0),
        (["--fail-on", "spike", "--tag", "^lr$"], 0),
        (["--fail-on", "spike,non-finite", "--run", "fine"], 0),
        (["--fail-on", "divergence, gradient-explosion"], 0),
        (["--fail-on", "spike", "--detectors", "spike:z=1000"], 0),
        ([], 0),
    ],
)
def test_status_says_whether_a_kind_that_was_named_occurs(
    logdir: Path, arguments: list[str], status: int
) -> None:
    done = run(logdir, *arguments)
    assert (done.returncode, done.stderr) == (status, "")


def test_each_alert_is_a_line(logdir: Path) -> None:
    lines = run(logdir).stdout.splitlines()
    assert lines[0].startswith("warning: p/jumpy: step 200: spike: loss rose to 7.5 at step 200, from about")
    assert lines[1:] == [
        "critical: p/lost: step 100: non-finite: loss is nan at step 100", "2 alerts in 6 series",
    ]  # fmt: skip
    assert run(logdir, "--run", "fine").stdout == "no alerts in 2 series\n"


def test_json_is_what_the_dashboard_serves(logdir: Path) -> None:
    spike, lost = json.loads(run(logdir, "--format", "json").stdout)
    assert list(spike) == [
        "run", "tag", "kind", "severity", "first_step", "last_step", "value", "message", "detector",
    ]  # fmt: skip
    assert (spike["run"], spike["tag"], spike["kind"], spike["first_step"]) == (
        "p/jumpy",
        "loss",
        "spike",
        200,
    )
    assert (lost["severity"], lost["value"]) == ("critical", None)
    assert json.loads(run(logdir, "--format", "json", "--run", "fine").stdout) == []


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--fail-on", "sparks"], "there is no kind 'sparks'; there are spike, divergence"),
        (["--run", "("], "'(' is no regular expression"),
        (["--detectors", "spike:z=0"], "z of spike must be a number from 0.1 to 1000, got '0'"),
        (["--format", "xml"], "invalid choice: 'xml'"),
        (["--run", "nowhere"], "nothing was looked at: no series below"),
        (["--colour"], "unrecognized arguments: --colour"),
    ],
)
def test_wrong_use_is_said_and_ends_with_2(logdir: Path, arguments: list[str], message: str) -> None:
    done = run(logdir, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert done.stdout == ""


def test_a_check_that_looked_at_nothing_does_not_pass(tmp_path: Path) -> None:
    for where, message in (
        (tmp_path / "missing", "there is no directory"),
        (tmp_path, "there are no scalars"),
    ):
        done = run(where, "--fail-on", "spike")
        assert done.returncode == 2
        assert message in done.stderr


def test_damage_is_told_on_stderr_and_the_rest_is_looked_at(tmp_path: Path) -> None:
    content = bytearray(records.scalar_file("loss", losses(spike_at=200)))
    content[1000] ^= 0xFF
    records.write_run(tmp_path, "run", bytes(content))
    done = run(tmp_path, "--fail-on", "spike", "--format", "json")
    assert done.returncode == 1
    assert [alert["first_step"] for alert in json.loads(done.stdout)] == [200]
    assert done.stderr.startswith(f"tensorboard-candles alerts: run/{records.FILE_NAME}: ")
    assert " at byte " in done.stderr


def test_names_do_nothing_to_a_terminal(tmp_path: Path) -> None:
    values = losses(spike_at=200)
    records.write_run(tmp_path, "r\x1b[31m", records.scalar_file("loss\n\x1b[2J", values))
    done = run(tmp_path)
    assert r"r\x1b[31m: step 200: spike: loss\n\x1b[2J rose" in done.stdout


def test_logs_on_object_storage_are_looked_at(s3: ObjectStore) -> None:
    s3.put("logs/run/" + records.FILE_NAME, records.scalar_file("loss", losses(spike_at=200)))
    assert run(s3.url("logs"), "--fail-on", "spike").returncode == 1
    assert run(s3.url("nothing"), "--fail-on", "spike").returncode == 2


@pytest.mark.parametrize("fmt", ["text", "json"])
def test_a_pipe_that_nobody_reads_ends_it_without_a_word(logdir: Path, fmt: str) -> None:
    read, write = os.pipe()
    os.close(read)
    command = [sys.executable, "-m", "tensorboard_candles.cli", "alerts", str(logdir), "--format", fmt]
    done = subprocess.run(command, stdout=write, stderr=subprocess.PIPE, check=False, timeout=120)
    os.close(write)
    assert (done.returncode, done.stderr) == (141, b"")


def test_ctrl_c_ends_it_without_a_word(tmp_path: Path) -> None:
    damaged = bytearray(records.scalar_file("loss", losses()))
    damaged[1000] ^= 0xFF
    records.write_run(tmp_path, "run", bytes(damaged))
    for number in range(60):
        values = np.random.default_rng(number).normal(1, 0.05, 20_000).tolist()
        records.write_run(tmp_path, f"run{number}", records.many_scalars("loss", values))
    command = [sys.executable, "-m", "tensorboard_candles.cli", "alerts", str(tmp_path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        assert b"at byte" in process.stderr.readline()  # all is read, and looked at from here on
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
    assert (process.returncode, out, err) == (130, b"", b"")
