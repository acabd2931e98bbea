"""Arrays as pictures for TensorBoard's Images tab."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import WriterError

_FAR_OUTSIDE = 10.0
"""Beyond what normalising makes of 0 to 1, which is cut off."""


def several_pixels(tag: str, arrays: Any, most: int, total: int) -> list[npt.NDArray[np.uint8]]:
    """The first of all pictures of one size, each as `pixels` has it; channels may also come first.

    >>> [one.shape for one in several_pixels("digits", np.zeros((10, 1, 28, 28)), 2, total=10)]
    [(28, 28, 1), (28, 28, 1)]
    """
    if not hasattr(arrays, "__len__") or len(arrays) not in {most, total}:
        got = f"{len(arrays):,}" if hasattr(arrays, "__len__") else f"{arrays!r:.80}"
        raise WriterError(f"images {tag!r} must be one for each of the {total:,} rows, got {got}")
    some = arrays[:most]
    given = np.asarray(some.detach().cpu() if hasattr(some, "detach") else some)
    if given.ndim == 4 and given.shape[1] in {1, 3, 4} and given.shape[3] not in {1, 3, 4}:
        given = given.transpose(0, 2, 3, 1)  # as torch has them
    return [pixels(tag, one) for one in given]


def pixels(tag: str, array: Any) -> npt.NDArray[np.uint8]:
    """A copy of the array as height × width × channels of bytes; floats of 0 to 1 become 0 to 255.

    >>> pixels("digit", np.array([[0.0, 1.0]])).tolist()
    [[[0], [255]]]

    Raises WriterError when it is no picture, and where Pillow, which will encode it, is not installed.
    """
    try:
        from PIL import Image
    except ImportError:
        raise WriterError("images need Pillow: pip install 'tensorboard_candles[image]'") from None
    Image.preinit()  # here, since a child that is forked while another thread imports would hang
    given = np.asarray(array)
    shaped = given[:, :, None] if given.ndim == 2 else given
    if shaped.ndim != 3 or shaped.shape[2] not in {1, 3, 4} or not shaped.size:
        raise WriterError(
            f"image {tag!r} must be height × width or height × width × 1, 3 or 4 channels, got {given.shape}"
        )
    if shaped.dtype == np.uint8:
        return shaped.copy()  # the loop may paint over it before it is encoded
    if not np.issubdtype(shaped.dtype, np.floating):
        raise WriterError(f"image {tag!r} must be uint8 or floats of 0 to 1, got {given.dtype}")
    most = np.abs(shaped[np.isfinite(shaped)]).max(initial=0)
    if most > _FAR_OUTSIDE:
        raise WriterError(
            f"image {tag!r} must be uint8 or floats of 0 to 1, got floats as far off as {most:.4g};"
            " divide them by 255, or pass image.astype('uint8')"
        )
    scaled = np.nan_to_num(np.clip(shaped, 0, 1)) * 255
    return np.asarray(np.rint(scaled), np.uint8)
