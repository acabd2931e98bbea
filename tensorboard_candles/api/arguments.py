"""`GET arguments`: what each run was started with."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.api.series import runs_by_name, saying_what_loads
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 5000


def arguments_route(request: Request, source: Source) -> Response:
    runs = params.runs(request.args, most=MOST_RUNS)
    with saying_what_loads(source):
        views = [source.run(name) for name in runs] or source.runs()
    givers = _givers(source, views)
    etag = etag_of(request, *(f"{view.name} {giver.name} {giver.version}" for view, giver in givers))
    return not_modified(request, etag) or respond_json(
        request, {"runs": [_told(view, giver) for view, giver in givers]}, etag=etag
    )


def _givers(source: Source, views: Sequence[RunView]) -> list[tuple[RunView, RunView]]:
    """Each run with that whose arguments it has: itself, else the nearest directory above with any."""
    run_named = runs_by_name(source, views)

    def giver_of(view: RunView) -> RunView:
        above = (run_named(name) for name in _above(view.name))
        return next((one for one in (view, *above) if one and one.arguments), view)

    return [(view, giver_of(view)) for view in views]


def _above(name: str) -> Iterator[str]:
    """Runs in whose directories a run lies, the nearest first.

    >>> list(_above("sweep/3/train"))
    ['sweep/3', 'sweep', '.']
    """
    return map(str, PurePosixPath(name).parents)


def _told(view: RunView, giver: RunView) -> dict[str, Any]:
    arguments = giver.arguments
    return {
        "run": view.name,
        "arguments": {name: argument.value for name, argument in arguments.items()},
        "sources": list(dict.fromkeys(argument.source for argument in arguments.values())),
        "of": giver.name if arguments else None,
    }
