"""The file of `--candles_experiments`: what may be started, and nothing else can be.

    [limits]
    running = 2                      # at once, of all

    [experiments.fashion]
    command = ["{python}", "train.py", "--logdir", "{logdir}", "--run", "{run}", "{parameters}"]

    [experiments.fashion.parameters.lr]
    kind = "float"
    default = 1e-3
    least = 1e-5
    most = 1.0
    scale = "log"

It is read once, when TensorBoard starts: who may write into the log directory can't change what may be run.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from tensorboard_candles.errors import BadDeclaration, BadRequest
from tensorboard_candles.launch.command import ALL, PLACES, check_command
from tensorboard_candles.launch.names import check_project
from tensorboard_candles.launch.parameters import MOST_WHOLE, Kind, Parameter, Scale
from tensorboard_candles.launch.table import Table

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ExecutorName = Literal["local", "docker", "ray"]
EXECUTORS: tuple[ExecutorName, ...] = get_args(ExecutorName)

MOST_FILE_BYTES = 1_000_000
DEFAULT_RUNNING = 1
DEFAULT_STOP_SECS = 60

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,63}")
_PARAMETER_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}")


@dataclass(frozen=True, slots=True)
class Limits:
    """What a started process may take; None leaves it open."""

    memory_bytes: int | None = None
    """Of the data of each of its processes (`local`, Linux), of the container, or what Ray sets aside."""
    cpu_secs: int | None = None
    """Processor time of each of its processes; `local` alone."""
    files: int | None = None
    """Open at once in each of its processes; `local` and `docker`."""
    wall_secs: int | None = None
    """How long it may run at all; then it is stopped."""
    nice: int | None = None
    """0 to 19, the larger the more it yields to others; `local` alone."""


@dataclass(frozen=True, slots=True)
class Docker:
    """How a container is made."""

    image: str
    python: str = "python"
    """What {python} is in the image."""
    url: str | None = None
    """Of the engine; by default what DOCKER_HOST says."""
    mount_directory: bool = True
    """The experiment's directory is there, to be read, and it runs in it; else where the image says."""
    network: str | None = None
    user: str | None = None
    """By default whoever runs TensorBoard, so that the files are theirs."""
    gpus: bool = False
    cpus: float | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Ray:
    """Which cluster runs it, and with what."""

    address: str
    """Of its dashboard, as http://127.0.0.1:8265."""
    python: str = "python"
    """The interpreter on the cluster, which {python} is as well."""
    upload: bool = False
    """The experiment's directory is sent to the cluster; else the cluster has it at the same path."""
    cpus: float | None = None
    gpus: float | None = None
    environment: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Experiment:
    """One that may be started."""

    name: str
    command: tuple[str, ...]
    directory: Path
    project: str
    help: str = ""
    executor: ExecutorName = "local"
    docker: Docker | None = None
    ray: Ray | None = None
    resume: tuple[str, ...] | None = None
    """Arguments that follow where it goes on from its checkpoint; None where it can't."""
    stop_secs: int = DEFAULT_STOP_SECS
    """How long one that was asked to stop may take to come to its end by itself, before SIGTERM."""
    running: int | None = None
    parameters: tuple[Parameter, ...] = ()
    limits: Limits = field(default_factory=Limits)


@dataclass(frozen=True, slots=True)
class Declared:
    """All that may be started, and how much at once."""

    running: int
    experiments: Mapping[str, Experiment]

    def most_running(self, experiment: str) -> int:
        """How many of it may run at once."""
        return min(self.running, self.experiments[experiment].running or self.running)


def read_declared(path: str | os.PathLike[str]) -> Declared:
    """What the file declares.

    Raises BadDeclaration, which names the file, the key, what was got and what to do.
    """
    file = Path(path).expanduser().absolute()
    try:
        with file.open("rb") as opened:
            content = opened.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise BadDeclaration(f"{path}: {error.strerror or error}") from None
    if len(content) > MOST_FILE_BYTES:
        raise BadDeclaration(f"{path}: more than {MOST_FILE_BYTES} bytes are no list of experiments")
    try:
        decoded = tomllib.loads(content.decode())
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise BadDeclaration(f"{path}: not TOML: {error}") from None
    return declared_in(decoded, file=str(path), directory=file.parent)


def declared_in(content: Mapping[str, Any], *, file: str, directory: Path) -> Declared:
    """What the content of such a file declares; paths in it are relative to `directory`.

    >>> content = {"experiments": {"toy": {"command": ["{python}", "toy.py"]}}}
    >>> declared_in(content, file="x.toml", directory=Path("/")).experiments["toy"].directory
    PosixPath('/')
    """
    whole = Table(content, file=file, path="")
    limits = whole.table("limits")
    running = limits.whole("running", DEFAULT_RUNNING, least=1, most=1000)
    limits.end()
    tables = whole.tables("experiments")
    whole.end()
    if not tables:
        raise BadDeclaration(f"{file}: it declares no experiment; write [experiments.name] with a command")
    return Declared(running, {name: _experiment(name, one, directory) for name, one in tables.items()})


