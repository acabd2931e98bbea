"""Trainings that resume, end early, fail, or are cross-validated: what the examples of demo/ do not show."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.integrations.scripts import run
from tests.writer.reading import epoch_marks, points, raw_events

WHERE = """
import json, sys
where = {"project": "p", "logdir": sys.argv[1], "run": "r"}
"""


def values(tmp_path: Path, tag: str) -> list[tuple[int, float]]:
    return [(step, value) for found, step, value in points(tmp_path / "p" / "r") if found == tag]


LIGHTNING = (
    WHERE
    + """
import warnings
warnings.simplefilter("ignore")
import demo.lightning_fit as demo
from tensorboard_candles import Tracker
from tensorboard_candles.integrations.lightning import CandlesLogger
data = demo.digits.load(1)
batches = demo.loader(tuple(part[:96] for part in data.train))
def trainer(epochs, Trainer=demo.Trainer, logger=None, **more):
    return Trainer(max_epochs=epochs, logger=logger or CandlesLogger(**where), log_every_n_steps=1,
                   accelerator="cpu", enable_progress_bar=False, enable_model_summary=False, **more)
"""
)


def test_lightning_goes_on_from_its_checkpoint_beside_the_run(tmp_path: Path) -> None:
    script = """
trainer(2).fit(demo.Digits(), batches)
(checkpoint,) = __import__("pathlib").Path(sys.argv[1], "p", "r", "checkpoints").glob("*.ckpt")
again = trainer(3, logger=CandlesLogger(resume=True, **where), enable_checkpointing=False)
again.fit(demo.Digits(), batches, ckpt_path=checkpoint, weights_only=False)
print(json.dumps([]))
"""
    run(LIGHTNING + script, tmp_path)
    assert [step for step, _ in values(tmp_path, "train/loss")] == list(range(9))
    assert epoch_marks(tmp_path / "p" / "r") == [(0, 0), (3, 1), (6, 2)]


def test_lightning_under_its_other_name_and_with_a_tracker_that_is_there_already(tmp_path: Path) -> None:
    script = """
import pytorch_lightning
class Digits(pytorch_lightning.LightningModule):
    __init__, training_step = demo.Digits.__init__, demo.Digits.training_step
    configure_optimizers = demo.Digits.configure_optimizers
    def __init__(self):
        super().__init__()
        self.model, self.losses = demo.nn.Linear(64, 10), []
        self.hparams["learning_rate"] = 1e-3
logger = CandlesLogger(Tracker("p", logdir=sys.argv[1], run="r"))
model = Digits()
trainer(1, pytorch_lightning.Trainer, logger, enable_checkpointing=False).fit(model, batches)
print(json.dumps([logger.name, logger.version, logger.save_dir, model.losses]))
"""
    name, version, save_dir, losses = run(LIGHTNING + script, tmp_path)
    assert (name, version, save_dir) == ("p", "r", str(tmp_path))
    assert [value for _, value in values(tmp_path, "train/loss")] == pytest.approx(losses)


def test_lightning_watches_gradients_and_a_failing_training_is_whole(tmp_path: Path) -> None:
    script = """
class Failing(demo.Digits):
    def on_fit_start(self):
        self.logger.experiment.watch(self)
    def on_train_batch_start(self, batch, number):
        if self.current_epoch == 1 and number == 1:
            raise ValueError("gone wrong")
try:
    trainer(2, enable_checkpointing=False).fit(Failing(), batches)
except ValueError as error:
    print(json.dumps(str(error)))
"""
    assert run(LIGHTNING + script, tmp_path) == "gone wrong"
    assert [step for step, _ in values(tmp_path, "train/loss")] == [0, 1, 2, 3]
    assert [step for step, _ in values(tmp_path, "grad_norm")] == [0, 1, 2, 3]


def test_hugging_face_goes_on_from_its_checkpoint_in_the_same_run(tmp_path: Path) -> None:
    script = """
