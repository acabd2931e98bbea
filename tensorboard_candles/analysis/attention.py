"""Attention over a training: what each head looks at, how widely, and how much heads are alike.

- *Entropy* of a head: of each query's weights, the mean over queries; 0 where each looks at one key alone,
  log(keys) where it looks at all of them evenly. As share of that it can be compared between lengths.
- *Similarity* of two heads: cosine of their weights for a query, the mean over queries (as between layers in
  Zhou et al. 2021, "DeepViT", eq. 3). Heads of a layer that are all alike do the same work.
- *Distance*: how far, in tokens, a head looks, by its weights (Dosovitskiy et al. 2021, figure 7).

They are measured by the writer (`tracker.attention`), of all queries and keys.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from tensorboard_candles.errors import BadPayload
from tensorboard_candles.events import Payload

Float64Array: TypeAlias = npt.NDArray[np.float64]

_MOST_TOKENS = 4096
_LONGEST_TOKEN = 64


@dataclass(frozen=True, eq=False, slots=True)
class Measures:
    """What is told of every head at one step."""

    queries: int
    keys: int
    entropy: Float64Array
    """Of shape (layers, heads), in nats; NaN where a head attends to nothing."""
    distance: Float64Array
    """Of the same shape, in tokens; NaN where queries are not the keys themselves."""
    similarity: Float64Array
    """Of shape (layers,): the mean over all pairs of its heads; NaN where there is one head."""

    @property
    def shape(self) -> tuple[int, int]:
        """Layers and heads."""
        layers, heads = self.entropy.shape
        return layers, heads

    @property
    def entropy_share(self) -> Float64Array:
        """Entropy as part of the largest there is, log(keys); NaN where there is one key."""
        largest = math.log(self.keys)
        return self.entropy / largest if largest else np.full(self.shape, np.nan)


@dataclass(frozen=True, eq=False, slots=True)
class Maps:
    """All heads' weights at one step."""

    measures: Measures
    weights: Float64Array
    """Of shape (layers, heads, rows, columns): means over blocks of queries and keys."""
    similarity: Float64Array
    """Of shape (layers, heads): of a head with the others of its layer, the mean."""
    pool_queries: int
    """How many queries each row is the mean of, the last one of fewer maybe."""
    pool_keys: int
    odd_rows: int
    """How many queries of all heads have weights that add up neither to 1 nor to 0."""
    examples: int
    """How many there were, of which this is the first."""
    tokens: Sequence[str]
    """Words for keys, which may be too few."""
    query_tokens: Sequence[str]


@dataclass(frozen=True, eq=False, slots=True)
class Curves:
    """Measures over steps; of all steps that have as many layers and heads as the last."""

    rows: npt.NDArray[np.int64]
    """Which of the steps given these are."""
    entropy: Float64Array
    """Of shape (steps, layers, heads)."""
    entropy_share: Float64Array
    distance: Float64Array
    similarity: Float64Array
    """Of shape (steps, layers)."""


def maps_in(payload: Payload) -> Maps:
    """What a summary of `metadata.ATTENTION_KIND` says; BadPayload where it is none."""
    weights = payload.array("weights", "f", None, None, None, None).astype(np.float64)
    layers, heads, rows, columns = weights.shape
    if not weights.size:
        raise BadPayload(f"'weights' must not be empty, got {weights.shape}")
    similarity = payload.array("similarity", "f", layers, heads, heads).astype(np.float64)
    queries, pool_queries = _blocks(payload, "queries", rows)
    keys, pool_keys = _blocks(payload, "keys", columns)
    others = _means_of_others(similarity)
    distance = np.full((layers, heads), np.nan)
    if "distance" in payload.arrays:
        distance = payload.array("distance", "f", layers, heads).astype(np.float64)
    entropy = payload.array("entropy", "f", layers, heads).astype(np.float64)
    tokens, query_tokens = (_words(payload, name) for name in ("tokens", "query_tokens"))
    return Maps(
        Measures(queries, keys, entropy, distance, _mean(others)),
        weights,
        others,
        pool_queries,
        pool_keys,
        odd_rows=payload.whole_number("odd_rows"),
        examples=payload.whole_number("examples", least=1),
        tokens=tokens,
        query_tokens=query_tokens or (tokens if queries == keys else ()),
    )


