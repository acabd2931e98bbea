"""The folder of instances: one directory each, which a TensorBoard that is started later finds.

`<logdir>/candles-experiments/` holds

- `<id>/instance.json`: an `Instance`, by the one dashboard that looks after the queue
- `<id>/output.log`, `<id>/exit.json`: see `start`
- `asks/<id>.json`: what a dashboard was asked to do with it, until that is done

Others may write there, too. So instances and asks carry a seal that only this user on this machine can make:
without it nothing is started, signalled or stopped. What is no regular file is passed by.
"""

from __future__ import annotations

import fcntl
import hashlib
import hmac
import json
import os
import platform
import secrets
import shutil
import sys
import threading
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tensorboard_candles.control.fields import Fields
from tensorboard_candles.control.files import LocalPlace
from tensorboard_candles.control.forms import is_id
from tensorboard_candles.errors import BadControl, CantKeep
from tensorboard_candles.launch.instances import ASK_KINDS, ENDED, AskKind, Instance

DIRECTORY = "candles-experiments"
"""In the log directory."""

MOST_INSTANCES = 5000
"""Directories that are looked at."""

KEY_BYTES = 32

LOOK_AT_ENDED_EVERY_SECS = 3.0
"""There may be thousands of them, and they change only where another dashboard starts one again."""


class Seals:
    """Tells what this user wrote for one place from what others did.

    >>> seals = Seals(b"secret", "/logs")
    >>> seals.opened(seals.sealed({"a": 1}))
    ({'a': 1}, True)
    >>> seals.opened(Seals(b"another", "/logs").sealed({"a": 1}))
    ({'a': 1}, False)
    """

    def __init__(self, key: bytes, place: str) -> None:
        self._key = hmac.digest(key, place.encode(errors="surrogateescape"), "sha256")

    def sealed(self, content: Mapping[str, Any]) -> bytes:
        return json.dumps({**content, "seal": self._seal(content)}, allow_nan=False).encode()

    def opened(self, text: bytes) -> tuple[dict[str, Any], bool]:
        """The content, and whether its seal is ours; BadControl where it is no object."""
        try:
            content = json.loads(text.decode())
            if not isinstance(content, dict):
                raise BadControl(f"must be an object, got {type(content).__name__}")
            seal = str(content.pop("seal", ""))
            ours = self._seal(content)  # what is nested too deeply for this may just have been read
        except (ValueError, RecursionError) as error:
            raise BadControl(f"no JSON: {str(error)[:80]}") from None
        return content, hmac.compare_digest(seal.encode(errors="replace"), ours.encode())

    def _seal(self, content: Mapping[str, Any]) -> str:
        text = json.dumps(content, sort_keys=True).encode()
        return hmac.new(self._key, text, hashlib.sha256).hexdigest()


