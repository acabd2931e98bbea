"""Whose arguments a run has."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tensorboard_candles.analysis.hyperparameters.givers import Family
from tensorboard_candles.events import Points
from tensorboard_candles.events.arguments import Argument
from tensorboard_candles.events.arguments import Value as ArgumentValue
from tensorboard_candles.store import RunView, Series


def run(
    name: str, tags: dict[str, int], *, at: float = 0.0, source: str = "hparams", **given: object
) -> RunView:
    """With as many points under each tag, and what it was given."""
    series = {
        tag: Series.of(name, tag, Points(np.arange(count), at + np.arange(float(count)), np.ones(count)))
        for tag, count in tags.items()
    }
    nothing = Points(np.empty(0, np.int64), np.empty(0), np.empty(0))
    arguments = {key: Argument(_value(value), source) for key, value in given.items()}
    return replace(RunView.of(name, "1", series, nothing), arguments=arguments)


def _value(value: object) -> ArgumentValue:
    assert value is None or isinstance(value, str | bool | int | float)
    return value


def family(*runs: RunView) -> Family:
    return Family({one.name: one for one in runs}.get, lambda: runs)


def givers(*runs: RunView) -> dict[str, str]:
    return {view.name: giver.name for view, giver in family(*runs).givers(runs)}


def trials(*runs: RunView, tag: str) -> dict[str, str]:
    having = [one for one in runs if tag in one.series]
    return {view.name: giver.name for view, giver in family(*runs).trials(having, tag)}


TRAINED = run("lr0.01", {"loss": 100, "accuracy": 10})
NOTE = run("lr0.01/1795", {"hparam/accuracy": 1, "accuracy": 1}, at=500.0, lr=0.01)


def test_what_torch_notes_below_a_run_is_what_that_run_was_given() -> None:
    assert givers(TRAINED, NOTE) == {"lr0.01": "lr0.01/1795", "lr0.01/1795": "lr0.01/1795"}


def test_runs_below_a_run_with_a_note_have_its_arguments() -> None:
    assert (
        givers(TRAINED, NOTE, run("lr0.01/losses_train", {"losses": 9}))["lr0.01/losses_train"] == NOTE.name
    )


def test_a_run_and_its_notes_are_one_trial_whichever_of_their_tags_is_asked_for() -> None:
    assert trials(TRAINED, NOTE, tag="loss") == {"lr0.01": NOTE.name}
    assert trials(TRAINED, NOTE, tag="accuracy") == {"lr0.01": NOTE.name}
    assert trials(TRAINED, NOTE, tag="hparam/accuracy") == {NOTE.name: NOTE.name}
    both = family(TRAINED, NOTE).trials([TRAINED, NOTE], "hparam/accuracy")
    assert [view.name for view, _ in both] == [NOTE.name]


def test_of_several_notes_that_agree_the_newest_counts() -> None:
    newer = run("lr0.01/0later", {"hparam/accuracy": 1}, at=900.0, lr=0.01, seed=3)
    assert givers(TRAINED, NOTE, newer)["lr0.01"] == newer.name
    assert trials(TRAINED, NOTE, newer, tag="hparam/accuracy") == {newer.name: newer.name}


@pytest.mark.parametrize(
    "others",
    [
        [NOTE, run("lr0.01/1796", {"accuracy": 1}, lr=0.3)],  # they contradict each other: a search
        [run("lr0.01/1796", {"accuracy": 2}, lr=0.3)],  # a training of its own
        [run("lr0.01/1796", {"accuracy": 1}, source="args/text_summary", lr=0.3)],
        [run("lr0.01/deep/1796", {"accuracy": 1}, lr=0.3)],
    ],
)
def test_runs_below_that_are_no_notes_keep_their_arguments_for_themselves(others: list[RunView]) -> None:
    assert givers(TRAINED, *others)["lr0.01"] == "lr0.01"
    assert list(trials(TRAINED, *others, tag="accuracy")) == ["lr0.01", *(one.name for one in others)]


def test_a_run_with_arguments_of_its_own_or_from_above_takes_none_from_below() -> None:
    own = replace(TRAINED, arguments={"lr": Argument(0.5, "hparams")})
    assert givers(own, NOTE)["lr0.01"] == "lr0.01"
    root = run(".", {"loss": 1}, lr=7)
    assert givers(root, TRAINED, NOTE)["lr0.01"] == "."


def test_runs_are_only_listed_where_one_has_no_arguments() -> None:
    def unwanted() -> list[RunView]:
        raise AssertionError("nobody needs all runs")

    assert Family(lambda _: None, unwanted).givers([NOTE]) == [(NOTE, NOTE)]
