"""A landscape of a formula is the formula; what was computed is kept."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tensorboard_candles.analysis.landscape import Landscape, Weight
from tensorboard_candles.analysis.landscape.plan import Plan
from tensorboard_candles.analysis.landscape.survey import survey
from tensorboard_candles.errors import BadRequest, Cancelled, NoCurvature
from tests.analysis.landscape.bowl import Bowl, hessian_of

VALUES = [9.0, 4.0, 2.0, 0.5, 0.25, -1.0]


def bowl() -> Bowl:
    return Bowl(hessian_of(VALUES), np.array([0.3, -0.2, 0.5, 0.1, 0.9, -0.4]), np.full(6, 0.1))


@pytest.mark.parametrize("points", [(7,), (5, 3), (3, 4, 5)])
def test_surface_of_a_quadratic_is_the_quadratic(points: tuple[int, ...]) -> None:
    model = bowl()
    given = np.random.default_rng(1).standard_normal((len(points), 6))
    found = survey(model, Plan(kind="given", points=points, span=0.7), given=list(given))
    assert found.loss.shape == points
    for place in np.ndindex(*points):
        at = np.array([axis[index] for axis, index in zip(found.axes, place, strict=True)])
        assert found.loss[place] == pytest.approx(model.formula(model.at + at @ given), rel=1e-12)
    assert all(axis[0] == -0.7 and axis[-1] == 0.7 for axis in found.axes)


def test_middle_of_the_grid_is_the_loss_of_the_model() -> None:
    found = survey(bowl(), Plan(points=(5, 7)))
    assert found.axes[0][2] == found.axes[1][3] == 0.0
    assert found.loss[2, 3] == found.about.centre_loss == bowl().loss_of(None)


def test_directions_of_the_hessian_are_its_eigenvectors_and_sharpness_is_its_largest_eigenvalue() -> None:
    model = bowl()
    found = survey(model, Plan(kind="hessian", points=(3, 3), eigenvalues=4))
    assert found.eigenvalues == pytest.approx(VALUES[:4], rel=1e-9)
    assert found.eigenvalue_residuals is not None
    assert found.eigenvalue_residuals.max() < 1e-8
    assert found.about.sharpness == pytest.approx(9.0)
    # f(x) + f(-x) - 2 f(0) along a unit eigenvector is its eigenvalue
    curvature = found.loss[2, 1] + found.loss[0, 1] - 2 * found.loss[1, 1]
    assert curvature == pytest.approx(9.0, rel=1e-9)
    assert found.loss[1, 2] + found.loss[1, 0] - 2 * found.loss[1, 1] == pytest.approx(4.0, rel=1e-9)


def test_principal_components_of_a_descent_hold_its_way_and_warn_that_noise_has_such_ones_too() -> None:
    model = Bowl(hessian_of([5.0, 1.0, 0.2]), np.zeros(3), floor=0.0)
    at, way = np.array([3.0, -2.0, 1.0]), []
    for _ in range(60):
        way.append(at)
        at = at - 0.1 * model.hessian @ at
    model.at = at
    found = survey(
        model, Plan(kind="pca", points=(9, 9)), checkpoints=dict(zip(range(0, 600, 10), way, strict=True))
    )
    assert found.trajectory is not None
    assert found.trajectory.step.tolist() == list(range(0, 600, 10))
    assert found.trajectory.loss == pytest.approx([model.formula(one) for one in way])
    assert found.explained_variance is not None
    differences = np.array(way) - at
    spread = np.linalg.svd(differences - differences.mean(0), compute_uv=False) ** 2
    assert found.explained_variance == pytest.approx((spread / spread.sum())[:2])
    lengths = np.hypot(np.linalg.norm(found.trajectory.at, axis=1), found.trajectory.distance)
    assert lengths == pytest.approx(np.linalg.norm(differences, axis=1))
    for axis, along in zip(found.axes, found.trajectory.at.T, strict=True):
        assert axis[0] < along.min()
        assert along.max() < axis[-1]
        assert 0.0 in axis
    assert [one for one in found.about.warnings if "random walk" in one]


def test_checkpoints_are_projected_on_whatever_directions_there_are() -> None:
    model = bowl()
    first, second = np.eye(6)[0] * 2, np.eye(6)[1]
    away = np.array([1.0, 3.0, 0, 0, 0, 2.0])
    found = survey(
        model, Plan(kind="given", points=(3, 3)), given=[first, second], checkpoints=[model.at + away]
    )
    assert found.trajectory is not None
    assert found.trajectory.at.tolist() == [pytest.approx([0.5, 3.0])]
    assert found.trajectory.distance.tolist() == pytest.approx([2.0])


def test_sharpness_within_epsilon_and_the_minimum_are_those_of_the_surface() -> None:
    model = Bowl(np.eye(2), np.zeros(2), np.array([0.5, 0.0]), floor=1.0)
    plan = Plan(kind="given", points=(9, 9), epsilon=0.25)
    found = survey(model, plan, given=list(np.eye(2)))
    centre = 1 + 0.5**2 / 2
    worst = 1 + (0.75**2 + 0.25**2) / 2
    assert found.about.epsilon_sharpness == pytest.approx(100 * (worst - centre) / (1 + centre))
    assert found.about.minimum == pytest.approx(1.0)
    assert found.about.minimum_at == pytest.approx((0.5, 0.0))


class Cliff(Bowl):
    """Not finite on one side, as a training that diverged."""

    def formula(self, weights: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
        return float("inf") if weights[0] > 0.35 else super().formula(weights)


@pytest.mark.parametrize(("floor", "told"), [(-0.5, True), (-1.0, False), (-3.0, False)])
def test_a_loss_of_minus_1_or_less_has_no_sharpness_in_percent_and_words_say_so(
    floor: float, told: bool
) -> None:
    about = survey(
        Bowl(np.eye(4), np.zeros(4), floor=floor), Plan(normalize="none", points=(3, 3), eigenvalues=0)
    ).about
    assert (about.epsilon_sharpness > 0) is told
    assert np.isnan(about.epsilon_sharpness) is not told
    assert any("no ε-sharpness" in warning for warning in about.warnings) is not told


def test_loss_that_is_not_finite_is_nan_and_told() -> None:
    model = Cliff(np.eye(2), np.zeros(2))
    found = survey(model, Plan(kind="given", points=(5,)), given=[np.array([1.0, 0.0])])
    assert np.isnan(found.loss).tolist() == [False, False, False, True, True]
    assert found.about.warnings == ("The loss is not finite at 2 of 5 points.",)
    assert Landscape.from_bytes(found.to_bytes()).about.minimum == pytest.approx(0.5)


def test_model_without_curvature_is_told_and_refused_where_directions_need_it() -> None:
    model = bowl()
    model.is_differentiable = False
    found = survey(model, Plan(points=(3, 3)))
    assert found.eigenvalues is None
    assert "a bowl of steps" in found.about.warnings[0]
    with pytest.raises(NoCurvature, match="a bowl of steps"):
        survey(model, Plan(kind="hessian", points=(3, 3)))


def test_hessian_that_is_not_finite_is_told() -> None:
    model = Bowl(np.diag([np.nan, 1.0]), np.zeros(2))
    model.loss_of = lambda checkpoint: 1.0  # type: ignore[method-assign]
    found = survey(model, Plan(kind="given", points=(3,)), given=[np.array([0.0, 1.0])])
    assert "the Hessian is not finite" in found.about.warnings[0]


@pytest.mark.parametrize(
    ("plan", "given", "checkpoints", "says"),
    [
        (Plan(kind="pca"), [], [], "need more than 2 checkpoints"),
        (Plan(kind="pca"), [], [np.ones(6), np.zeros(6), 2 * np.ones(6)], "less than 2 dimensions"),
        (Plan(kind="given", points=(3, 3)), [np.ones(6)], [], "2 directions, and there are 1"),
        (Plan(kind="given", points=(3,)), [np.zeros(6)], [], "direction 0 is 0"),
        (Plan(kind="given", points=(3,)), [np.ones(5)], [], "each of 6 weights"),
        (Plan(kind="given", points=(3,)), [np.full(6, np.nan)], [], "not finite"),
        (Plan(points=(3, 3), span=[1.0]), [], [], "one entry for each of 2"),
        (Plan(points=(3, 3), span=-1.0), [], [], "span must be > 0"),
        (Plan(points=(2000, 2000)), [], [], "at most 1,500,000"),
    ],
)
def test_what_does_not_fit_is_refused_with_a_reason(
    plan: Plan, given: Sequence[object], checkpoints: Sequence[object], says: str
) -> None:
    with pytest.raises(BadRequest, match=says):
        survey(bowl(), plan, given=given, checkpoints=checkpoints)


def test_weights_that_are_biases_alone_have_no_random_direction() -> None:
    model = Bowl(np.eye(2), np.ones(2), weights=[Weight("b", (2,), 0, role="bias")])
    with pytest.raises(BadRequest, match="all weights are biases"):
        survey(model, Plan())


def test_same_call_is_answered_from_the_cache_and_another_is_not(tmp_path: Path) -> None:
    model, plan = bowl(), Plan(points=(5, 5))
    first = survey(model, plan, cache=tmp_path)
    evaluated, products = model.evaluated, model.products
    assert evaluated == 25
    again = survey(model, plan, cache=tmp_path)
    assert (model.evaluated, model.products) == (evaluated, products)
    assert again.loss.tolist() == first.loss.tolist()
    survey(model, Plan(points=(5, 5), seed=1), cache=tmp_path)
    assert model.evaluated == 50
    model.at = model.at + 1e-9
    survey(model, plan, cache=tmp_path)
    assert model.evaluated == 75
    model.floor = 3.0  # which no fingerprint knows of
    survey(model, plan, cache=tmp_path)
    assert model.evaluated == 100


class Patience:
    """Progress that is cancelled when so many points are done."""

    def __init__(self, points: int) -> None:
        self.left = points
        self.told: list[tuple[float, float, str]] = []

    def __call__(self, done: float, total: float, what: str = "") -> None:
        self.told.append((done, total, what))
        if "points" in what and done >= self.left:
            raise Cancelled


def test_cancelled_survey_goes_on_where_it_was(tmp_path: Path) -> None:
    model, plan = bowl(), Plan(points=(5, 5))
    with pytest.raises(Cancelled):
        survey(model, plan, cache=tmp_path, progress=Patience(8))
    assert model.evaluated == 8
    assert not model.is_entered
    patience = Patience(1000)
    found = survey(model, plan, cache=tmp_path, progress=patience)
    assert model.evaluated == 25
    assert found.loss.tolist() == survey(bowl(), plan).loss.tolist()
    points = [(done, total) for done, total, what in patience.told if what == "5 × 5 points"]
    assert points == [(8, 25), (12, 25), (16, 25), (20, 25), (24, 25), (25, 25)]


def test_losses_of_other_directions_are_not_taken_over(tmp_path: Path) -> None:
    """Directions of a Hessian may come out another time otherwise, by their last digits."""
    model, plan = bowl(), Plan(kind="hessian", points=(5, 5))
    with pytest.raises(Cancelled):
        survey(model, plan, cache=tmp_path, progress=Patience(8))
    model.hessian = model.hessian + 1e-13  # the fingerprint is kept
    model.__class__ = type("Same", (Bowl,), {"fingerprint": property(lambda self: bowl().fingerprint)})
    survey(model, plan, cache=tmp_path)
    assert model.evaluated == 8 + 25


@pytest.mark.parametrize("is_finished", [False, True])
def test_losses_that_were_computed_with_another_loss_are_not_taken_over(
    tmp_path: Path, is_finished: bool
) -> None:
    plan, before, other = Plan(points=(5, 5)), bowl(), bowl()
    other.floor += 1.0  # of which the fingerprint knows nothing
    if is_finished:
        survey(before, plan, cache=tmp_path)
    else:
        with pytest.raises(Cancelled):
            survey(before, plan, cache=tmp_path, progress=Patience(8))
    found = survey(other, plan, cache=tmp_path)
    np.testing.assert_array_equal(found.loss, survey(other, plan).loss)


def test_a_landscape_is_not_lost_where_it_cannot_be_kept(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    taken = tmp_path / "file"
    taken.write_text("no directory")
    found = survey(bowl(), Plan(points=(5, 5)), cache=taken / "landscapes")
    assert np.isfinite(found.loss).all()
    assert len([one for one in caplog.messages if "can't be kept" in one]) == 1


def test_damaged_cache_counts_as_none(tmp_path: Path) -> None:
    plan = Plan(points=(5, 5))
    wanted = survey(bowl(), plan, cache=tmp_path)
    (path,) = tmp_path.iterdir()
    path.write_bytes(path.read_bytes()[:100])
    assert survey(bowl(), plan, cache=tmp_path).loss.tolist() == wanted.loss.tolist()


KILLED = """
import os, signal, sys
from pathlib import Path
from tensorboard_candles.analysis.landscape.plan import Plan
from tensorboard_candles.analysis.landscape.survey import survey
from tensorboard_candles.analysis.landscape import cache
from tests.analysis.landscape.test_survey import bowl
cache.SAVED_EVERY_SECS = 0.0
def progress(done, total, what=""):
    if "points" in what and done >= 12:
        os.kill(os.getpid(), signal.SIGKILL)
survey(bowl(), Plan(points=(5, 5)), cache=Path(sys.argv[1]), progress=progress)
"""


def test_killed_survey_goes_on_where_it_was(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", KILLED, str(tmp_path)],
        check=False,
        env={**os.environ, "PYTHONPATH": os.getcwd()},
    )
    assert ended.returncode == -9
    model = bowl()
    found = survey(model, Plan(points=(5, 5)), cache=tmp_path)
    assert model.evaluated == 25 - 12
    assert found.loss.tolist() == survey(bowl(), Plan(points=(5, 5))).loss.tolist()
    assert [path.suffix for path in tmp_path.iterdir()] == [".landscape"]


def test_several_surveys_share_a_cache(tmp_path: Path) -> None:
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(survey(bowl(), Plan(points=(9, 9)), cache=tmp_path)))
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({one.loss.tobytes() for one in found}) == 1
    assert len(found) == 4
