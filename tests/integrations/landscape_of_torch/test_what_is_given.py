"""What a landscape of a torch model is given, in which forms, and what is refused."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import Tracker, landscape
from tensorboard_candles.analysis.landscape import Landscape
from tensorboard_candles.errors import BadRequest
from tests.integrations.landscape_of_torch.models import (
    IMAGES,
    QUIET,
    Convolutions,
    Snapshot,
    classifier,
    cross_entropy,
    examples,
    nn,
    torch,
)
from tests.writer.reading import raw_events


def test_loader_batches_and_tensors_give_the_same_mean() -> None:
    model, (inputs, targets) = classifier(40, 8, 3), examples(21, 40, 3)
    dataset = torch.utils.data.TensorDataset(inputs, targets)
    rows = torch.split(torch.arange(21), 4)
    ways: list[Any] = [
        (inputs, targets),
        torch.utils.data.DataLoader(dataset, batch_size=4, shuffle=True),
        [(inputs[some], targets[some]) for some in rows],
        ((inputs[some], targets[some]) for some in rows),
        (inputs.numpy(), targets.numpy()),
    ]
    found = [landscape(model, cross_entropy, way, points=(5, 5), **QUIET) for way in ways]
    found.append(landscape(model, cross_entropy, ways[0], batch_size=4, points=(5, 5), **QUIET))
    for one in found[1:]:
        assert one.loss == pytest.approx(found[0].loss, rel=1e-5)
        assert one.about.samples == 21
        assert one.about.sharpness == pytest.approx(found[0].about.sharpness, rel=1e-3)


def test_data_that_are_too_much_to_keep_are_read_again(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard_candles.integrations.landscape import torch_batches

    model, (inputs, targets) = classifier(40, 8, 3), examples(21, 40, 3)

    class Batches:
        passes = 0

        def __iter__(self) -> Iterator[Any]:
            self.passes += 1
            return iter([(inputs[:9], targets[:9]), (inputs[9:], targets[9:])])

    kept = landscape(model, cross_entropy, Batches(), points=(3, 3), **QUIET)
    monkeypatch.setattr(torch_batches, "MOST_KEPT_BYTES", 100)
    batches = Batches()
    found = landscape(model, cross_entropy, batches, points=(3, 3), **QUIET)
    assert batches.passes > 9
    assert found.loss == pytest.approx(kept.loss, rel=1e-5)


def test_model_that_gives_its_own_loss_takes_mappings() -> None:
    class Own(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(4, 2)

        def forward(self, inputs: Any, labels: Any) -> Any:
            return {"loss": cross_entropy(self.inner(inputs), labels)}

    model, (inputs, targets) = Own(), examples(12, 4, 2)
    found = landscape(model, None, {"inputs": inputs, "labels": targets}, points=(3, 3), **QUIET)
    same = landscape(model.inner, cross_entropy, (inputs, targets), points=(3, 3), **QUIET)
    assert found.loss == pytest.approx(same.loss)


@pytest.mark.parametrize("suffix", [".pt", ".safetensors"])
@pytest.mark.parametrize("wrap", [lambda state: state, lambda state: {"model_state_dict": state, "epoch": 3}])
def test_checkpoints_are_read_from_files(suffix: str, wrap: Callable[[Any], Any], tmp_path: Path) -> None:
    model, data = classifier(5, 6, 2), examples(30, 5, 2)
    optimizer = torch.optim.SGD(model.parameters(), lr=0.5)
    states, paths = [], []
    for step in range(6):
        optimizer.zero_grad()
        cross_entropy(model(data[0]), data[1]).backward()
        optimizer.step()
        states.append({f"module.{name}": one.clone() for name, one in model.state_dict().items()})
        paths.append(tmp_path / f"{step}{suffix}")
        if suffix == ".pt":
            torch.save(wrap(states[-1]), paths[-1])
        else:
            from safetensors.torch import save_file

            save_file(states[-1], paths[-1])
    model.zero_grad()
    settings: dict[str, Any] = {"directions": "pca", "points": (7, 7), "eigenvalues": 0, **QUIET}
    found = landscape(model, cross_entropy, data, checkpoints=paths, **settings)
    same = landscape(model, cross_entropy, data, checkpoints=states, **settings)
    assert found.trajectory is not None
    assert same.trajectory is not None
    assert found.trajectory.at.tolist() == same.trajectory.at.tolist()
    assert found.trajectory.at[-1] == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found.trajectory.loss[-1] == pytest.approx(found.about.centre_loss)
    assert list(found.trajectory.loss) == sorted(found.trajectory.loss, reverse=True)


def test_trajectory_loss_is_with_the_checkpoints_own_statistics() -> None:
    model = Convolutions()
    earlier = copy.deepcopy(model)
    earlier.norm.running_mean += 0.5
    with torch.no_grad():
        wanted = float(cross_entropy(copy.deepcopy(earlier).eval()(IMAGES[0]), IMAGES[1]))
    found = landscape(model, cross_entropy, IMAGES, points=(3,), checkpoints=[earlier.state_dict()], **QUIET)
    assert found.trajectory is not None
    assert found.trajectory.loss[0] == pytest.approx(wanted, rel=1e-6)
    assert found.about.centre_loss != pytest.approx(wanted, rel=1e-3)


@pytest.mark.parametrize(
    "wrap",
    [lambda model: torch.compile(model, backend="eager"), nn.DataParallel, torch.jit.script],
    ids=["compiled", "parallel", "scripted"],
)
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_wrapped_model_has_the_landscape_of_the_model(wrap: Callable[[Any], Any]) -> None:
    model, data = classifier(40, 8, 3), examples(21, 40, 3)
    wanted = landscape(model, cross_entropy, data, points=(5, 5), eigenvalues=0, **QUIET)
    wrapped = wrap(model)
    before = Snapshot(model)
    found = landscape(wrapped, cross_entropy, data, points=(5, 5), eigenvalues=0, **QUIET)
    before.assert_same()
    assert found.loss == pytest.approx(wanted.loss, rel=1e-5)


def test_written_to_a_tracker_it_is_read_back_from_the_event_file(tmp_path: Path) -> None:
    model, data = classifier(5, 6, 2), examples(30, 5, 2)
    with Tracker("p", logdir=tmp_path) as tracker:
        found = landscape(
            model,
            cross_entropy,
            data,
            points=(3, 3),
            tracker=tracker,
            tag="around",
            step=7,
            **QUIET,
        )
    written = [
        (event.step, value) for event in raw_events(tracker.run_dir) for value in event.summary.value
        if value.tag == "around"
    ]  # fmt: skip
    ((step, value),) = written
    assert step == 7
    assert value.metadata.plugin_data.content == b'{"kind": "landscape", "version": 1}'
    again = Landscape.from_bytes(make_ndarray(value.tensor).item())
    assert again.loss.tolist() == found.loss.tolist()
    assert again.about.framework.startswith("torch ")


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        ({"directions": "sideways"}, "directions must be random"),
        ({"normalize": "all"}, "normalize must be"),
        ({"points": 0}, "points must be"),
        ({"batch_norm": "live"}, "batch_norm must be"),
        ({"dtype": "float16"}, "dtype must be"),
        ({"batch_size": 0}, "batch_size must be > 0"),
        ({"executor": "dask"}, "executor must be ray"),
        ({"data": (torch.zeros(0, 5), torch.zeros(0))}, "no example"),
        ({"data": [torch.zeros(2, 5)]}, "inputs and targets"),
        ({"data": (torch.zeros(3, 5), torch.zeros(2)), "batch_size": 2}, "as many rows"),
        ({"checkpoints": [{"other": torch.zeros(2)}]}, "lacks 0.bias, 0.weight"),
        ({"checkpoints": [[torch.zeros(2)]]}, "4 tensors"),
        ({"checkpoints": [3]}, "a state dict or a path, got int"),
        ({"loss": lambda outputs, targets: 3}, "a tensor of floats, got int"),
        ({"data": None}, r"pass them: landscape\(model, loss, \(X, y\)\)"),
        ({"data": None, "loss": None}, "a landscape is of a model's loss on data"),
        (
            {"data": (torch.zeros(10, 5), torch.zeros(9, dtype=torch.long))},
            "outputs, 10, got 9: .*batch",
        ),
        ({"model": object()}, "a torch module or a Keras model, got object"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(settings: dict[str, Any], says: str) -> None:
    arguments = {
        "model": classifier(5, 6, 2), "loss": cross_entropy, "data": examples(10, 5, 2),
        "points": (3, 3), **QUIET, **settings,
    }  # fmt: skip
    with pytest.raises(BadRequest, match=says):
        landscape(**arguments)
