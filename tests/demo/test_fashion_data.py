"""Data sets are whole, or it is said what is wrong and what to do."""

from __future__ import annotations

import gzip
import struct
from pathlib import Path

import numpy as np
import pytest

from demo.fashion_mnist import data
from demo.fashion_mnist.download import RemoteFile
from tests.demo.mirrors import Mirror, remote

RNG = np.random.default_rng(1)


def idx(array: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]) -> bytes:
    head = bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape)
    return gzip.compress(head + array.tobytes())


@pytest.fixture
def contents() -> dict[str, bytes]:
    """A Fashion-MNIST of 30 and 20 pictures of noise."""
    pictures = {"train": 30, "t10k": 20}
    images = {
        f"{part}-images-idx3-ubyte.gz": idx(RNG.integers(0, 256, (count, 28, 28), np.uint8))
        for part, count in pictures.items()
    }
    labels = {
        f"{part}-labels-idx1-ubyte.gz": idx(RNG.integers(0, 10, count).astype(np.uint8))
        for part, count in pictures.items()
    }
    return images | labels


def files(contents: dict[str, bytes]) -> list[RemoteFile]:
    return [remote(name, content) for name, content in contents.items()]


def write(contents: dict[str, bytes], directory: Path) -> None:
    for name, content in contents.items():
        (directory / name).write_bytes(content)


def test_preparation_tells_its_progress_and_what_is_prepared_loads(
    tmp_path: Path, contents: dict[str, bytes]
) -> None:
    with Mirror(contents).serving() as mirror:
        preparing = data.Preparation(tmp_path, mirrors=[mirror.url], files=files(contents), piece_bytes=1000)
        assert not data.is_prepared(tmp_path, files(contents))
        told = list(preparing)
    assert len(told) == len(preparing) > 10
    assert told == sorted(set(told))
    assert told[-1] == preparing.total_bytes
    assert data.is_prepared(tmp_path, files(contents))
    assert list(preparing) == told  # the second time no mirror is asked, for there is none
    found = data.load(data.FASHION, tmp_path)
    assert found.train[0].shape == (30, 28, 28)
    assert found.validation[1].shape == (20,)
    assert found.classes[9] == "Ankle boot"


def test_closed_network_leads_to_the_stand_in(tmp_path: Path, contents: dict[str, bytes]) -> None:
    with Mirror().serving() as gone:
        pass
    with pytest.raises(data.DataMissing, match="not reached") as told:
        list(data.Preparation(tmp_path, mirrors=[gone.url], files=files(contents)))
    assert "--data digits" in str(told.value)


def test_what_is_not_prepared_is_never_replaced_silently(tmp_path: Path) -> None:
    with pytest.raises(data.DataMissing, match=r"demo\.fashion_mnist\.prepare") as told:
        data.load(data.FASHION, tmp_path)
    assert "--data digits" in str(told.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"no gzip", "is damaged"),
        (gzip.compress(b"\0\0\x08\x01" + bytes(20))[:-12], "is damaged"),
        (gzip.compress(b""), "is no IDX file"),
        (gzip.compress(b"\0\0\x0d\x01\0\0\0\x01" + bytes(4)), "is no IDX file of bytes"),
        (gzip.compress(b"\0\0\x08\x03\0\0\0\x01"), "for an array of"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x05" + bytes(4)), "4 bytes for an array of"),
        (gzip.compress(b"\0\0\x08\x01\0\0\0\x05" + bytes(6)), "6 bytes for an array of"),
    ],
    ids=["no gzip", "cut", "nothing", "no bytes", "no sizes", "too short", "too long"],
)
def test_damaged_file_is_named(tmp_path: Path, content: bytes, message: str) -> None:
    path = tmp_path / "labels.gz"
    path.write_bytes(content)
    with pytest.raises(data.DataMissing, match=message) as told:
        data.read_idx(path)
    assert str(path) in str(told.value)


def test_images_without_their_labels_are_refused(tmp_path: Path, contents: dict[str, bytes]) -> None:
    contents["train-labels-idx1-ubyte.gz"] = contents["t10k-labels-idx1-ubyte.gz"]
    write(contents, tmp_path)
    with pytest.raises(data.DataMissing, match="don't go with"):
        data.load(data.FASHION, tmp_path)


def test_stand_in_is_called_what_it_is() -> None:
    found = data.load(data.DIGITS)
    assert found.name == "digits"
    assert found.classes == tuple(f"digit {number}" for number in range(10))
    images, labels = found.train
    assert images.shape == (1437, 28, 28)
    assert images.dtype == np.uint8
    assert set(labels.tolist()) == set(range(10))
    small = images[:, 3:27:3, 3:27:3]
    np.testing.assert_array_equal(small.repeat(3, 1).repeat(3, 2), images[:, 2:26, 2:26])
    assert int(images[:, :2].max()) == 0
    assert int(images.max()) == 255


def test_unknown_data_set_is_refused() -> None:
    with pytest.raises(ValueError, match=r"must be one of .* got 'mnist'"):
        data.load("mnist")


def test_published_sizes_are_those_of_the_data_set() -> None:
    assert sum(file.size_bytes for file in data.FILES) == 30_878_645
    assert all(len(bytes.fromhex(file.sha256)) == 32 for file in data.FILES)