def key_in(directory: Path) -> bytes:
    """This user's key on this machine; it is made where there is none. OSError where that is not possible.

    >>> import tempfile
    >>> directory = Path(tempfile.mkdtemp())
    >>> key_in(directory) == key_in(directory), len(key_in(directory))
    (True, 32)
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = directory / "launch.key"
    if not path.exists():
        aside = directory / f".{secrets.token_hex(8)}"
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
        with suppress(FileExistsError):  # another was quicker
            os.link(aside, path)
        os.unlink(aside)
    return path.read_bytes()


@dataclass(frozen=True, slots=True)
class _Known:
    version: tuple[int, int, int]
    instance: Instance | None
    until: float = 0.0
    """It is taken for what it is until then."""


class Folder:
    """Instances on disk.

    >>> import tempfile
    >>> folder = Folder(Path(tempfile.mkdtemp()) / "logs", Path(tempfile.mkdtemp()))
    >>> folder.instances()
    []

    Args:
        root: `candles-experiments` itself.
        user_state: a directory that this user alone writes to, for the key and the lock.

    OSError where that can't be written.
    """

    def __init__(self, root: Path, user_state: Path) -> None:
        self.root = root
        self.host = _machine()
        self._place = LocalPlace(root)
        place = os.path.realpath(root)
        self._seals = Seals(key_in(user_state), place)
        # the user's directory may be on several machines, and each looks after its own
        self._lock_path = user_state / f"{_short(f'{self.host} {place}')}.lock"
        self._locking = threading.Lock()
        self._leading: int | None = None
        self._known: dict[str, _Known] = {}
        self._knowing = threading.Lock()

    def lead(self) -> bool:
        """Whether this process looks after the queue: one process at a time does, until it ends."""
        with self._locking:
            if self._leading is None:
                descriptor = os.open(self._lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
                try:
                    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except OSError:
                    os.close(descriptor)
                    return False
                self._leading = descriptor
            return True

    def resign(self) -> None:
        """Leave it to another process."""
        with self._locking:
            if self._leading is not None:
                os.close(self._leading)
                self._leading = None

    def adding(self) -> AbstractContextManager[None]:
        """While new instances are named and written down: one process at a time."""
        return self._alone("adding")

    @contextmanager
    def _alone(self, doing: str) -> Iterator[None]:
        """One thread of one process at a time does that."""
        descriptor = os.open(f"{self._lock_path}.{doing}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def path(self, instance_id: str) -> Path:
        """Its directory; BadControl for what is no id."""
        if not is_id(instance_id):
            raise BadControl(f"an instance's id is 16 hexadecimal digits, got {instance_id!r:.80}")
        return self.root / instance_id

    def instances(self) -> list[Instance]:
        """All of them, the first queued first; what can't be read is passed by."""
        with _keeping():
            ids = sorted(filter(is_id, self._place.names(".")))[:MOST_INSTANCES]
        with self._knowing:
            self._known = {one: self._look(one) for one in ids}
            found = [known.instance for known in self._known.values() if known.instance]
        return sorted(found, key=lambda one: (one.queued_time, one.id))

    def _look(self, instance_id: str) -> _Known:
        known = self._known.get(instance_id)
        now = time.monotonic()
        if known and now < known.until:
            return known
        try:
            said = os.stat(self.root / instance_id / "instance.json", follow_symlinks=False)
        except OSError:
            return _Known((0, 0, 0), None)
        version = (said.st_mtime_ns, said.st_size, said.st_ino)
        found = known.instance if known and known.version == version else self.read(instance_id)
        has_ended = found is not None and found.state in ENDED
        return _Known(version, found, until=now + LOOK_AT_ENDED_EVERY_SECS if has_ended else 0.0)

    def read(self, instance_id: str) -> Instance | None:
        """As it is written down; None where there is none that can be read."""
        try:
            text = self._place.read(f"{instance_id}/instance.json")
            if text is None:
                return None
            content, is_sealed = self._seals.opened(text)
            found = Instance.of(content, is_ours=is_sealed and content.get("host") == self.host)
        except (BadControl, OSError):
            return None
        return found if found.id == instance_id else None

    def write(self, instance: Instance) -> None:
        """CantKeep where it can't be."""
        with _keeping():
            self.root.parent.mkdir(parents=True, exist_ok=True)  # TensorBoard may watch what is not there yet
            self._place.write(f"{instance.id}/instance.json", self._seals.sealed(instance.as_json()))
        with self._knowing:
            self._known.pop(instance.id, None)

    def ask(self, instance: Instance, kind: AskKind) -> None:
        """Have whoever looks after the queue do that."""
        told = {"id": instance.id, "attempt": instance.attempt, "ask": kind}
        with _keeping(), self._alone("asking"):
            self._place.write(f"asks/{instance.id}.json", self._seals.sealed(told))

    def asks(self) -> set[str]:
        """Ids of instances that something is to be done with."""
        with _keeping():
            return {name.removesuffix(".json") for name in self._place.names("asks")}

    def asked(self, instance: Instance) -> AskKind | None:
        """What is to be done with it; not what others wrote there, or what an earlier attempt was for."""
        try:
            text = self._place.read(f"asks/{instance.id}.json")
            if text is None:
                return None
            content, is_sealed = self._seals.opened(text)
            kind = Fields("ask", content).one_of("ask", ASK_KINDS)
        except (BadControl, OSError):
            return None
        is_meant = (content.get("id"), content.get("attempt")) == (instance.id, instance.attempt)
        return kind if is_sealed and is_meant else None

    def done(self, instance: Instance, kind: AskKind) -> None:
        """What was asked has been done; what was asked since is still to be."""
        with suppress(OSError, BadControl), self._alone("asking"):
            if self.asked(instance) == kind:
                self._place.delete(f"asks/{instance.id}.json")

    def remove(self, instance_id: str) -> None:
        """Forget it, and its output; its run is left alone."""
        shutil.rmtree(self.path(instance_id), ignore_errors=True)


@contextmanager
def _keeping() -> Iterator[None]:
    """A full disk, or a link where a directory should be."""
    try:
        yield
    except (OSError, BadControl) as error:
        raise CantKeep(f"what is started can't be written down: {error}") from None


def _machine() -> str:
    """What this machine is called; on a laptop the host's name changes from network to network."""
    return f"{uuid.getnode():012x}" if sys.platform == "darwin" else platform.node()


def _short(text: str) -> str:
    return hashlib.sha256(text.encode(errors="replace")).hexdigest()[:32]
