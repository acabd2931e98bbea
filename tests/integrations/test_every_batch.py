"""The examples of demo/ train tiny models through every framework; TensorBoard then has every batch."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.integrations.scripts import run
from tests.support.server import Server, eventually

EPOCHS = 2
BATCHES = 45
ROUNDS = 10 * EPOCHS
OURS = """
import json, sys
from demo.{demo} import train
print(json.dumps(train(int(sys.argv[1]), logdir=sys.argv[2], run="r")))
"""
# Each batch's loss as Keras itself gives it for one batch, in an equal training without our callback.
KERAS_ITSELF = """
import json, sys
from demo import digits
from demo.keras_fit import BATCH_SIZE, make_model
images, labels = digits.load(1).train
model, losses = make_model(), []
for _ in range(int(sys.argv[1])):
    for start in range(0, len(labels), BATCH_SIZE):
        model.reset_metrics()
        batch = slice(start, start + BATCH_SIZE)
        losses.append(float(model.train_on_batch(images[batch], labels[batch])[0]))
print(json.dumps(losses))
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A module of demo/, what it logs and what to ask the framework itself."""

    demo: str
    project: str
    tag: str = "train/loss"
    hyperparameter: tuple[str, Any] = ("learning_rate", 1e-3)
    others: tuple[str, ...] = ()
    first_step: int = 0
    backend: str = "jax"
    has_epochs: bool = True
    recorded: str = ""
    """Prints the losses, where the example does not."""
    rtol: float = 0.0


def _keras(backend: str) -> Example:
    return Example(
        "keras_fit", "keras", hyperparameter=("optimizer.name", "adam"), backend=backend,
        others=("train/accuracy", "val/loss", "val/accuracy", "learning_rate"), recorded=KERAS_ITSELF,
        rtol=1e-4,  # a graph that is compiled for one more number may add up in another order
    )  # fmt: skip


EXAMPLES = {
    "torch": Example("torch_loop", "torch", others=("grad_norm",)),
    "lightning": Example("lightning_fit", "lightning", others=("val/accuracy", "epoch", "grad_norm")),
    "huggingface": Example(
        "huggingface_trainer", "huggingface", first_step=1, hyperparameter=("weight_decay", 0.0),
        others=("train/grad_norm", "train/learning_rate", "eval/loss"),
    ),
    "keras-tensorflow": _keras("tensorflow"),
    "keras-torch": _keras("torch"),
    "keras-jax": _keras("jax"),
    "jax": Example("jax_loop", "jax", others=("grad_norm",)),
    "sklearn": Example(
        "sklearn_loop", "scikit-learn", hyperparameter=("alpha", 1e-3), others=("val/accuracy",)
    ),
    "xgboost": Example(
        "xgboost_rounds", "xgboost", "train/mlogloss", ("max_depth", 3.0), has_epochs=False,
        others=("val/mlogloss", "train/merror", "val/merror"),
    ),
    "lightgbm": Example(
        "lightgbm_rounds", "lightgbm", "train/multi_logloss", ("num_leaves", 7.0), has_epochs=False,
        others=("val/multi_logloss", "train/auc_mu", "val/auc_mu"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXAMPLES)
def test_every_batch_comes_back_over_http(
    name: str, tmp_path: Path, tensorboard_server: Callable[..., Server]
) -> None:
    example = EXAMPLES[name]
    losses = run(OURS.format(demo=example.demo), EPOCHS, tmp_path, backend=example.backend)
    if example.recorded:
        losses = run(example.recorded, EPOCHS, backend=example.backend)
    steps = BATCHES * EPOCHS if example.has_epochs else ROUNDS
    assert len(losses) == steps

    server = tensorboard_server(tmp_path)
    where = f"{example.project}/r"
    server.wait_loaded(run=where, tag=example.tag, points=steps)
    found = server.values(where, example.tag)
    assert list(found) == list(range(example.first_step, example.first_step + steps))
    np.testing.assert_allclose(list(found.values()), np.float32(losses), rtol=example.rtol)
    assert losses[-1] < losses[0]

    assert set(example.others) <= {tag["tag"] for tag in server.runs()[where]["tags"]}
    assert server.runs()[where]["has_epochs"] is example.has_epochs
    if example.has_epochs:
        (series,) = server.get_json("candles", run=where, tag=example.tag, by="epochs")["candles"]
        assert series["columns"]["x"] == list(range(EPOCHS))
        assert series["columns"]["count"] == [BATCHES] * EPOCHS
    name_, value = example.hyperparameter
    assert hyperparameters(server)[name_] == value


def hyperparameters(server: Server) -> dict[str, Any]:
    """What the HParams tab shows of the only run."""
    asked = {
        "startIndex": 0, "sliceSize": 10, "colParams": [],
        "allowedStatuses": ["STATUS_UNKNOWN", "STATUS_SUCCESS", "STATUS_FAILURE", "STATUS_RUNNING"],
    }  # fmt: skip

    def groups() -> Any:
        answer = server.request(
            "data/plugin/hparams/session_groups", method="POST", data=json.dumps(asked).encode(),
            headers={"Content-Type": "application/json"},
        )  # fmt: skip
        return answer.json().get("sessionGroups") if answer.status == 200 else None

    (group,) = eventually(groups, what="the HParams tab's data")
    shown: dict[str, Any] = group["hparams"]
    return shown
