"""The files of the control channel: what each holds, made and read strictly.

`<run directory>/candles-control/` holds, each a JSON object of at most 64 KiB in UTF-8, put in place whole:

- `status.json`: a `Status`, by the training process, every `every_secs` at least
- `commands/<id>.json`: a `Command`, by the dashboard
- `answers/<id>.json`: an `Answer`, by the training process; first `seen`, then `done` or `refused`

Each side reads what anybody may have written there: names of commands and states are known ones, ids and
sessions are 16 hexadecimal digits, numbers are finite, texts and lists are bounded. What is not so is
BadControl, which says where. Keys that are not known are passed by, and so that older readers can tell,
`version` grows where a key changes its meaning.

>>> command = Command(id="00ff" * 4, session="12ab" * 4, command="set", name="lr", value=0.01)
>>> Command.from_bytes(command.to_bytes()) == command
True
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal, TypeAlias, get_args

from tensorboard_candles.control.fields import NAME_LENGTH, TEXT_LENGTH, Fields
from tensorboard_candles.control.parameters import Parameter, Value, is_parameter_name
from tensorboard_candles.errors import BadControl

VERSION = 1
MOST_BYTES = 64 * 1024
"""Of any one file."""
MOST_PARAMETERS = 64
MOST_GPUS = 64

CommandName: TypeAlias = Literal["stop", "pause", "resume", "checkpoint", "predict", "set"]
COMMANDS: tuple[CommandName, ...] = get_args(CommandName)
State: TypeAlias = Literal["running", "paused", "stopping", "ended", "failed"]
STATES: tuple[State, ...] = get_args(State)
AnswerState: TypeAlias = Literal["seen", "done", "refused"]
ANSWER_STATES: tuple[AnswerState, ...] = get_args(AnswerState)

_HEX = re.compile(r"[0-9a-f]{16}")


def is_id(text: object) -> bool:
    """Whether it may be the id of a command or a session: nothing else becomes part of a file's name.

    >>> is_id("00ff" * 4), is_id("../../etc/passwd"), is_id("00FF" * 4)
    (True, False, False)
    """
    return isinstance(text, str) and _HEX.fullmatch(text) is not None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the training is; what is not known is None."""

    started_time: float
    step: int | None = None
    """That was logged last."""
    epoch: int | None = None
    epochs: int | None = None
    """The number that the last epoch's would be followed by."""
    batch: int | None = None
    """Batches of this epoch that were begun."""
    batches: int | None = None
    epochs_done: float = 0.0
    batches_per_sec: float | None = None
    remaining_secs: float | None = None

    @classmethod
    def of(cls, fields: Fields) -> Progress:
        return cls(
            started_time=fields.number("started_time"),
            step=fields.maybe(fields.whole, "step"),
            epoch=fields.maybe(fields.whole, "epoch"),
            epochs=fields.maybe(fields.whole, "epochs"),
            batch=fields.maybe(fields.count, "batch"),
            batches=fields.maybe(fields.count, "batches"),
            epochs_done=fields.number("epochs_done"),
            batches_per_sec=fields.maybe(fields.at_least_0, "batches_per_sec"),
            remaining_secs=fields.maybe(fields.at_least_0, "remaining_secs"),
        )


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """Where the training's own callback says that it saved the model last."""

    path: str
    step: int | None
    time: float

    @classmethod
    def of(cls, fields: Fields) -> Checkpoint:
        return cls(
            path=fields.text("path", TEXT_LENGTH),
            step=fields.maybe(fields.whole, "step"),
            time=fields.number("time"),
        )


@dataclass(frozen=True, slots=True)
class Gpu:
    name: str
    utilization_percent: float | None
    memory_bytes: int | None
    memory_total_bytes: int | None

    @classmethod
    def of(cls, fields: Fields) -> Gpu:
        return cls(
            name=fields.text("name", TEXT_LENGTH),
            utilization_percent=fields.maybe(fields.at_least_0, "utilization_percent"),
            memory_bytes=fields.maybe(fields.count, "memory_bytes"),
            memory_total_bytes=fields.maybe(fields.count, "memory_total_bytes"),
        )


@dataclass(frozen=True, slots=True)
class Stats:
    """What the training process takes: `cpu_percent` 100 is one core, `memory_bytes` is resident memory."""

    cpu_percent: float
    memory_bytes: int
    gpus: tuple[Gpu, ...] = ()

    @classmethod
    def of(cls, fields: Fields) -> Stats:
        return cls(
            cpu_percent=fields.at_least_0("cpu_percent"),
            memory_bytes=fields.count("memory_bytes"),
            gpus=tuple(map(Gpu.of, fields.several("gpus", MOST_GPUS))),
        )


