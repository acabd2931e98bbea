from __future__ import annotations

import struct
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st
from tensorboard.compat.tensorflow_stub.pywrap_tensorflow import PyRecordReader_New

from tensorboard_candles.writer.records import frame, masked_crc


def test_masked_crc_is_that_of_the_published_vectors() -> None:
    # RFC 3720, B.4: 32 bytes of zeros and of ones
    for data, crc in ((bytes(32), 0x8A9136AA), (b"\xff" * 32, 0x62A8AB43)):
        rotated = ((crc >> 15) | (crc << 17)) & 0xFFFFFFFF
        assert masked_crc(data) == (rotated + 0xA282EAD8) % 2**32


@given(payloads=st.lists(st.binary(max_size=300), max_size=8))
def test_tensorboards_record_reader_reads_every_record(payloads: list[bytes]) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory, "events")
        path.write_bytes(b"".join(map(frame, payloads)))
        reader = PyRecordReader_New(str(path))
        for payload in payloads:
            reader.GetNext()
            assert reader.record() == payload


def test_record_begins_with_its_length() -> None:
    record = frame(b"abcde")
    assert struct.unpack("<Q", record[:8]) == (5,)
    assert record[12:17] == b"abcde"
    assert len(record) == 8 + 4 + 5 + 4
