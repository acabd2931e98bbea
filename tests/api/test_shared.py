from __future__ import annotations

import gzip

from werkzeug.datastructures import Headers
from werkzeug.test import EnvironBuilder
from werkzeug.wrappers import Request, Response

from tensorboard_candles.api.answer import respond_text
from tensorboard_candles.api.shared import SharedAnswers
from tensorboard_candles.errors import NotFound


def asking(path: str = "/candles", *, encoding: str = "gzip", method: str = "GET") -> Request:
    headers = Headers({"Accept-Encoding": encoding})
    return Request(EnvironBuilder(path=path, method=method, headers=headers).get_environ())


class Maker:
    def __init__(self, size: int = 10) -> None:
        self.size = size
        self.made = 0

    def answer(self, shared: SharedAnswers, request: Request, etag: str) -> Response:
        def make() -> Response:
            self.made += 1
            return respond_text(request, "x" * self.size, "application/json", etag)

        return shared.respond(request, etag, make)


def test_the_same_answer_is_made_once_and_is_the_same_to_the_last_header() -> None:
    maker, shared = Maker(), SharedAnswers()
    first, second = (maker.answer(shared, asking(), "e") for _ in range(2))
    assert maker.made == 1
    assert (second.get_data(), second.status) == (first.get_data(), first.status)
    assert sorted(second.headers.items()) == sorted(first.headers.items())
    assert gzip.decompress(second.get_data()) == b"x" * 10


def test_another_version_another_route_and_another_encoding_are_other_answers() -> None:
    maker, shared = Maker(), SharedAnswers()
    maker.answer(shared, asking(), "e")
    maker.answer(shared, asking(), "f")
    maker.answer(shared, asking("/points"), "e")
    plain = maker.answer(shared, asking(encoding="identity"), "e")
    assert (maker.made, plain.get_data()) == (4, b"x" * 10)


def test_whoever_asks_for_headers_alone_leaves_the_body_to_others() -> None:
    maker, shared = Maker(), SharedAnswers()
    assert maker.answer(shared, asking(encoding="identity", method="HEAD"), "e").get_data() == b""
    assert maker.answer(shared, asking(encoding="identity"), "e").get_data() == b"x" * 10


def test_the_oldest_answers_go_where_there_is_no_room() -> None:
    maker, shared = Maker(size=900), SharedAnswers(most_bytes=6000)
    for etag in "abc":
        maker.answer(shared, asking(encoding="identity"), etag)
    maker.answer(shared, asking(encoding="identity"), "c")
    assert maker.made == 3
    maker.answer(shared, asking(encoding="identity"), "a")
    assert maker.made == 4


def test_an_answer_that_could_not_be_made_is_tried_again() -> None:
    shared = SharedAnswers()

    def fail() -> Response:
        raise NotFound("not read yet")

    for _ in range(2):
        try:
            shared.respond(asking(), "e", fail)
        except NotFound:
            continue
        raise AssertionError("an error was kept")
