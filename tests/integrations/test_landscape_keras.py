"""Landscapes of Keras models, in each of its backends: those of the same model in torch."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles import landscape
from tests.integrations.scripts import run

torch = pytest.importorskip("torch")
nn = torch.nn

BEGIN = """
import json, sys
from pathlib import Path
import keras, numpy as np
from tensorboard_candles import landscape
from tensorboard_candles.errors import BadRequest
from tensorboard_candles.integrations.landscape.keras_network import network_of

keras.utils.set_random_seed(1)
layers = keras.layers
model = keras.Sequential([
    keras.Input((6, 6, 2)), layers.Conv2D(4, 3, padding="same", use_bias=False),
    layers.BatchNormalization(epsilon=1e-5), layers.ReLU(), layers.Dropout(0.5),
    layers.GlobalAveragePooling2D(), layers.Dense(5, activation="tanh"), layers.Dense(3),
])
draw = np.random.default_rng(1)
images, labels = draw.normal(size=(48, 6, 6, 2)).astype("float32"), draw.integers(0, 3, 48)
loss = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
model.compile("sgd", loss)
where = Path(sys.argv[1])
paths = []
for epoch in range(4):
    model.fit(images, labels, epochs=2, batch_size=16, verbose=0)
    paths.append(str(where / f"{epoch}.weights.h5"))
    model.save_weights(paths[-1])
quiet = {"progress": False, "cache": False, "eigenvalues": 0}
def state():
    return [np.array(keras.ops.convert_to_numpy(one)).tobytes()
            for one in [*model.variables, *model.optimizer.variables]]
before = state()
"""

SURFACES = """
import cloudpickle
size = sum(int(np.prod(one.shape)) for one in model.trainable_variables)
given = [draw.normal(size=size), draw.normal(size=size)]
found = {"fingerprints": []}
for name, more in {"frozen": {}, "filter": {"normalize": "filter"}, "batches": {"batch_size": 20},
                   "recalibrate": {"batch_norm": "recalibrate"}}.items():
    found[name] = landscape(model, None, (images, labels), directions=given, span=0.3, points=5,
                            **{"normalize": "none", **quiet, **more}).loss.tolist()
anew = landscape(model, None, (images, labels), directions=given, span=0.3, points=3,
                 batch_norm="recalibrate", **quiet)
other = keras.Sequential([keras.Input((4,)), layers.Dense(2)])
refused = []
for checkpoint in (other, [np.zeros(3)], where / "nothing.weights.h5"):
    try:
        network_of(model, loss, (images, labels)).vector_of(checkpoint)
    except BadRequest as error:
        refused.append(str(error))
pca = landscape(model, "sparse_categorical_crossentropy", [(images, labels)], directions="pca",
                checkpoints=paths, points=3, **quiet)
sharp = landscape(model, loss, (images, labels), points=(1,), **{**quiet, "eigenvalues": 2})
network = network_of(model, loss, (images, labels))
again = cloudpickle.loads(cloudpickle.dumps(network))
found |= {
    "evaluated": model.evaluate(images, labels, verbose=0), "centre": sharp.about.centre_loss,
    "eigenvalues": sharp.eigenvalues.tolist(), "residuals": sharp.eigenvalue_residuals.tolist(),
    "distance": pca.trajectory.distance.tolist(), "last": pca.trajectory.at[-1].tolist(),
    "same": state()[: len(model.weights)] == before[: len(model.weights)],
    "anew": [anew.about.centre_loss, anew.loss[1, 1]], "refused": refused,
    "again": again.loss_of(None), "roles": [one.role for one in network.weights],
    "fingerprints": [network.fingerprint, again.fingerprint],
}
np.savez(where / "given.npz", *given)
np.savez(where / "weights.npz", *model.get_weights())
np.savez(where / "data.npz", images, labels)
print(json.dumps(found))
"""

EXCEPTIONS = """
class Unkind(Exception):
    pass
calls = []
def failing(y_true, y_pred):
    calls.append(1)
    if len(calls) > 2:
        raise Unkind
    return loss(y_true, y_pred)
raised = 0
for options in ({}, {"batch_norm": "recalibrate"}, {"checkpoints": [paths[0], where / "nothing.weights.h5"]}):
    calls.clear()
    for size in (7, 11):  # each is traced anew
        try:
            batches = [(images[:some], labels[:some]) for some in (size, size + 1, size + 2)]
            landscape(model, failing, batches, points=3, **{**quiet, **options})
        except (Unkind, BadRequest):
            raised += 1
