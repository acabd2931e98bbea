"""The file of experiments: what it may say, and how each mistake is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tensorboard_candles.errors import BadDeclaration
from tensorboard_candles.launch.declared import Docker, Limits, Ray, declared_in, read_declared
from tensorboard_candles.launch.parameters import Parameter

WHOLE = """
[limits]
running = 4

[experiments.fashion]
help = "CNN on Fashion-MNIST"
command = ["{python}", "-m", "train", "--logdir", "{logdir}", "--run={run}", "--lr", "{lr}", "{parameters}"]
directory = "code"
project = "vision/fashion"
resume = ["--resume", "{run}"]
stop_secs = 5
[experiments.fashion.parameters]
lr = { kind = "float", default = 1e-3, least = 1e-5, most = 1.0, scale = "log", help = "Learning rate" }
layers = { kind = "int", default = 3, least = 1 }
augment = { kind = "bool", default = false }
optimizer = { kind = "choice", default = "adam", choices = ["adam", "sgd"] }
batch = { kind = "choice", default = 64, choices = [32, 64] }
note = { kind = "text", default = "" }
[experiments.fashion.limits]
running = 2
memory_bytes = 4_000_000_000
cpu_secs = 3600
files = 1024
wall_secs = 7200
nice = 10

[experiments.boxed]
command = ["python", "train.py"]
executor = "docker"
[experiments.boxed.docker]
image = "trainer:1"
gpus = true
environment = { SEED = "7" }

