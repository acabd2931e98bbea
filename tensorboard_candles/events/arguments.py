"""What a run was started with: hyperparameters and configurations, whoever wrote them."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, TypeAlias

from google.protobuf.message import DecodeError
from tensorboard.compat.proto import summary_pb2, types_pb2
from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData

Value: TypeAlias = "str | float | bool | None"

HPARAMS_PLUGIN = "hparams"
MOST_ARGUMENTS = 5_000
"""Of one run; what comes later is passed by."""
_MOST_BYTES = 4 << 20
_LONGEST_NAME = 256
_LONGEST_VALUE = 1 << 10
_DEEPEST = 16

_TEXT_SUFFIX = "/text_summary"
"""What torch's and tensorboardX's `add_text` put behind a tag."""
_OF_THE_RUN = frozenset(
    "args arguments config configuration hparams hyperparameters hyper_parameters parameters params".split()
)
_OF_A_PART = frozenset("model_config peft_config".split())
"""Names in these are told apart from the run's own."""
_INTEGER = re.compile(r"[+-]?[0-9]{1,15}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_WORDS: dict[str, Value] = {"True": True, "true": True, "False": False, "false": False, "None": None}


class Argument(NamedTuple):
    """A value, and what it was read from: `hparams`, or the tag of a text."""

    value: Value
    source: str


Arguments: TypeAlias = Mapping[str, Argument]
"""By name; names of nested ones are joined by dots."""


def overruled_arguments(known: Arguments, later: Arguments) -> Arguments:
    """All of one and then of the other, name by name.

    >>> overruled_arguments({"lr": Argument(0.1, "hparams")}, {"lr": Argument(0.2, "args")})
    {'lr': Argument(value=0.2, source='args')}
    """
    if not known or not later:
        return known or later
    both = dict(known)
    for name, argument in later.items():
        if name in both or len(both) < MOST_ARGUMENTS:
            both[name] = argument
    return both


def arguments_of(value: summary_pb2.Summary.Value) -> Arguments:
    """Those that a summary's value says; what can't be understood of it is passed by.

    >>> text = summary_pb2.Summary.Value(tag="args/text_summary")
    >>> text.tensor.dtype = types_pb2.DT_STRING
    >>> text.tensor.string_val.append(b'{"lr": 0.1, "betas": [0.9, 0.999], "optimizer": {"name": "adam"}}')
    >>> {name: argument.value for name, argument in arguments_of(text).items()}
    {'lr': 0.1, 'betas': '[0.9, 0.999]', 'optimizer.name': 'adam'}

    They are those of TensorBoard's hparams plugin (`SummaryWriter.add_hparams`, `Tracker.log_config`), and
    texts that are named as configurations are and hold an object of JSON (`transformers`) or a Markdown table
    of names and values (CleanRL).
    """
    plugin = value.metadata.plugin_data
    if plugin.plugin_name == HPARAMS_PLUGIN:
        return _gathered(_of_session(plugin.content), HPARAMS_PLUGIN)
    words = value.tag.removesuffix(_TEXT_SUFFIX).rpartition("/")[2]
    if plugin.plugin_name not in ("", "text") or words not in _OF_THE_RUN | _OF_A_PART:
        return {}
    if value.tensor.dtype != types_pb2.DT_STRING or len(value.tensor.string_val) != 1:
        return {}
    prefix = words if words in _OF_A_PART else ""
    return _gathered(_of_text(value.tensor.string_val[0], prefix), value.tag[:_LONGEST_NAME])


def _gathered(named: Iterator[tuple[str, Value]], source: str) -> Arguments:
    found: dict[str, Argument] = {}
    for name, value in named:
        if 0 < len(name) <= _LONGEST_NAME:
            found[name] = Argument(value, source)
        if len(found) == MOST_ARGUMENTS:
            break
    return found


def _of_session(content: bytes) -> Iterator[tuple[str, Value]]:
    if len(content) > _MOST_BYTES:
        return
    try:
        info = HParamsPluginData.FromString(content).session_start_info
    except DecodeError:
        return
    for name in sorted(info.hparams):
        value = info.hparams[name]
        kind = value.WhichOneof("kind")
        if kind == "number_value":
            # The format knows no whole numbers.
            number = value.number_value
            is_whole = math.isfinite(number) and number == math.floor(number) and abs(number) < 2**53
            yield name, int(number) if is_whole else _plain(number)
        elif kind in ("string_value", "bool_value"):
            yield name, _plain(getattr(value, kind))
        elif kind == "list_value":
            yield name, _shortened(", ".join(_word_of(one) for one in value.list_value.values[:1000]))
        else:
            yield name, None


def _word_of(value: Any) -> str:
    kind = value.WhichOneof("kind")
    return str(getattr(value, kind)) if kind in ("number_value", "string_value", "bool_value") else "…"


def _of_text(text: bytes, prefix: str) -> Iterator[tuple[str, Value]]:
    if len(text) > _MOST_BYTES:
        return
    words = text.decode(errors="replace").strip()
    if words.startswith("|"):
        yield from _of_table(words)
        return
    if words.startswith("```"):
        words = words.partition("\n")[2].rpartition("```")[0]
    try:
        decoded = json.loads(words)
    except (ValueError, RecursionError):
        return
    if isinstance(decoded, dict):
        yield from _flat(decoded, prefix, 0)


def _of_table(words: str) -> Iterator[tuple[str, Value]]:
    """Rows of a Markdown table of two columns, behind its head.

    >>> dict(_of_table("|param|value|\\n|-|-|\\n|seed|1|\\n|lr|3e-4|\\n|track|False|\\n|env|CartPole|"))
    {'seed': 1, 'lr': 0.0003, 'track': False, 'env': 'CartPole'}
    """
    for line in words.split("\n")[2:]:
        name, separator, value = line.strip().removeprefix("|").removesuffix("|").partition("|")
        if separator:
            yield name.strip(), _parsed(value.strip())


def _parsed(word: str) -> Value:
    if word in _WORDS:
        return _WORDS[word]
    if _INTEGER.fullmatch(word):
        return int(word)
    return _plain(float(word)) if len(word) < 64 and _NUMBER.fullmatch(word) else _shortened(word)


def _flat(decoded: Mapping[str, Any], prefix: str, depth: int) -> Iterator[tuple[str, Value]]:
    for key, value in decoded.items():
        name = f"{prefix}.{key}" if prefix else key
        if len(name) > _LONGEST_NAME:
            continue
        if isinstance(value, dict) and value and depth < _DEEPEST:
            yield from _flat(value, name, depth + 1)
        else:
            yield name, _plain(value)


def _plain(value: Any) -> Value:
    """As JSON can tell it: what is no number that a double holds, nor one of its other kinds, as a text."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, int) and abs(value) < 2**63:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return _shortened(value if isinstance(value, str) else _written(value))


def _written(value: Any) -> str:
    try:
        return json.dumps(value, ensure_ascii=False)
    except RecursionError:
        return "…"


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 1] + "…"
