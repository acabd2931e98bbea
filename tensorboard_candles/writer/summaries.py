"""What is logged, as `Summary.Value`s: large numbers, epoch marks, hyperparameters, tags, texts, images."""

from __future__ import annotations

import io
import json
import math
import struct
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from tensorboard.compat.proto.event_pb2 import Event, SessionLog
from tensorboard.compat.proto.summary_pb2 import (
    DATA_CLASS_BLOB_SEQUENCE,
    DATA_CLASS_SCALAR,
    DATA_CLASS_TENSOR,
    Summary,
    SummaryMetadata,
)
from tensorboard.compat.proto.tensor_pb2 import TensorProto
from tensorboard.compat.proto.types_pb2 import DT_DOUBLE, DT_INT64, DT_STRING

from tensorboard_candles import metadata
from tensorboard_candles.errors import WriterError

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_FLOAT32 = struct.Struct("<f")
_EXACT_INTEGERS = 2**53


def scalar(tag: str, value: float) -> Summary.Value:
    """A standard scalar: `simple_value`, a float32, as every SummaryWriter writes it.

    A finite value that float32 can't hold (beyond ±3.4e38) would become infinite: it is written as a
    float64 tensor of TensorBoard's own scalars plugin.
    """
    try:
        _FLOAT32.pack(value)
    except OverflowError:
        return Summary.Value(tag=tag, metadata=_scalar_metadata(), tensor=_rank_0_double(value))
    return Summary.Value(tag=tag, simple_value=value)


def epoch_mark(number: int) -> Event:
    """The mark that says: at this event's step, epoch `number` begins."""
    # not int64_val: tbparse 0.0.9 beside TensorBoard 2.21 fails over that, and shows nothing of the run
    tensor = TensorProto(dtype=DT_INT64, tensor_content=number.to_bytes(8, "little", signed=True))
    tensor.tensor_shape.SetInParent()
    return Event(summary=Summary(value=[_own(metadata.EPOCH_TAG, metadata.EPOCH_KIND, tensor)]))


def tags(said: Mapping[str, Mapping[str, str]]) -> Event:
    """What the writer says of its tags, as `metadata.TAGS_KIND` tells."""
    tensor = _rank_0_string(json.dumps(said).encode())
    return Event(summary=Summary(value=[_own(metadata.TAGS_TAG, metadata.TAGS_KIND, tensor)]))


def candles(tag: str, rows: npt.NDArray[np.float64], *, late: bool = False) -> Summary.Value:
    """Candles under a metric's own tag, a row each as `metadata.CANDLES_KIND` tells.

    `late` are those of points that came after the row that their steps lie in was written.
    """
    tensor = TensorProto(dtype=DT_DOUBLE, tensor_content=rows.astype("<f8").tobytes())
    for length in rows.shape:
        tensor.tensor_shape.dim.add(size=length)
    return _own(tag, metadata.LATE_CANDLES_KIND if late else metadata.CANDLES_KIND, tensor)


def session_start(wall_time: float) -> Event:
    """What was written before with this event's step or a later one is void."""
    return Event(wall_time=wall_time, session_log=SessionLog(status=SessionLog.START))


def text(tag: str, words: str) -> Event:
    """Markdown for TensorBoard's Text tab."""
    plugin = SummaryMetadata.PluginData(plugin_name="text")
    about = SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_TENSOR)
    value = Summary.Value(tag=tag, metadata=about, tensor=_rank_0_string(words.encode()))
    return Event(summary=Summary(value=[value]))


def image(tag: str, pixels: npt.NDArray[np.uint8]) -> Event:
    """A PNG for TensorBoard's Images tab, from height × width × 1, 3 or 4 channels."""
    height, width, channels = pixels.shape
    made = Summary.Image(height=height, width=width, colorspace=channels, encoded_image_string=_png(pixels))
    return Event(summary=Summary(value=[Summary.Value(tag=tag, image=made)]))


def outputs(tag: str, table: str, content: bytes, pictures: Sequence[npt.NDArray[np.uint8]]) -> Event:
    """Predictions beside labels: for the Text tab, the Images tab, and as `metadata.OUTPUTS_KIND` tells."""
    values = [
        text(f"{tag}/predictions", table).summary.value[0],
        _own(f"{tag}/outputs", metadata.OUTPUTS_KIND, _rank_0_string(content)),
    ]
    if pictures:
        values.append(_images(f"{tag}/images", pictures))
    return Event(summary=Summary(value=values))


def attention(tag: str, content: bytes) -> Event:
    """Attention weights, as `metadata.ATTENTION_KIND` tells."""
    value = _own(tag, metadata.ATTENTION_KIND, _rank_0_string(content))
    return Event(summary=Summary(value=[value]))


