"""What a Tracker logs now and then of the model itself, beside the numbers of each step."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol, SupportsIndex

from tensorboard.compat.proto.event_pb2 import Event

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer import summaries
from tensorboard_candles.writer.attention import SIZE, attention_of
from tensorboard_candles.writer.complexity import Complexity
from tensorboard_candles.writer.complexity import complexity as measured_complexity
from tensorboard_candles.writer.controlled import Controlled
from tensorboard_candles.writer.layout import LaterEvent
from tensorboard_candles.writer.values import as_int64


class _Landscape(Protocol):
    """A `Landscape` of the analysis, of which the writer knows nothing."""

    def to_bytes(self) -> bytes: ...


class InDepth(Controlled):
    """The part of a Tracker that looks into the model."""

    def attention(
        self,
        weights: Any,
        *,
        tokens: Sequence[object] | None = None,
        query_tokens: Sequence[object] | None = None,
        size: int = SIZE,
        tag: str = "attention",
        step: SupportsIndex | None = None,
    ) -> None:
        """Attention weights of all layers and heads, by default at the step that was logged last.

        found = model(**inputs, output_attentions=True)  # transformers, attn_implementation="eager"
        tracker.attention(found.attentions, tokens=tokenizer.convert_ids_to_tokens(inputs.input_ids[0]))

        The tab's attention widget shows every head as a heat map, with a slider over the steps, and curves of
        the heads' entropy and of how much they are alike. Log the same inputs each time, and now and then:
        what is on a device is waited for, and measuring takes a second or two for 384 heads of 512 tokens.

        `weights` are a list of each layer's, as transformers give them: (batch, heads, queries, keys), of
        which the first example is kept, or (heads, queries, keys); or one array of shape (layers, heads,
        queries, keys), or (layers, batch, heads, queries, keys). Tensors of any framework, arrays and lists
        are taken. Those of a single layer go into a list: `[scores]` of Keras' `MultiHeadAttention(…)(…,
        return_attention_scores=True)`, `[found]` of torch's with `average_attn_weights=False`.

        `tokens` are a word for each key, `query_tokens` one for each query where those are others (cross
        attention). Of more than `size` queries or keys means of blocks are kept, and the tab says so; what is
        measured is measured before. Rows that add up to 0 are masked and left out; of rows that add up to
        something else than 1 (of dropout, say) the tab tells how many there are. Raises WriterError for what
        can't be attention weights.
        """
        check_tag(tag)
        found = attention_of(weights, tokens=tokens, query_tokens=query_tokens, size=size)
        content = found.to_bytes()
        self._put_later(LaterEvent(len(content), lambda: summaries.attention(tag, content)), step)

    def complexity(
        self,
        model: Any,
        inputs: Any = None,
        *,
        tag: str = "complexity",
        step: SupportsIndex | None = None,
        **options: Any,
    ) -> Complexity:
        """What a model costs, by default at the step that was logged last; the tab compares models.

        tracker.complexity(model, images, loss=cross_entropy, labels=labels, name="resnet")

        The same as `tensorboard_candles.complexity`, whose result may be passed in place of model and inputs.
        Returns what was measured. Several models of one run take a `tag` each. Raises WriterError.
        """
        check_tag(tag)
        found = model if isinstance(model, Complexity) else measured_complexity(model, inputs, **options)
        content = found.to_bytes()
        self._put_later(LaterEvent(len(content), lambda: summaries.complexity(tag, content)), step)
        return found

    def landscape(
        self, landscape: _Landscape, *, tag: str = "landscape", step: SupportsIndex | None = None
    ) -> None:
        """What `tensorboard_candles.landscape` computed, by default at the step that was logged last.

        found = landscape(model, nn.functional.cross_entropy, (images, labels))
        tracker.landscape(found, step=step)

        The tab's landscape widget shows it as a surface with a slider over the steps. `landscape(…,
        tracker=tracker)` does the same. Raises WriterError for what is no landscape.
        """
        check_tag(tag)
        if not hasattr(landscape, "to_bytes"):
            raise WriterError(
                f"landscape() takes what tensorboard_candles.landscape gives, got {type(landscape).__name__};"
                " pass tracker= to that, to compute and to log it"
            )
        content = landscape.to_bytes()
        self._put_later(LaterEvent(len(content), lambda: summaries.landscape(tag, content)), step)

    def _put(self, event: Event, step: SupportsIndex | None = None) -> None:
        self._put_later(LaterEvent(event.ByteSize(), lambda: event), step)

    def _put_later(self, event: LaterEvent, step: SupportsIndex | None) -> None:
        self._file.put(event, None if step is None else as_int64("step", step))


def check_tag(tag: str) -> None:
    """Raises WriterError for what can't be a tag."""
    if not isinstance(tag, str) or not tag or not summaries.is_unicode(tag):
        raise WriterError(f"a tag must be a string of Unicode, not empty, got {tag!r}")
