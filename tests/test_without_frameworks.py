"""What of the integrations needs no framework: what they say without it, and the Tracker that they hold."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles import Tracker
from tensorboard_candles.errors import WriterError
from tensorboard_candles.integrations.training import Training
from tests.writer.reading import epoch_marks, points

FRAMEWORKS = {
    "keras": ["keras"],
    "lightning": ["lightning", "pytorch_lightning", "lightning_fabric"],
    "huggingface": ["transformers"],
    "xgboost": ["xgboost"],
    "lightgbm": ["lightgbm"],
}


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_missing_framework_is_an_import_error_that_says_what_to_install(name: str) -> None:
    script = f"import sys; sys.modules |= dict.fromkeys({FRAMEWORKS[name]})\n"
    script += f"import tensorboard_candles.integrations.{name}"
    ended = subprocess.run([sys.executable, "-c", script], check=False, capture_output=True, text=True)
    assert ended.returncode == 1
    said = ended.stderr.splitlines()[-1]
    assert said == f"ImportError: this needs {name}: pip install 'tensorboard_candles[{name}]'"
    assert f'\n{name} = ["' in (Path(__file__).parents[1] / "pyproject.toml").read_text()


@pytest.mark.parametrize("options", [{}, {"logdir": "runs"}])
def test_neither_tracker_nor_project_is_refused(options: dict[str, Any]) -> None:
    with pytest.raises(WriterError, match="project="):
        Training(None, options)


def test_tracker_and_settings_of_another_are_refused(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path) as tracker, pytest.raises(WriterError, match="'run'"):
        Training(tracker, {"run": "r"})


def test_nothing_is_made_before_it_is_asked_for(tmp_path: Path) -> None:
    training = Training(None, {"project": "p", "logdir": tmp_path, "run": "r"})
    training.suggest(run="other", rank_zero_only=True)
    assert list(tmp_path.iterdir()) == []
    assert training.tracker.run == "r"
    assert training.tracker is training.tracker


def test_epoch_begins_where_it_is_said_and_ends_what_was_left_open(tmp_path: Path) -> None:
    training = Training(None, {"project": "p", "logdir": tmp_path})
    training.begin_epoch(0, first_step=0)
    training.tracker.log(loss=2, step=1)  # of two threads the second came first
    training.tracker.log(loss=1, step=0)
    training.begin_epoch(1)  # an exception ended epoch 0
    training.tracker.log(loss=3, step=2)
    training.end_epoch()
    training.end_epoch()
    training.tracker.close()
    assert epoch_marks(training.tracker.run_dir) == [(0, 0), (2, 1)]
    assert len(points(training.tracker.run_dir)) == 3


def test_first_config_stands(tmp_path: Path) -> None:
    size = []
    for config in ({"lr": 0.1}, None):
        with Tracker("p", logdir=tmp_path, config=config) as tracker:
            tracker.log_config({"lr": 0.1})
            tracker.log_config({"lr": 0.3})
        files = list(tracker.run_dir.glob("events*"))
        size.append(sum(path.stat().st_size for path in files))
        content = b"".join(path.read_bytes() for path in files)
        assert content.count(b"_hparams_/session_start_info") == 1
    assert size[0] == size[1]