def _blocks(payload: Payload, what: str, found: int) -> tuple[int, int]:
    """How many queries or keys there were, and how many of them a block spans."""
    count, pool = (payload.whole_number(name, least=1) for name in (what, f"pool_{what}"))
    if -(-count // pool) != found:
        raise BadPayload(f"'weights' must have a number for each {pool} of {count} {what}, got {found}")
    return count, pool


def _words(payload: Payload, name: str) -> tuple[str, ...]:
    return tuple(word[:_LONGEST_TOKEN] for word in payload.words(name)[:_MOST_TOKENS])


def _means_of_others(similarity: Float64Array) -> Float64Array:
    """Of each head the mean of its similarity with the others of its layer.

    >>> _means_of_others(np.array([[[1, 0.5], [0.5, 1]]])).tolist()
    [[0.5, 0.5]]
    """
    known = np.isfinite(similarity) & ~np.eye(similarity.shape[-1], dtype=np.bool_)
    return _divided(np.where(known, similarity, 0).sum(axis=-1), known.sum(axis=-1))


def _mean(numbers: Float64Array) -> Float64Array:
    """Along the last axis, of those that are finite."""
    known = np.isfinite(numbers)
    return _divided(np.where(known, numbers, 0).sum(axis=-1), known.sum(axis=-1))


def _divided(sums: Float64Array, counts: npt.NDArray[Any]) -> Float64Array:
    return np.asarray(np.divide(sums, counts, where=counts > 0, out=np.full(sums.shape, np.nan)))


def curves(found: Sequence[Measures]) -> Curves:
    """Measures of some steps, in order, as columns.

    >>> one = Measures(4, 4, np.array([[0.0, np.log(4)]]), np.zeros((1, 2)), np.zeros(1))
    >>> curves([one, one]).entropy_share.round(3).tolist()
    [[[0.0, 1.0]], [[0.0, 1.0]]]
    """
    rows = [row for row, one in enumerate(found) if one.shape == found[-1].shape]
    some = [found[row] for row in rows]
    layers, heads = found[-1].shape if found else (0, 0)
    of_heads, of_layers = (len(rows), layers, heads), (len(rows), layers)
    return Curves(
        rows=np.array(rows, np.int64),
        entropy=np.array([one.entropy for one in some]).reshape(of_heads),
        entropy_share=np.array([one.entropy_share for one in some]).reshape(of_heads),
        distance=np.array([one.distance for one in some]).reshape(of_heads),
        similarity=np.array([one.similarity for one in some]).reshape(of_layers),
    )


def smaller(found: Maps, size: int) -> tuple[Float64Array, int, int]:
    """Weights of `size` rows and columns at most; and how many queries and keys each is the mean of.

    Means of whole blocks of what there is, by how many tokens each block holds: the same numbers as if the
    writer had pooled as much.
    """
    queries, keys = found.measures.queries, found.measures.keys
    weights, pool_keys = _pooled(found.weights, keys, found.pool_keys, size)
    by_key, pool_queries = _pooled(weights.swapaxes(2, 3), queries, found.pool_queries, size)
    return by_key.swapaxes(2, 3), pool_queries, pool_keys


def _pooled(weights: Float64Array, count: int, pool: int, size: int) -> tuple[Float64Array, int]:
    """At most `size` numbers along the last axis, where each is of `pool` tokens, `count` in all."""
    together = -(-weights.shape[-1] // size)
    if together == 1:
        return weights, pool
    held = np.minimum(pool, count - pool * np.arange(weights.shape[-1])).astype(np.float64)
    with np.errstate(invalid="ignore"):  # where a weight is infinite
        return _sums(weights * held, together) / _sums(held, together), pool * together


def _sums(numbers: Float64Array, together: int) -> Float64Array:
    """Of so many at a time along the last axis; slice by slice, which takes a tenth of `np.add.reduceat`."""
    sums = numbers[..., ::together].copy()
    for first in range(1, together):
        part = numbers[..., first::together]
        sums[..., : part.shape[-1]] += part
    return sums


def evenly(count: int, most: int) -> npt.NDArray[np.int64]:
    """At most so many of `count` rows, evenly spread; the first and the last are among them.

    >>> evenly(10, 4), evenly(3, 4), evenly(5, 1)
    (array([0, 3, 6, 9]), array([0, 1, 2]), array([4]))
    """
    if count <= most:
        return np.arange(count)
    if most == 1:
        return np.array([count - 1])
    return np.unique(np.linspace(0, count - 1, most).round().astype(np.int64))
