"""Attention weights as the frameworks give them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tensorboard_candles.errors import WriterError
from tensorboard_candles.events import LogRoot, payload_in, payload_of
from tensorboard_candles.metadata import ATTENTION_KIND
from tensorboard_candles.store import LocalSource
from tensorboard_candles.writer.attention import attention_of


class TestTorch:
    @pytest.fixture
    def torch(self) -> Any:
        return pytest.importorskip("torch")

    @pytest.mark.parametrize("dtype", ["float32", "float64", "bfloat16", "float16"])
    def test_weights_of_any_precision_are_taken_off_the_graph(self, torch: Any, dtype: str) -> None:
        scores = torch.zeros(2, 3, 5, 5, requires_grad=True)
        weights = torch.softmax(scores, -1).to(getattr(torch, dtype))
        found = attention_of((weights, weights))
        assert found.weights.shape == (2, 3, 5, 5)
        assert (found.examples, found.odd_rows) == (2, 0)
        assert np.allclose(found.entropy, math.log(5), rtol=1e-3)
        assert weights.requires_grad

    def test_a_layer_of_multihead_attention_goes_into_a_list(self, torch: Any) -> None:
        layer = torch.nn.MultiheadAttention(8, 2, batch_first=True)
        inputs = torch.randn(3, 6, 8)
        mask = torch.ones(6, 6).triu(1).bool()
        _, weights = layer(inputs, inputs, inputs, attn_mask=mask, average_attn_weights=False)
        found = attention_of([weights], tokens=list("abcdef"))
        assert np.array_equal(found.weights, weights[:1].detach().numpy())
        assert (found.examples, found.odd_rows) == (3, 0)

    def test_tensors_in_lists_of_lists_are_told_in_words(self, torch: Any) -> None:
        layers = [[torch.zeros(1, 1, 2, 2, requires_grad=True)]]
        with pytest.raises(WriterError, match="weights must be numbers, got list"):
            attention_of(layers)


class TestTransformers:
    @pytest.fixture
    def outputs(self) -> Any:
        torch = pytest.importorskip("torch")
        transformers = pytest.importorskip("transformers")
        config = transformers.BertConfig(
            vocab_size=20, hidden_size=8, num_hidden_layers=3, num_attention_heads=2, intermediate_size=8
        )
        model = transformers.BertModel._from_config(config, attn_implementation="eager").eval()
        mask = torch.tensor([[1, 1, 1, 0], [1, 1, 1, 1]])
        with torch.no_grad():
            return model(torch.tensor([[1, 2, 3, 0]] * 2), attention_mask=mask, output_attentions=True)

    def test_what_output_attentions_gives_is_taken_as_it_is(self, outputs: Any) -> None:
        found = attention_of(outputs.attentions, tokens=["[CLS]", "a", "[SEP]", "[PAD]"])
        assert found.weights.shape == (3, 2, 4, 4)
        assert (found.examples, found.odd_rows) == (2, 0)
        assert np.array_equal(found.weights[2], outputs.attentions[2][0].numpy())
        assert found.weights[..., 3].max() == 0


class TestKeras:
    def test_scores_of_a_layer_go_into_a_list(self) -> None:
        keras = pytest.importorskip("keras")
        layer = keras.layers.MultiHeadAttention(num_heads=2, key_dim=4)
        inputs = np.random.default_rng(0).normal(size=(3, 5, 8)).astype(np.float32)
        _, scores = layer(inputs, inputs, return_attention_scores=True)
        found = attention_of([scores])
        assert found.weights.shape == (1, 2, 5, 5)
        assert (found.examples, found.odd_rows) == (3, 0)


class TestJax:
    @pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
    def test_arrays_of_any_precision_are_taken(self, dtype: str) -> None:
        numpy = pytest.importorskip("jax.numpy")
        found = attention_of(numpy.full((2, 3, 4, 4), 0.25, dtype))
        assert np.array_equal(found.weights, np.full((2, 3, 4, 4), 0.25, np.float32))


def test_in_the_demo_heads_come_to_look_at_the_token_before(tmp_path: Path) -> None:
    pytest.importorskip("torch")
    from demo import attention

    losses = attention.train(4, logdir=tmp_path, run="r")
    assert np.mean(losses[-20:]) < 0.5 * losses[0]
    source = LocalSource([LogRoot(tmp_path)], poll_secs=None)
    source.refresh()
    records = source.run("copying/r").records[ATTENTION_KIND]
    assert [record.step for record in records] == list(range(0, 200, attention.LOG_ATTENTION_EVERY))
    first, last = (payload_in(payload_of(record)).arrays["weights"] for record in (records[0], records[-1]))
    before = [np.diagonal(weights, offset=-1, axis1=2, axis2=3).mean(axis=2) for weights in (first, last)]
    assert before[1][0].max() > 2.5 * before[0].max()
