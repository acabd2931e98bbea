"""The diagram of the system is that of the code."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import tensorboard_candles
from tensorboard_candles.figures import TrainingVisualizer
from tensorboard_candles.figures.architecture import BOXES, hand_ons
from tests.test_layers import FLOW

PACKAGE = Path(tensorboard_candles.__path__[0])


def test_layers_hand_on_in_the_order_that_imports_keep() -> None:
    pairs = {(before.name, behind.name) for before, behind in hand_ons()}
    layers = FLOW[: FLOW.index("api") + 1]
    assert set(pairwise(layers)) <= pairs


def test_every_part_of_the_reader_is_a_room_of_the_package() -> None:
    rooms = [box.name for box in BOXES if box.process == "TensorBoard"] + ["writer", "figures"]
    assert [name for name in rooms if not (PACKAGE / name / "__init__.py").exists()] == []


def test_every_part_is_drawn_and_every_hand_on_is_an_arrow() -> None:
    drawn = TrainingVisualizer({"loss": [1.0]}).plot_system_architecture()
    assert len(drawn.layout.shapes) == len(drawn.data[0].text) == len(BOXES)
    assert sum(one.showarrow is True for one in drawn.layout.annotations) == len(hand_ons())
    assert len({(box.column, box.row) for box in BOXES}) == len(BOXES)
