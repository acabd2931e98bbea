"""The demo's search logs runs that say what they were started with."""

from __future__ import annotations

import math
import subprocess
import sys
from pathlib import Path

from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

from tests.writer.reading import points, raw_events

ROOT = Path(__file__).parents[2]


def test_every_run_of_the_sweep_logs_its_recipe_and_how_well_it_did(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "demo.sweep", "--logdir", str(tmp_path), "--runs", "2", "--epochs", "1"]
    subprocess.run(command, cwd=ROOT, check=True, timeout=120)
    rates = set()
    for run in ("00", "01"):
        directory = tmp_path / "sweep" / run
        values = [value for tag, _, value in points(directory) if tag == "val/loss"]
        assert len(values) == 1
        assert math.isfinite(values[0])
        [said] = [
            HParamsPluginData.FromString(value.metadata.plugin_data.content).session_start_info.hparams
            for event in raw_events(directory)
            for value in event.summary.value
            if value.tag.endswith("session_start_info")
        ]
        rates.add(said["learning_rate"].number_value)
    assert len(rates) == 2
