"""Requests that nobody may get anything by: each is the page's own request but for what is wrong with it.

In texts `{host}` is the server's address, `{token}` its token, `{logdir}` the log directory.
"""

from __future__ import annotations

import json
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from tests.support.server import ANSWERS_WITHIN_SECS

Json = Any
Headers = Mapping[str, "str | Sequence[str] | None"]
STOP = {"run": "run", "command": "stop"}
SET = {"run": "run", "command": "set", "name": "lr", "value": 0.01}
LARGE = 10 * 2**20


@dataclass(frozen=True)
class Hostile:
    """What is wrong, and the status that it gets."""

    wrong: str
    status: int
    headers: Headers = field(default_factory=dict)
    """Instead of the page's own: None leaves one out, several repeat it."""
    body: Json = field(default_factory=lambda: STOP)
    """JSON, or bytes as they are."""
    method: str = "POST"
    path: str = "/data/plugin/candles/control"
    version: str = "HTTP/1.1"


def own_headers() -> dict[str, str]:
    """Of the page itself."""
    return {
        "Host": "{host}",
        "Origin": "http://{host}",
        "Sec-Fetch-Site": "same-origin",
        "Content-Type": "application/json",
        "X-Candles-Token": "{token}",
    }


def as_bytes(request: Hostile, **known: str) -> bytes:
    """The request as it goes over the wire."""
    body = request.body if isinstance(request.body, bytes) else json.dumps(request.body).encode()
    for name, value in known.items():
        body = body.replace(f"{{{name}}}".encode(), value.encode())
    headers: dict[str, Any] = {**own_headers(), "Content-Length": str(len(body)), **request.headers}
    lines = [f"{request.method} {request.path} {request.version}"]
    for name, told in headers.items():
        lines += [f"{name}: {one}" for one in ([told] if isinstance(told, str) else told or ())]
    head = "\r\n".join([*lines, "Connection: close", "", ""])
    for name, value in known.items():
        head = head.replace(f"{{{name}}}", value)
    return head.encode() + body


def answer_to(address: tuple[str, int], request: bytes) -> tuple[int, bytes]:
    """Status, and the whole answer; whatever the server does with what it does not want to read."""
    with socket.create_connection(address, timeout=ANSWERS_WITHIN_SECS) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has answered already
        chunks = []
        while chunk := connection.recv(65536):
            chunks.append(chunk)
    answer = b"".join(chunks)
    return int(answer.split(maxsplit=2)[1]), answer


def _each(
    wrong: str, status: int, header: str, values: Sequence[str | Sequence[str] | None]
) -> list[Hostile]:
    return [
        Hostile(f"{wrong} ({number}): {value!r:.60}", status, {header: value})
        for number, value in enumerate(values)
    ]


def _bodies(wrong: str, status: int, bodies: Sequence[Json]) -> list[Hostile]:
    return [
        Hostile(f"{wrong} ({number}): {body!r:.60}", status, body=body) for number, body in enumerate(bodies)
    ]


PAGES_OF_OTHERS = [
    *_each(
        "a page of another origin",
        403,
        "Origin",
        [
            "http://evil.example",
            "https://evil.example",
            "null",
            "",
            "file://",
            "http://localhost:1",
            "http://{host}.evil.example",
            "http://{host}@evil.example",
            "http://evil.example/{host}",
            "http://{host}, http://evil.example",
            ["http://{host}", "http://evil.example"],
            "chrome-extension://abcdefghijklmnop",
        ],
    ),
    *_each(
        "another site's page", 403, "Sec-Fetch-Site", ["cross-site", "same-site", "none", "same-origin,", ""]
    ),
    Hostile(
        "a form, as any page can send one",
        403,
        {"Origin": "http://evil.example", "Content-Type": "text/plain", "X-Candles-Token": None},
    ),
    Hostile(
        "the question whether another site may",
        405,
        {"Origin": "http://evil.example", "Access-Control-Request-Method": "POST"},
        method="OPTIONS",
    ),
]

