"""What a run was started with, however it was written."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
from tensorboard.plugins.hparams.summary_v2 import hparams_pb

from tensorboard_candles.events.arguments import MOST_ARGUMENTS, arguments_of
from tensorboard_candles.events.window import WindowDecoder
from tests.support.reading import assert_same
from tests.support.records import event_of, scalar_record, start_record, tensor_value


def text_value(tag: str, text: bytes, plugin: str | None = "text") -> summary_pb2.Summary.Value:
    shape = {"dim": [{"size": 1}]}
    tensor = TensorProto(dtype=types_pb2.DT_STRING, string_val=[text], tensor_shape=shape)
    return tensor_value(tag, tensor, plugin)


def values_in(*values: summary_pb2.Summary.Value) -> dict[str, Any]:
    content = b"".join(event_of(value, step=at) for at, value in enumerate(values))
    assert_same(content)
    [segment] = WindowDecoder(None).decode(content).segments
    return {name: argument.value for name, argument in segment.arguments.items()}


def hparams_value(**hparams: object) -> summary_pb2.Summary.Value:
    value: summary_pb2.Summary.Value
    [value] = [one for one in hparams_pb(hparams).value if one.tag.endswith("session_start_info")]
    return value


def without_tensor(value: summary_pb2.Summary.Value) -> summary_pb2.Summary.Value:
    value.ClearField("tensor")  # as torch writes it
    return value


@pytest.mark.parametrize("as_written", [lambda value: value, without_tensor])
def test_hyperparameters_of_the_hparams_plugin_are_read(as_written: Any) -> None:
    value = as_written(hparams_value(lr=0.1, layers=3, optimizer="adam", amp=True))
    assert values_in(value) == {"lr": 0.1, "layers": 3, "optimizer": "adam", "amp": True}


def test_texts_of_configurations_are_read_and_other_texts_are_not() -> None:
    config = {"lr": 1e-4, "seed": 42, "fp16": False, "resume": None, "adam": {"betas": [0.9, 0.99]}}
    model = {"hidden_size": 768}
    found = values_in(
        text_value("args/text_summary", json.dumps(config).encode()),
        text_value(
            "model_config/text_summary", b"```json\n" + json.dumps(model, indent=2).encode() + b"\n```"
        ),
        text_value("note/text_summary", b'{"lr": 7}'),
        text_value("args", b'{"lr": 7}', "other plugin"),
    )
    assert found == {
        "lr": 1e-4,
        "seed": 42,
        "fp16": False,
        "resume": None,
        "adam.betas": "[0.9, 0.99]",
        "model_config.hidden_size": 768,
    }


def test_the_later_of_two_that_say_one_name_holds_beyond_a_start_of_a_session() -> None:
    content = b"".join(
        [
            event_of(hparams_value(lr=0.1, seed=1), step=0),
            start_record(5, wall_time=2.0),
            event_of(text_value("hyperparameters/text_summary", b"|param|value|\n|-|-|\n|lr|3e-4|"), step=5),
            scalar_record("loss", step=6, value=1.0),
        ]
    )
    assert_same(content)
    *_, last = WindowDecoder(None).decode(content).segments
    told = {name: tuple(argument) for name, argument in last.arguments.items()}
    assert told == {"lr": (3e-4, "hyperparameters/text_summary"), "seed": (1, "hparams")}


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"|",
        b"||\n||\n||",
        b"```",
        b"[1, 2]",
        b'"lr"',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"\xff\xfe",
        b'{"' + b"n" * 300 + b'": 1}',
        b" " * (4 << 20) + b'{"lr": 1}',
    ],
)
def test_a_text_that_cannot_be_understood_says_nothing(text: bytes) -> None:
    assert values_in(text_value("args/text_summary", text)) == {}


@pytest.mark.parametrize("content", [b"\xff", b"", HParamsPluginData(version=7).SerializeToString()])
def test_hyperparameters_that_cannot_be_understood_say_nothing(content: bytes) -> None:
    value = hparams_value(lr=1)
    value.metadata.plugin_data.content = content
    assert values_in(value) == {}


def test_what_is_told_is_small_and_plain_however_large_and_odd_it_was() -> None:
    deep: dict[str, Any] = {}
    for _ in range(60):
        deep = {"d": deep}
    odd = {"long": "x" * 10_000, "huge": 10**300, "nan": math.nan, "half": "\ud800", "deep": deep}
    found = values_in(text_value("config", json.dumps(odd).encode()))
    assert found.pop("long") == "x" * 1023 + "…"
    assert found.pop("huge") == "1" + "0" * 300
    assert (found.pop("nan"), found.pop("half")) == ("NaN", "\ud800")
    [(name, value)] = found.items()
    assert name == "deep" + ".d" * 16
    assert isinstance(value, str)
    many = {f"name{number}": number for number in range(MOST_ARGUMENTS + 10)}
    assert len(arguments_of(text_value("config", json.dumps(many).encode()))) == MOST_ARGUMENTS
    rows = [
        text_value("config", json.dumps({f"{at}.{key}": 1 for key in range(900)}).encode()) for at in range(8)
    ]
    assert len(values_in(*rows)) == MOST_ARGUMENTS