import demo.huggingface_trainer as demo
from tensorboard_candles.integrations.huggingface import CandlesCallback
data = demo.Sentences(tuple(part[:96] for part in demo.digits.load(1).train))
def train(epochs, **more):
    arguments = demo.TrainingArguments(
        sys.argv[1] + "/out", num_train_epochs=epochs, per_device_train_batch_size=32, report_to="none",
        save_strategy="epoch", use_cpu=True, logging_steps=1, logging_nan_inf_filter=False)
    trainer = demo.Trainer(demo.BertForSequenceClassification(demo.TINY), arguments, train_dataset=data,
                           callbacks=[CandlesCallback(**where)])
    trainer.train(**more)
train(2)
train(3, resume_from_checkpoint=True)
print(json.dumps([]))
"""
    run(WHERE + script, tmp_path)
    assert [step for step, _ in values(tmp_path, "train/loss")] == list(range(1, 10))
    assert epoch_marks(tmp_path / "p" / "r") == [(1, 0), (4, 1), (7, 2)]


def test_hugging_face_trains_again_and_counts_epochs_of_data_without_a_length(tmp_path: Path) -> None:
    script = """
import demo.huggingface_trainer as demo
from torch.utils.data import IterableDataset
from tensorboard_candles.integrations.huggingface import CandlesCallback
data = demo.Sentences(tuple(part[:96] for part in demo.digits.load(1).train))
class Stream(IterableDataset):
    def __iter__(self):
        return (data[at] for at in range(96))
arguments = demo.TrainingArguments(
    sys.argv[1] + "/out", max_steps=6, per_device_train_batch_size=32, report_to="none", save_steps=4,
    use_cpu=True, logging_steps=1, logging_nan_inf_filter=False)
callback = CandlesCallback(project="p", logdir=sys.argv[1])
trainer = demo.Trainer(demo.BertForSequenceClassification(demo.TINY), arguments, train_dataset=Stream(),
                       callbacks=[callback])
runs = []
for more in ({}, {}, {"resume_from_checkpoint": sys.argv[1] + "/out/checkpoint-4"}):
    trainer.train(**more)
    runs.append(callback._training.tracker.run)
print(json.dumps(runs))
"""
    first, second, third = run(WHERE + script, tmp_path)
    assert first != second == third
    for name in (first, second):
        run_dir = tmp_path / "p" / name
        assert {step for tag, step, _ in points(run_dir) if tag == "train/loss"} == set(range(1, 7))
    assert epoch_marks(tmp_path / "p" / first) == [(1, 0), (4, 1)]


@pytest.mark.parametrize(
    ("steps", "warns"), [("logging_steps=1, logging_nan_inf_filter=False", False), ("", True)]
)
def test_hugging_face_that_would_hand_over_averages_is_told(steps: str, warns: bool, tmp_path: Path) -> None:
    script = f"""
import logging, io
said = io.StringIO()
logging.getLogger("tensorboard_candles").addHandler(logging.StreamHandler(said))
import demo.huggingface_trainer as demo
from tensorboard_candles.integrations.huggingface import CandlesCallback
data = demo.Sentences(tuple(part[:64] for part in demo.digits.load(1).train))
arguments = demo.TrainingArguments(sys.argv[1] + "/out", num_train_epochs=1, use_cpu=True,
                                   report_to="none", save_strategy="no", {steps})
demo.Trainer(demo.BertForSequenceClassification(demo.TINY), arguments, train_dataset=data,
             callbacks=[CandlesCallback(**where)]).train()
print(json.dumps(said.getvalue()))
"""
    assert ("logging_steps=1" in run(WHERE + script, tmp_path)) is warns


XGBOOST = (
    WHERE
    + """
import demo.xgboost_rounds as demo
from tensorboard_candles.integrations.xgboost import CandlesCallback
import xgboost
data = demo.digits.load(1)
train, val = xgboost.DMatrix(*data.train), xgboost.DMatrix(*data.validation)
"""
)


def test_xgboost_goes_on_in_its_rounds_and_is_scikit_learns_too(tmp_path: Path) -> None:
    script = """
def boost(**more):
    return xgboost.train(demo.PARAMS, train, 5, evals=[(val, "val")], verbose_eval=False,
                         callbacks=[CandlesCallback(**where)], **more)