NAMES_OF_OTHERS = [
    *_each(
        "a name pointed here",
        403,
        "Host",
        [
            "evil.example",
            "evil.example:6006",
            "localhost.evil.example",
            "127.0.0.1.nip.io",
            "{host}, evil.example",
            ["{host}", "evil.example"],
            ["evil.example", "{host}"],
            "evil.example@{host}",
            "{host}@evil.example",
            "{host}/",
            "0.0.0.0:6006",
            "10.0.0.7",
            "[::ffff:10.0.0.7]",
            "2130706433",
            "0x7f000001",
            "127.1",
            "localhost:999999",
            "",
        ],
    ),
    Hostile("no name at all", 403, {"Host": None}, version="HTTP/1.0"),
    Hostile("another name in the request line", 403, path="http://evil.example/data/plugin/candles/control"),
    Hostile("a proxy's word for it", 403, {"Host": "evil.example", "X-Forwarded-Host": "{host}"}),
    *(
        Hostile(f"through a proxy that nobody named: {name}", 403, {name: value})
        for name, value in [
            ("X-Forwarded-For", "127.0.0.1"),
            ("X-Forwarded-Host", "localhost"),
            ("X-Forwarded-Proto", "https"),
            ("X-Forwarded-Server", "proxy"),
            ("X-Real-IP", "127.0.0.1"),
            ("Forwarded", "for=127.0.0.1;host=localhost"),
            ("Via", "1.1 proxy"),
        ]
    ),
]

WITHOUT_THE_TOKEN = [
    *_each(
        "no token, or another",
        403,
        "X-Candles-Token",
        [
            None,
            "",
            "guess",
            "{token}x",
            "x{token}",
            "{token} {token}",
            ["{token}", "{token}"],
            "\u2026",
            "null",
            "0",
        ],
    ),
    Hostile(
        "the token in the address",
        403,
        {"X-Candles-Token": None},
        path="/data/plugin/candles/control?token={token}",
    ),
    Hostile("the token in the body", 403, {"X-Candles-Token": None}, body={**STOP, "token": "{token}"}),
    Hostile("the token in a cookie", 403, {"X-Candles-Token": None, "Cookie": "X-Candles-Token={token}"}),
    Hostile("the token as another's", 403, {"X-Candles-Token": None, "Authorization": "Bearer {token}"}),
    Hostile("the token by another name", 403, {"X-Candles-Token": None, "X_Candles_Token": "{token}"}),
    Hostile(
        "no token, of an experiment",
        403,
        {"X-Candles-Token": None},
        path="/experiment/x/data/plugin/candles/control",
    ),
]

OTHER_METHODS = [
    *(
        Hostile(f"{method} changes nothing", 405, method=method)
        for method in ("PUT", "DELETE", "PATCH", "TRACE", "BREW")
    ),
    Hostile("POST by another name", 405, {"X-HTTP-Method-Override": "POST"}, method="PUT"),
    *(
        Hostile(f"a change of {route}", 405, path=f"/data/plugin/candles/{route}")
        for route in ("config", "runs", "points")
    ),
    Hostile("a way around", 404, path="/data/plugin/candles/../candles/control"),
    Hostile("another room", 404, path="/data/plugin/candles/control/run"),
]

NOT_JSON = [
    *_each(
        "not said to be JSON",
        400,
        "Content-Type",
        [
            None,
            "text/plain",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "text/plain; application/json",
            "application/jsonp",
        ],
    ),
    *_bodies(
        "not one JSON object",
        400,
        [
            b"",
            b"null",
            b"[]",
            b'"stop"',
            b"{'run': 'run', 'command': 'stop'}",
            b'{"run": "run", "command": "stop"} {}',
            b'{"run": "run", "command": "pause", "command": "stop"}',
            b'{"run": "run", "command": "stop", "timeout_secs": NaN}',
            b'{"run": "run", "command": "stop", "timeout_secs": 1e999}',
            b'{"run": "run", "command": "stop", "timeout_secs": ' + b"9" * 5000 + b"}",
            b'{"run": "\\ud800", "command": "stop"}',
            b'{"run": "run\xff", "command": "stop"}',
            b'\xef\xbb\xbf{"run": "run", "command": "stop"}',
            json.dumps(STOP).encode("utf-16"),
            b'{"run": ' + b"[" * 60_000,
            b'{"run": ' * 20 + b"1" + b"}" * 20,
            b"run=run&command=stop",
        ],
    ),
]

