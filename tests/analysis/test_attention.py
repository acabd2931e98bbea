"""What is told of attention weights, from summaries as the tracker writes them and as anybody may."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import safetensors.numpy
from hypothesis import given, settings
from hypothesis import strategies as st

from tensorboard_candles.analysis.attention import Maps, curves, evenly, maps_in, smaller
from tensorboard_candles.errors import BadPayload
from tensorboard_candles.events import payload_in
from tensorboard_candles.writer.attention import attention_of

MAKE = np.random.default_rng(0)


def maps_of(weights: Any, **more: Any) -> Maps:
    return maps_in(payload_in(attention_of(weights, **more).to_bytes()))


def random_weights(*shape: int) -> Any:
    weights = MAKE.random(shape)
    return weights / weights.sum(axis=-1, keepdims=True)


def test_even_attention_has_all_the_entropy_there_is_and_one_key_none() -> None:
    even = maps_of(np.full((1, 2, 5, 5), 0.2)).measures
    assert np.allclose(even.entropy, math.log(5))
    assert np.allclose(even.entropy_share, 1)
    single = maps_of(np.eye(5)[None, None]).measures
    assert single.entropy.tolist() == single.entropy_share.tolist() == [[0.0]]
    assert np.isnan(maps_of(np.ones((1, 1, 3, 1))).measures.entropy_share).all()


def test_similarity_of_a_layer_is_the_mean_over_pairs_of_heads() -> None:
    one, other = np.eye(4), np.eye(4)[::-1]
    found = maps_of(np.stack([np.stack([one, one, other]), np.stack([one, one, one])]))
    assert np.allclose(found.measures.similarity, [1 / 3, 1])  # pairs: 1, 0, 0
    assert np.allclose(found.similarity, [[0.5, 0.5, 0.0], [1.0, 1.0, 1.0]])
    assert np.isnan(maps_of(one[None, None]).measures.similarity).all()


def test_a_head_that_attends_to_nothing_is_left_out_of_the_similarity() -> None:
    found = maps_of(np.stack([np.zeros((3, 3)), np.eye(3), np.eye(3)])[None])
    assert found.measures.similarity.tolist() == [1.0]
    assert np.isnan(found.similarity[0]).tolist() == [True, False, False]


@settings(deadline=None)  # the machine may be busy
@given(st.integers(1, 30), st.integers(1, 30), st.integers(1, 30), st.integers(1, 30))
def test_what_is_pooled_again_is_what_the_writer_would_have_pooled(
    queries: int, keys: int, first: int, size: int
) -> None:
    weights = random_weights(1, 2, queries, keys)
    found = maps_of(weights, size=first)
    pooled, pool_queries, pool_keys = smaller(found, size)
    assert max(pooled.shape[2:]) <= size
    exact = weights.astype(np.float32).astype(np.float64)
    for row, column in np.ndindex(*pooled.shape[2:]):
        block = exact[
            ...,
            row * pool_queries : (row + 1) * pool_queries,
            column * pool_keys : (column + 1) * pool_keys,
        ]
        assert np.allclose(pooled[..., row, column], block.mean(axis=(2, 3)), rtol=1e-5)


def test_curves_are_of_the_steps_that_are_like_the_last() -> None:
    found = [maps_of(random_weights(*shape)).measures for shape in [(2, 3, 4, 4), (1, 3, 4, 4), (2, 3, 9, 9)]]
    made = curves(found)
    assert made.rows.tolist() == [0, 2]
    assert np.array_equal(made.entropy, [found[0].entropy, found[2].entropy])
    assert np.array_equal(
        made.entropy_share, [found[0].entropy / math.log(4), found[2].entropy / math.log(9)]
    )
    assert made.similarity.shape == (2, 2)
    assert curves([]).entropy.shape == (0, 0, 0)


@given(st.integers(1, 1000), st.integers(1, 50))
def test_steps_that_are_taken_are_spread_evenly_with_both_ends(count: int, most: int) -> None:
    rows = evenly(count, most)
    assert len(rows) == min(count, most)
    assert rows[-1] == count - 1
    if len(rows) > 1:
        assert rows[0] == 0
        assert np.diff(rows).max() - np.diff(rows).min() <= 1


SOUND: dict[str, Any] = {
    "weights": np.zeros((1, 2, 2, 3), np.float32),
    "entropy": np.zeros((1, 2), np.float32),
    "similarity": np.zeros((1, 2, 2), np.float32),
    "distance": np.zeros((1, 2), np.float32),
}
ABOUT = {"queries": "4", "keys": "5", "pool_queries": "2", "pool_keys": "2", "odd_rows": "0", "examples": "1"}


def payload(arrays: dict[str, Any], about: dict[str, Any]) -> Maps:
    arrays, about = SOUND | arrays, ABOUT | about
    return maps_in(
        payload_in(
            safetensors.numpy.save(
                {name: array for name, array in arrays.items() if array is not None},
                {name: text for name, text in about.items() if text is not None},
            )
        )
    )


def test_words_are_cut_and_may_be_too_few() -> None:
    found = payload({}, {"tokens": '["%s", "b"]' % ("x" * 1000), "query_tokens": "[]"})
    assert [len(token) for token in found.tokens] == [64, 1]
    assert found.query_tokens == ()
    found = payload({"weights": np.zeros((1, 2, 2, 2), np.float32)}, {"keys": "4", "tokens": '["a", "b"]'})
    assert found.query_tokens == ("a", "b")


@pytest.mark.parametrize(
    "arrays",
    [
        *({name: None} for name in ("weights", "entropy", "similarity")),
        {"weights": np.zeros((1, 2, 2, 3), np.int64)},
        {"weights": np.zeros((2, 2, 3), np.float32)},
        {"weights": np.zeros((1, 2, 0, 3), np.float32)},
        {"weights": np.zeros((1, 2, 3, 3), np.float32)},
        {"entropy": np.zeros((2, 2), np.float32)},
        {"similarity": np.zeros((1, 2, 3), np.float32)},
        {"distance": np.zeros(2, np.float32)},
    ],
)
def test_arrays_that_do_not_fit_together_are_told_in_words(arrays: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        payload(arrays, {})


@pytest.mark.parametrize(
    "about",
    [
        *({name: text} for name in ABOUT for text in (None, "-1", "1.5", "nan", "9" * 30)),
        {"queries": "5"},
        {"queries": "0", "pool_queries": "0"},
        {"keys": "999999999999999999"},
        {"tokens": "[1]"},
        {"tokens": "{"},
        {"query_tokens": "7"},
    ],
)
def test_texts_that_are_none_of_ours_are_told_in_words(about: dict[str, Any]) -> None:
    with pytest.raises(BadPayload):
        payload({}, about)


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 3e38])
def test_numbers_that_are_none_do_no_harm(number: float) -> None:
    arrays = {name: np.full_like(array, number) for name, array in SOUND.items()}
    found = payload(arrays, {})
    smaller(found, 1)
    curves([found.measures])