def complexity(tag: str, content: bytes) -> Event:
    """What a model costs, as `metadata.COMPLEXITY_KIND` tells."""
    value = _own(tag, metadata.COMPLEXITY_KIND, _rank_0_string(content))
    return Event(summary=Summary(value=[value]))


def landscape(tag: str, content: bytes) -> Event:
    """The loss around a model's weights, as `metadata.LANDSCAPE_KIND` tells."""
    return Event(summary=Summary(value=[_own(tag, metadata.LANDSCAPE_KIND, _rank_0_string(content))]))


def hyperparameters(config: Mapping[str, object]) -> Summary:
    """The config as TensorBoard's HParams tab reads it, nested mappings flattened by dots.

    Raises WriterError for what is no mapping and for text that is no Unicode.

    >>> from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData
    >>> content = hyperparameters({"optimizer": {"lr": 0.1}}).value[0].metadata.plugin_data.content
    >>> dict(HParamsPluginData.FromString(content).session_start_info.hparams)["optimizer.lr"].number_value
    0.1
    """
    from tensorboard.plugins.hparams.summary_v2 import hparams_pb

    if not hasattr(config, "items"):  # some configs are mappings and no Mapping
        raise WriterError(
            f"config must be a mapping of names to values, got {config!r:.80};"
            " pass vars(args) of argparse, asdict(config) of a dataclass"
        )
    flat = {name: _hyperparameter(value) for name, value in _flatten(config)}
    for name, value in flat.items():
        if not is_unicode(name) or (isinstance(value, str) and not is_unicode(value)):
            raise WriterError(
                f"config must be Unicode, got {name!r}: {value!r:.80}; leave it out or encode it"
            )
    summary: Summary = hparams_pb(flat)
    return summary


def is_unicode(text: str) -> bool:
    """False for text that holds half of a surrogate pair, as names of files may.

    >>> is_unicode("größe"), is_unicode("\\ud800")
    (True, False)
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _flatten(config: Mapping[str, object], prefix: str = "") -> Iterator[tuple[str, object]]:
    for key, value in config.items():
        if isinstance(value, Mapping) and value:
            yield from _flatten(value, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value


def _hyperparameter(value: object) -> bool | int | float | str:
    if hasattr(value, "item") and math.prod(getattr(value, "shape", ())) == 1:
        value = value.item()
    if isinstance(value, bool | str):
        return value
    # HParams keeps numbers as float64 and sends them as JSON: what neither can hold is shown as text
    if isinstance(value, int) and abs(value) <= _EXACT_INTEGERS:
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return str(value)


def _images(tag: str, pictures: Sequence[npt.NDArray[np.uint8]]) -> Summary.Value:
    """Several of one size under one tag, as TensorFlow's `tf.summary.image` writes them."""
    height, width, _ = pictures[0].shape
    about = SummaryMetadata(
        plugin_data=SummaryMetadata.PluginData(plugin_name="images"), data_class=DATA_CLASS_BLOB_SEQUENCE
    )
    content = [str(width).encode(), str(height).encode(), *(_png(pixels) for pixels in pictures)]
    tensor = TensorProto(dtype=DT_STRING, string_val=content)
    tensor.tensor_shape.dim.add(size=len(content))
    return Summary.Value(tag=tag, metadata=about, tensor=tensor)


def _png(pixels: npt.NDArray[np.uint8]) -> bytes:
    from PIL import Image

    png = io.BytesIO()
    Image.fromarray(pixels[:, :, 0] if pixels.shape[2] == 1 else pixels).save(png, "png")
    return png.getvalue()


def _own(tag: str, kind: str, tensor: TensorProto) -> Summary.Value:
    plugin = SummaryMetadata.PluginData(
        plugin_name=metadata.PLUGIN_NAME, content=metadata.plugin_content(kind)
    )
    about = SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_TENSOR)
    return Summary.Value(tag=tag, metadata=about, tensor=tensor)


def _scalar_metadata() -> SummaryMetadata:
    plugin = SummaryMetadata.PluginData(plugin_name="scalars")
    return SummaryMetadata(plugin_data=plugin, data_class=DATA_CLASS_SCALAR)


def _rank_0_double(value: float) -> TensorProto:
    tensor = TensorProto(dtype=DT_DOUBLE, double_val=[value])
    tensor.tensor_shape.SetInParent()
    return tensor


def _rank_0_string(text: bytes) -> TensorProto:
    tensor = TensorProto(dtype=DT_STRING, string_val=[text])
    tensor.tensor_shape.SetInParent()
    return tensor