TOO_MUCH = [
    Hostile("10 MB", 413, body=b" " * LARGE + json.dumps(STOP).encode()),
    Hostile("10 MB of JSON", 413, body={**STOP, "run": "x" * LARGE}),
    Hostile("one byte too many", 413, body=json.dumps(STOP).encode().ljust(65_537)),
    Hostile("a length of gigabytes", 413, {"Content-Length": "10000000000"}),
    Hostile("10 MB without the token", 403, {"X-Candles-Token": None}, body=b" " * LARGE),
    Hostile("no length", 400, {"Content-Length": None}),
    Hostile("a length below nothing", 400, {"Content-Length": "-1"}),
    Hostile("a length that is no number", 400, {"Content-Length": "0x22"}),
    Hostile("less than was said", 400, {"Content-Length": "1000"}),
    Hostile(
        "pieces",
        400,
        {"Content-Length": None, "Transfer-Encoding": "chunked"},
        body=b"22\r\n" + json.dumps(STOP).encode() + b"\r\n0\r\n\r\n",
    ),
    Hostile(
        "pieces and a length",
        400,
        {"Transfer-Encoding": "chunked"},
        body=b"0\r\n\r\n" + json.dumps(STOP).encode(),
    ),
]

UNKNOWN_COMMANDS = _bodies(
    "no such command",
    400,
    [
        {"run": "run"},
        *(
            {"run": "run", "command": command}
            for command in [
                "shutdown",
                "STOP",
                "stop; rm -rf /",
                "$(stop)",
                "../stop",
                "stop\0",
                "",
                None,
                1,
                ["stop"],
            ]
        ),
        {**STOP, "session": "00ff" * 4},
        {**STOP, "id": "../../../outside/canary"},
        {**STOP, "by": "somebody else"},
        {**STOP, "__proto__": {"admin": True}},
        *({**STOP, "timeout_secs": secs} for secs in [0, -1, 1e308, "60", True, None]),
        {**STOP, "name": "lr", "value": 0.01},
    ],
)

PATHS = [
    *_bodies(
        "no such run",
        404,
        [
            {**STOP, "run": run}
            for run in [
                "../outside",
                "../../outside",
                "run/../../outside",
                "/etc/passwd",
                "{logdir}/run",
                "./run",
                "run/",
                "run/.",
                ".",
                "",
                "RUN",
                "run\0",
                "run\n",
                "run\u200b",
                "\uff52\uff55\uff4e",
                "r\u0443n",
                "..%2foutside",
                "..\\outside",
                "~root",
                "$(touch canary)",
                "run; touch canary",
                "memory://run",
                "x" * 60_000,
                "candles-control",
            ]
        ],
    ),
    *_bodies(
        "no name of a run", 400, [{**STOP, "run": run} for run in [["run"], {"run": "run"}, 1, None, True]]
    ),
    Hostile("a link that leads out", 403, body={**STOP, "run": "link"}),
]

OUT_OF_RANGE = _bodies(
    "no such parameter or value",
    400,
    [
        {"run": "run", "command": "set"},
        {"run": "run", "command": "set", "name": "lr"},
        *(
            {**SET, "name": name}
            for name in ["momentum", "../lr", "__class__", "", None, 1, {"lr": 1}, "lr\0"]
        ),
        *(
            {**SET, "value": value}
            for value in [1.5, -0.001, "0.1", "0.1; rm -rf /", True, None, [0.1], {"a": 1}, 10**30]
        ),
        *({**SET, "name": "epochs", "value": value} for value in [2.5, 10**19, -1, "3"]),
        *({**SET, "name": "mode", "value": value} for value in ["c", "a; rm", 0, ""]),
    ],
)

REQUESTS = [
    *PAGES_OF_OTHERS,
    *NAMES_OF_OTHERS,
    *WITHOUT_THE_TOKEN,
    *OTHER_METHODS,
    *NOT_JSON,
    *TOO_MUCH,
    *UNKNOWN_COMMANDS,
    *PATHS,
    *OUT_OF_RANGE,
]