def _experiment(name: str, table: Table, directory: Path) -> Experiment:
    if not _NAME.fullmatch(name):
        raise table.wrong("a name is a letter, then up to 63 letters, digits, '-' and '_'")
    parameters = tuple(_parameter(key, one) for key, one in table.tables("parameters").items())
    executor = table.choice("executor", EXECUTORS, "local")
    limits = table.table("limits")
    made = Experiment(
        name=name,
        command=_command(table, parameters),
        directory=_directory(table, directory),
        project=_project(table, name),
        help=table.text("help", ""),
        executor=executor,
        docker=_docker(table.table("docker")) if _has(table, "docker", executor) else None,
        ray=_ray(table.table("ray")) if _has(table, "ray", executor) else None,
        resume=_resume(table),
        stop_secs=table.whole("stop_secs", DEFAULT_STOP_SECS, least=0, most=86_400),
        running=limits.whole_or_none("running", least=1, most=1000),
        parameters=parameters,
        limits=_limits(limits),
    )
    table.end()
    return made


def _has(table: Table, name: str, executor: str) -> bool:
    """Whether the executor's own table is to be read; one of another executor may stand there as well."""
    if name == executor and not table.has(name):
        raise table.wrong(f"executor {name!r} needs a table [{table.path}.{name}]")
    return table.has(name)


def _command(table: Table, parameters: tuple[Parameter, ...]) -> tuple[str, ...]:
    command = table.texts("command")
    if not command:
        raise table.wrong("an argument vector has at least a program", key="command")
    try:
        check_command(command, parameters)
    except ValueError as error:
        raise table.wrong(str(error), key="command") from None
    return command


def _resume(table: Table) -> tuple[str, ...] | None:
    if not table.has("resume"):
        return None
    resume = table.texts("resume")
    try:
        check_command(resume, ())
    except ValueError as error:
        raise table.wrong(str(error), key="resume") from None
    if ALL in resume:
        raise table.wrong(f"{ALL} belongs into the command", key="resume")
    return resume


def _directory(table: Table, directory: Path) -> Path:
    found = directory / Path(table.text("directory", ".")).expanduser()
    if table.get("executor") in (None, "local") and not found.is_dir():
        raise table.wrong(f"there is no directory {found}", key="directory")
    return Path(os.path.normpath(found))


def _project(table: Table, name: str) -> str:
    try:
        return check_project(table.text("project", name))
    except BadRequest as error:
        raise table.wrong(str(error), key="project") from None


def _parameter(name: str, table: Table) -> Parameter:
    if not _PARAMETER_NAME.fullmatch(name):
        raise table.wrong("a parameter's name is a letter or '_', then up to 63 letters, digits and '_'")
    if name in (*PLACES, "parameters"):
        raise table.wrong(f"{name} means something else in a command; call the parameter otherwise")
    kind: Kind = table.choice("kind", ("int", "float", "bool", "choice", "text"), None)
    default = table.value("default")
    choices = table.values("choices") if table.has("choices") else ()
    least, most = table.number_or_none("least"), table.number_or_none("most")
    scale: Scale = table.choice("scale", ("linear", "log"), "linear")
    made = Parameter(name, kind, default, least, most, choices, table.text("help", ""), scale)
    table.end()
    _check_parameter(made, table)
    return made


def _check_parameter(made: Parameter, table: Table) -> None:
    if (made.kind == "choice") != bool(made.choices):
        raise table.wrong("kind 'choice' needs choices, and other kinds have none", key="choices")
    is_number = made.kind in ("int", "float")
    if not is_number and not (made.least is made.most is None):
        raise table.wrong(f"least and most are for numbers, not for kind {made.kind!r}")
    if made.least is not None and made.most is not None and made.least > made.most:
        raise table.wrong(f"least must not be > most, got {made.least} and {made.most}")
    if made.scale == "log" and not (is_number and made.least is not None and made.least > 0):
        raise table.wrong("scale 'log' needs a number whose least is > 0", key="scale")
    try:
        made.checked(made.default)
    except BadRequest as error:
        raise table.wrong(str(error).removeprefix(made.name + " "), key="default") from None


def _limits(table: Table) -> Limits:
    made = Limits(
        memory_bytes=table.whole_or_none("memory_bytes", least=1_000_000, most=MOST_WHOLE - 1),
        cpu_secs=table.whole_or_none("cpu_secs", least=1, most=10**9),
        files=table.whole_or_none("files", least=16, most=10**9),
        wall_secs=table.whole_or_none("wall_secs", least=1, most=10**9),
        nice=table.whole_or_none("nice", least=0, most=19),
    )
    table.end()
    return made


def _docker(table: Table) -> Docker:
    made = Docker(
        image=table.text("image"),
        python=table.text("python", "python"),
        url=table.text("url", "") or None,
        mount_directory=table.boolean("mount_directory", True),
        network=table.text("network", "") or None,
        user=table.text("user", "") or None,
        gpus=table.boolean("gpus", False),
        cpus=table.number_or_none("cpus"),
        environment=table.mapping_of_texts("environment"),
    )
    table.end()
    return made


def _ray(table: Table) -> Ray:
    made = Ray(
        address=table.text("address"),
        python=table.text("python", "python"),
        upload=table.boolean("upload", False),
        cpus=table.number_or_none("cpus"),
        gpus=table.number_or_none("gpus"),
        environment=table.mapping_of_texts("environment"),
    )
    table.end()
    return made
