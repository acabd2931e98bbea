"""Files that fsspec reaches, as the reader and the writer both need them: opened, asked, and told of.

Whatever a client of a server raises comes out as an OSError, and no text of it holds a secret.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping
from typing import Any

ATTEMPT_SECS = 120.0
"""A request that takes longer has failed. Servers that are silent are found out sooner, by the client."""

ANSWERS = (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError)
"""Errors that say how it is; asking again gives the same."""

_EXTRAS = {"s3": ("s3fs", "s3"), "s3a": ("s3fs", "s3"), "gs": ("gcsfs", "gs"), "gcs": ("gcsfs", "gs")}
"""Protocol → the package that speaks it, and the extra of ours that installs it."""


def is_url(path: str) -> bool:
    """Whether it is for fsspec: this machine's files are better looked after without.

    >>> is_url("s3://bucket/logs"), is_url("file:///logs"), is_url("/logs")
    (True, False, False)
    """
    protocol, separator, _ = path.partition("://")
    return bool(separator) and protocol not in ("file", "local")


def join_url(url: str, below: str) -> str:
    """
    >>> join_url("s3://bucket/logs", "run"), join_url("memory://", "run")
    ('s3://bucket/logs/run', 'memory://run')
    """
    return url + below if url.endswith("/") else f"{url}/{below}"


def shown(text: str) -> str:
    """A URL, or a text that holds some, without users, passwords and queries: those are often secrets.

    >>> shown("ftp://me:s3cret@host/logs"), shown("https://host/logs?token=s3cret refused"), shown("a@b?c")
    ('ftp://host/logs', 'https://host/logs refused', 'a@b?c')
    """
    # What stands there in an Azure URL is the container.
    without_user = re.sub(r"(?<!abfs)(?<!abfss)://[^/\s]*@", "://", text)
    return re.sub(r"(://[^\s?]*)\?[^\s'\"<>]*", r"\1", without_user)


def open_system(url: str, options: Mapping[str, Any] | None = None) -> tuple[Any, str]:
    """A file system of our own, and what it calls the URL.

    >>> system, root = open_system("memory://runs")
    >>> root
    '/runs'

    `options` are for the file system, as fsspec's `storage_options`. OSError where it can't be opened, or the
    package for it is missing.
    """
    protocol = url.partition("://")[0]
    try:
        from fsspec.core import url_to_fs

        # Our own: its cache of listings is emptied without a word to others, and it survives no fork.
        ours = {"skip_instance_cache": True, "use_listings_cache": False, protocol: _options(protocol)}
        system, root = url_to_fs(url, **{**ours, **(options or {})})
    except ImportError as error:
        if protocol not in _EXTRAS:
            raise OSError(str(error)) from error
        package, extra = _EXTRAS[protocol]
        raise OSError(
            f"{protocol}:// needs the package {package}: pip install tensorboard_candles[{extra}]"
        ) from error
    except Exception as failure:  # whatever the package makes of the URL and its environment
        raise OSError(f"{protocol}:// could not be opened: {told(failure)}") from failure
    return system, root


def _options(protocol: str) -> dict[str, Any]:
    """What is set for a protocol, unless the user's configuration of fsspec says otherwise."""
    if protocol not in ("s3", "s3a"):
        return {}
    from fsspec.config import conf

    # It is tried again here; and TensorBoard takes the address of a server of one's own from there.
    options = {
        "config_kwargs": {"retries": {"total_max_attempts": 1}},
        "endpoint_url": os.environ.get("S3_ENDPOINT") or None,
    }
    return {name: value for name, value in options.items() if value and name not in conf.get(protocol, {})}


def ask(system: Any, method: str, *arguments: Any, **options: Any) -> Any:
    """Call a method of a file system, which fails when it takes too long where that can be told."""
    if not system.async_impl:
        return getattr(system, method)(*arguments, **options)
    from fsspec.asyn import sync

    return sync(system.loop, getattr(system, f"_{method}"), *arguments, timeout=ATTEMPT_SECS, **options)


def attempt(function: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
    """Call it, and let what went wrong be an OSError with a message."""
    try:
        return function(*arguments, **options)
    except ANSWERS as failure:
        kind = next(kind for kind in ANSWERS if isinstance(failure, kind))
        raise kind(told(failure)) from failure
    except Exception as failure:  # clients of servers raise what they like
        raise OSError(told(failure)) from failure


def told(failure: Exception) -> str:
    """What went wrong, without secrets.

    >>> told(TimeoutError()), told(PermissionError("https://me:s3cret@host is closed"))
    ('no answer in time', 'https://host is closed')
    """
    if isinstance(failure, TimeoutError) and not str(failure):
        return "no answer in time"
    message = failure.strerror if isinstance(failure, OSError) and failure.strerror else str(failure)
    return shown(message) or type(failure).__name__
