"""A file comes whole or not at all, over connections that break and from mirrors that lie."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import numpy as np
import pytest

from demo.fashion_mnist.download import PIECE_BYTES, NotFetched, fetch
from tests.demo.mirrors import Mirror, remote

NAME = "images.gz"
CONTENT = np.random.default_rng(1).bytes(5 * PIECE_BYTES + 7)
FILE = remote(NAME, CONTENT)
CUT = 2 * PIECE_BYTES + 100


def fetched(directory: Path, *mirrors: Mirror) -> list[int]:
    with ExitStack() as stack:
        urls = [stack.enter_context(mirror.serving()).url for mirror in mirrors]
        return list(fetch(FILE, directory, urls, timeout_secs=5))


def good(**how: object) -> Mirror:
    return Mirror({NAME: CONTENT}, **how)  # type: ignore[arg-type]


def ranges(mirror: Mirror) -> list[str | None]:
    return [wanted for _, wanted in mirror.asked]


def whole(directory: Path) -> bool:
    return [path.name for path in directory.iterdir()] == [NAME] and (
        directory / NAME
    ).read_bytes() == CONTENT


def test_file_comes_whole_and_tells_how_far_it_is(tmp_path: Path) -> None:
    told = fetched(tmp_path / "new", good())
    assert whole(tmp_path / "new")
    assert told == sorted(told)
    assert len(told) == 6
    assert told[-1] == len(CONTENT)


def test_what_is_there_is_not_fetched_again(tmp_path: Path) -> None:
    mirror = good()
    fetched(tmp_path, mirror)
    assert fetched(tmp_path, mirror) == [len(CONTENT)]
    assert len(mirror.asked) == 1


def test_broken_connection_is_taken_up_where_it_broke(tmp_path: Path) -> None:
    mirror = good(breaks_after=[CUT, PIECE_BYTES])
    fetched(tmp_path, mirror)
    assert whole(tmp_path)
    assert ranges(mirror) == [None, f"bytes={CUT}-", f"bytes={CUT + PIECE_BYTES}-"]


def test_next_process_goes_on_with_what_an_interrupted_one_left(tmp_path: Path) -> None:
    with good().serving() as mirror:
        first = fetch(FILE, tmp_path, [mirror.url])
        have = [next(first), next(first)][-1]
        first.close()
        assert not (tmp_path / NAME).exists()
        list(fetch(FILE, tmp_path, [mirror.url]))
        assert ranges(mirror) == [None, f"bytes={have}-"]
    assert whole(tmp_path)


def test_mirror_without_ranges_sends_all_again(tmp_path: Path) -> None:
    mirror = good(breaks_after=[CUT], knows_ranges=False)
    fetched(tmp_path, mirror)
    assert whole(tmp_path)
    assert ranges(mirror) == [None, f"bytes={CUT}-"]


def test_next_mirror_goes_on_where_the_first_gave_up(tmp_path: Path) -> None:
    first, second = good(breaks_after=[CUT, 0]), good()
    fetched(tmp_path, first, second)
    assert whole(tmp_path)
    assert ranges(second) == [f"bytes={CUT}-"]


def test_wrong_checksum_leads_to_the_next_mirror(tmp_path: Path) -> None:
    damaged = bytearray(CONTENT)
    damaged[len(damaged) // 2] ^= 1
    first, second = Mirror({NAME: bytes(damaged)}), good()
    fetched(tmp_path, first, second)
    assert whole(tmp_path)
    assert len(first.asked) == 1
    assert ranges(second) == [None]


def test_bad_beginning_of_another_mirror_is_thrown_away(tmp_path: Path) -> None:
    first, second = Mirror({NAME: b"<html>please log in</html>"}), good()
    fetched(tmp_path, first, second)
    assert whole(tmp_path)
    assert ranges(second) == ["bytes=26-", None]


@pytest.mark.parametrize("extra", [b"x", bytes(10 * len(CONTENT))])
def test_file_that_is_too_long_is_refused(tmp_path: Path, extra: bytes) -> None:
    with pytest.raises(NotFetched, match="is another file"):
        fetched(tmp_path, Mirror({NAME: CONTENT + extra}))
    assert not list(tmp_path.iterdir())


def test_mirror_that_breaks_and_lies_is_given_up(tmp_path: Path) -> None:
    lie = bytes(len(CONTENT))
    with pytest.raises(NotFetched, match="is another file"):
        fetched(tmp_path, Mirror({NAME: lie}, breaks_after=[CUT, CUT] * 5))


def test_each_mirrors_answer_is_told_when_all_are_down(tmp_path: Path) -> None:
    busy, without, short = good(status=503), Mirror(), Mirror({NAME: CONTENT[:99]})
    with Mirror().serving() as gone:
        pass
    with ExitStack() as stack:
        urls = [stack.enter_context(mirror.serving()).url for mirror in (busy, without, short)]
        with pytest.raises(NotFetched) as told:
            list(fetch(FILE, tmp_path, [*urls, gone.url]))
    first, *lines = str(told.value).splitlines()
    assert first == f"{NAME} could not be fetched."
    assert [line.strip().partition("data/: ")[2] for line in lines[:3]] == [
        "HTTP 503 Service Unavailable",
        "HTTP 404 Not Found",
        f"the connection ended after 99 of {len(CONTENT):,} bytes",
    ]
    assert "not reached" in lines[3]


def test_two_that_fetch_at_once_do_each_other_no_harm(tmp_path: Path) -> None:
    with good().serving() as mirror:
        one, other = (fetch(FILE, tmp_path, [mirror.url]) for _ in range(2))
        for _ in range(3):
            next(one)
            next(other)
        list(one)
        list(other)
    assert whole(tmp_path)
