"""Attention weights as they stand in the file, against plain loops over them."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles import Tracker, metadata
from tensorboard_candles.errors import WriterError
from tensorboard_candles.events import LogRoot, payload_in, payload_of
from tensorboard_candles.store import LocalSource
from tensorboard_candles.writer import attention as attention_module
from tensorboard_candles.writer.attention import attention_of

Array = npt.NDArray[Any]
MAKE = np.random.default_rng(0)


def softmax(scores: Array) -> Array:
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(weights / weights.sum(axis=-1, keepdims=True))


def causal(layers: int, heads: int, size: int) -> Array:
    scores = MAKE.normal(size=(layers, heads, size, size))
    return softmax(np.where(np.tri(size) > 0, scores, -np.inf))


def test_even_weights_have_the_entropy_of_all_keys() -> None:
    found = attention_of(np.full((2, 3, 5, 7), 1 / 7))
    assert np.allclose(found.entropy, math.log(7), rtol=1e-6)
    assert np.allclose(found.similarity, 1, rtol=1e-6)
    assert found.distance is None


def test_weights_of_one_key_each_have_no_entropy_and_lie_as_far_as_that_key() -> None:
    found = attention_of([np.stack([np.eye(6), np.eye(6)[::-1]])])
    assert found.entropy.tolist() == [[0.0, 0.0]]
    assert np.allclose(found.similarity, [np.eye(2)])  # none of six queries attends to the same key in both
    assert found.distance is not None
    assert found.distance.tolist() == [[0.0, 3.0]]  # 5, 3, 1, 1, 3, 5


def test_heads_that_differ_in_one_query_of_four_are_alike_in_the_others() -> None:
    one, other = np.eye(4), np.eye(4)
    other[3] = [1, 0, 0, 0]
    assert np.allclose(attention_of([np.stack([one, other])]).similarity[0], [[1, 0.75], [0.75, 1]])


def test_means_of_blocks_are_those_of_what_there_is() -> None:
    weights = MAKE.random((1, 1, 5, 7))
    found = attention_of(weights, size=3)
    assert (found.pool_queries, found.pool_keys, found.queries, found.keys) == (2, 3, 5, 7)
    exact = weights.astype(np.float32).astype(np.float64)[0, 0]
    means = [[exact[2 * r : 2 * r + 2, 3 * c : 3 * c + 3].mean() for c in range(3)] for r in range(3)]
    assert np.array_equal(found.weights[0, 0], np.array(means, np.float32))


def test_what_is_small_enough_is_kept_as_it_was() -> None:
    weights = causal(2, 3, 8).astype(np.float32)
    found = attention_of(weights)
    assert np.array_equal(found.weights, weights)
    assert (found.pool_queries, found.pool_keys) == (1, 1)


def test_rows_of_zeros_are_left_out_and_odd_ones_are_counted() -> None:
    weights = np.full((1, 2, 4, 4), 0.25)
    weights[0, 0, 0] = 0  # a query that is masked
    weights[0, 0, 1] *= 2  # dropout scales what it keeps
    weights[0, 1, 2] = np.nan  # a softmax over -inf alone
    found = attention_of(weights)
    assert found.odd_rows == 2
    assert np.allclose(found.entropy, math.log(4))
    assert np.allclose(found.similarity, 1)
    assert np.isnan(found.weights[0, 1, 2]).all()


def test_a_head_that_attends_to_nothing_has_no_measures() -> None:
    weights = np.stack([np.zeros((3, 3)), np.eye(3)])
    found = attention_of([weights])
    assert np.isnan(found.entropy[0]).tolist() == [True, False]
    assert np.isnan(found.similarity[0]).tolist() == [[True, True], [True, False]]
    assert found.odd_rows == 0


def measured(layer: Array) -> tuple[list[float], list[list[float]], list[float]]:
    """Entropy, similarity and distance of each head, by the definitions."""
    rows = [[row / row.sum() if row.sum() > 0 else None for row in head] for head in layer]

    def mean(numbers: list[float]) -> float:
        return math.fsum(numbers) / len(numbers) if numbers else math.nan

    def cosine(one: Array, other: Array) -> float:
        return float(one @ other) / math.sqrt(float(one @ one) * float(other @ other))

    entropy = [
        mean([-math.fsum(w * math.log(w) for w in r if w > 0) for r in h if r is not None]) for h in rows
    ]
    distance = [
        mean([math.fsum(w * abs(q - k) for k, w in enumerate(r)) for q, r in enumerate(h) if r is not None])
        for h in rows
    ]
    pairs = {
        (i, j): mean(
            [cosine(a, b) for a, b in zip(rows[i], rows[j], strict=True) if a is not None and b is not None]
        )
        for i, j in product(range(len(rows)), repeat=2)
    }
    return entropy, [[pairs[i, j] for j in range(len(rows))] for i in range(len(rows))], distance


@settings(deadline=None)  # the machine may be busy
@given(st.integers(1, 3), st.integers(1, 9), st.integers(0, 2**32), st.floats(0, 1), st.floats(0.1, 30))
def test_measures_are_those_of_plain_loops(
    heads: int, size: int, seed: int, masked: float, sharpness: float
) -> None:
    make = np.random.default_rng(seed)
    layer = softmax(sharpness * make.normal(size=(heads, size, size))).astype(np.float32)
    layer[make.random((heads, size)) < masked] = 0
    found = attention_of([layer])
    entropy, similarity, distance = measured(layer.astype(np.float64))
    assert found.distance is not None
    assert np.allclose(found.entropy[0], entropy, rtol=1e-5, atol=1e-6, equal_nan=True)
    assert np.allclose(found.similarity[0], similarity, rtol=1e-5, atol=1e-6, equal_nan=True)
    assert np.allclose(found.distance[0], distance, rtol=1e-5, atol=1e-6, equal_nan=True)


def test_what_is_measured_does_not_depend_on_how_much_is_pooled() -> None:
    weights = causal(2, 4, 50)
    whole, pooled = attention_of(weights), attention_of(weights, size=5)
    assert pooled.weights.shape == (2, 4, 5, 5)
    assert np.array_equal(whole.entropy, pooled.entropy)
    assert np.array_equal(whole.similarity, pooled.similarity)


def test_layers_of_a_batch_arrays_and_lists_are_the_same() -> None:
    weights = causal(2, 3, 4)
    batch = np.stack([weights, causal(2, 3, 4)], axis=1)
    expected = attention_of(weights).weights
    for given_as in (list(weights), weights.tolist(), batch, tuple(batch)):
        assert np.array_equal(attention_of(given_as).weights, expected)
    assert attention_of(batch).examples == 2


@pytest.mark.parametrize(
    ("weights", "what"),
    [
        ([], "of one layer at least, got none"),
        (
            np.zeros((3, 4, 4)),
            r"of shape \(layers, heads, queries, keys\).* got ndarray of shape \(3, 4, 4\)",
        ),
        ("words", "of shape .* got str"),
        (None, "of shape .* got NoneType"),
        ([None, None], "layer 0 has no weights: ask the model for them"),
        ([np.eye(3)], r"\(heads, queries, keys\).* got \(3, 3\) of layer 0"),
        ([np.zeros((1, 0, 3))], r"got \(1, 0, 3\) of layer 0"),
        ([np.ones((1, 2, 2)), np.ones((1, 3, 3))], r"of one shape, got \(1, 2, 2\) and \(1, 3, 3\)"),
        ([np.array([[["a"]]])], "must be numbers, got <U1 in layer 0"),
        ([[["a", "b"], ["c"]]], "must be numbers, got list in layer 0"),
        ([np.array([[[-0.5, 1.5]]])], "must be >= 0, got -0.5 in layer 0; pass what the softmax gives"),
    ],
)
def test_what_can_be_no_weights_is_told_in_words(weights: Any, what: str) -> None:
    with pytest.raises(WriterError, match=what):
        attention_of(weights)


@pytest.mark.parametrize(
    ("more", "what"),
    [
        ({"tokens": ["a"]}, "tokens must be one for each of 3, got 1"),
        ({"tokens": ["a", "b", "\ud800"]}, "tokens must be texts of Unicode"),
        ({"query_tokens": ["a"] * 4}, "query_tokens must be one for each of 2, got 4"),
        ({"size": 0}, "size must be > 0, got 0"),
        ({"size": 1.5}, "size"),
    ],
)
def test_what_does_not_fit_the_weights_is_told_in_words(more: dict[str, Any], what: str) -> None:
    with pytest.raises(WriterError, match=what):
        attention_of(np.ones((1, 1, 2, 3)), **more)


def test_a_record_stays_below_what_is_read_as_a_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(attention_module, "_MOST_BYTES", 20_000)
    found = attention_of(causal(2, 4, 40), tokens=["word"] * 40)
    assert found.pool_keys == 2
    assert len(found.to_bytes()) < 21_000
    with pytest.raises(WriterError, match="fewer heads, got 1 layers of 100"):
        attention_of(np.ones((1, 100, 1, 1)))


def logged(tmp_path: Path) -> Any:
    source = LocalSource([LogRoot(tmp_path)], poll_secs=None)
    source.refresh()
    [view] = source.runs()
    return view.records[metadata.ATTENTION_KIND]


def test_the_tracker_writes_it_at_the_step_that_was_logged_last(tmp_path: Path) -> None:
    weights = causal(2, 3, 4)
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.log(loss=1.0, step=7)
        tracker.attention(weights, tokens=["<s>", "größe", 3, ""], size=2)
        tracker.attention(weights, tag="cross", step=9)
    first, second = logged(tmp_path)
    assert [(one.tag, one.step) for one in (first, second)] == [("attention", 7), ("cross", 9)]
    payload = payload_in(payload_of(first))
    assert payload.words("tokens") == ("<s>", "größe", "3", "")
    assert {
        name: payload.whole_number(name) for name in ("queries", "keys", "pool_queries", "pool_keys")
    } == {
        "queries": 4,
        "keys": 4,
        "pool_queries": 2,
        "pool_keys": 2,
    }
    assert payload.array("weights", "f", 2, 3, 2, 2).dtype == np.float32
    assert np.array_equal(payload.arrays["entropy"], attention_of(weights).entropy)
    assert payload_in(payload_of(second)).array("weights", "f", 2, 3, 4, 4).tolist() == (
        weights.astype(np.float32).tolist()
    )


def test_what_is_logged_is_what_there_was_at_that_time(tmp_path: Path) -> None:
    weights = causal(1, 1, 3)
    before = weights.astype(np.float32)
    with Tracker("p", logdir=tmp_path, run="r") as tracker:
        tracker.attention(weights)
        weights[:] = 0
    [record] = logged(tmp_path)
    assert np.array_equal(payload_in(payload_of(record)).arrays["weights"], before)
