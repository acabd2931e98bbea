"""Runs and tags with names that no one should choose, and requests that try to leave the log directory."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.support import records
from tests.support.series import served_candles
from tests.support.server import Server

SECRET = "content that lies outside the log directory"
RUN_NAMES = [
    "with spaces",
    " leading and trailing ",
    "ünï-cödé/Ελληνικά/日本語",
    "🔥/🚀 run",
    "a..b",
    "..hidden",
    "...",
    "100%",
    "%2e%2e%2f",
    "a&b=c&run=x",
    "a+b",
    "a#b?c",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)<",
    "line\nbreak",
    "tab\tand\rreturn",
    "quo'te\"s",
    "back\\slash",
    "lr=0.1,batch=32",
    "$(touch pwned)`id`",
    "-rf",
    "[glob*?]",
    "deep/er/and/deep/er",
]
TAG_NAMES = [
    "train/loss",
    "/leading/and/trailing/",
    "quo'te\"s",
    "back\\slash",
    "ünï-cödé 日本語 🔥",
    "<b>bold</b>",
    "a&b=c",
    "100%",
    "line\nbreak",
    " spaces ",
    "../../etc/passwd",
    "null\0byte",
    "comma,semi;colon",
    "x" * 2000,
]
OUTSIDE = [
    "../outside",
    "..",
    "/etc",
    "a/../../outside",
    "..\\outside",
    "with spaces/../../outside",
    "\0",
    "",
    "./",
]
VALUES = [3.0, 1.0, 2.0]


@pytest.fixture(scope="module")
def logdir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    base = tmp_path_factory.mktemp("names")
    logdir = base / "logs"
    records.write_run(base, "outside", records.scalar_file(SECRET, VALUES))
    (base / "secret.txt").write_text(SECRET)
    for number, run in enumerate(RUN_NAMES):
        records.write_run(logdir, run, records.scalar_file("loss", [*VALUES, float(number)]))
    tags = b"".join(records.scalar_record(tag, step=0, value=float(n)) for n, tag in enumerate(TAG_NAMES))
    records.write_run(logdir, "many tags", records.version_record() + tags)
    not_unicode = os.fsencode(logdir) + b"/not \xff unicode"
    os.mkdir(not_unicode)
    Path(os.fsdecode(not_unicode), records.FILE_NAME).write_bytes(records.scalar_file("loss", VALUES))
    return logdir


@pytest.fixture(scope="module")
def server(shared_tensorboard_server: Callable[..., Server], logdir: Path) -> Server:
    started = shared_tensorboard_server(logdir)
    started.wait_loaded(run="many tags", tag=TAG_NAMES[-1], points=1)
    return started


def test_runs_keep_their_names(server: Server) -> None:
    assert {*RUN_NAMES, "many tags"} <= set(server.runs())


@pytest.mark.parametrize("run", RUN_NAMES)
def test_candles_of_a_run_with_an_odd_name_are_its_own(server: Server, run: str) -> None:
    number = RUN_NAMES.index(run)
    assert server.values(run) == dict(enumerate([*VALUES, float(number)]))


def test_candles_of_tags_with_odd_names_are_their_own(server: Server) -> None:
    answers = served_candles(server, [("many tags", tag) for tag in TAG_NAMES], width=1)
    assert [answer["columns"]["close"] for answer in answers] == [[float(n)] for n in range(len(TAG_NAMES))]


def test_tags_keep_their_names(server: Server) -> None:
    assert sorted(tag["tag"] for tag in server.runs()["many tags"]["tags"]) == sorted(TAG_NAMES)


@pytest.mark.parametrize("format_", ["csv", "safetensors"])
def test_odd_names_come_through_every_format(server: Server, format_: str) -> None:
    for run in RUN_NAMES:
        answer = server.get("candles", run=run, tag="loss", width=1, format=format_)
        assert answer.status == 200, (run, answer.body)
        assert "\n" not in "".join(answer.headers.values())


def test_answers_are_never_served_as_a_page(server: Server) -> None:
    html = "<script>alert(1)</script>"
    for answer in (
        server.get("runs"),
        server.get("candles", run=html, tag=html),
        server.get("candles", run="many tags", tag=html),
        server.get("candles", run="many tags", tag="train/loss", by=html),
        server.get("candles", run="many tags", tag="train/loss", format="csv"),
    ):
        assert not answer.headers["Content-Type"].startswith("text/html")
        assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize("run", OUTSIDE)
@pytest.mark.parametrize("route", ["candles", "points"])
def test_a_run_outside_the_log_directory_is_not_found(server: Server, route: str, run: str) -> None:
    for tag in (SECRET, "loss"):
        answer = server.get(route, run=run, tag=tag)
        assert answer.status in (400, 404)
        assert answer.error()


def climbing_targets(logdir: Path) -> list[str]:
    files = ["etc/passwd", str(logdir.parent / "secret.txt").lstrip("/")]
    ups = [
        "../",
        "..%2f",
        "%2e%2e/",
        "%2e%2e%2f",
        "..%5c",
        "..\\",
        "%252e%252e%252f",
        ".%2e/",
        "....//",
        "%00/../",
    ]
    climbs = [f"static/{up * 24}{file}" for up in ups for file in files]
    absolute = [f"static/{prefix}{file}" for prefix in ("/", "%2f", "//", "file:///") for file in files]
    inside_package = [
        f"static/{up}{file}" for up in ups for file in ("plugin.py", "metadata.py", "__init__.py")
    ]
    return [f"/data/plugin/candles/{target}" for target in climbs + absolute + inside_package]


def test_static_files_outside_the_bundle_are_never_served(server: Server, logdir: Path) -> None:
    for target in climbing_targets(logdir):
        answer = server.raw_get(target)
        assert answer.status in (301, 302, 308, 400, 403, 404), (target, answer.status)
        assert b"root:" not in answer.body, target
        assert SECRET.encode() not in answer.body, target
        assert b"import " not in answer.body, target


def test_a_run_that_is_not_unicode_hides_no_other(server: Server) -> None:
    (name,) = (name for name in server.runs() if name.startswith("not "))
    answer = server.get("candles", run=quote(name, errors="surrogateescape"), tag="loss")
    assert answer.status in (200, 404)


def test_nothing_was_executed(server: Server, logdir: Path) -> None:
    assert server.runs()
    assert not (logdir / "pwned").exists()
    assert not Path("pwned").exists()
