"""What a summary of `metadata.SHOWN_KINDS` holds, read from its file when it is asked for."""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import safetensors.numpy
from google.protobuf.message import DecodeError
from tensorboard.compat.proto import event_pb2, summary_pb2

from tensorboard_candles.errors import BadPayload, NotFound
from tensorboard_candles.events.crc import masked_crc32c
from tensorboard_candles.events.framing import FOOTER_BYTES, HEADER_BYTES
from tensorboard_candles.events.own import RecordAt, text_of
from tensorboard_candles.events.storage import storage_of

Array: TypeAlias = npt.NDArray[Any]

_DTYPES: dict[str, np.dtype[Any]] = {
    "F64": np.dtype("<f8"),
    "F32": np.dtype("<f4"),
    "F16": np.dtype("<f2"),
    "I64": np.dtype("<i8"),
    "I32": np.dtype("<i4"),
    "U8": np.dtype("u1"),
    "BOOL": np.dtype("?"),
}
_LONGEST_SHOWN = 60


def payload_of(record: RecordAt) -> bytes:
    """The string that a summary holds, by one ranged read of its file; its checksum is verified.

    >>> for record in run.records["outputs"]:                    # doctest: +SKIP
    ...     print(record.step, len(payload_of(record)))
    100 25088

    Raises NotFound where the file does not hold it any more: it was replaced, or is gone.
    """
    value = _value_of(record)
    text = text_of(value.tensor) if value else None
    if text is None:
        raise _gone(record)
    return text


def images_of(record: RecordAt) -> list[bytes]:
    """Images that a summary of `metadata.IMAGES_KIND` holds, encoded in whatever way; see `payload_of`.

    >>> for record in run.records["images"]:                     # doctest: +SKIP
    ...     print(record.step, [image[:4] for image in images_of(record)])
    100 [b'\\x89PNG', b'\\x89PNG']
    """
    value = _value_of(record)
    if value is None:
        raise _gone(record)
    if value.HasField("image"):
        return [value.image.encoded_image_string]
    # Width and height come first.
    return list(value.tensor.string_val[2:])


def _value_of(record: RecordAt) -> summary_pb2.Summary.Value | None:
    path = record.path
    try:
        # To be read on from behind the record: so no byte of what follows is fetched as well.
        with storage_of(path).open(str(path), record.offset + record.size) as file:
            found = file.read(record.offset, record.size)
    except OSError as error:
        raise NotFound(f"{_place(record)} can't be read: {error.strerror or error}") from error
    event = event_in(found)
    if event is None or event.step != record.step or record.index >= len(event.summary.value):
        return None
    value = event.summary.value[record.index]
    return value if value.tag == record.tag else None


def _gone(record: RecordAt) -> NotFound:
    return NotFound(f"{_place(record)} is not there any more: the file was replaced or has changed")


def _place(record: RecordAt) -> str:
    return f"{record.kind} {record.tag!r:.80} of step {record.step} in {record.path.name}"


def event_in(found: bytes) -> event_pb2.Event | None:
    """The event that a record holds; None where the bytes are no whole record that verifies, and an event."""
    payload = found[HEADER_BYTES:-FOOTER_BYTES]
    length = struct.pack("<Q", len(payload))
    checksums = (struct.pack("<I", masked_crc32c(data)) for data in (length, payload))
    if found != b"".join([length, next(checksums), payload, next(checksums)]):
        return None
    try:
        return event_pb2.Event.FromString(payload)
    except DecodeError:
        return None


