"""A table of a TOML file, read key by key: each mistake is told with its file and its key."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

from tensorboard_candles.errors import BadDeclaration

T = TypeVar("T", bound=str)


class Table:
    """
    >>> table = Table({"running": 2, "runing": 3}, file="x.toml", path="limits")
    >>> table.whole("running", 1, least=1, most=9)
    2
    >>> table.end()
    Traceback (most recent call last):
    tensorboard_candles.errors.BadDeclaration: x.toml: limits: unknown key 'runing'; those are: running
    """

    def __init__(self, content: Any, *, file: str, path: str) -> None:
        self.path = path
        self._file = file
        self._known: set[str] = set()
        if not isinstance(content, Mapping):
            raise self.wrong(f"must be a table, got {content!r}")
        self._content = content

    def wrong(self, what: str, *, key: str = "") -> BadDeclaration:
        """The mistake, to be raised."""
        where = ".".join(part for part in (self.path, key) if part)
        return BadDeclaration(f"{self._file}: {where}: {what}" if where else f"{self._file}: {what}")

    def end(self) -> None:
        """BadDeclaration for keys that nobody asked for."""
        unknown = sorted(set(self._content) - self._known)
        if unknown:
            known = ", ".join(sorted(self._known))
            raise self.wrong(f"unknown key {unknown[0]!r}; those are: {known}")

    def has(self, key: str) -> bool:
        self._known.add(key)
        return key in self._content

    def get(self, key: str) -> Any:
        self._known.add(key)
        return self._content.get(key)

    def table(self, key: str) -> Table:
        """The table of that name; an empty one where there is none."""
        self._known.add(key)
        return self._below(key, self._content.get(key, {}))

    def tables(self, key: str) -> dict[str, Table]:
        """A table of tables."""
        table = self.table(key)
        return {name: table._below(name, one) for name, one in table._content.items()}

    def _below(self, key: str, content: Any) -> Table:
        return Table(content, file=self._file, path=f"{self.path}.{key}" if self.path else key)

    def text(self, key: str, default: str | None = None) -> str:
        """A text; it must be there where there is no default."""
        return self._text(key, self._one(key, default))

    def texts(self, key: str) -> tuple[str, ...]:
        return tuple(self._text(key, one) for one in self._list(key))

    def mapping_of_texts(self, key: str) -> dict[str, str]:
        table = self.table(key)
        return {name: table.text(name) for name in table._content}

    def choice(self, key: str, choices: Sequence[T], default: T | None) -> T:
        given = self._one(key, default)
        for one in choices:
            if given == one:
                return one
        raise self.wrong(f"must be one of {', '.join(choices)}, got {given!r}", key=key)

    def boolean(self, key: str, default: bool) -> bool:
        given = self._one(key, default)
        if not isinstance(given, bool):
            raise self.wrong(f"must be true or false, got {given!r}", key=key)
        return given

    def whole(self, key: str, default: int | None, *, least: int, most: int) -> int:
        given = self._one(key, default)
        if not isinstance(given, int) or isinstance(given, bool) or not least <= given <= most:
            raise self.wrong(f"must be a whole number from {least} to {most}, got {given!r}", key=key)
        return given

    def whole_or_none(self, key: str, *, least: int, most: int) -> int | None:
        return self.whole(key, None, least=least, most=most) if self.has(key) else None

    def number_or_none(self, key: str) -> float | None:
        given = self.get(key)
        if given is None:
            return None
        if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
            raise self.wrong(f"must be a finite number, got {given!r}", key=key)
        return given

    def value(self, key: str) -> int | float | bool | str:
        """A number, a text or a boolean."""
        return self._value(key, self._one(key, None))

    def values(self, key: str) -> tuple[int | float | bool | str, ...]:
        return tuple(self._value(key, one) for one in self._list(key))

    def _one(self, key: str, default: Any) -> Any:
        self._known.add(key)
        if key not in self._content and default is None:
            near = get_close_matches(key, set(self._content) - self._known, n=1)
            raise self.wrong(f"{key} is missing" + (f"; is {near[0]!r} meant for it?" if near else ""))
        return self._content.get(key, default)

    def _list(self, key: str) -> list[Any]:
        given = self._one(key, None)
        if not isinstance(given, list):
            raise self.wrong(f"must be a list, got {given!r}", key=key)
        return given

    def _text(self, key: str, given: Any) -> str:
        if not isinstance(given, str) or "\0" in given:
            raise self.wrong(f"must be a text, got {given!r}", key=key)
        return given

    def _value(self, key: str, given: Any) -> int | float | bool | str:
        if not isinstance(given, int | float | str):
            raise self.wrong(f"must be a number, a text, true or false, got {given!r}", key=key)
        if isinstance(given, float) and not math.isfinite(given):  # no JSON holds one
            raise self.wrong(f"must be finite, got {given!r}", key=key)
        return given