@dataclass(frozen=True, slots=True)
class Status:
    """What a training process tells of itself: `status.json`."""

    session: str
    """Of this Tracker: commands are for one session, so that none outlives the process that it was for."""
    beat: int
    """Grows by one with each status: whoever sees it stand still for longer than three times `every_secs`
    by a clock of their own knows that the process is dead or stuck."""
    time: float
    """Of the host's clock, which others need not agree with."""
    every_secs: float
    state: State
    host: str
    pid: int
    progress: Progress
    process_start: float | None = None
    """Seconds since the Unix epoch; with `pid` it tells the process from a later one of the same number."""
    instance: str | None = None
    """Of the experiment that started it, as CANDLES_INSTANCE says."""
    message: str = ""
    obeys: tuple[CommandName, ...] = ()
    """Commands that this training can obey as it is written; others are refused."""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    checkpoint: Checkpoint | None = None
    stats: Stats | None = None
    version: int = VERSION

    def to_bytes(self) -> bytes:
        return _encoded("a status", self)

    @classmethod
    def from_bytes(cls, content: bytes) -> Status:
        """BadControl where it holds none."""
        fields = _decoded("status", content)
        obeys = fields.texts("obeys", len(COMMANDS), NAME_LENGTH)
        return cls(
            session=_id_in(fields, "session"),
            beat=fields.count("beat"),
            time=fields.number("time"),
            every_secs=fields.at_least_0("every_secs"),
            state=fields.one_of("state", STATES),
            host=fields.text("host", TEXT_LENGTH),
            pid=fields.count("pid"),
            progress=Progress.of(fields.within("progress")),
            process_start=fields.maybe(fields.number, "process_start"),
            instance=fields.maybe(lambda name: fields.text(name, NAME_LENGTH), "instance"),
            message=fields.text("message", TEXT_LENGTH),
            obeys=tuple(name for name in COMMANDS if name in obeys),
            parameters=_parameters_in(fields),
            checkpoint=fields.maybe(lambda name: Checkpoint.of(fields.within(name)), "checkpoint"),
            stats=fields.maybe(lambda name: Stats.of(fields.within(name)), "stats"),
        )


@dataclass(frozen=True, slots=True)
class Command:
    """What the dashboard asks of a training process: `commands/<id>.json`."""

    id: str
    session: str
    command: CommandName
    name: str | None = None
    """Of the parameter to be set."""
    value: Value | None = None
    sent_time: float = 0.0
    timeout_secs: float = 60.0
    by: str = ""
    version: int = VERSION

    def to_bytes(self) -> bytes:
        return _encoded("a command", self)

    @classmethod
    def from_bytes(cls, content: bytes) -> Command:
        """BadControl where it holds none."""
        fields = _decoded("command", content)
        command = fields.one_of("command", COMMANDS)
        is_set = command == "set"
        if is_set and not is_parameter_name(fields.get("name")):
            raise fields.bad("name", "the name of a parameter")
        for name in () if is_set else ("name", "value"):
            if fields.get(name) is not None:
                raise fields.bad(name, f"null for {command}")
        return cls(
            id=_id_in(fields, "id"),
            session=_id_in(fields, "session"),
            command=command,
            name=fields.get("name"),
            value=fields.value("value") if is_set else None,
            sent_time=fields.number("sent_time"),
            timeout_secs=fields.at_least_0("timeout_secs"),
            by=fields.text("by", TEXT_LENGTH),
        )

    def __str__(self) -> str:
        """
        >>> str(Command(id="00ff" * 4, session="12ab" * 4, command="set", name="lr", value=0.01))
        'set lr to 0.01'
        """
        return f"set {self.name} to {self.value}" if self.command == "set" else self.command


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a command: `answers/<id>.json`."""

    id: str
    state: AnswerState
    time: float
    message: str = ""
    step: int | None = None
    version: int = VERSION

    def to_bytes(self) -> bytes:
        return _encoded("an answer", self)

    @classmethod
    def from_bytes(cls, content: bytes) -> Answer:
        """BadControl where it holds none."""
        fields = _decoded("answer", content)
        return cls(
            id=_id_in(fields, "id"),
            state=fields.one_of("state", ANSWER_STATES),
            time=fields.number("time"),
            message=fields.text("message", TEXT_LENGTH),
            step=fields.maybe(fields.whole, "step"),
        )


def check_parameters(parameters: Mapping[str, Parameter]) -> None:
    """BadControl where a status has no room for them: half of it is theirs."""
    size = len(json.dumps({name: asdict(parameter) for name, parameter in parameters.items()}))
    if len(parameters) > MOST_PARAMETERS or size > MOST_BYTES // 2:
        raise BadControl(
            f"at most {MOST_PARAMETERS} parameters of {MOST_BYTES // 2} bytes in all,"
            f" got {len(parameters)} of {size} bytes"
        )


def _parameters_in(fields: Fields) -> dict[str, Parameter]:
    found = fields.within("parameters")
    if len(found.all) > MOST_PARAMETERS or not all(map(is_parameter_name, found.all)):
        raise fields.bad("parameters", f"at most {MOST_PARAMETERS} by their names")
    return {name: Parameter.of(found.within(name)) for name in found.all}


def _id_in(fields: Fields, name: str) -> str:
    if not is_id(fields.get(name)):
        raise fields.bad(name, "16 hexadecimal digits")
    return str(fields.get(name))


def _encoded(what: str, form: Any) -> bytes:
    try:
        content = json.dumps(asdict(form), allow_nan=False).encode()
    except ValueError as error:
        raise BadControl(f"{what} must hold finite numbers: {error}") from error
    if len(content) > MOST_BYTES:
        raise BadControl(f"{what} must take <= {MOST_BYTES} bytes, got {len(content)}")
    return content


def _decoded(what: str, content: bytes) -> Fields:
    if len(content) > MOST_BYTES:
        raise BadControl(f"{what}: must take <= {MOST_BYTES} bytes")
    try:
        decoded = json.loads(content.decode(), parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadControl(f"{what}: no JSON: {str(error)[:80]}") from error
    if not isinstance(decoded, dict):
        raise BadControl(f"{what}: must be an object, got {type(decoded).__name__}")
    fields = Fields(what, decoded)
    if fields.count("version") > VERSION:
        raise fields.bad("version", f"<= {VERSION}; a newer version of this package wrote it")
    return fields


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number of JSON")
