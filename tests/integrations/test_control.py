"""Every integration obeys by itself: a real training of each framework, asked as the dashboard asks."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from tests.integrations.scripts import ROOT
from tests.support.dashboard import Dashboard
from tests.support.server import eventually
from tests.writer.reading import points

WITHIN_SECS = 600.0
BEGIN = """
import json, sys, warnings
warnings.simplefilter("ignore")
where = {"project": "p", "logdir": sys.argv[1], "run": "r"}
"""


@dataclass(frozen=True, slots=True)
class Framework:
    """A training without an end, which prints the learning rate that it ended with."""

    script: str
    checkpoint: str
    """What there is beside the run once it was saved."""
    rate: float
    """That it begins with."""
    backend: str = "jax"


KERAS = """
import keras, demo.keras_fit as demo
from tensorboard_candles.integrations.keras import CandlesCallback
images, labels = demo.digits.load(1).train
model = demo.make_model()
model.fit(images, labels, 32, 100_000, verbose=0, callbacks=[CandlesCallback(**where)])
print(json.dumps(float(model.optimizer.learning_rate)))
"""
FRAMEWORKS = {
    "keras-jax": Framework(KERAS, "p/r/checkpoints/step-*.keras", 1e-3),
    "keras-torch": Framework(KERAS, "p/r/checkpoints/step-*.keras", 1e-3, "torch"),
    "keras-tensorflow": Framework(KERAS, "p/r/checkpoints/step-*.keras", 1e-3, "tensorflow"),
    "lightning": Framework(
        """
import demo.lightning_fit as demo
from tensorboard_candles.integrations.lightning import CandlesLogger
model = demo.Digits()
demo.Trainer(max_epochs=100_000, logger=CandlesLogger(**where), log_every_n_steps=1, accelerator="cpu",
    enable_progress_bar=False, enable_model_summary=False, enable_checkpointing=False,
).fit(model, demo.loader(demo.digits.load(1).train))
print(json.dumps(model.optimizers().param_groups[0]["lr"]))
""",
        "p/r/checkpoints/step-*.ckpt", 1e-3,
    ),
    "huggingface": Framework(
        """
import demo.huggingface_trainer as demo
from tensorboard_candles.integrations.huggingface import CandlesCallback
data = demo.Sentences(tuple(part[:96] for part in demo.digits.load(1).train))
arguments = demo.TrainingArguments(sys.argv[1] + "/out", num_train_epochs=100_000, report_to="none",
    save_strategy="no", use_cpu=True, logging_steps=1, logging_nan_inf_filter=False, disable_tqdm=True,
    lr_scheduler_type="constant", learning_rate=1e-3)
trainer = demo.Trainer(demo.BertForSequenceClassification(demo.TINY), arguments, train_dataset=data,
                       callbacks=[CandlesCallback(**where)])
trainer.train()
print(json.dumps(trainer.optimizer.param_groups[0]["lr"]))
""",
        "out/checkpoint-*", 1e-3,
    ),
    "xgboost": Framework(
        """
import demo.xgboost_rounds as demo, xgboost
from tensorboard_candles.integrations.xgboost import CandlesCallback
train = xgboost.DMatrix(*demo.digits.load(1).train)
booster = xgboost.train({**demo.PARAMS, "learning_rate": 0.2}, train, 1_000_000, evals=[(train, "train")],
                        verbose_eval=False, callbacks=[CandlesCallback(**where)])
parameters = json.loads(booster.save_config())["learner"]["gradient_booster"]["tree_train_param"]
print(json.dumps(float(parameters["learning_rate"])))
""",
        "p/r/checkpoints/step-*.ubj", 0.2,
    ),
    "lightgbm": Framework(
        """
import demo.lightgbm_rounds as demo, lightgbm
from tensorboard_candles.integrations.lightgbm import CandlesCallback
train = lightgbm.Dataset(*demo.digits.load(1).train)
booster = lightgbm.train(demo.PARAMS, train, 1_000_000, valid_sets=[train], valid_names=["train"],
                         callbacks=[CandlesCallback(**where)])
