"""What code is, so far as that can be seen: another loss or forward pass is another landscape."""

from __future__ import annotations

import functools
from types import CodeType
from typing import Any


def code_of(thing: Any) -> str:
    """A text that changes with a function, with what it closes over, or with a module's class.

    >>> def mean(out, target):
    ...     return (out - target).mean()
    >>> code_of(mean) == code_of(mean), code_of(mean) == code_of(lambda out, target: (target - out).mean())
    (True, False)

    What they call elsewhere is not looked at.
    """
    if isinstance(thing, functools.partial):
        return f"{code_of(thing.func)}{thing.args!r}{thing.keywords!r}"
    if hasattr(thing, "__func__"):
        return code_of(thing.__func__)
    code = getattr(thing, "__code__", None)
    if code is not None:
        closed = [_shown(cell) for cell in getattr(thing, "__closure__", None) or ()]
        return f"{_of(code)}{closed}{thing.__defaults__!r}"
    kind = type(thing)
    forward = getattr(getattr(kind, "forward", getattr(kind, "call", None)), "__code__", None)
    name = f"{kind.__module__}.{kind.__qualname__}"
    return name + (_of(forward) if forward is not None else "")


def _of(code: CodeType) -> str:
    constants = [_constant(one) for one in code.co_consts]
    return f"{code.co_name}{code.co_code.hex()}{code.co_names}{constants}"


def _constant(one: object) -> str:
    if isinstance(one, CodeType):
        return _of(one)
    return repr(sorted(map(repr, one)) if isinstance(one, frozenset) else one)


def _shown(cell: Any) -> str:
    try:
        value = cell.cell_contents
    except ValueError:  # not bound yet
        return ""
    return repr(value) if isinstance(value, int | float | str | bool | None | tuple) else code_of(value)
