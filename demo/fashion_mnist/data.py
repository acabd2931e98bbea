"""The images: Fashion-MNIST, or, where the network is closed, scikit-learn's digits in its stead.

Fashion-MNIST (Xiao, Rasul and Vollgraf 2017; MIT licence): 70,000 pictures of clothes from Zalando, 28 × 28
grey pixels each, in ten classes. 31 MB, fetched by `python -m demo.fashion_mnist.prepare`.
"""

from __future__ import annotations

import gzip
import math
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from demo import digits
from demo.fashion_mnist.download import NotFetched, RemoteFile, fetch

FASHION = "fashion-mnist"
DIGITS = "digits"
NAMES = (FASHION, DIGITS)
DIRECTORY = Path(__file__).parents[1] / "data" / FASHION
MIRRORS = (
    "http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",
    "https://raw.githubusercontent.com/zalandoresearch/fashion-mnist/master/data/fashion/",
    "https://storage.googleapis.com/tensorflow/tf-keras-datasets/",
)
"""Zalando's own, the repository of the data set, and that of Keras."""
FILES = (
    RemoteFile(
        "t10k-labels-idx1-ubyte.gz",
        5_148,
        "67da17c76eaffca5446c3361aaab5c3cd6d1c2608764d35dfb1850b086bf8dd5",
    ),
    RemoteFile(
        "train-labels-idx1-ubyte.gz",
        29_515,
        "a04f17134ac03560a47e3764e11b92fc97de4d1bfaf8ba1a3aa29af54cc90845",
    ),
    RemoteFile(
        "t10k-images-idx3-ubyte.gz",
        4_422_102,
        "346e55b948d973a97e58d2351dde16a484bd415d4595297633bb08f03db6a073",
    ),
    RemoteFile(
        "train-images-idx3-ubyte.gz",
        26_421_880,
        "3aede38d61863908ad78613f6a32ed271626dd12800ba2636569512369268a84",
    ),
)
CLASSES = (
    "T-shirt", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot",
)  # fmt: skip
SIZE_PIXELS = 28

Images: TypeAlias = NDArray[np.uint8]
"""(count, 28, 28) grey values, 0 is black."""
Labels: TypeAlias = NDArray[np.int64]


class DataMissing(Exception):
    """The data set is not there, or not whole; the message says what to do."""


@dataclass(frozen=True, slots=True)
class DataSet:
    """Pictures of ten classes, and which of them each shows."""

    name: str
    classes: tuple[str, ...]
    train: tuple[Images, Labels]
    validation: tuple[Images, Labels]


class Preparation:
    """Fetches what is missing of Fashion-MNIST: iterate over it, and it says how many bytes are there.

    for bytes_done in Preparation(directory):  # about 500 times, and as many as len(preparation) says
        print(f"{bytes_done / preparation.total_bytes:.0%}")
    """

    def __init__(
        self, directory: Path = DIRECTORY, *, mirrors: Sequence[str] = MIRRORS,
        files: Sequence[RemoteFile] = FILES, piece_bytes: int = 1 << 16,
    ) -> None:  # fmt: skip
        self._directory, self._mirrors, self._files = directory, mirrors, files
        self._piece_bytes = piece_bytes
        self.total_bytes = sum(file.size_bytes for file in files)

    def __len__(self) -> int:
        return math.ceil(self.total_bytes / self._piece_bytes)

    def __iter__(self) -> Iterator[int]:
        """Raises DataMissing where no mirror has a file."""
        before = 0
        steps = iter([*range(self._piece_bytes, self.total_bytes, self._piece_bytes), self.total_bytes])
        reaches = next(steps)
        for file in self._files:
            try:
                for done in fetch(file, self._directory, self._mirrors):
                    # one item for each piece that is there now, be it new or found
                    while before + done >= reaches:
                        yield reaches
                        reaches = next(steps, self.total_bytes + 1)
            except NotFetched as error:
                raise DataMissing(f"{error}\n{_without_network()}") from error
            before += file.size_bytes


def is_prepared(directory: Path = DIRECTORY, files: Sequence[RemoteFile] = FILES) -> bool:
    """Is all of Fashion-MNIST there, to the last bit?"""
    return all(file.is_at(directory / file.name) for file in files)


def load(name: str, directory: Path = DIRECTORY) -> DataSet:
    """One of NAMES. Raises DataMissing where it has not been prepared."""
    if name == DIGITS:
        return _digits()
    if name != FASHION:
        raise ValueError(f"the data set must be one of {NAMES}, got {name!r}")
    test_labels, train_labels, test_images, train_images = (read_idx(directory / file.name) for file in FILES)
    return DataSet(FASHION, CLASSES, _part(train_images, train_labels), _part(test_images, test_labels))


def read_idx(path: Path) -> NDArray[np.uint8]:
    """The array of a gzipped IDX file (LeCun's format of MNIST) of bytes.

    Its head is two zero bytes, the kind (8: bytes), the number of dimensions, and each as a big-endian
    uint32. Raises DataMissing where there is none, or a damaged one.
    """
    try:
        content = gzip.decompress(path.read_bytes())
    except FileNotFoundError as error:
        raise DataMissing(
            f"{path} is not there. Fetch it (31 MB in all): python -m demo.fashion_mnist.prepare, or start "
            f"the experiment 'prepare' in the tab.\n{_without_network()}"
        ) from error
    except (OSError, EOFError, zlib.error) as error:
        raise DataMissing(f"{path} is damaged ({error}); {_AGAIN}") from error
    if len(content) < 4 or content[:3] != b"\0\0\x08":
        raise DataMissing(f"{path} is no IDX file of bytes: it begins with {content[:4]!r}; {_AGAIN}")
    head = 4 + 4 * content[3]
    shape = tuple(int(size) for size in np.frombuffer(content[4:head], ">u4"))
    values = np.frombuffer(content, np.uint8, offset=min(head, len(content)))
    if len(shape) != content[3] or len(values) != math.prod(shape):
        raise DataMissing(f"{path} holds {len(values):,} bytes for an array of {shape}; {_AGAIN}")
    return values.reshape(shape)


_AGAIN = "delete it and prepare the data set again"


def _without_network() -> str:
    return (
        "Without network access: --data digits trains on scikit-learn's handwritten digits instead, "
        "enlarged to 28 × 28 pixels; another mirror is --mirror URL."
    )


def _part(images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> tuple[Images, Labels]:
    if images.shape != (len(labels), SIZE_PIXELS, SIZE_PIXELS):
        raise DataMissing(f"{images.shape} images don't go with {labels.shape} labels; {_AGAIN}")
    return images, labels.astype(np.int64)


def _digits() -> DataSet:
    found = digits.load(seed=1)
    classes = tuple(f"digit {number}" for number in range(10))
    return DataSet(DIGITS, classes, _enlarged(found.train), _enlarged(found.validation))


def _enlarged(part: Any) -> tuple[Images, Labels]:
    """8 × 8 pixels, each as 3 × 3, with a margin of 2."""
    values, labels = part
    small = np.round(values.reshape(-1, 8, 8) * 255).astype(np.uint8)
    large = small.repeat(3, axis=1).repeat(3, axis=2)
    return np.pad(large, ((0, 0), (2, 2), (2, 2))), labels
