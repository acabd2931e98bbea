"""Attention weights of all layers and heads: what is measured of them, and what is kept."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.summaries import is_unicode
from tensorboard_candles.writer.values import as_int64

Float32Array: TypeAlias = npt.NDArray[np.float32]
Float64Array: TypeAlias = npt.NDArray[np.float64]
FloatArray: TypeAlias = npt.NDArray[np.floating[Any]]

SIZE = 64
_MOST_BYTES = 14 << 20
"""Of all arrays: the record that holds them must stay below 16 MB."""
_MOST_TOKENS = 4096
_LONGEST_TOKEN = 40
_TOLERANCE = 0.01
"""By which weights may add up to something else than 1: half precision has three digits."""


@dataclass(frozen=True, eq=False, slots=True)
class Attention:
    """What is kept of one example's weights; see `metadata.ATTENTION_KIND`."""

    weights: Float32Array
    entropy: Float32Array
    similarity: Float32Array
    distance: Float32Array | None
    queries: int
    keys: int
    pool_queries: int
    """How many queries each row of `weights` is the mean of, the last one of fewer maybe."""
    pool_keys: int
    odd_rows: int
    """How many queries of all heads have weights that add up neither to 1 nor to 0."""
    examples: int
    tokens: tuple[str, ...] = ()
    query_tokens: tuple[str, ...] = ()

    def to_bytes(self) -> bytes:
        """The content of a summary of `metadata.ATTENTION_KIND`."""
        arrays = {"weights": self.weights, "entropy": self.entropy, "similarity": self.similarity}
        if self.distance is not None:
            arrays["distance"] = self.distance
        numbers = ("queries", "keys", "pool_queries", "pool_keys", "odd_rows", "examples")
        about = {name: str(getattr(self, name)) for name in numbers}
        for name in ("tokens", "query_tokens"):
            if words := getattr(self, name):
                about[name] = json.dumps(words, ensure_ascii=False)
        return save(arrays, metadata=about)


@dataclass(frozen=True, eq=False, slots=True)
class _Layer:
    """What is left of one layer once it has been looked at."""

    pooled: Float32Array
    entropy: Float64Array
    similarity: Float64Array
    distance: Float64Array
    odd_rows: int


def attention_of(
    weights: Any,
    *,
    tokens: Sequence[object] | None = None,
    query_tokens: Sequence[object] | None = None,
    size: int = SIZE,
) -> Attention:
    """Weights of all layers as what is kept of them; WriterError when they can't be such weights.

    >>> even = np.full((2, 3, 8, 8), 1 / 8)  # layers, heads, queries, keys
    >>> found = attention_of(even, size=4)
    >>> found.weights.shape, found.pool_queries, found.pool_keys
    ((2, 3, 4, 4), 2, 2)
    >>> bool(np.allclose(found.entropy, np.log(8))), bool(np.allclose(found.similarity, 1))
    (True, True)
    """
    given = _layers(weights)
    shape, examples = _shape_of(given[0], 0)
    _, queries, keys = shape
    pool = _blocks(len(given), shape, as_int64("size", size))
    # One after another: all of them together may be gigabytes.
    found = [_looked_at(_first_example(layer, index, shape), pool) for index, layer in enumerate(given)]
    are_same = queries == keys and query_tokens is None
    return Attention(
        weights=np.stack([layer.pooled for layer in found]),
        entropy=np.stack([layer.entropy for layer in found]).astype(np.float32),
        similarity=np.stack([layer.similarity for layer in found]).astype(np.float32),
        distance=np.stack([layer.distance for layer in found]).astype(np.float32) if are_same else None,
        queries=queries,
        keys=keys,
        pool_queries=pool[0],
        pool_keys=pool[1],
        odd_rows=sum(layer.odd_rows for layer in found),
        examples=examples,
        tokens=_words("tokens", tokens, keys),
        query_tokens=_words("query_tokens", query_tokens, queries),
    )


def _layers(weights: Any) -> Sequence[Any]:
    """Each layer's weights: those of a list, or the slices of one array."""
    if isinstance(weights, list | tuple):
        layers = list(weights)
        if any(layer is not None and not hasattr(layer, "shape") for layer in layers):
            layers = list(_array(weights, 0))  # lists of lists of numbers
    else:
        if len(getattr(weights, "shape", ())) not in (4, 5):
            raise WriterError(
                "weights must be of shape (layers, heads, queries, keys), or a list of each layer's,"
                f" got {_told(weights)}"
            )
        layers = [weights[index] for index in range(weights.shape[0])]
    if not layers:
        raise WriterError("weights must be of one layer at least, got none")
    return layers


def _shape_of(layer: Any, index: int) -> tuple[tuple[int, int, int], int]:
    """Heads, queries and keys of a layer's weights; and how many examples there are."""
    if layer is None:
        raise WriterError(
            f"layer {index} has no weights: ask the model for them"
            ' (of transformers: output_attentions=True, attn_implementation="eager")'
        )
    shape = tuple(layer.shape if hasattr(layer, "shape") else np.shape(layer))
    if len(shape) not in (3, 4) or 0 in shape:
        raise WriterError(
            "each layer's weights must be of shape (heads, queries, keys), or with a batch before that,"
            f" got {shape} of layer {index}"
        )
    heads, queries, keys = shape[-3:]
    return (heads, queries, keys), shape[0] if len(shape) == 4 else 1


