"""What the writer and the reader agree on: names, kinds and versions of our own summaries.

A `candles` summary is a standard `Summary.Value` whose plugin is `candles` and whose plugin content
says what it holds, so that TensorBoard's other tabs pass it by:

>>> plugin_content("epoch")
b'{"kind": "epoch", "version": 1}'
"""

from __future__ import annotations

import json

VERSION = "0.1.0"

PLUGIN_NAME = "candles"

CONTENT_VERSION = 1
"""Version of the plugin content below; a reader passes by what is newer than it knows."""

EPOCH_KIND = "epoch"
"""Epoch mark: a rank-0 int64 tensor, the epoch that begins at the event's step."""

EPOCH_TAG = "candles/epoch"
"""The tag that the Tracker writes its epoch marks under."""

TAGS_KIND = "tags"
"""What a writer says of its tags: a rank-0 string tensor (DT_STRING), JSON in UTF-8.

    {"loss": {"polarity": "lower_is_better", "unit": "nats", "volume": "grad_norm"},
     "acc": {"polarity": "higher_is_better"}}

An object for each tag, by its full name, with any of these keys, all strings:

- `polarity`: `lower_is_better` or `higher_is_better`
- `unit`: what the values are measured in, to be shown beside them
- `volume`: the tag of the same run whose mean per candle is this tag's volume; it need not be there yet

It holds for the whole run, whatever the event's step. A run may say several such things, in one file or in
several: a later one (by file, then by place in it) overrules an earlier one key by key and leaves the keys it
does not name. A reader passes by keys and polarities that it does not know.
"""

TAGS_TAG = "candles/tags"
"""The tag that the Tracker writes it under."""

CANDLES_KIND = "candles"
"""Candles made by the writer, under the metric's own tag: a DT_DOUBLE tensor of shape (rows, 14), a row for
each candle, a column for each of CANDLE_COLUMNS. Rows of one writer don't overlap in steps, unless they say
the same more and less finely."""

CANDLE_COLUMNS = (
    "first_step",
    "last_step",
    "open",
    "high",
    "low",
    "close",
    "mean",
    "std",
    "count",
    "nonfinite",
    "high_step",
    "low_step",
    "start_time",
    "end_time",
)
"""As in `GET candles`: std is the population's, count is of finite points, nonfinite of the others, times are
seconds since the Unix epoch, high_step and low_step are the first steps of the extremes. Steps are
whole numbers within ±2^53. Where count is 0, prices are NaN and the steps of the extremes are first_step."""

MOST_CANDLE_STEP = 2**53

MOST_CANDLE_POINTS = 2**40
"""Finite ones, or others, of one row: no training logs as many, and sums of them are exact."""

CANDLE_MEAN_ROUNDING = 1e-9
"""By this part of the larger of |high| and |low| a mean may lie beyond them."""

LATE_CANDLES_KIND = "late_candles"
"""Rows of the same form, under the metric's own tag, of points that were logged after the row that their
steps lie in was written. They add to it: nothing that their file holds tells the same points, so they make no
other row or point void and none makes them void, whatever steps they share. CANDLES_KIND and this one may
alternate under one tag; every value says which it is."""

OUTPUTS_KIND = "outputs"
"""Predictions beside labels: a rank-0 string tensor (DT_STRING), the bytes of a safetensors file.

- `predicted`, `label`: int64 of shape (rows,), numbers of classes; or float64 of any shape (rows, …)
- `scores`: float32 of shape (rows, classes), what the model gave each class; may be missing
- `confusion`: int64 of shape (pairs, 3): a label, what was predicted and how often, over all rows there were,
  for each pair that occurs; missing where the others are floats

Its metadata says, as strings, `total`: how many rows there were, the first of which are kept; and `classes`:
the names of classes 0, 1, … as a JSON list, which may be missing and may be too short.
"""

COMPLEXITY_KIND = "complexity"
"""What a model costs: a rank-0 string tensor (DT_STRING), the bytes of a safetensors file.

- `latency_secs`: float64 of shape (repeats,), seconds that each forward pass took, those of warming up left
  out; may be missing

Its metadata has one entry, `complexity`, an object of JSON. What was not or could not be measured is missing:

- `model`: its name; `framework`, `device`: what it ran on, as `torch 2.13.0` and `cpu`
- `examples`: how many the inputs hold
- `layers`: those that hold a weight of two dimensions or more; `depth`: as many as the data pass one after
  another, at most
- `parameters`, `trainable`: how many numbers; `parameter_bytes`: what all of them take
- `flops`: floating point operations of one forward pass over the inputs, a multiplication and an addition
  counted as two
- `activation_bytes`: what a forward pass over the inputs keeps for the backward one, parameters and inputs
  left out
- `gradient_noise_scale`: in examples; McCandlish et al. 2018, B_simple
- `notes`: by any of these names or `latency_secs`, how it was measured or why it is missing, in words
"""

