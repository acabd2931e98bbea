"""Where an earlier training of the same run left off, read from the ends of its event files."""

from __future__ import annotations

import logging
import mmap
import re
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TypeAlias

from tensorboard.compat.proto.event_pb2 import Event
from tensorboard.compat.proto.summary_pb2 import Summary
from tensorboard.util.tensor_util import make_ndarray

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.destination import RunDir
from tensorboard_candles.writer.records import FOOTER_BYTES, HEADER, masked_crc
from tensorboard_candles.writer.remote.directory import Connection, RemoteDir

_log = logging.getLogger("tensorboard_candles")

_LONGEST_RECORD = 16 * 1024 * 1024
"""How far before the end of a file its last record is looked for."""
_PART = re.compile(r"\.part[0-9]{5}(?![0-9])")

_Data: TypeAlias = "bytes | mmap.mmap"
_Found: TypeAlias = tuple[float, int]
"""Wall time and number."""
_NONE: _Found = (0.0, -1)


@dataclass(frozen=True, slots=True)
class LeftOff:
    """The step and the epoch that come next."""

    step: int = 0
    epoch: int = 0


def left_off(run_dir: RunDir, suffix: str) -> LeftOff:
    """One beyond the last logged step and the last marked epoch of the run; of this rank, where it has files.

    >>> import tempfile
    >>> left_off(Path(tempfile.mkdtemp()), "")
    LeftOff(step=0, epoch=0)

    A run without event files begins at 0, which is said in a warning. Of a remote run as few files are read
    as tell it. WriterError where  they can't be read.
    """
    try:
        return _left_off(run_dir, suffix)
    except OSError as error:
        raise WriterError(f"can't read where {run_dir} left off: {error}") from error


def _left_off(run_dir: RunDir, suffix: str) -> LeftOff:
    files = _remote_files(run_dir) if isinstance(run_dir, RemoteDir) else _local_files(run_dir)
    if not files:
        _log.warning("%s: nothing was logged there that could be resumed; a new run begins", run_dir)
    files = [file for file in files if file.name.endswith(suffix)] or files
    steps, epochs = [_NONE], [_NONE]
    for parts in _by_writer(files):
        step, epoch = _last_of(parts)
        steps.append(step)
        epochs.append(epoch)
    return LeftOff(max(steps)[1] + 1, max(epochs)[1] + 1)


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    read: Callable[[], AbstractContextManager[_Data]]


def _local_files(run_dir: Path) -> list[_File]:
    paths = [path for path in run_dir.glob("*tfevents*") if path.is_file() and path.stat().st_size]
    return [_File(path.name, partial(_mapped, path)) for path in paths]


@contextmanager
def _mapped(path: Path) -> Iterator[_Data]:
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
        yield data


def _remote_files(run_dir: RemoteDir) -> list[_File]:
    connection = run_dir.connect()
    return [_File(name, partial(_fetched, connection, name)) for name in connection.names()]


@contextmanager
def _fetched(connection: Connection, name: str) -> Iterator[_Data]:
    yield connection.read(name)


def _by_writer(files: list[_File]) -> list[list[_File]]:
    """The files of each process, in order; a remote one writes several, one after the other."""
    found: dict[str, list[_File]] = {}
    for file in sorted(files, key=lambda file: file.name):
        found.setdefault(_PART.sub("", file.name), []).append(file)
    return list(found.values())


def _last_of(parts: list[_File]) -> tuple[_Found, _Found]:
    step = epoch = _NONE
    for file in reversed(parts):
        with file.read() as data:
            step = _last_step(data) if step == _NONE else step
            epoch = _last_epoch(data) if epoch == _NONE else epoch
        if _NONE not in (step, epoch):
            break
    return step, epoch


def _last_step(data: _Data) -> _Found:
    """Wall time and step of the last event with a summary that is no config's."""
    for event in _from_the_end(data):
        if any(value.metadata.plugin_data.plugin_name != "hparams" for value in event.summary.value):
            return event.wall_time, max(event.step, *map(_last_step_of_rows, event.summary.value))
    return _NONE


def _last_step_of_rows(value: Summary.Value) -> int:
    """Of candles: whoever writes them may say no step, or another one, of the event."""
    kind = metadata.kind_of(value.metadata.plugin_data.content)
    if value.metadata.plugin_data.plugin_name != metadata.PLUGIN_NAME or kind not in metadata.ROW_KINDS:
        return -1
    try:
        rows = make_ndarray(value.tensor)[:, metadata.CANDLE_COLUMNS.index("last_step")]
        return int(rows.max(initial=-1))
    except (TypeError, ValueError, IndexError, OverflowError):  # not what it says it is
        return -1


def _last_epoch(data: _Data) -> _Found:
    at = data.rfind(metadata.EPOCH_TAG.encode())
    while at >= 0:
        for begin in range(at, max(at - 256, -1), -1):
            event = _event(data, begin)
            for value in event.summary.value if event else ():
                if event and value.tag == metadata.EPOCH_TAG:
                    return event.wall_time, int(make_ndarray(value.tensor).item())
        at = data.rfind(metadata.EPOCH_TAG.encode(), 0, at)
    return _NONE


def _from_the_end(data: _Data) -> Iterator[Event]:
    """Events backwards, from the last that is whole: what a killed process left torn is passed by."""
    end = len(data)
    while end > 0:
        begin = _last_begin(data, end)
        if begin is None:
            return
        event = _event(data, begin)
        if event is not None:
            yield event
        end = begin


def _last_begin(data: _Data, end: int) -> int | None:
    for begin in range(end - HEADER.size - FOOTER_BYTES, max(end - _LONGEST_RECORD, -1), -1):
        length, crc = HEADER.unpack_from(data, begin)
        fits = begin + HEADER.size + length + FOOTER_BYTES <= end
        if fits and crc == masked_crc(data[begin : begin + 8]):
            return begin
    return None


def _event(data: _Data, begin: int) -> Event | None:
    """The event whose record begins there, None where none does."""
    if begin + HEADER.size > len(data):
        return None
    length, crc = HEADER.unpack_from(data, begin)
    end = begin + HEADER.size + length
    if end + FOOTER_BYTES > len(data) or crc != masked_crc(data[begin : begin + 8]):
        return None
    payload = data[begin + HEADER.size : end]
    if int.from_bytes(data[end : end + FOOTER_BYTES], "little") != masked_crc(payload):
        return None
    return Event.FromString(payload)
