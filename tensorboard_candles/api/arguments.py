"""`GET arguments`: what each run was started with."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.analysis.hyperparameters.givers import Family
from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, not_modified, respond_json
from tensorboard_candles.api.series import runs_by_name, saying_what_loads
from tensorboard_candles.errors import TooLarge
from tensorboard_candles.store import RunView, Source

MOST_RUNS = 5000
MOST_CHARACTERS = 50_000_000
"""Of names and values in one answer."""


def arguments_route(request: Request, source: Source) -> Response:
    runs = params.runs(request.args, most=MOST_RUNS)
    with saying_what_loads(source):
        views = [source.run(name) for name in runs] or source.runs()
    given = Family(runs_by_name(source, views), source.runs).givers(views)
    etag = etag_of(request, *(f"{view.name} {giver.name} {giver.version}" for view, giver in given))
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    _check_size(given)
    return respond_json(request, {"runs": [_told(view, giver) for view, giver in given]}, etag=etag)


def _check_size(givers: Sequence[tuple[RunView, RunView]]) -> None:
    """Raises TooLarge: of a run with many arguments all runs below have them."""
    lengths = {name: _length(giver) for name, giver in {one.name: one for _, one in givers}.items()}
    if sum(lengths[giver.name] for _, giver in givers) > MOST_CHARACTERS:
        raise TooLarge(
            f"arguments of {len(givers)} runs are more than {MOST_CHARACTERS} characters; "
            "ask for fewer runs at once"
        )


def _length(giver: RunView) -> int:
    return sum(len(name) + len(str(argument.value)) for name, argument in giver.arguments.items())


def _told(view: RunView, giver: RunView) -> dict[str, Any]:
    arguments = giver.arguments
    return {
        "run": view.name,
        "arguments": {name: argument.value for name, argument in arguments.items()},
        "sources": list(dict.fromkeys(argument.source for argument in arguments.values())),
        "of": giver.name if arguments else None,
    }
