"""The directions of a landscape, and what is found on the way to them: eigenvalues, explained variance."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np

from tensorboard_candles.analysis.landscape.directions import (
    RANDOM_WALK_SHARE,
    cosines,
    normalized,
    principal_components,
    random_directions,
)
from tensorboard_candles.analysis.landscape.lanczos import Eigenpairs, largest_eigenpairs
from tensorboard_candles.analysis.landscape.network import Network
from tensorboard_candles.analysis.landscape.payload import Float64Array
from tensorboard_candles.analysis.landscape.plan import Plan
from tensorboard_candles.analysis.progress import Progress
from tensorboard_candles.errors import BadRequest, NoCurvature

_SKEW = 0.1
_RESIDUAL = 0.01


@dataclass(frozen=True, eq=False, slots=True)
class Frame:
    """Directions, and what else is known of them."""

    directions: tuple[Float64Array, ...]
    explained_variance: Float64Array | None = None
    eigen: Eigenpairs | None = None
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, eq=False, slots=True)
class Source:
    """A model's weights, and all that directions are made of."""

    network: Network
    plan: Plan
    origin: Float64Array
    centre_loss: float
    checkpoints: Float64Array
    """Their weights, a row each."""
    given: tuple[Float64Array, ...]
    progress: Progress
    warnings: list[str] = field(default_factory=list)

    def frame(self) -> Frame:
        """As many directions as the plan has axes; BadRequest where there aren't."""
        plan, count = self.plan, len(self.plan.points)
        explained, directions = None, self.given
        eigen = self._eigenpairs(max(plan.eigenvalues, count if plan.kind == "hessian" else 0))
        if plan.kind == "random":
            weights, normalize = self.network.weights, plan.normalization
            directions = random_directions(weights, self.origin, count, normalize=normalize, seed=plan.seed)
        elif plan.kind == "pca":
            components = principal_components(self.checkpoints - self.origin, count)
            directions, explained = components.directions, components.explained_variance
            self.warnings.append(_noise(explained))
        elif plan.kind == "hessian" and eigen is not None:
            directions = tuple(eigen.vectors[:count])
        return Frame(self._normalized(directions), explained, eigen, tuple(self.warnings))

    def _normalized(self, directions: Sequence[Float64Array]) -> tuple[Float64Array, ...]:
        plan, count = self.plan, len(self.plan.points)
        if len(directions) != count:
            raise BadRequest(f"points are for {count} directions, and there are {len(directions)}")
        if plan.kind != "random":
            weights, normalize = self.network.weights, plan.normalization
            directions = [normalized(weights, self.origin, one, normalize) for one in directions]
        for number, direction in enumerate(directions):
            if not direction.any():
                raise BadRequest(f"direction {number} is 0")
        skew = np.abs(np.triu(cosines(directions), 1)).max()
        if skew > _SKEW:
            self.warnings.append(f"Two directions are not orthogonal: their cosine is ±{skew:.2f}.")
        return tuple(directions)

    def _eigenpairs(self, count: int) -> Eigenpairs | None:
        """None where they can't be had and directions are made without them."""
        if not count:
            return None
        is_needed = self.plan.kind == "hessian"
        if not math.isfinite(self.centre_loss):
            if is_needed:
                raise BadRequest(f"the loss at the model's weights is {self.centre_loss}: it has no Hessian")
            self.warnings.append("The loss at the model's weights is not finite.")
            return None
        size, seed, progress = len(self.origin), self.plan.seed, self.progress
        try:
            with self.network.curvature(self.origin) as product:
                found = largest_eigenpairs(_finite(product), size, count, seed=seed, progress=progress)
        except NoCurvature as error:
            if is_needed:
                raise
            self.warnings.append(f"The Hessian could not be computed: {error}")
            return None
        largest, residual = found.values[0], found.residuals[0]
        if residual > _RESIDUAL * abs(largest):
            self.warnings.append(
                f"The largest eigenvalue of the Hessian, {largest:.4g}, is known to ±{residual:.2g} only."
            )
        return found


def _finite(product: Callable[[Float64Array], Float64Array]) -> Callable[[Float64Array], Float64Array]:
    def checked(vector: Float64Array) -> Float64Array:
        image = product(vector)
        if not np.isfinite(image).all():
            raise NoCurvature("the Hessian is not finite at the model's weights")
        return image

    return checked


def _noise(explained: Float64Array) -> str:
    return (
        f"The components hold {100 * explained.sum():.0f}% of the checkpoints' variance. Mere noise draws"
        f" such curves, too: the first component of a random walk holds {100 * RANDOM_WALK_SHARE:.0f}%"
        " (Antognini & Sohl-Dickstein 2018)."
    )