ATTENTION_KIND = "attention"
"""Attention weights at one step: a rank-0 string tensor (DT_STRING), the bytes of a safetensors file.

- `weights`: float32 of shape (layers, heads, rows, columns); row r is of the queries from r·pool_queries on,
  column c of the keys from c·pool_keys on, and each number is the mean of that block, which is smaller at
  the ends
- `entropy`: float32 of shape (layers, heads), in nats: of each query's weights, before they were pooled, as
  the mean over the queries that attend to anything; NaN where none does
- `similarity`: float32 of shape (layers, heads, heads): cosine of two heads' weights for a query, before they
  were pooled, as the mean over the queries that attend to anything in both; NaN where none does
- `distance`: float32 of shape (layers, heads), in tokens: from a query to the keys that it attends to, by
  their weights; missing where queries are not the keys themselves

Its metadata says, as strings, `queries` and `keys`: how many there were; `pool_queries` and `pool_keys`: how
many of each a block spans, 1 where nothing was pooled; `odd_rows`: of all queries of all heads, how many have
weights that add up neither to 1 nor to 0; `examples`: how many there were in the batch, of which this is the
first; `tokens` and `query_tokens`: words for keys and for queries as JSON lists, which may be missing and may
be too short. Where `query_tokens` is missing and there are as many queries as keys, `tokens` are theirs, too.
"""

LANDSCAPE_KIND = "landscape"
"""The loss around a model's weights: a rank-0 string tensor (DT_STRING), the bytes of a safetensors file.

- `alpha`, `beta`, `gamma`: float64, where along the first, second and third direction the loss was
  evaluated, ascending, in units of the direction; the model's own weights are at 0. One for each direction
- `loss`: float64 of shape (len(alpha)[, len(beta)[, len(gamma)]]); NaN where it was not evaluated or is not
  finite
- `trajectory`: float64 of shape (checkpoints, directions), the checkpoints' weights projected on the
  directions, in order of time; `trajectory_step`: int64; `trajectory_loss`: float64, at the checkpoint
  itself; `trajectory_distance`: float64, from the checkpoint to its projection. All of shape (checkpoints,);
  missing together
- `explained_variance`: float64 of shape (directions,), the share of the checkpoints' variance along each
  principal component; missing where the directions are none
- `eigenvalues`, `eigenvalue_residuals`: float64 of shape (count,), of the Hessian of the loss at the model's
  weights, the largest first, and ‖Hv − λv‖ of each; missing where they were not computed

Its metadata has one entry, `landscape`, an object of JSON. What is not known is missing or null:

- `directions`: `random`, `pca`, `hessian` or `given`; `normalize`: `filter`, `layer` or `none`; `seed`
- `model`, `framework`, `dtype`: strings; `parameters`: how many numbers the weights are
- `samples`: how many examples the loss is the mean of; `batch_norm`: `frozen` (the checkpoint's own
  statistics) or `recalibrate` (measured anew at each point)
- `centre_loss`: at the model's weights; `minimum`: the lowest loss on the grid and `minimum_at`: where, a
  list of a coordinate for each direction
- `sharpness`: the largest eigenvalue of the Hessian; `epsilon_sharpness`: by how many percent of 1 + the
  centre's loss the loss rises at most within `epsilon` of the centre along each direction (Keskar et al.
  2017, eq. 4)
- `seconds`: how long it took; `warnings`: a list of sentences that the reader should know
"""

MOST_LANDSCAPE_POINTS = 1_500_000
"""Of a grid: 12 MB."""

MOST_CHECKPOINTS = 10_000
"""Of a trajectory."""

RECORD_KINDS = frozenset({OUTPUTS_KIND, ATTENTION_KIND, LANDSCAPE_KIND, COMPLEXITY_KIND})
"""Kinds of summaries that hold more than numbers: each is a rank-0 string tensor, the bytes of a safetensors
file, in a record of less than 16 MB. A reader keeps where they stand, and reads one when it is asked for."""

IMAGES_KIND = "images"
"""What TensorBoard's Images tab shows, of any writer: not ours, and found beside ours all the same."""

SHOWN_KINDS = RECORD_KINDS | {IMAGES_KIND}

ROW_KINDS = frozenset({CANDLES_KIND, LATE_CANDLES_KIND})

OWN_TAGS = frozenset({EPOCH_TAG, TAGS_TAG})
"""Tags that are no metric's."""

POLARITIES = ("lower_is_better", "higher_is_better")


def plugin_content(kind: str) -> bytes:
    """Plugin content of a `candles` summary of this kind, as bytes of JSON."""
    return json.dumps({"kind": kind, "version": CONTENT_VERSION}).encode()


def kind_of(content: bytes) -> str | None:
    """Kind named by a `candles` plugin content; None where this version can't know it.

    >>> kind_of(plugin_content("epoch"))
    'epoch'
    >>> kind_of(b"not json") is None, kind_of(b"[" * 4000) is None
    (True, True)
    """
    try:
        decoded = json.loads(content)
    except (ValueError, RecursionError):
        return None
    if not isinstance(decoded, dict) or not isinstance(decoded.get("kind"), str):
        return None
    known = isinstance(decoded.get("version"), int) and decoded["version"] <= CONTENT_VERSION
    return decoded["kind"] if known else None