norm = next(one for one in model.layers if isinstance(one, layers.BatchNormalization))
print(json.dumps([raised, state() == before, "call" in vars(norm)]))
"""


@pytest.fixture(scope="module", params=["tensorflow", "torch", "jax"])
def found(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    where = tmp_path_factory.mktemp(request.param)
    answer: dict[str, Any] = run(BEGIN + SURFACES, where, backend=request.param)
    return {**answer, "where": where}


@pytest.mark.parametrize("name", ["frozen", "filter", "batches"])
def test_surface_is_that_of_the_same_net_in_torch(found: dict[str, Any], name: str) -> None:
    normalize: Any = "filter" if name == "filter" else "none"
    wanted = in_torch(found["where"], normalize=normalize)
    np.testing.assert_allclose(found[name], wanted.loss, rtol=1e-5)
    assert np.ptp(wanted.loss) > 0.01


def test_statistics_measured_anew_are_those_of_torch(found: dict[str, Any]) -> None:
    """Torch keeps the unbiased variance: of 48 · 36 values it is more by 0.06%."""
    wanted = in_torch(found["where"], batch_norm="recalibrate")
    np.testing.assert_allclose(found["recalibrate"], wanted.loss, rtol=2e-3)
    assert not np.allclose(found["recalibrate"], found["frozen"], rtol=1e-2)


def test_the_centre_is_measured_anew_where_all_of_the_plane_is(found: dict[str, Any]) -> None:
    centre, on_grid = found["anew"]
    assert centre == pytest.approx(on_grid, rel=1e-6)
    assert centre != pytest.approx(found["centre"], rel=1e-3)


def test_what_is_no_checkpoint_of_the_model_is_refused_in_words(found: dict[str, Any]) -> None:
    assert len(found["refused"]) == 3
    assert all("no checkpoint" in words for words in found["refused"])


def test_eigenvalues_are_those_of_the_same_net_in_torch(found: dict[str, Any]) -> None:
    wanted = in_torch(found["where"], eigenvalues=2)
    assert found["eigenvalues"] == pytest.approx(wanted.eigenvalues, rel=1e-3)
    assert max(found["residuals"]) < 1e-2 * found["eigenvalues"][0]


def test_centre_is_what_keras_evaluates(found: dict[str, Any]) -> None:
    assert found["centre"] == pytest.approx(found["evaluated"], rel=1e-5)
    assert found["again"] == found["centre"]


def test_scales_and_shifts_of_norms_and_biases_are_known(found: dict[str, Any]) -> None:
    assert found["roles"] == ["weight", "norm", "norm", "weight", "bias", "weight", "bias"]


def test_last_checkpoint_is_the_centre(found: dict[str, Any]) -> None:
    assert found["last"] == pytest.approx([0, 0], abs=1e-6)
    assert found["distance"][-1] == pytest.approx(0, abs=1e-6)
    assert len(found["distance"]) == 4


def test_model_is_as_it_was_and_so_is_its_copy(found: dict[str, Any]) -> None:
    assert found["same"]
    assert found["fingerprints"][0] == found["fingerprints"][1]


@pytest.mark.parametrize("backend", ["tensorflow", "torch", "jax"])
def test_model_is_as_it_was_after_an_exception(backend: str, tmp_path: Path) -> None:
    raised, is_same, is_patched = run(BEGIN + EXCEPTIONS, tmp_path, backend=backend)
    assert raised == 6
    assert is_same
    assert not is_patched


def in_torch(where: Path, **options: Any) -> Any:
    """The landscape of the same net, weights and directions, as torch lays them out."""
    weights, given, data = (
        list(np.load(where / f"{name}.npz").values()) for name in ("weights", "given", "data")
    )
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 5), nn.Tanh(), nn.Linear(5, 3),
    )  # fmt: skip
    kernel, gamma, beta, mean, variance, *dense = weights
    state = [kernel, gamma, beta, mean, variance, np.array(0), *dense]
    names = list(model.state_dict())
    model.load_state_dict({name: torch.tensor(laid_out(one)) for name, one in zip(names, state, strict=True)})
    trained = [kernel, gamma, beta, *dense]
    ends = np.cumsum([one.size for one in trained])[:-1]
    directions = [
        np.concatenate([
            laid_out(part.reshape(one.shape)).ravel()
            for part, one in zip(np.split(direction, ends), trained, strict=True)
        ])
        for direction in given
    ]  # fmt: skip
    images, labels = torch.tensor(data[0].transpose(0, 3, 1, 2)), torch.tensor(data[1])
    return landscape(
        model, nn.functional.cross_entropy, (images, labels), directions=directions, span=0.3, points=5,
        **{"normalize": "none", "eigenvalues": 0, "progress": False, "cache": False, **options},
    )  # fmt: skip


def laid_out(tensor: Any) -> Any:
    """(height, width, in, out) as (out, in, height, width); (in, out) as (out, in)."""
    return {4: lambda: tensor.transpose(3, 2, 0, 1), 2: lambda: tensor.T}.get(tensor.ndim, lambda: tensor)()
