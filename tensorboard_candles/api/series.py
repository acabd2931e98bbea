"""The series that a request names, and how its answer is named."""

from __future__ import annotations

from collections.abc import Sequence

from werkzeug.wrappers import Request

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of
from tensorboard_candles.errors import NotFound
from tensorboard_candles.store import RunView, Series, Source


def asked(request: Request, source: Source) -> list[tuple[RunView, Series]]:
    """Each series that the request names, with its run as it is now."""
    pairs = params.pairs(request.args)
    try:
        views = {name: source.run(name) for name, _ in pairs}
        return [(views[run], series_of(views[run], tag)) for run, tag in pairs]
    except NotFound as error:
        loading = source.loading()
        if loading.done == loading.total:
            raise
        raise NotFound(f"{error}; still loading, {loading.done} of {loading.total} files read") from None


def series_of(view: RunView, tag: str) -> Series:
    """Raises NotFound where the run has no such tag."""
    if tag not in view.series:
        raise NotFound(f"run {view.name!r} has no tag {tag!r}")
    return view.series[tag]


def etag_of_series(request: Request, found: Sequence[tuple[RunView, Series]]) -> str:
    return etag_of(request, *(view.version for view, _ in found))
