"""Torch layers whose input is the same at all points are computed once for many, and no others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tensorboard_candles import landscape
from tensorboard_candles.analysis.landscape.directions import random_directions

torch = pytest.importorskip("torch")

from tensorboard_candles.integrations.landscape.torch_network import network_of  # noqa: E402, after the skip
from tests.integrations.landscape_of_torch.models import (  # noqa: E402, after the skip
    IMAGES,
    QUIET,
    Convolutions,
    Snapshot,
    classifier,
    cross_entropy,
    examples,
    nn,
    plain_loop,
)


class Named(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """What it puts out is no tensor."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(40, 3)

    def forward(self, inputs: Any) -> Any:
        return {"logits": self.inner(inputs)}


class Centred(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """What it puts out for an example depends on the others of its batch."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Linear(40, 3)

    def forward(self, inputs: Any) -> Any:
        found = self.inner(inputs)
        return found - found.mean(0)


@pytest.mark.parametrize("batch_size", [None, 8])
@pytest.mark.parametrize(
    ("make", "data", "classes"),
    [
        (lambda: classifier(40, 36, 34, 3), examples(21, 40, 3), 3),
        (Convolutions, IMAGES, 5),
        (Centred, examples(21, 40, 3), 3),
    ],
    ids=["dense", "convolutions", "centred"],
)
def test_blocks_of_large_batches_change_nothing(
    make: Callable[[], Any], data: Any, classes: int, batch_size: int | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tensorboard_candles.integrations.landscape import torch_plane

    model, weighted = make(), nn.CrossEntropyLoss(weight=torch.arange(1.0, 1.0 + classes))
    settings: dict[str, Any] = {
        "points": (5, 5), "dtype": "float64", "eigenvalues": 0, "batch_size": batch_size, **QUIET
    }  # fmt: skip
    whole = landscape(model, weighted, data, **settings)
    monkeypatch.setattr(torch_plane, "_BLOCK_NUMBERS", 50)
    before = Snapshot(model)
    blocks = landscape(model, weighted, data, **settings)
    before.assert_same()
    assert blocks.loss == pytest.approx(whole.loss, rel=1e-12)


class Shifting(nn.Module):  # type: ignore[misc, name-defined, unused-ignore]
    """A wide layer behind another one, of whose numbers hardly anything comes through."""

    def __init__(self, through: Callable[[Any], Any]) -> None:
        super().__init__()
        self.inner, self.wide, self._through = nn.Linear(40, 40), nn.Linear(40, 3), through

    def forward(self, inputs: Any) -> Any:
        return self.wide(self._through(self.inner(inputs) + 40.0 * inputs))


def read_out(hidden: Any) -> Any:
    return torch.ones(len(hidden), 40, dtype=hidden.dtype) * (1.0 if float(hidden.sum()) > 0 else -1.0)


THROUGH: dict[str, Callable[[Any], Any]] = {
    "argmax": lambda hidden: nn.functional.one_hot(hidden.argmax(1), 40).to(hidden.dtype),
    "sign": torch.sign,
    "detach": lambda hidden: hidden.detach().round(),
    "dead ReLU": lambda hidden: torch.relu(hidden - 60.0),
    "a number": read_out,
    "a list": lambda hidden: torch.tensor(hidden.sign().tolist(), dtype=hidden.dtype),
    "written": lambda hidden: torch.zeros_like(hidden).copy_(hidden.sign()),
}


@pytest.mark.parametrize("through", THROUGH)
def test_layer_whose_input_is_the_same_at_some_points_is_not_taken_for_a_first_one(through: str) -> None:
    from tensorboard_candles.integrations.landscape.torch_first import FirstLayers

    model, (inputs, _) = Shifting(THROUGH[through]), examples(20, 40, 3)
    with torch.inference_mode():
        first = FirstLayers(model, [inputs])
        for _ in range(2):  # at the same point: no comparison of numbers could tell
            first.look(lambda: model(inputs), 1)
        try:
            first.put_in_place(lambda parameter: [parameter, parameter])
            replaced = [name for name, module in model.named_modules() if "forward" in module.__dict__]
        finally:
            first.close()
    assert replaced == ([] if through == "a number" else ["inner"])


@pytest.mark.parametrize("through", THROUGH)
def test_network_that_no_gradient_comes_through_is_what_a_plain_loop_says(through: str) -> None:
    model, data = Shifting(THROUGH[through]), examples(20, 40, 3)
    network = network_of(model, None, data)
    directions = random_directions(network.weights, network.vector(), 2, normalize="filter", seed=0)
    settings: dict[str, Any] = {"points": (7, 7), "span": 30.0, "eigenvalues": 0, "dtype": "float64", **QUIET}
    found = landscape(model, cross_entropy, data, **settings)
    wanted = plain_loop(model, cross_entropy, data, found, directions)
    assert found.loss == pytest.approx(wanted, rel=1e-9)


def test_model_that_puts_out_no_tensor_is_given_whole_batches(monkeypatch: pytest.MonkeyPatch) -> None:
    from tensorboard_candles.integrations.landscape import torch_plane

    def loss(outputs: Any, targets: Any) -> Any:
        return cross_entropy(outputs["logits"], targets)

    monkeypatch.setattr(torch_plane, "_BLOCK_NUMBERS", 50)
    model, data = Named(), examples(21, 40, 3)
    found = landscape(model, loss, data, points=(5, 5), **QUIET)
    same = landscape(model.inner, cross_entropy, data, points=(5, 5), **QUIET)
    assert found.loss == pytest.approx(same.loss, rel=1e-5)
