"""`TrainingVisualizer`: a method for each figure."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tensorboard_candles.analysis.aligned import Of
from tensorboard_candles.analysis.landscape.payload import Landscape
from tensorboard_candles.errors import BadRequest, NotFound
from tensorboard_candles.figures import landscape
from tensorboard_candles.figures.architecture import draw_architecture
from tensorboard_candles.figures.attention import attention_given, attention_in, draw_attention
from tensorboard_candles.figures.candles import candles_of, draw_candles, most_candles
from tensorboard_candles.figures.complexity import draw_costs, logged, measured
from tensorboard_candles.figures.convergence import convergences_of, draw_convergences
from tensorboard_candles.figures.correlation import correlations_of, draw_correlations
from tensorboard_candles.figures.drawing import graph_objects
from tensorboard_candles.figures.dynamics import draw_paths, paths_of
from tensorboard_candles.figures.history import History, first_of, history_of, some_of
from tensorboard_candles.figures.hyperparameters import draw_surface, surface_of_runs, surface_of_search
from tensorboard_candles.figures.saving import save
from tensorboard_candles.figures.theme import Theme
from tensorboard_candles.ohlc import By

if TYPE_CHECKING:
    import plotly.graph_objects as go


class TrainingVisualizer:
    """Figures of a training.

    >>> visualizer = TrainingVisualizer({"loss": [2.3, 1.1, 0.7], "accuracy": [0.1, 0.6, 0.8]})
    >>> visualizer.history.tags()
    ['loss', 'accuracy']
    >>> figure = visualizer.plot_candles("loss")
    >>> figure.data[0].close
    array([2.3, 1.1, 0.7])

    Args:
        history: a Keras `History`, a dict of lists, a list of dicts, a data frame, or a log directory (path
            or URL), of which every point is read; see `history_of`.
        run: of a log directory, the name of a run or of several; all where it is not given.
        theme: how figures look; by default sans serif, over the two columns of a paper.

    Methods return plotly figures, which may be changed before they are saved. Those of a single run take
    `run=` where there are several. Raises Missing without plotly; a metric or run that there is not is a
    NotFound that lists what there is.
    """

    def __init__(
        self, history: Any, *, run: str | Sequence[str] | None = None, theme: Theme | None = None
    ) -> None:
        graph_objects()
        self.history: History = history_of(history, run=run)
        self.theme = theme or Theme()
        self._figures: dict[str, go.Figure] = {}

    def plot_candles(
        self,
        metric: str | None = None,
        *,
        run: str | None = None,
        by: By | None = None,
        width: float | None = None,
        steps_per_epoch: int | None = None,
    ) -> go.Figure:
        """The figure `candles`: open, high, low and close of a metric, made of every point, and their volume.

        The first metric where none is named; candles of an epoch each where epochs are known, else of `width`
        steps, by default as many as give no more candles than there is room for.
        """
        one = self.history.one(run)
        metric = first_of(one) if metric is None else metric
        found = candles_of(
            one, metric, by=by, width=width, steps_per_epoch=steps_per_epoch, most=most_candles(self.theme)
        )
        return self._made("candles", draw_candles(found, self.theme))

    def plot_loss_landscape_3d(
        self,
        model: Any = None,
        X: Any = None,  # noqa: N803
        y: Any = None,
        directions: Any = None,
        n_points: int = 20,
        *,
        run: str | None = None,
        tag: str | None = None,
        **options: Any,
    ) -> go.Figure:
        """The figure `loss_landscape_3d`: the loss around a model's weights, along two directions.

        `model` is of PyTorch or Keras; one of PyTorch needs `loss=`, of outputs and y. Directions are random,
        filter-normalised, where none are given; `pca` of `checkpoints=`, `hessian`, or two of your own. What
        else `tensorboard_candles.landscape` takes may be given, too. An even `n_points` is raised by one, so
        that the model itself is in the middle. `model` may also be such a landscape; without one it is the
        last that was logged, under `tag`.
        """
        if model is None:
            found = landscape.logged(self.history.one(run), tag)
        elif isinstance(model, Landscape):
            found = model
        else:
            found = landscape.computed(model, X, y, directions=directions, n_points=n_points, **options)
        return self._made("loss_landscape_3d", landscape.draw_landscape(found, self.theme))

    def plot_metric_correlation_heatmap(
        self,
        metrics: Sequence[str] | None = None,
        method: str = "pearson",
        *,
        run: str | None = None,
        of: Of = "differences",
        max_lag: int = 0,
    ) -> go.Figure:
        """The figure `metric_correlation`: how alike metrics are, each with each; numbers as scipy has them.

        `method` is pearson, spearman or kendall. What is compared is how metrics change from step to step:
        two that both fall are alike `of="raw"` values, whatever they are. With `max_lag` a metric may follow
        the other by so many points. All metrics where none are named. Raises BadRequest for less than two.
        """
        some = some_of(self.history.one(run), metrics)
        found = correlations_of(some, method=method, of=of, max_lag=max_lag)
        return self._made("metric_correlation", draw_correlations(found, self.theme))

    def plot_training_dynamics_3d(
        self, metrics: Sequence[str] | None = None, window_size: int = 5, *, run: str | None = None
    ) -> go.Figure:
        """The figure `training_dynamics_3d`: runs as paths through the space of three metrics.

        Of two metrics the third axis is time, of one its velocity, too; more than three are combined into
        their first three principal components. Arrows are momentum; it and the derivatives look at
        `window_size` points. All metrics where none are named, all runs that have them.
        """
        runs = self.history.with_metrics(metrics, run)
        found = paths_of(runs, window_size=window_size, unit=self.history.unit)
        return self._made("training_dynamics_3d", draw_paths(found, self.theme))

    def plot_hyperparameter_optimization_surface(
        self,
        param_grid: Mapping[str, Sequence[Any]] | None = None,
        results: Any = None,
        target_metric: str = "val_accuracy",
        *,
        x: str | None = None,
        y: str | None = None,
    ) -> go.Figure:
        """The figure `hyperparameter_surface`: a Gaussian process over the runs of a search, and the runs.

        `results` are scikit-learn's `cv_results_`, columns or rows that hold the target and the parameters,
        or an array with an axis for each parameter; see `trials_of_grid_search`. `x` and `y` name parameters;
        else they are the two that matter most. Without a grid it is of the runs of the log directory: of what
        each was given, and of the best that it had of the target. Whether less is better follows from the
        target's name. Raises BadRequest where results don't fit the grid, or are of fewer than four runs.
        """
        if (param_grid is None) != (results is None):
            raise BadRequest("param_grid and results belong together: give both, or neither for logged runs")
        if param_grid is None:
            found = surface_of_runs(self.history.runs, target=target_metric, x=x, y=y)
        else:
            found = surface_of_search(param_grid, results, target=target_metric, x=x, y=y)
        return self._made("hyperparameter_surface", draw_surface(found, self.theme))

    def plot_model_complexity_analysis(
        self,
        model: Any = None,
        X: Any = None,  # noqa: N803
        y: Any = None,
        complexity_metrics: Sequence[str] | None = None,
        *,
        loss: Any = None,
    ) -> go.Figure:
        """The figure `model_complexity`: what a model costs, on a radar and in a table.

        `model` is of PyTorch or Keras, or several by name; it runs the first 256 examples of X. With `loss`,
        of outputs and y, its gradient noise is measured, too. Without a model it is what `tracker.complexity`
        logged. `complexity_metrics` are some of those that `tensorboard_candles.complexity` measures.
        """
        if model is None:
            found = logged(self.history.runs, complexity_metrics)
        else:
            found = measured(model, X, y, loss=loss, complexity_metrics=complexity_metrics)
        return self._made("model_complexity", draw_costs(found, self.theme))

    def plot_convergence_analysis(
        self,
        metrics: Sequence[str] | None = None,
        *,
        run: str | None = None,
        horizon: int | None = None,
        patience: int = 10,
        level: float = 0.95,
    ) -> go.Figure:
        """The figure `convergence_analysis`: a panel for each metric, its plateau and when it is reached.

        The curve is told up to the step `horizon`, by default as far ahead as the training has come; its band
        holds the true one with probability `level`. Early stopping counts `patience` evaluations. Sentences
        that say it all are in `figure.layout.meta["sentences"]`. The first four losses and scores where no
        metrics are named.
        """
        found = convergences_of(
            self.history.one(run),
            metrics,
            run_named={one.name: one for one in self.history.runs}.get,
            horizon=horizon,
            patience=patience,
            level=level,
        )
        return self._made(
            "convergence_analysis", draw_convergences(found, self.theme, unit=self.history.unit)
        )

    def plot_attention_evolution(
        self,
        attention: Sequence[Any] | None = None,
        *,
        steps: Sequence[int] | None = None,
        tokens: Sequence[str] | None = None,
        layer: int = -1,
        head: int | None = None,
        run: str | None = None,
        tag: str | None = None,
    ) -> go.Figure:
        """The figure `attention_evolution`: a layer at a few steps; entropy and likeness of heads.

        What `tracker.attention` logged to the log directory, under `tag`; or `attention`, the weights of each
        of `steps` as layers × heads × queries × keys. The last layer, and the mean of its heads, by default.
        Large matrices are pooled to 64 × 64.
        """
        if attention is None:
            found = attention_in(self.history.one(run), tag)
        else:
            found = attention_given(attention, steps=steps, tokens=tokens)
        made = draw_attention(found, self.theme, layer=layer, head=head)
        return self._made("attention_evolution", made)

    def plot_system_architecture(self) -> go.Figure:
        """The figure `system_architecture`: how a number gets from a training loop into a figure."""
        return self._made("system_architecture", draw_architecture(self.theme))

    def save_figure(
        self, name: str, path: str | os.PathLike[str], fmt: str = "png", *, dpi: float = 300
    ) -> Path:
        """Write the last figure of that name; returns the file, `path` with the format's suffix.

        `fmt` is png (of `dpi` dots an inch), svg, pdf (with its fonts in it) or html (with all that it needs
        in it, to be turned and zoomed without a network). All but html are made by a Chromium or Chrome on
        PATH.

        Raises NotFound where no such figure was made, Missing without kaleido or a browser.
        """
        if name not in self._figures:
            made = ", ".join(self._figures) or "none yet"
            raise NotFound(f"there is no figure {name!r}; made so far: {made}")
        return save(self._figures[name], path, fmt, dpi=dpi)

    def _made(self, name: str, figure: go.Figure) -> go.Figure:
        self._figures[name] = figure
        return figure