print(json.dumps(float(booster.params["learning_rate"])))
""",
        "p/r/checkpoints/step-*.txt", 0.2,
    ),
}  # fmt: skip


@contextmanager
def training(framework: Framework, logdir: Path) -> Iterator[subprocess.Popen[str]]:
    quiet = {"TF_CPP_MIN_LOG_LEVEL": "3", "CUDA_VISIBLE_DEVICES": "", "HF_HUB_OFFLINE": "1"}
    process = subprocess.Popen(
        [sys.executable, "-c", BEGIN + framework.script, str(logdir)],
        cwd=ROOT, env={**os.environ, **quiet, "KERAS_BACKEND": framework.backend},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def begun(process: subprocess.Popen[str], dashboard: Dashboard) -> None:
    def obeys() -> Any:
        assert process.poll() is None, process.communicate()[1][-4000:]
        status = dashboard.files.status()
        return status is not None and "stop" in status.obeys

    eventually(obeys, within_secs=WITHIN_SECS, what="a training that obeys")


@pytest.mark.parametrize("name", FRAMEWORKS)
def test_every_integration_stops_pauses_saves_and_learns_at_another_rate(name: str, tmp_path: Path) -> None:
    framework = FRAMEWORKS[name]
    module = name.partition("-")[2] or name.replace("huggingface", "transformers")
    if importlib.util.find_spec(module) is None:  # an import would take longer than the test
        pytest.skip(f"could not import {module!r}")
    with training(framework, tmp_path) as process:
        dashboard = Dashboard(tmp_path / "p" / "r")
        begun(process, dashboard)
        status = dashboard.status(lambda status: bool(status.parameters))
        assert set(status.obeys) == {"stop", "pause", "resume", "checkpoint", "set"}
        assert status.parameters["learning_rate"].value == pytest.approx(framework.rate)

        rate = framework.rate / 4
        assert dashboard.ask("set", name="learning_rate", value=rate)[0] == "done"
        assert dashboard.ask("set", name="learning_rate", value=-1)[0] == "refused"
        assert dashboard.ask("pause")[0] == "done"
        step = dashboard.status(lambda status: status.state == "paused").progress.step
        assert dashboard.ask("resume")[0] == "done"
        dashboard.status(lambda status: (status.progress.step or 0) > (step or 0))
        assert dashboard.ask("checkpoint")[0] == "done"
        assert len(list(tmp_path.glob(framework.checkpoint))) == 1

        stopped = dashboard.answer(dashboard.send("stop"))
        assert stopped.state == "done"
        assert Path(stopped.message).exists()
        assert len(list(tmp_path.glob(framework.checkpoint))) == 2
        output, errors = process.communicate(timeout=WITHIN_SECS)
        assert process.returncode == 0, errors[-4000:]
    assert json.loads(output.splitlines()[-1]) == pytest.approx(rate)
    assert dashboard.status().state == "ended"
    steps = [step for tag, step, _ in points(tmp_path / "p" / "r") if tag.startswith("train/")]
    assert max(steps) - (stopped.step or 0) in (0, 1)  # Lightning logs a batch after its end


@pytest.mark.parametrize(
    ("name", "endless", "short", "progress"),
    [
        ("keras-jax", "32, 100_000", "500, 2", (3, 3, 2)),
        ("huggingface", "num_train_epochs=100_000", "num_train_epochs=1.5", (6, 12, 2)),
    ],
)
def test_the_end_is_told_as_the_last_batch_of_its_epoch(
    name: str, endless: str, short: str, progress: tuple[int, int, float], tmp_path: Path
) -> None:
    framework = FRAMEWORKS[name]
    if importlib.util.find_spec(name.partition("-")[2] or "transformers") is None:
        pytest.skip(f"could not import {name}")
    assert endless in framework.script
    with training(replace(framework, script=framework.script.replace(endless, short)), tmp_path) as process:
        _, errors = process.communicate(timeout=WITHIN_SECS)
        assert process.returncode == 0, errors[-4000:]
    found = Dashboard(tmp_path / "p" / "r").status().progress
    assert (found.batch, found.batches, found.epochs_done) == progress
