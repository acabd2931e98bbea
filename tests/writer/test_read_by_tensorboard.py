"""A real TensorBoard shows what the Tracker wrote, with its Python loader and with its Rust data server."""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from tensorboard_candles import Tracker
from tests.support.server import Server, eventually
from tests.writer.reading import points, raw_events

CONFIG = {
    "optimizer": {"name": "sgd", "lr": 0.1, "betas": (0.9, 0.999)},
    "batch_size": 64,
    "augment": True,
    "dropout": None,
    "scale": np.float32(0.5),
    "max_norm": math.inf,
    "seed": 2**200,
    "empty": {},
}
SHOWN = {
    "optimizer.name": "sgd",
    "optimizer.lr": 0.1,
    "optimizer.betas": "(0.9, 0.999)",
    "batch_size": 64.0,
    "augment": True,
    "dropout": "None",
    "scale": 0.5,
    "max_norm": "inf",
    "seed": str(2**200),
    "empty": "{}",
}


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    with Tracker("p", logdir=tmp_path, run="r", config=CONFIG) as tracker:
        for epoch in tracker.epochs(3):
            for batch in range(10):
                tracker.log({"train/loss": 1 / (1 + epoch * 10 + batch)}, acc=batch / 10)
        tracker.log(acc=1e300, step=30)
    return tracker.run_dir


@pytest.mark.parametrize("load_fast", ["true", "false"])
def test_scalars_tab_shows_every_point(
    load_fast: str, run_dir: Path, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    server = tensorboard_server(tmp_path, f"--load_fast={load_fast}")

    def shown(tag: str) -> list[tuple[int, float]]:
        answer = server.request("data/plugin/scalars/scalars", {"run": "p/r", "tag": tag})
        return [(step, value) for _, step, value in answer.json()] if answer.status == 200 else []

    # Both are told as far as they are loaded.
    logged = [(step, value) for tag, step, value in points(run_dir) if tag == "train/loss"]
    eventually(lambda: shown("train/loss") == logged, what="every point in the Scalars tab")
    eventually(
        lambda: [step for step, _ in shown("acc")][:30] == list(range(30)), what="those of another tag"
    )
    if load_fast == "true":
        assert "load_fast" not in server.output(), "the Rust data server did not start"


@pytest.mark.parametrize("load_fast", ["true", "false"])
def test_hparams_tab_shows_the_config(
    load_fast: str, run_dir: Path, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    server = tensorboard_server(tmp_path, f"--load_fast={load_fast}")

    def sessions() -> Any:
        body = json.dumps(
            {
                "startIndex": 0,
                "sliceSize": 10,
                "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"],
                "colParams": [],
            }
        )
        answer = server.request(
            "data/plugin/hparams/session_groups", method="POST", data=body.encode(),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        return answer.json().get("sessionGroups") if answer.status == 200 else None

    (group,) = eventually(sessions, what="the HParams tab's data")
    assert group["hparams"] == SHOWN


def test_config_is_written_as_hparams_start_info(run_dir: Path) -> None:
    (value,) = [
        v for event in raw_events(run_dir) for v in event.summary.value if v.tag.startswith("_hparams_")
    ]
    content = HParamsPluginData.FromString(value.metadata.plugin_data.content)
    assert set(content.session_start_info.hparams) == set(SHOWN)


def test_no_config_writes_no_hyperparameters(tmp_path: Path) -> None:
    with Tracker("p", logdir=tmp_path, config={}) as tracker:
        tracker.log(loss=1)
    assert len(list(raw_events(tracker.run_dir))) == 2
