"""Requests that nobody may start anything by: see `hostile`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tests.support.hostile import LARGE, Headers, Hostile, Json

START: Json = {"action": "start", "experiment": "toy", "instances": [{"parameters": {"lr": 0.5}}]}


def _started(wrong: str, status: int, *instances: Json) -> list[Hostile]:
    return _asked(wrong, status, [{**START, "instances": [one]} for one in instances])


def _asked(wrong: str, status: int, bodies: Sequence[Json]) -> list[Hostile]:
    return [
        Hostile(f"{wrong} ({number}): {body!r:.90}", status, body=body) for number, body in enumerate(bodies)
    ]


def _from(wrong: str, headers: Headers, status: int = 403, method: str = "POST") -> Hostile:
    return Hostile(wrong, status, headers, body=START, method=method)


_REQUESTS = [
    _from("another origin", {"Origin": "http://evil.example"}),
    _from("a sandboxed page", {"Origin": "null"}),
    _from("another site", {"Sec-Fetch-Site": "cross-site"}),
    _from("a name pointed here", {"Host": "evil.example", "Origin": "http://evil.example"}),
    _from("no token", {"X-Candles-Token": None}),
    _from("another token", {"X-Candles-Token": "guess"}),
    _from("through a proxy that nobody named", {"X-Forwarded-For": "127.0.0.1"}),
    _from("a form", {"Content-Type": "application/x-www-form-urlencoded"}, 400),
    _from("PUT", {}, 405, "PUT"),
    _from("DELETE", {}, 405, "DELETE"),
    _from("OPTIONS", {"Access-Control-Request-Method": "POST"}, 405, "OPTIONS"),
    Hostile("10 MB", 413, body=b" " * LARGE),
    Hostile("a change of what is printed", 405, path="/data/plugin/candles/experiments/output", body=START),
    *_asked(
        "no such action",
        400,
        [
            {},
            {**START, "action": "exec"},
            {**START, "action": ["start"]},
            {**START, "action": None},
            {**START, "command": ["sh", "-c", "touch canary"]},
            {**START, "executor": "docker"},
            {**START, "directory": "/"},
            {**START, "env": {"LD_PRELOAD": "/tmp/x.so"}},
            {**START, "instances": {}},
            {**START, "instances": []},
            {**START, "instances": ["a"]},
            {**START, "instances": [{"parameters": {}}] * 2000},
            {**START, "experiment": ["toy"]},
            {"action": "stop", "instances": "all"},
            {"action": "kill", "instances": [1]},
            {"action": "restart", "instances": ["0" * 16], "from": "../checkpoint"},
        ],
    ),
    *_asked(
        "what is not declared",
        404,
        [
            {**START, "experiment": "Toy"},
            {**START, "experiment": "../toy"},
            {**START, "experiment": "toy; touch canary"},
            {**START, "experiment": ""},
            {"action": "stop", "instances": ["0" * 16]},
            {"action": "kill", "instances": ["../../outside"]},
            {"action": "remove", "instances": ["/etc/passwd"]},
            {"action": "remove", "instances": [".."]},
        ],
    ),
    *_started(
        "no name of a run",
        400,
        *(
            {"name": name, "parameters": {}}
            for name in [
                "..",
                "../outside",
                "/tmp/run",
                "a/b",
                "a\\b",
                ".hidden",
                "-rf",
                "a\0",
                "a\nb",
                "a\u202eb",
                "$(touch canary)",
                "a;touch canary",
                "`touch canary`",
                "a|b",
                "x" * 1000,
                "",
                1,
                ["a"],
            ]
        ),
    ),
    *_started(
        "no parameter, or none of its values",
        400,
        {"parameters": {"momentum": 1}},
        {"parameters": {"__class__": 1}},
        {"parameters": ["--lr=1"]},
        {"parameters": {}, "command": "sh"},
        *(
            {"parameters": {"lr": lr}}
            for lr in [2.5, -0.1, "0.1", "0.1; touch canary", "$(touch canary)", True, None, [0.1]]
        ),
        *({"parameters": {"steps": steps}} for steps in [0, 100_001, 1.5, "10", 2**70]),
        *({"parameters": {"until": until}} for until in ["a\0b", "a\nb", "x" * 1001, 7, None]),
    ),
]
REQUESTS = [
    one if "/output" in one.path else replace(one, path="/data/plugin/candles/experiments")
    for one in _REQUESTS
]
SHELL = "'; touch {world}/canary #$(touch {world}/canary)`touch {world}/canary`|&&<>*~\\\" "
"""What a shell would make something of: as a parameter that may be any text it is one argument, as it is."""
