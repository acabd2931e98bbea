"""Another learning rate while a schedule of torch goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from tensorboard_candles.control.forms import Command
from tensorboard_candles.integrations.learning_rates import LEAST_SHARE, scale
from tensorboard_candles.integrations.training import Training

torch = pytest.importorskip("torch")


def rates(factor_at_step_3: float) -> list[float]:
    """Of ten steps: two that warm up, and then a decay, scaled after the third."""
    optimizer = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=1.0)
    schedules = torch.optim.lr_scheduler
    parts = [
        schedules.LambdaLR(optimizer, lambda step: (step + 1) / 3),
        schedules.LambdaLR(optimizer, lambda step: 0.9**step),
    ]
    scheduler = schedules.SequentialLR(optimizer, parts, milestones=[2])
    found = []
    for step in range(10):
        optimizer.step()
        if step == 3:
            scale([optimizer], [scheduler], factor_at_step_3)
        found.append(optimizer.param_groups[0]["lr"])
        scheduler.step()
    return found


def test_schedules_within_a_schedule_go_on_from_the_new_rate() -> None:
    before, after = rates(1.0), rates(0.1)
    assert after == pytest.approx([*before[:3], *(0.1 * rate for rate in before[3:])])


def test_a_rate_of_which_nothing_leads_back_is_refused(tmp_path: Path) -> None:
    training = Training(None, {"project": "p", "logdir": tmp_path, "control": False})
    taken: list[float] = []
    training.learns_at(0.1, taken.append, least=LEAST_SHARE * 0.1)
    control, said = training.tracker._control, []
    control.finish = lambda command, state, message, words: said.append(state)
    for value in (0.0, 0.05):
        control.hand(Command("00ff" * 4, "12ab" * 4, "set", name="learning_rate", value=value))
        training.at_batch(1)
    assert (said, taken) == (["refused", "done"], [0.05])
