"""`tensorboard_candles.landscape`: the loss around a model's weights, whatever framework the model is of."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, SupportsIndex

import platformdirs

from tensorboard_candles.analysis.landscape.evaluate import Executor, here
from tensorboard_candles.analysis.landscape.network import BatchNorm, Network
from tensorboard_candles.analysis.landscape.payload import Landscape
from tensorboard_candles.analysis.landscape.plan import Plan, whole_number
from tensorboard_candles.analysis.landscape.survey import Checkpoints, survey
from tensorboard_candles.analysis.progress import Progress, untold
from tensorboard_candles.errors import BadRequest, Cancelled
from tensorboard_candles.integrations.landscape.progress_bar import ProgressBar

if TYPE_CHECKING:
    from tensorboard_candles.analysis.landscape.directions import Normalize
    from tensorboard_candles.analysis.landscape.grid import Span
    from tensorboard_candles.writer.tracker import Tracker

_HERE = "tensorboard_candles.integrations.landscape"


class _Flag(Protocol):
    """A threading.Event, or what is like one."""

    def is_set(self) -> bool: ...


def landscape(
    model: Any,
    loss: Callable[[Any, Any], Any] | None = None,
    data: Any = None,
    *,
    directions: str | Sequence[Any] = "random",
    normalize: Normalize | None = None,
    span: Span | None = None,
    points: int | Sequence[int] = 51,
    checkpoints: Checkpoints = (),
    seed: int = 0,
    batch_size: int | None = None,
    batch_norm: BatchNorm = "frozen",
    dtype: str | None = None,
    eigenvalues: int = 1,
    epsilon: float | None = None,
    tracker: Tracker | None = None,
    tag: str = "landscape",
    step: SupportsIndex | None = None,
    progress: bool | Progress = True,
    cancel: _Flag | Callable[[], bool] | None = None,
    cache: bool | str | Path = True,
    executor: str | Executor | None = None,
) -> Landscape:
    """The loss on a grid around a model's weights, along one, two or three directions (Li et al. 2018).

        from tensorboard_candles import Tracker, landscape

        found = landscape(model, nn.functional.cross_entropy, (images, labels), tracker=tracker)
        found.loss[25, 25]             # the model's own loss, in the middle of 51 × 51
        found.about.sharpness          # the largest eigenvalue of the Hessian there
        landscape(model, loss, loader, directions="pca", checkpoints=sorted(Path("ckpt").glob("*.pt")))
        landscape(model, loss, loader, points=(201,))                            # along a line
        landscape(model, loss, loader, directions="hessian", points=(21, 21, 21))

    The model is afterwards as it was, bit by bit: weights, buffers, training mode, requires_grad, and so are
    the random numbers; after an exception, too. It is evaluated without dropout and without autocast.

    Args:
        model: a torch module or Keras model, on the device that it shall be evaluated on; or a `Network`.
        loss: of outputs and targets, as a mean over the examples or one for each. None: the model gives it.
        data: `(X, y)`, or a DataLoader or another iterable of such batches. An iterable that fits into 2 GB
            is read once, so that each point sees the same; else again for each point.
        directions: `random`, Gaussian; `pca`, the principal components of `checkpoints`; `hessian`, the
            eigenvectors of the Hessian's largest eigenvalues; or the directions themselves, as state dicts or
            as vectors.
        normalize: `filter` makes each filter of a direction as long as the model's own (and biases and
            normalisations 0), `layer` each layer's tensor, `none` none. By default `filter` where directions
            are random, else `none`.
        span: how far to go along each direction, in units of it: ± a number, or for each direction a number
            or (low, high). By default 1, and as far as the checkpoints go along their principal components.
        points: on each side of the grid, or a tuple of as many as there shall be directions. Odd numbers have
            the model itself in the middle.
        checkpoints: state dicts or paths of files in order of time, or by their steps. Their way is projected
            on the plane.
        seed: of random directions.
        batch_size: in which `(X, y)` is taken; by default all at once.
        batch_norm: `frozen` keeps the model's own statistics of batch normalisation at each point, as the
            paper does; `recalibrate` measures them anew with the data there, which takes twice as long.
        dtype: `float32` or `float64`, that is computed in; by default the model's own.
        eigenvalues: how many of the Hessian's largest eigenvalues are told; each takes about twenty passes
            forward and back. 0 for none.
        epsilon: how far from the centre along each direction ε-sharpness looks (Keskar et al. 2017).
        tracker: writes it to this run, under `tag` and at `step`, by default the step that was logged last.
        progress: a bar and an estimate on stderr, nothing, or whom to tell.
        cancel: an event, or a function: when it says so, `Cancelled` is raised. What was computed is kept.
        cache: directory in which losses are kept while they are computed and after that, so that the same
            call goes on where it was killed, and gives at once what it gave before; True is the user's
            cache, False none.
        executor: `ray` computes with all the devices and machines of a Ray cluster
            (`tensorboard_candles[ray]`).

    Raises BadRequest, with what to do, for what doesn't fit together; NoCurvature for directions of the
    Hessian of a model that can't be differentiated twice.
    """
    plan = Plan(
        kind=directions if isinstance(directions, str) else "given",  # type: ignore[arg-type]
        normalize=normalize,
        points=_points(points, directions),
        span=span,
        seed=seed,
        eigenvalues=eigenvalues,
        epsilon=epsilon,
    )
    network = network_of(model, loss, data, batch_size=batch_size, batch_norm=batch_norm, dtype=dtype)
    with _told(progress, cancel) as told:
        found = survey(
            network,
            plan,
            given=() if isinstance(directions, str) else directions,
            checkpoints=checkpoints,
            progress=told,
            executor=_executor(executor),
            cache=_cache(cache),
        )
    if tracker is not None:
        tracker.landscape(found, tag=tag, step=step)
    return found


def network_of(model: Any, loss: Any, data: Any, **settings: Any) -> Network:
    """Whatever the model is of; BadRequest for what is none."""
    keras, torch = sys.modules.get("keras"), sys.modules.get("torch")
    is_network = all(hasattr(model, name) for name in ("plane", "vector", "weights"))
    if data is None and not is_network:
        raise BadRequest(
            "a landscape is of a model's loss on data; pass them: landscape(model, loss, (X, y)), with a"
            " loader in place of (X, y) or, where the model gives its own loss, None in place of loss"
        )
    if keras is not None and isinstance(model, keras.Model):  # with torch beneath it is a module, too
        made: Network = import_module(f"{_HERE}.keras_network").network_of(model, loss, data, **settings)
        return made
    if torch is not None and isinstance(model, torch.nn.Module):
        made = import_module(f"{_HERE}.torch_network").network_of(model, loss, data, **settings)
        return made
    if is_network:
        own: Network = model
        return own
    raise BadRequest(f"model must be a torch module or a Keras model, got {type(model).__name__}")


def _points(points: int | Sequence[int], directions: str | Sequence[Any]) -> tuple[int, ...]:
    try:
        return tuple(points)  # type: ignore[arg-type]
    except TypeError:  # one number, of numpy perhaps
        count = whole_number("points", points)
    return (count,) * (2 if isinstance(directions, str) else len(directions))


def _executor(executor: str | Executor | None) -> Executor:
    if executor is None:
        return here
    if not isinstance(executor, str):
        return executor
    if executor != "ray":
        raise BadRequest(f"executor must be ray, or an Executor, got {executor!r:.80}")
    made: Executor = import_module(f"{_HERE}.over_ray").executor()
    return made


def _cache(cache: bool | str | Path) -> Path | None:
    if cache is True:
        return platformdirs.user_cache_path("tensorboard_candles", appauthor=False) / "landscapes"
    return None if cache is False else Path(cache)


@contextmanager
def _told(progress: bool | Progress, cancel: _Flag | Callable[[], bool] | None) -> Iterator[Progress]:
    """Who is told of the progress; Cancelled comes from there."""
    bar = ProgressBar("landscape") if progress is True else None
    teller: Progress = untold if isinstance(progress, bool) else progress
    if bar is not None:
        teller = bar
    is_cancelled = cancel if callable(cancel) or cancel is None else cancel.is_set

    def told(done: float, total: float, what: str = "") -> None:
        teller(done, total, what)
        if is_cancelled is not None and is_cancelled():
            raise Cancelled("the landscape was cancelled; the same call goes on from there")

    try:
        yield told
    finally:
        if bar is not None:
            bar.close()