[experiments.far]
command = ["{python}", "train.py"]
executor = "ray"
[experiments.far.ray]
address = "http://127.0.0.1:8265"
cpus = 2
upload = true
"""


def test_everything_that_may_be_said_is_read(tmp_path: Path) -> None:
    (tmp_path / "code").mkdir()
    file = tmp_path / "experiments.toml"
    file.write_text(WHOLE)
    found = read_declared(file)
    fashion = found.experiments["fashion"]
    assert (found.running, found.most_running("fashion"), found.most_running("far")) == (4, 2, 4)
    assert fashion.directory == tmp_path / "code"
    assert (fashion.project, fashion.stop_secs, fashion.resume) == (
        "vision/fashion",
        5,
        ("--resume", "{run}"),
    )
    rate = Parameter("lr", "float", 1e-3, 1e-5, 1.0, help="Learning rate", scale="log")
    assert fashion.parameters[0] == rate
    assert [one.default for one in fashion.parameters] == [1e-3, 3, False, "adam", 64, ""]
    assert fashion.limits == Limits(4_000_000_000, 3600, 1024, 7200, 10)
    assert found.experiments["boxed"].docker == Docker("trainer:1", gpus=True, environment={"SEED": "7"})
    assert found.experiments["far"].ray == Ray("http://127.0.0.1:8265", upload=True, cpus=2)
    assert (found.experiments["far"].project, found.experiments["far"].resume) == ("far", None)


def toy(**more: Any) -> dict[str, Any]:
    return {"experiments": {"toy": {"command": ["{python}", "x.py", "{parameters}"], **more}}}


def parameter(**more: Any) -> dict[str, Any]:
    return toy(parameters={"lr": {"kind": "float", "default": 0.1, **more}})


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ({}, "it declares no experiment"),
        ({"experiments": []}, "experiments: must be a table"),
        ({"experiment": {}}, "unknown key 'experiment'; those are: experiments, limits"),
        ({**toy(), "limits": {"running": 0}}, "limits.running: must be a whole number from 1 to 1000, got 0"),
        ({**toy(), "limits": {"running": True}}, "limits.running: must be a whole number"),
        ({**toy(), "limits": {"runing": 2}}, "limits: unknown key 'runing'; those are: running"),
        ({"experiments": {"a b": {"command": ["x"]}}}, "experiments.a b: a name is a letter"),
        ({"experiments": {"toy": {}}}, "experiments.toy: command is missing"),
        (toy(command="x.py"), "experiments.toy.command: must be a list, got 'x.py'"),
        (toy(command=[]), "experiments.toy.command: an argument vector has at least a program"),
        (toy(command=["x", 7]), "experiments.toy.command: must be a text, got 7"),
        (toy(command=["x", "a\0b"]), "experiments.toy.command: must be a text"),
        (toy(command=["x", "{lrr}"]), "toy.command: unknown placeholder {lrr}; those are: python, logdir,"),
        (toy(command=["x", "a{parameters}"]), "unknown placeholder {parameters}"),
        (toy(command=["x", "{"]), "experiments.toy.command: a single { in '{'; write {{ for the sign itself"),
        (toy(command=["x", "{run.__class__}"]), "unknown placeholder {run.__class__}"),
        ({"experiments": {"toy": {"command": ["x"], "parameters": {"lr": {"kind": "int", "default": 1}}}}},
         "experiments.toy.command: the parameter lr is passed nowhere; add {parameters} or {lr}"),
        (toy(directory="no/such"), "experiments.toy.directory: there is no directory /code/no/such"),
        (toy(project="../up"), "experiments.toy.project: name must begin with a letter or digit, got '..'"),
        (toy(project="/abs"), "experiments.toy.project: name must be a text, got ''"),
        (toy(executor="slurm"), "experiments.toy.executor: must be one of local, docker, ray, got 'slurm'"),
        (toy(executor="ray"), "executor 'ray' needs a table [experiments.toy.ray]"),
        (toy(executor="docker", docker={}), "experiments.toy.docker: image is missing"),
        (toy(docker={"image": "x", "privileged": True}), "experiments.toy.docker: unknown key 'privileged'"),
        (toy(resume="--resume"), "experiments.toy.resume: must be a list"),
        (toy(resume=["{parameters}"]), "experiments.toy.resume: {parameters} belongs into the command"),
        (toy(resume=["{lr}"]), "experiments.toy.resume: unknown placeholder {lr}"),
        (toy(shell=True), "experiments.toy: unknown key 'shell'"),
        (toy(limits={"memory_bytes": 1.5e9}), "experiments.toy.limits.memory_bytes: must be a whole number"),
        (toy(limits={"nice": -5}), "experiments.toy.limits.nice: must be a whole number from 0 to 19"),
        (toy(parameters={"run": {"kind": "int", "default": 1}}), "parameters.run: run means something else"),
        (toy(parameters={"a-b": {"kind": "int", "default": 1}}), "parameters.a-b: a parameter's name is"),
        (toy(parameters={"lr": 0.1}), "experiments.toy.parameters.lr: must be a table, got 0.1"),
        (parameter(kind="number"), "parameters.lr.kind: must be one of int, float, bool, choice, text"),
        (toy(parameters={"lr": {"kind": "int"}}), "experiments.toy.parameters.lr: default is missing"),
        (toy(parameters={"lr": {"kind": "int", "defualt": 1}}), "missing; is 'defualt' meant for it?"),
        (parameter(default=2.0, most=1.0), "parameters.lr.default: must be at most 1.0, got 2.0"),
        (parameter(default="0.1"), "parameters.lr.default: must be a number, got '0.1'"),
        (parameter(default=float("nan")), "parameters.lr.default: must be finite"),
        (parameter(kind="choice", choices=[0.1, float("inf")]), "lr.choices: must be finite, got inf"),
        (parameter(least=1, most=0), "parameters.lr: least must not be > most, got 1 and 0"),
        (parameter(least=float("inf")), "parameters.lr.least: must be a finite number"),
        (parameter(scale="log"), "parameters.lr.scale: scale 'log' needs a number whose least is > 0"),
        (parameter(scale="cubic"), "parameters.lr.scale: must be one of linear, log"),
        (parameter(kind="choice", default="a"), "parameters.lr.choices: kind 'choice' needs choices"),
        (parameter(choices=[0.1]), "parameters.lr.choices: kind 'choice' needs choices"),
        (parameter(kind="choice", default=1, choices=[True]), "lr.default: must be one of true, got 1"),
        (parameter(kind="text", default="a", least=1), "parameters.lr: least and most are for numbers"),
        (parameter(maximum=1), "parameters.lr: unknown key 'maximum'"),
    ],
)  # fmt: skip
def test_each_mistake_is_told_with_its_file_and_its_key(content: dict[str, Any], says: str) -> None:
    with pytest.raises(BadDeclaration) as told:
        declared_in(content, file="toy.toml", directory=Path("/code") if "no/such" in says else Path("/"))
    assert str(told.value).startswith("toy.toml: ")
    assert says in str(told.value)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"[experiments", "not TOML"),
        (b"\xff\xfe", "not TOML"),
        (b"a = 1\na = 2", "not TOML"),
        (b"#" * 1_000_001, "more than 1000000 bytes are no list of experiments"),
        (b"a = " + b"[" * 5000, "not TOML"),
    ],
)
def test_what_is_no_such_file_is_told(tmp_path: Path, content: bytes, says: str) -> None:
    file = tmp_path / "experiments.toml"
    file.write_bytes(content)
    with pytest.raises(BadDeclaration, match=says):
        read_declared(file)


def test_a_file_that_there_is_not_is_told(tmp_path: Path) -> None:
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(BadDeclaration, match=str(path)):
            read_declared(path)
