"""What is to be done when the main thread has ended and threads can still be started."""

from __future__ import annotations

import concurrent.futures.thread  # noqa: F401, see below
import threading
from collections.abc import Callable
from contextlib import suppress

_functions: list[Callable[[], object]] = []


def before_executors_end(function: Callable[[], object]) -> None:
    """Have it called once, before `atexit`: there no client finds a server's address any more.

    asyncio looks addresses up in an executor's threads, and the interpreter ends those before it calls what
    is registered with `atexit`. What is registered here comes earlier: such functions are called in the
    opposite order, and the executors' own is registered when they are imported.
    """
    if function not in _functions:
        _functions.append(function)
        register = getattr(threading, "_register_atexit", None)  # no public way leads there
        if register is not None:
            with suppress(RuntimeError):  # the main thread has ended: what is left is done by `atexit`
                register(function)
