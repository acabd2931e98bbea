"""`GET`/`POST experiments`: what may be started from here, what was, and what it prints."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import platformdirs
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import INERT, etag_headers, etag_of, not_modified, respond_json
from tensorboard_candles.api.changing import Changed
from tensorboard_candles.errors import BadRequest, CantKeep, NotFound
from tensorboard_candles.launch.declared import Declared, Experiment
from tensorboard_candles.launch.instances import AskKind, Instance

if TYPE_CHECKING:
    from tensorboard_candles.launch.launcher import Asked, Launcher

logger = logging.getLogger(__name__)

MOST_OUTPUT_BYTES = 16 * 2**20
_ASKS: Mapping[tuple[str, str | None], AskKind] = {
    ("stop", None): "stop",
    ("kill", None): "kill",
    ("remove", None): "remove",
    ("restart", "start"): "restart",
    ("restart", "checkpoint"): "resume",
}


def launcher_of(declared: Declared | None, logdir: str) -> Launcher | None:
    """Looks after what is declared, from now on; None where nothing is, or nothing can be written down."""
    if declared is None:
        return None
    # what no Windows has is imported where it is used, and only there
    from tensorboard_candles.launch.launcher import Launcher

    try:
        user_state = platformdirs.user_state_path("tensorboard_candles", appauthor=False)
        launcher = Launcher(declared, logdir=logdir, user_state=user_state / "experiments")
        launcher.begin()
    except (CantKeep, OSError, RuntimeError) as error:
        # TensorBoard goes on without
        logger.warning("Candles: experiments are off, since what runs can't be written down: %s", error)
        return None
    return launcher


def experiments_route(request: Request, launcher: Launcher | None) -> Response:
    content = _experiments(_given(launcher))
    etag = etag_of(request, hashlib.blake2b(json.dumps(content).encode(), digest_size=12).hexdigest())
    return not_modified(request, etag) or respond_json(request, content, etag=etag)


def output_route(request: Request, launcher: Launcher | None) -> Response:
    """What one has printed, from `offset` on; two headers say which bytes of all these are."""
    instance_id = request.args.get("id", "")
    offset = params.whole(request.args, "offset", 0, least=0, most=2**53)
    found = _given(launcher).output(instance_id, offset=offset, most=MOST_OUTPUT_BYTES)
    etag = etag_of(request, f"{found.start} {found.end}")
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    places = [("X-Candles-Start", str(found.start)), ("X-Candles-End", str(found.end))]
    headers = [*etag_headers(etag), *INERT, *places]
    return Response(found.content, headers=headers, content_type="text/plain; charset=utf-8")


def change_route(_request: Request, body: Mapping[str, Any], launcher: Launcher | None) -> Changed:
    given = _given(launcher)
    if body.get("action") == "start":
        _check_keys(body, {"action", "experiment", "instances"})
        asked = [_asked(one) for one in _list(body, "instances")]
        ids = given.start(_text(body, "experiment"), asked)
        return Changed({"instances": ids}, HTTPStatus.CREATED)
    _check_keys(body, {"action", "instances", "from"})
    kind = _kind(body.get("action"), body.get("from"))
    ids = [_id(one) for one in _list(body, "instances")]
    given.ask(kind, ids)
    return Changed({"instances": ids}, HTTPStatus.ACCEPTED)


def _given(launcher: Launcher | None) -> Launcher:
    if launcher is None:
        raise NotFound(
            "experiments are off: start TensorBoard with --candles_experiments FILE; where it was, what it "
            "prints says why"
        )
    return launcher


def _kind(action: object, start: object) -> AskKind:
    known = isinstance(action, str) and (start is None or isinstance(start, str))
    kind = _ASKS.get((action, start)) if known else None  # type: ignore[arg-type]
    if kind is None:
        raise BadRequest(
            "action must be start, stop, kill, remove, or restart with from checkpoint or start, got "
            f"{repr(action)[:80]} with from {repr(start)[:80]}"
        )
    return kind


def _asked(content: object) -> Asked:
    from tensorboard_candles.launch.launcher import Asked

    if not isinstance(content, dict):
        raise BadRequest(f"an instance must be an object, got {repr(content)[:80]}")
    _check_keys(content, {"name", "parameters"})
    parameters = content.get("parameters", {})
    if not isinstance(parameters, dict):
        raise BadRequest(f"parameters must be an object, got {repr(parameters)[:80]}")
    return Asked(parameters, content.get("name"))


def _check_keys(content: Mapping[str, Any], known: set[str]) -> None:
    unknown = sorted(set(content) - known)
    if unknown:
        raise BadRequest(f"{unknown[0][:80]!r} means nothing here; known are {', '.join(sorted(known))}")


def _list(body: Mapping[str, Any], name: str) -> Sequence[object]:
    found = body.get(name)
    if not isinstance(found, list):
        raise BadRequest(f"{name} must be a list, got {repr(found)[:80]}")
    return found


def _text(body: Mapping[str, Any], name: str) -> str:
    found = body.get(name)
    if not isinstance(found, str):
        raise BadRequest(f"{name} must be a text, got {repr(found)[:80]}")
    return found


def _id(content: object) -> str:
    if not isinstance(content, str):
        raise BadRequest(f"an instance's id must be a text, got {repr(content)[:80]}")
    return content


def _experiments(launcher: Launcher) -> dict[str, Any]:
    declared = launcher.declared
    return {
        "experiments": [
            _experiment(one, declared.most_running(name)) for name, one in declared.experiments.items()
        ],
        "instances": [
            {**_instance(one), "output_end": launcher.last_lines(one)}
            for one in sorted(launcher.instances(), key=lambda one: (one.created_time, one.id))
        ],
    }


def _experiment(experiment: Experiment, most_running: int) -> dict[str, Any]:
    return {
        "name": experiment.name,
        "help": experiment.help,
        "executor": experiment.executor,
        "project": experiment.project,
        "most_running": most_running,
        "parameters": [
            {
                "name": one.name,
                "kind": one.kind,
                "default": one.default,
                "least": one.least,
                "most": one.most,
                "choices": list(one.choices),
                "help": one.help,
                "scale": one.scale,
            }
            for one in experiment.parameters
        ],
        "resumes": experiment.resume is not None,
    }


def _instance(one: Instance) -> dict[str, Any]:
    return {
        "id": one.id,
        "experiment": one.experiment,
        "name": one.name,
        "run": one.run,
        "parameters": dict(one.parameters),
        "state": one.state,
        "exit_code": one.exit_code,
        "created_time": one.created_time,
        "started_time": one.started_time,
        "ended_time": one.ended_time,
        "attempt": one.attempt,
        "message": one.message,
        "ours": one.is_ours,
    }
