"""What was asked to be started, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, get_args

from tensorboard_candles.control.fields import Fields
from tensorboard_candles.control.forms import is_id
from tensorboard_candles.launch.parameters import MOST_TEXT, Value

VERSION = 1

State = Literal["queued", "starting", "running", "stopping", "finished", "failed", "stopped", "lost"]
STATES: tuple[State, ...] = get_args(State)
ACTIVE: frozenset[State] = frozenset({"starting", "running", "stopping"})
ENDED: frozenset[State] = frozenset({"finished", "failed", "stopped", "lost"})

AskKind = Literal["stop", "kill", "restart", "resume", "remove"]
ASK_KINDS: tuple[AskKind, ...] = get_args(AskKind)
"""`resume` is to restart from the checkpoint."""

MOST_PARAMETERS = 64
MOST_NAME = 300
MOST_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Instance:
    """One run of an experiment, with all its attempts.

    >>> made = Instance("00ff" * 4, "toy", "a", "toy/a", {"lr": 0.1}, "local", "host", 1.0, 1.0)
    >>> Instance.of(made.as_json()) == made
    True
    """

    id: str
    experiment: str
    name: str
    run: str
    parameters: Mapping[str, Value]
    executor: str
    host: str
    """Where the TensorBoard runs that started it, and that alone looks after it."""
    created_time: float
    queued_time: float
    """When this attempt came into the queue."""
    state: State = "queued"
    attempt: int = 1
    is_resumed: bool = False
    """Whether this attempt goes on from the checkpoint."""
    handle: Mapping[str, Value] = field(default_factory=dict)
    """How its executor finds it again."""
    exit_code: int | None = None
    """Minus the signal where one ended it."""
    started_time: float | None = None
    ended_time: float | None = None
    asked_time: float | None = None
    """When it was asked to stop."""
    is_signalled: bool = False
    """Whether SIGTERM has followed."""
    message: str = ""
    is_ours: bool = True
    """False where another machine or user wrote this down, or nobody knows who: it is shown, and no more."""

    def as_json(self) -> dict[str, Any]:
        content = asdict(self)
        del content["is_ours"]
        return {"version": VERSION, **content}

    @classmethod
    def of(cls, content: Mapping[str, Any], *, is_ours: bool = True) -> Instance:
        """BadControl where it is none."""
        fields = Fields("instance", content)
        if fields.count("version") > VERSION:
            raise fields.bad("version", f"<= {VERSION}; a newer version of this package wrote it")
        if not is_id(fields.get("id")):
            raise fields.bad("id", "16 hexadecimal digits")
        return cls(
            id=fields.text("id", 16),
            experiment=fields.text("experiment", MOST_NAME),
            name=fields.text("name", MOST_NAME),
            run=fields.text("run", MOST_TEXT),
            executor=fields.text("executor", MOST_NAME),
            host=fields.text("host", MOST_NAME),
            parameters=_values(fields.within("parameters")),
            created_time=fields.number("created_time"),
            queued_time=fields.number("queued_time"),
            state=fields.one_of("state", STATES),
            attempt=fields.count("attempt"),
            is_resumed=fields.get("is_resumed") is True,
            handle=_values(fields.within("handle")),
            exit_code=fields.maybe(fields.whole, "exit_code"),
            started_time=fields.maybe(fields.number, "started_time"),
            ended_time=fields.maybe(fields.number, "ended_time"),
            asked_time=fields.maybe(fields.number, "asked_time"),
            is_signalled=fields.get("is_signalled") is True,
            message=fields.text("message", MOST_MESSAGE),
            is_ours=is_ours,
        )


def _values(fields: Fields) -> dict[str, Value]:
    if len(fields.all) > MOST_PARAMETERS:
        raise fields.bad("all", f"at most {MOST_PARAMETERS}")
    return {str(name): fields.value(name, MOST_TEXT) for name in fields.all}