@dataclass(frozen=True, slots=True)
class Payload:
    """Arrays and texts of a safetensors file that anybody may have written.

    What is asked of it is given as it should be, or BadPayload is raised with words that tell what is wrong.
    """

    arrays: Mapping[str, Array]
    about: Mapping[str, str]
    """Its metadata."""

    def array(self, name: str, kinds: str, *shape: int | None) -> Array:
        """The array of a name: of one of some numpy kinds (`f`, `i`, …) and a shape, None being any length.

        >>> found = payload_in(safetensors.numpy.save({"loss": np.ones((2, 3))}))
        >>> found.array("loss", "f", 2, None).shape
        (2, 3)
        >>> found.array("loss", "f", None)
        Traceback (most recent call last):
        tensorboard_candles.errors.BadPayload: 'loss' must be of shape (any), got (2, 3)
        """
        if name not in self.arrays:
            raise BadPayload(f"it has no array {name!r}")
        array = self.arrays[name]
        fits = all(wanted in (None, got) for wanted, got in zip(shape, array.shape, strict=False))
        if len(shape) != array.ndim or not fits:
            wanted = ", ".join("any" if size is None else str(size) for size in shape)
            raise BadPayload(f"{name!r} must be of shape ({wanted}), got {array.shape}")
        if array.dtype.kind not in kinds:
            raise BadPayload(f"{name!r} must hold numbers of kind {kinds!r}, got {array.dtype}")
        return array

    def whole_number(self, name: str, least: int = 0) -> int:
        """The whole number that a text of the metadata is.

        >>> payload_in(safetensors.numpy.save({}, {"rows": "12"})).whole_number("rows")
        12
        """
        text = self.about.get(name, "")
        # More digits no machine can count to, and int() takes its time over.
        is_number = text.isascii() and text.isdigit() and len(text) < 19
        if not is_number or int(text) < least:
            raise BadPayload(f"{name!r} must be a whole number >= {least}, got {_shown(text)}")
        return int(text)

    def json(self, name: str) -> Any:
        """What a text of the metadata says as JSON; None where it is missing.

        >>> payload_in(safetensors.numpy.save({}, {"words": '["a", "b"]'})).json("words")
        ['a', 'b']
        """
        if name not in self.about:
            return None
        try:
            return json.loads(self.about[name])
        except (ValueError, RecursionError):
            raise BadPayload(f"{name!r} must be JSON, got {_shown(self.about[name])}") from None

    def words(self, name: str) -> Sequence[str]:
        """A list of texts in JSON; empty where it is missing.

        >>> payload_in(safetensors.numpy.save({}, {"words": '["a", 7]'})).words("words")
        Traceback (most recent call last):
        tensorboard_candles.errors.BadPayload: 'words' must be a list of texts in JSON, got '["a", 7]'
        """
        words = self.json(name)
        if words is None:
            return ()
        if not isinstance(words, list) or not all(isinstance(word, str) for word in words):
            got = _shown(self.about[name])
            raise BadPayload(f"{name!r} must be a list of texts in JSON, got {got}")
        return tuple(words)


def payload_in(data: bytes) -> Payload:
    """Arrays and metadata of a safetensors file; BadPayload where it is none.

    >>> payload_in(safetensors.numpy.save({"loss": np.array([1.0, 2.0])}, {"unit": "nats"}))
    Payload(arrays={'loss': array([1., 2.])}, about={'unit': 'nats'})
    >>> payload_in(b"no such file")
    Traceback (most recent call last):
    tensorboard_candles.errors.BadPayload: not a safetensors file: header too large
    """
    try:
        # Verifies that all arrays lie one behind the other, each as long as its shape says.
        found = safetensors.deserialize(data)  # type: ignore[no-untyped-call]
        length = int.from_bytes(data[:8], "little")
        about = json.loads(data[8 : 8 + length]).get("__metadata__")
        return Payload({name: _array(name, tensor) for name, tensor in found}, about or {})
    except (safetensors.SafetensorError, ValueError, RecursionError) as error:
        # ValueError, too, of numpy's: a shape that it can't have.
        words = str(error).partition("deserializing: ")[2] or str(error)
        raise BadPayload(f"not a safetensors file: {words:.200}") from None


def _array(name: str, tensor: Mapping[str, Any]) -> Array:
    dtype = _DTYPES.get(tensor["dtype"])
    if dtype is None:
        raise BadPayload(f"{_shown(name)} holds numbers of a type that is not known: {tensor['dtype']}")
    return np.frombuffer(tensor["data"], dtype).reshape(tensor["shape"])


def _shown(text: str) -> str:
    return repr(text if len(text) <= _LONGEST_SHOWN else text[: _LONGEST_SHOWN - 1] + "…")
