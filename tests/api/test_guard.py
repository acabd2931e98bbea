"""Who may change something, decided from the words of a request alone."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import Client, TestResponse
from werkzeug.wrappers import Request

from tensorboard_candles.api.audit import FILE_NAME, Audit
from tensorboard_candles.api.bodies import MOST_BODY_BYTES, json_body, json_object
from tensorboard_candles.api.changing import Changed, changing
from tensorboard_candles.api.guard import Guard, Limits
from tensorboard_candles.api.limits import Limit
from tensorboard_candles.errors import BadRequest, CandlesError, TooLarge
from tensorboard_candles.hosts import allowed_hosts
from tensorboard_candles.tokens import Secret

PAGE = {"Host": "localhost:6006"}
GIVEN = Secret("correct-horse-battery")


class Route:
    """A route behind the gate that counts how often it was let through."""

    def __init__(self, guard: Guard) -> None:
        self.guard = guard
        self.bodies: list[Any] = []
        self._client = Client(changing(self._answer, guard, needs="control"))

    def _answer(self, request: Request, body: Any) -> Changed:
        self.bodies.append(body)
        return Changed({"id": "0123"})

    def post(
        self, *, token: str | None = "", client: str = "127.0.0.1", method: str = "POST", **headers: str
    ) -> TestResponse:
        own = self.guard.token.reveal() if token == "" else token
        told = {**PAGE, **({"X-Candles-Token": own} if own else {})}
        told |= {name.replace("_", "-"): value for name, value in headers.items()}
        return self._client.open(
            "/", method=method, headers=told, json={"run": "cnn"}, environ_base={"REMOTE_ADDR": client}
        )


def test_the_page_of_this_server_with_its_token_is_let_in() -> None:
    route = Route(Guard(control=True))
    assert route.post(Origin="http://localhost:6006", Sec_Fetch_Site="same-origin").get_json() == {
        "id": "0123"
    }
    assert route.post().status_code == 200
    assert route.bodies == [{"run": "cnn"}] * 2


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "localhost.evil.example"},
        {"Host": "localhost:6006,evil.example"},
        {"Host": "evil.example@localhost"},
        {"Host": "localhost:6006/"},
        {"Host": "localhost:"},
        {"Host": "localhost:0"},
        {"Host": "[::1"},
        {"Host": "0.0.0.0:6006"},
        {"Host": "10.0.0.7"},
        {"Host": "127.0.0.1.nip.io"},
        {"Host": "ｌocalhost".encode().decode("latin-1")},
        {"Host": ""},
        {"Origin": "null"},
        {"Origin": "http://evil.example"},
        {"Origin": "http://localhost:8888"},
        {"Origin": "http://127.0.0.1:6006"},
        {"Origin": "http://localhost:6006.evil.example"},
        {"Origin": "file://"},
        {"Origin": ""},
        {"Sec_Fetch_Site": "cross-site"},
        {"Sec_Fetch_Site": "same-site"},
        {"Sec_Fetch_Site": "none"},
        {"X_Forwarded_For": "127.0.0.1"},
        {"X_Forwarded_Proto": "https"},
        {"X_Forwarded_Prefix": "/board"},
        {"Forwarded": "for=127.0.0.1;host=localhost"},
        {"client": "10.0.0.7"},
        {"client": "2001:db8::1"},
        {"client": ""},
        {"token": None},
        {"token": "guess"},
    ],
)
def test_others_are_refused_though_they_know_the_rest(headers: dict[str, Any]) -> None:
    route = Route(Guard(control=True))
    refused = route.post(**headers)
    assert refused.status_code == 403
    assert list(refused.get_json()) == ["error"]
    assert route.bodies == []


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST.:1", "127.0.0.1:80", "127.3.2.1", "[::1]:6006"])
def test_this_machine_is_known_by_each_of_its_own_names(host: str) -> None:
    assert Route(Guard(control=True)).post(Host=host).status_code == 200


def test_without_the_flag_nobody_is_let_in() -> None:
    refused = Route(Guard(launch=True)).post()
    assert (refused.status_code, refused.get_json()["error"]) == (
        403, "this TensorBoard was started without --candles_control",
    )  # fmt: skip


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_and_told_which_one_is_meant(method: str) -> None:
    refused = Route(Guard(control=True)).post(method=method)
    assert (refused.status_code, refused.headers["Allow"]) == (405, "POST")
    assert "Access-Control-Allow-Origin" not in refused.headers


@pytest.mark.parametrize(
    ("host", "bind_all"), [(None, True), ("0.0.0.0", False), ("::", False), ("gpu7", False)]
)
def test_where_others_reach_it_only_a_token_that_was_given_opens(host: str | None, bind_all: bool) -> None:
    hosts = allowed_hosts(host, bind_all, [])
    guard = Guard(control=True, hosts=hosts)
    assert "--candles_token" in guard.why_not({"HTTP_HOST": "localhost", "REMOTE_ADDR": "127.0.0.1"})
    assert Route(guard).post().status_code == 403
    given = Route(Guard(control=True, hosts=hosts, given_token=GIVEN))
    assert given.post(client="10.0.0.9", Host="10.0.0.7:6006").status_code == 200
    assert given.post(client="10.0.0.9", Host="evil.example").status_code == 403
    assert given.post(client="10.0.0.9", token="guess").status_code == 403


def test_a_proxy_is_known_by_the_name_that_was_given() -> None:
    hosts = allowed_hosts(None, False, ["team.example", "lab.example:8443"])
    route = Route(Guard(control=True, hosts=hosts))
    forwarded = {"X_Forwarded_For": "10.0.0.9"}
    assert route.post(Host="team.example", Origin="https://team.example", **forwarded).status_code == 200
    assert route.post(Host="lab.example:8443", Origin="https://lab.example:8443").status_code == 200
    assert route.post(Host="lab.example").status_code == 403
    assert route.post(Host="localhost", Origin="https://team.example").status_code == 200
    assert route.post(Host="localhost", Origin="https://team.example:444").status_code == 403
    assert route.post(Host="localhost", **forwarded).status_code == 403


def test_a_client_that_asks_too_often_waits_and_others_do_not() -> None:
    limits = Limits(of_client=Limit(burst=3, per_sec=0.5, clock=lambda: 0.0))
    route = Route(Guard(control=True, given_token=GIVEN, limits=limits))
    assert [route.post(client="10.0.0.1").status_code for _ in range(4)] == [200, 200, 200, 429]
    assert route.post(client="10.0.0.1").headers["Retry-After"] == "2"
    assert route.post(client="10.0.0.2").status_code == 200
    assert len(route.bodies) == 4


def test_who_guesses_too_often_is_not_told_when_it_is_right() -> None:
    limits = Limits(wrong_tokens=Limit(burst=3, per_sec=1.0, clock=lambda: 0.0))
    route = Route(Guard(control=True, given_token=GIVEN, limits=limits))
    assert [route.post(token=f"guess {n}").status_code for n in range(4)] == [403, 403, 403, 429]
    assert route.post().status_code == 429
    assert route.post(client="127.0.0.2").status_code == 200


def test_the_subscriber_of_a_network_is_one_client() -> None:
    limits = Limits(of_client=Limit(burst=1, per_sec=1.0, clock=lambda: 0.0))
    route = Route(Guard(control=True, given_token=GIVEN, limits=limits))
    addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:1::1"]
    assert [route.post(client=address).status_code for address in addresses] == [200, 429, 200]


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b'"run"',
        b'{"run": "a", "run": "b"}',
        b'{"value": NaN}',
        b'{"value": -Infinity}',
        b'{"value": 1e999}',
        b'{"value": ' + b"9" * 5000 + b"}",
        b'{"run": "\\ud800"}',
        b'{"run": "\xff"}',
        b'\xef\xbb\xbf{"run": "a"}',
        '{"run": "a"}'.encode("utf-16"),
        b'{"a":' * 20 + b"1" + b"}" * 20,
        b"[" * 60_000,
        b'{"' + b'\\"' * 30_000,
        b'{"run": "a"} {}',
        b"{'run': 'a'}",
    ],
)
def test_a_body_that_is_not_one_plain_object_is_refused(body: bytes) -> None:
    with pytest.raises(BadRequest):
        json_object(body)


def test_brackets_in_a_text_are_no_nesting() -> None:
    assert json_object(json.dumps({"run": '[[{"' * 100}).encode()) == {"run": '[[{"' * 100}


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({"Content-Type": "text/plain"}, b"{}", 400),
        ({"Content-Type": "application/x-www-form-urlencoded"}, b"{}", 400),
        ({"Content-Type": "application/json-patch+json"}, b"{}", 400),
        ({"Content-Type": "text/plain, application/json"}, b"{}", 400),
        ({"Content-Type": "application/json; charset=utf-16"}, b"{}", 400),
        ({"Content-Type": "application/json; charset=UTF-8"}, b"{}", 200),
        ({}, b"{}", 400),
        ({"Content-Type": "application/json", "Transfer-Encoding": "chunked"}, b"{}", 400),
        ({"Content-Type": "application/json"}, b" " * MOST_BODY_BYTES + b"{}", 413),
    ],
)
def test_a_body_must_be_declared_as_what_it_is(headers: dict[str, str], body: bytes, status: int) -> None:
    route = Route(Guard(control=True))
    told = {**PAGE, "X-Candles-Token": route.guard.token.reveal(), **headers}
    answer = route._client.post("/", headers=told, data=body, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("length", "error"),
    [("", BadRequest), ("-2", BadRequest), ("+2", BadRequest), ("7", BadRequest), ("\u0662", BadRequest),
     ("10000000000", TooLarge), ("9" * 5000, BadRequest)],
)  # fmt: skip
def test_a_length_that_is_not_the_bodys_is_refused(length: str, error: type[CandlesError]) -> None:
    told = {"CONTENT_TYPE": "application/json", "CONTENT_LENGTH": length, "wsgi.input": io.BytesIO(b"{}")}
    with pytest.raises(error):
        json_body(told)


def audit_lines(directory: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (directory / FILE_NAME).read_text().splitlines()]


def test_the_audit_log_tells_what_was_asked_and_what_came_of_it_but_never_the_token(tmp_path: Path) -> None:
    route = Route(Guard(control=True, audit=Audit((tmp_path,))))
    token = route.guard.token.reveal()
    route.post(token="guess")
    route.post(Origin=f"http://{token}.example\n{{}}".replace("\n", "%0a"))
    route.post()
    wrong, foreign, done = audit_lines(tmp_path)
    assert (wrong["outcome"], wrong["status"], wrong["asked"]) == ("refused", 403, None)
    assert "Origin" in foreign["why"]
    assert (done["outcome"], done["answer"], done["asked"]) == ("done", {"id": "0123"}, {"run": "cnn"})
    assert (done["client"], done["host"]) == ("127.0.0.1", "localhost:6006")
    assert token not in (tmp_path / FILE_NAME).read_text()
    assert (tmp_path / FILE_NAME).stat().st_mode & 0o777 == 0o600


def test_a_change_that_went_wrong_on_its_way_is_told_too(tmp_path: Path) -> None:
    def fall_over(_request: Request, _body: Any) -> Changed:
        raise OSError("the disk is full")

    guard = Guard(control=True, audit=Audit((tmp_path,)))
    client = Client(changing(fall_over, guard, needs="control"))
    headers = {**PAGE, "X-Candles-Token": guard.token.reveal()}
    with pytest.raises(OSError, match="the disk is full"):
        client.post("/", headers=headers, json={"run": "cnn"}, environ_base={"REMOTE_ADDR": "127.0.0.1"})
    (told,) = audit_lines(tmp_path)
    assert (told["outcome"], told["status"], told["why"]) == ("failed", 500, "OSError: the disk is full")
    assert told["asked"] == {"run": "cnn"}


def test_no_text_of_a_request_begins_a_line_or_makes_one_long(tmp_path: Path) -> None:
    audit = Audit((tmp_path,))
    audit.note(run='a\n{"outcome": "done"}\r\u2028', asked={"parameters": ["\U0001f600\\" * 10_000] * 10})
    assert [line["run"] for line in audit_lines(tmp_path)] == ['a\n{"outcome": "done"}\r\u2028']
    assert (tmp_path / FILE_NAME).stat().st_size < 8_000


def test_the_audit_log_is_bounded_and_the_last_lines_are_kept(tmp_path: Path) -> None:
    audit = Audit((tmp_path,), most_bytes=1000)
    for number in range(100):
        audit.note(number=number)
    before = tmp_path / "candles-audit.1.jsonl"
    assert sorted(path.name for path in tmp_path.iterdir()) == [before.name, FILE_NAME]
    numbers = [json.loads(line)["number"] for path in (before, tmp_path / FILE_NAME) for line in path.open()]
    assert numbers == list(range(numbers[0], 100))
    assert max(before.stat().st_size, (tmp_path / FILE_NAME).stat().st_size) < 1100


def test_a_line_for_which_the_disk_has_no_room_goes_where_there_is(tmp_path: Path) -> None:
    resource = pytest.importorskip("resource")
    directories = tmp_path / "full", tmp_path / "other"
    for directory in directories:
        directory.mkdir()
    (directories[0] / FILE_NAME).write_bytes(b"\n" * 4000)
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4010, before[1]))
    try:
        Audit(directories).note(run="a")
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    assert audit_lines(directories[1])[0]["run"] == "a"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root gives files away")
def test_an_audit_log_of_another_user_is_left_alone(tmp_path: Path) -> None:
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    for directory in (theirs, ours):
        directory.mkdir()
    (theirs / FILE_NAME).write_bytes(b"")
    os.chown(theirs / FILE_NAME, 12_345, -1)
    Audit((theirs, ours)).note(run="a")
    assert (theirs / FILE_NAME).read_bytes() == b""
    assert audit_lines(ours)[0]["run"] == "a"


def test_a_link_in_the_place_of_the_audit_log_is_not_followed(tmp_path: Path) -> None:
    logs, other, canary = tmp_path / "logs", tmp_path / "other", tmp_path / "canary"
    logs.mkdir()
    other.mkdir()
    canary.write_text("alive")
    (logs / FILE_NAME).symlink_to(canary)
    Audit((logs, other)).note(run="a")
    assert canary.read_text() == "alive"
    assert audit_lines(other)[0]["run"] == "a"


def test_a_second_name_of_another_file_in_its_place_is_left_alone(tmp_path: Path) -> None:
    canary = tmp_path / "canary"
    canary.write_text("alive")
    (tmp_path / FILE_NAME).hardlink_to(canary)
    Audit((tmp_path,)).note(run="a")
    assert canary.read_text() == "alive"
