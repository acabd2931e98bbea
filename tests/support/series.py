"""Asking for candles and holding them against the brute force."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Sequence
from typing import Any

from safetensors.numpy import load

from tests.support import brute_force
from tests.support.brute_force import Candles, Column, Run
from tests.support.server import Server

MISSING_INTEGER = -(2**63)


def scale_of(expected: Candles) -> Callable[[str, int], float]:
    """What rounding may cost a sum: 1e-12 of it, and a little of the values that cancelled out in it."""
    columns = expected.columns

    def scale(name: str, row: int) -> float:
        want = columns[name][row]
        if want is None:
            return 0.0
        if name == "volume":
            return 1e-12 * abs(float(want))
        largest = max(abs(columns["high"][row]), abs(columns["low"][row]))
        return float(1e-12 * abs(want) + (1e-14 if name == "std" else 1e-13) * largest)

    return scale


def differences(answer: dict[str, Any], expected: Candles) -> list[str]:
    found = brute_force.differences(answer["columns"], expected, scale=scale_of(expected))
    if answer["points"] != expected.points:
        found.append(f"points: {answer['points']}, expected {expected.points}")
    if not answer["exact"]:
        found.append("exact is false")
    return found


def served_candles(
    server: Server, pairs: Sequence[tuple[str, str]], **params: object
) -> list[dict[str, Any]]:
    """One answer per (run, tag), asked for in one batch."""
    runs, tags = [run for run, _ in pairs], [tag for _, tag in pairs]
    answers: list[dict[str, Any]] = server.get_json("candles", run=runs, tag=tags, **params)["candles"]
    assert [(answer["run"], answer["tag"]) for answer in answers] == list(pairs)
    return answers


def wrong_candles(server: Server, name: str, run: Run, **params: Any) -> list[str]:
    """Cells of all series of a run that are not as the brute force has them."""
    found = []
    answers = served_candles(server, [(name, tag) for tag in run.series], **params)
    for tag, answer in zip(run.series, answers, strict=True):
        expected = brute_force.candles(
            run, tag, **{"volume": answer["volume"], **params, "width": answer["width"]}
        )
        found += [f"{name}/{tag} {params}: {difference}" for difference in differences(answer, expected)]
    return found


def columns_of_safetensors(body: bytes) -> tuple[list[dict[str, Column]], list[dict[str, Any]]]:
    """Columns per series with None for what is missing, and the JSON that came with them."""
    header = json.loads(body[8 : 8 + int.from_bytes(body[:8], "little")])
    rest = json.loads(header["__metadata__"]["candles"])
    arrays = load(body)
    named = []
    for number, series in enumerate(rest):
        prefix = f"{number}/" if len(rest) > 1 else ""
        named.append({name: _with_missing(arrays[prefix + name]) for name in series["columns"]})
    return named, rest


def _with_missing(array: Any) -> Column:
    if array.dtype.kind in "iu":
        return [None if number == MISSING_INTEGER else number for number in array.tolist()]
    return [None if math.isnan(number) else number for number in array.tolist()]
