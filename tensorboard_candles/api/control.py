"""`GET control`: how trainings are and what became of commands. `POST control`: a command to one of them."""

from __future__ import annotations

import json
import secrets
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from http import HTTPStatus
from typing import Any

from werkzeug.wrappers import Request, Response

from tensorboard_candles.api import params
from tensorboard_candles.api.answer import etag_of, not_modified, respond_text
from tensorboard_candles.api.changing import Changed
from tensorboard_candles.api.desk import Desk
from tensorboard_candles.api.limits import client_of
from tensorboard_candles.api.series import saying_what_loads
from tensorboard_candles.control.fields import is_number
from tensorboard_candles.control.forms import COMMANDS, Command, Status
from tensorboard_candles.control.listening import LONGEST_TIMEOUT_SECS, ToldCommand, ToldRun
from tensorboard_candles.control.parameters import Value
from tensorboard_candles.errors import BadControl, BadRequest, Conflict
from tensorboard_candles.store import Source

Json = Any
MOST_RUNS = 5000
MOST_WAITING = 20
"""Commands that may wait for one run's answer."""
TIMEOUT_SECS = 60.0
_KEYS = ("run", "command", "name", "value", "timeout_secs")


def control_route(request: Request, source: Source, *, desk: Desk) -> Response:
    asked = params.runs(request.args, most=MOST_RUNS)
    told = told_runs(source, desk, asked)
    lasting = [desk.text(name, one, _lasting) for name, one in told.items()]
    etag = etag_of(request, *lasting)
    unchanged = not_modified(request, etag)
    if unchanged:
        return unchanged
    runs = [_with_heard(text, one) for text, one in zip(lasting, told.values(), strict=True)]
    return respond_text(request, f'{{"control": [{", ".join(runs)}]}}', "application/json", etag)


def told_runs(source: Source, desk: Desk, asked: Sequence[str]) -> dict[str, ToldRun]:
    """What each of the runs tells; where none is named, all that ever told anything."""
    with saying_what_loads(source):
        directories = {name: source.directories(name) for name in asked or source.run_names()}
    told = {name: desk.look(found)[0] for name, found in directories.items()}
    return {name: one for name, one in told.items() if asked or one.state != "silent"}


def _lasting(name: str, told: ToldRun) -> str:
    """All that is told of a run but when it was heard."""
    content = {
        "run": name,
        "state": told.state,
        "status": told.status and asdict(told.status),
        "commands": [_command(one) for one in told.commands],
        **({"problem": told.problem} if told.problem else {}),
    }
    return json.dumps(content, allow_nan=False)


def _with_heard(lasting: str, told: ToldRun) -> str:
    heard_secs = told.heard_secs_ago
    heard = "null" if heard_secs is None else f"{heard_secs:.1f}"
    return f'{lasting[:-1]}, "heard_secs_ago": {heard}}}'


def _command(told: ToldCommand) -> Json:
    command, answer = told.command, told.answer
    return {
        "id": command.id,
        "command": command.command,
        "name": command.name,
        "value": command.value,
        "by": command.by,
        "sent_time": command.sent_time,
        "state": told.state,
        "message": answer.message if answer else "",
        "step": answer.step if answer else None,
        "answered_time": answer.time if answer else None,
    }


def command(request: Request, body: Mapping[str, Json], source: Source, *, desk: Desk) -> Changed:
    """Send a command; what becomes of it `GET control` tells."""
    run = _check_form(body)
    told, directory = desk.look(source.directories(run))
    if told.status is None or directory is None:
        raise Conflict(
            f"{run!r} tells nothing of itself: its training was not started with Tracker(control=True)"
        )
    _check_obeys(run, told, told.status, body["command"])
    made = Command(
        id=secrets.token_hex(8),
        session=told.status.session,
        command=body["command"],
        name=body.get("name"),
        value=_value(told.status, body) if body["command"] == "set" else None,
        sent_time=time.time(),
        timeout_secs=body.get("timeout_secs", TIMEOUT_SECS),
        by=client_of(request.environ.get("REMOTE_ADDR") or ""),
    )
    desk.send(made, directory)
    return Changed({"id": made.id, "state": "sent"}, HTTPStatus.ACCEPTED)


def _check_form(body: Mapping[str, Json]) -> str:
    """What can be said without looking at the run; its name."""
    if unknown := [name for name in body if name not in _KEYS]:
        raise BadRequest(f"unknown: {unknown[0][:64]!r}; a command has {', '.join(_KEYS)}")
    run, asked = body.get("run"), body.get("command")
    if not isinstance(run, str):
        raise BadRequest(f"run must be the name of a run, got {run!r:.80}")
    if asked not in COMMANDS:
        raise BadRequest(f"command must be one of {', '.join(COMMANDS)}, got {asked!r:.80}")
    if asked != "set" and (body.get("name") is not None or body.get("value") is not None):
        raise BadRequest(f"name and value are for set, not for {asked}")
    if asked == "set" and not isinstance(body.get("name"), str):
        raise BadRequest(f"name must be that of a parameter, got {body.get('name')!r:.80}")
    timeout_secs = body.get("timeout_secs", TIMEOUT_SECS)
    if not is_number(timeout_secs) or not 1 <= timeout_secs <= LONGEST_TIMEOUT_SECS:
        raise BadRequest(
            f"timeout_secs must be from 1 to {LONGEST_TIMEOUT_SECS:g} seconds, got {timeout_secs!r:.80}"
        )
    return run


def _check_obeys(run: str, told: ToldRun, status: Status, asked: str) -> None:
    """Conflict where the training can't obey, or won't."""
    if told.state in ("ended", "failed", "dead"):
        words = "is dead: no word of it came" if told.state == "dead" else f"has {told.state}"
        raise Conflict(f"{run!r} {words}, so it obeys no command")
    if asked not in status.obeys:
        can = ", ".join(status.obeys) or "nothing"
        raise Conflict(f"{run!r} can't {asked}: its training has declared no way to, so far; it obeys {can}")
    if sum(one.state in ("sent", "seen") for one in told.commands) >= MOST_WAITING:
        raise Conflict(f"{run!r} has {MOST_WAITING} commands to answer already; wait for it")


def _value(status: Status, body: Mapping[str, Json]) -> Value:
    """The value as the parameter takes it; BadRequest where there is no such parameter, or it can't."""
    parameter = status.parameters.get(body["name"])
    if parameter is None:
        known = ", ".join(status.parameters) or "none"
        raise BadRequest(f"no such parameter: {body['name']!r:.80}; there are: {known[:200]}")
    try:
        return parameter.taken(body.get("value"))
    except BadControl as error:
        raise BadRequest(f"{body['name']} {error}") from None