first = boost()
second = boost(xgb_model=first)
logged = CandlesCallback(project="sklearn", logdir=sys.argv[1], run="r")
model = xgboost.XGBClassifier(n_estimators=3, callbacks=[logged])
model.fit(*data.train, eval_set=[data.validation], verbose=False)
print(json.dumps([]))
"""
    run(XGBOOST + script, tmp_path)
    assert [step for step, _ in values(tmp_path, "val/mlogloss")] == list(range(10))
    tags = {tag for tag, _, _ in points(tmp_path / "sklearn" / "r")}
    assert tags == {"validation_0/mlogloss"}


def test_cross_validation_of_xgboost_logs_mean_and_deviation(tmp_path: Path) -> None:
    script = """
result = xgboost.cv(demo.PARAMS, train, 4, nfold=3, as_pandas=False, callbacks=[CandlesCallback(**where)])
print(json.dumps([result["test-mlogloss-mean"], result["test-mlogloss-std"]]))
"""
    mean, std = run(XGBOOST + script, tmp_path)
    assert [value for _, value in values(tmp_path, "test/mlogloss")] == pytest.approx(mean)
    assert [value for _, value in values(tmp_path, "test/mlogloss/std")] == pytest.approx(std)


LIGHTGBM = (
    WHERE
    + """
import demo.lightgbm_rounds as demo
from tensorboard_candles.integrations.lightgbm import CandlesCallback
import lightgbm
data = demo.digits.load(1)
sets = lambda: [lightgbm.Dataset(*part, free_raw_data=False) for part in (data.train, data.validation)]
"""
)


def test_lightgbm_goes_on_in_its_rounds_and_logs_the_round_that_stops_it(tmp_path: Path) -> None:
    script = """
first = lightgbm.train(demo.PARAMS, sets()[0], 5)
train, val = sets()
rounds = []
lightgbm.train(demo.PARAMS, train, 500, valid_sets=[val], valid_names=["val"], init_model=first, callbacks=[
    lightgbm.early_stopping(3, verbose=False), CandlesCallback(**where),
    lambda env: rounds.append(env.iteration)])
print(json.dumps(rounds))
"""
    rounds = run(LIGHTGBM + script, tmp_path)
    steps = [step for step, _ in values(tmp_path, "val/multi_logloss")]
    assert steps[: len(rounds)] == rounds
    assert steps[0] == 5
    assert len(steps) < 500
    said = [
        value.tensor.string_val[0].decode()
        for event in raw_events(tmp_path / "p" / "r")
        for value in event.summary.value
        if value.tag == "candles/tags"
    ]
    assert any('"val/auc_mu": {"polarity": "higher_is_better"}' in one for one in said), said


@pytest.mark.parametrize("framework", ["xgboost", "lightgbm"])
def test_callback_that_serves_two_trainings_has_a_run_for_each(framework: str, tmp_path: Path) -> None:
    trainings = {
        "xgboost": "xgboost.train(demo.PARAMS, train, 3, evals=[(val, 'val')], callbacks=[callback])",
        "lightgbm": "lightgbm.train(demo.PARAMS, sets()[0], 3, valid_sets=sets(), callbacks=[callback])",
    }
    script = f"""
callback = CandlesCallback(project="p", logdir=sys.argv[1])
for _ in range(2):
    {trainings[framework]}
print(json.dumps([]))
"""
    run({"xgboost": XGBOOST, "lightgbm": LIGHTGBM}[framework] + script, tmp_path)
    runs = list((tmp_path / "p").iterdir())
    assert len(runs) == 2
    for run_dir in runs:
        assert sorted({step for _, step, _ in points(run_dir)}) == [0, 1, 2]


def test_cross_validation_of_lightgbm_logs_mean_and_deviation(tmp_path: Path) -> None:
    script = """
result = lightgbm.cv(demo.PARAMS, sets()[0], 4, nfold=3, callbacks=[CandlesCallback(**where)])
print(json.dumps([result["valid multi_logloss-mean"], result["valid multi_logloss-stdv"]]))
"""
    mean, std = run(LIGHTGBM + script, tmp_path)
    assert [value for _, value in values(tmp_path, "valid/multi_logloss")] == pytest.approx(mean)
    assert [value for _, value in values(tmp_path, "valid/multi_logloss/std")] == pytest.approx(std)