def _first_example(layer: Any, index: int, expected: tuple[int, int, int]) -> Float32Array:
    shape, _ = _shape_of(layer, index)
    if shape != expected:
        raise WriterError(
            f"layers must be of one shape, got {expected} and {shape};"
            ' log those of another shape by themselves: tag="cross_attention"'
        )
    example = _array(layer[0] if len(layer.shape) == 4 else layer, index)
    if example.min() < 0:
        raise WriterError(
            f"weights must be >= 0, got {example.min():.4g} in layer {index}; pass what the softmax gives"
        )
    return example


def _array(given: Any, index: int) -> Float32Array:
    if hasattr(given, "detach"):
        given = given.detach().float().cpu().numpy()  # numpy has no bfloat16
    try:
        array = np.asarray(given)
        array = array.astype(np.float32) if array.dtype.kind in "biufV" else array  # V: bfloat16 of JAX
    except (ValueError, TypeError, RuntimeError) as error:  # what torch raises for a tensor in a list
        raise WriterError(f"weights must be numbers, got {_told(given)} in layer {index}") from error
    if array.dtype != np.float32:
        raise WriterError(f"weights must be numbers, got {array.dtype} in layer {index}")
    return array


def _told(given: Any) -> str:
    shape = getattr(given, "shape", None)
    return f"{type(given).__name__}" + (f" of shape {tuple(shape)}" if shape is not None else "")


def _blocks(layers: int, shape: tuple[int, int, int], size: int) -> tuple[int, int]:
    """Queries and keys that each number is the mean of: so many that `size` of them are left at most, and
    that the record is not too large."""
    if size < 1:
        raise WriterError(f"size must be > 0, got {size}")
    heads, queries, keys = shape
    room = _MOST_BYTES // (4 * layers * heads) - heads - 2
    if room < 1:
        raise WriterError(f"weights must be of fewer heads, got {layers} layers of {heads}")
    most = min(size, max(queries, keys))
    while min(queries, most) * min(keys, most) > room:
        most -= 1
    return math.ceil(queries / most), math.ceil(keys / most)


def _looked_at(example: Float32Array, pool: tuple[int, int]) -> _Layer:
    heads, queries, keys = example.shape
    apart = np.abs(np.arange(queries)[:, None] - np.arange(keys)).astype(np.float32)
    pooled = np.stack([means_of_blocks(weights, *pool) for weights in example]).astype(np.float32)
    entropy, distance = np.empty(heads), np.empty(heads)
    directions = np.zeros((heads, queries, keys), np.float32)
    attends = np.zeros((heads, queries), np.bool_)
    odd_rows = 0
    for head, weights in enumerate(example):
        total = weights.sum(axis=1, dtype=np.float64)
        odd_rows += int(np.count_nonzero(~(np.abs(total - 1) <= _TOLERANCE) & (total != 0)))
        of_some = np.isfinite(total) & (total > 0)
        share = weights[of_some] / total[of_some, None].astype(np.float32)
        entropy[head] = _mean(entropies(share))
        distance[head] = _mean(_products(share, apart[of_some]))
        directions[head, of_some] = share / np.sqrt(_products(share, share))[:, None]
        attends[head] = of_some
    return _Layer(pooled, entropy, _similarity(directions, attends), distance, odd_rows)


def means_of_blocks(weights: FloatArray, rows: int, columns: int) -> Float64Array:
    """Means of blocks of so many rows and columns; at the ends, of as many as there are.

    >>> means_of_blocks(np.arange(12.0).reshape(3, 4), 2, 2).tolist()
    [[2.5, 4.5], [8.5, 10.5]]
    """
    begins = [np.arange(0, length, step) for length, step in zip(weights.shape, (rows, columns), strict=True)]
    in_rows = np.add.reduceat(weights, begins[1], axis=1, dtype=np.float64)
    counts = [np.diff([*begin, length]) for begin, length in zip(begins, weights.shape, strict=True)]
    return np.asarray(np.add.reduceat(in_rows, begins[0], axis=0) / np.outer(*counts))


def entropies(share: FloatArray) -> FloatArray:
    """Entropy of each row, in nats, where 0 · log 0 is 0.

    >>> entropies(np.array([[1.0, 0.0], [0.5, 0.5]])) / np.log(2)
    array([0., 1.])
    """
    logs = np.log(share, where=share > 0, out=np.zeros_like(share))
    return np.abs(_products(share, logs))


def _products(one: FloatArray, other: FloatArray) -> FloatArray:
    """The inner product of each row with the other's."""
    return np.asarray(np.einsum("qk,qk->q", one, other))


def _similarity(directions: Float32Array, attends: npt.NDArray[np.bool_]) -> Float64Array:
    """Cosine of the weights of any two heads for a query, as the mean over those that attend in both."""
    both = attends.astype(np.float64) @ attends.T.astype(np.float64)
    flat = directions.reshape(len(directions), -1)
    cosines = (flat @ flat.T).astype(np.float64)
    means = np.divide(cosines, both, where=both > 0, out=np.full_like(both, np.nan))
    return np.asarray(np.minimum(means, 1.0))


def _mean(numbers: FloatArray) -> float:
    return float(numbers.mean(dtype=np.float64)) if len(numbers) else math.nan


def _words(what: str, tokens: Sequence[object] | None, count: int) -> tuple[str, ...]:
    if tokens is None:
        return ()
    words = tuple(str(token) for token in tokens)
    if len(words) != count:
        raise WriterError(f"{what} must be one for each of {count}, got {len(words)}")
    for word in words:
        if not is_unicode(word):
            raise WriterError(f"{what} must be texts of Unicode, got {word!r:.80}")
    return tuple(word[:_LONGEST_TOKEN] for word in words[:_MOST_TOKENS])
