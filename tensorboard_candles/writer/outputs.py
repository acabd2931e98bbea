"""Predictions beside labels: as arrays, and as a table in Markdown."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from safetensors.numpy import save

from tensorboard_candles.errors import WriterError
from tensorboard_candles.writer.summaries import is_unicode

Numbers: TypeAlias = npt.NDArray[np.int64] | npt.NDArray[np.float64]

_LONGEST_NAME = 80
_MOST_COLUMNS = 8
_PLAIN = frozenset(" .,:;+-%()/?")


@dataclass(frozen=True, eq=False, slots=True)
class Outputs:
    """The first rows of what a model predicted, and counts over all of them."""

    predicted: Numbers
    """A row for each example: the number of a class, or floats of any count."""
    label: Numbers
    """What was to be predicted, of the same shape and type."""
    total: int
    """How many rows there were; the first ones are kept."""
    scores: npt.NDArray[np.float32] | None = None
    """What the model gave each class, a column each; where that was given."""
    confusion: npt.NDArray[np.int64] | None = None
    """Label, predicted class and count over all rows, a row for each pair that occurs; None for floats."""
    off_by: float = 0.0
    """Mean absolute difference over all rows, of floats."""
    classes: tuple[str, ...] = ()
    """Names of the classes, from 0."""

    def to_bytes(self) -> bytes:
        """The content of a summary of `metadata.OUTPUTS_KIND`."""
        arrays: dict[str, npt.NDArray[Any]] = {"predicted": self.predicted, "label": self.label}
        if self.scores is not None:
            arrays["scores"] = self.scores
        if self.confusion is not None:
            arrays["confusion"] = self.confusion
        about = {"total": str(self.total)}
        if self.classes:
            about["classes"] = json.dumps(self.classes, ensure_ascii=False)
        return save(arrays, metadata=about)


def outputs_of(predictions: Any, labels: Any, *, classes: Sequence[object] | None, rows: int) -> Outputs:
    """Arrays, tensors or lists of predictions and labels as columns; WriterError when they don't fit.

    >>> found = outputs_of([[0.9, 0.1], [0.8, 0.2], [0.3, 0.7]], [0, 1, 1], classes=["cat", "dog"], rows=2)
    >>> found.predicted, found.label, found.total
    (array([0, 0]), array([0, 1]), 3)
    >>> found.confusion.tolist()  # label, predicted, count
    [[0, 0, 1], [1, 0, 1], [1, 1, 1]]
    """
    if rows < 1:
        raise WriterError(f"rows must be > 0, got {rows}")
    given, wanted = _array("predictions", predictions), _column(_numpy("labels", labels))
    names = _names(classes)
    given, wanted = _without_one_hot(given, wanted)
    scores = None
    if wanted.dtype.kind != "f" and given.ndim == 2 and _kind(given) == "f" and given.shape[1] > 1:
        scores = np.asarray(_numpy("predictions", given[:rows]), np.float32).copy()
        given = given.argmax(1)
    predicted = _column(_numpy("predictions", given))
    if not len(wanted) or len(predicted) != len(wanted):
        raise WriterError(
            "predictions and labels must have as many rows as each other, and some,"
            f" got {len(predicted)} and {len(wanted)}"
        )
    if "U" in {predicted.dtype.kind, wanted.dtype.kind}:
        names, (predicted, wanted) = _numbered(names, (predicted, wanted))
    if "f" in {predicted.dtype.kind, wanted.dtype.kind}:
        return _floats(predicted.astype(np.float64), wanted.astype(np.float64), rows)
    if predicted.ndim != 1 or wanted.ndim != 1:
        raise WriterError(
            "classes must be one number or name for each row, or a column of scores for each class,"
            f" got predictions of shape {predicted.shape} and labels of shape {wanted.shape}"
        )
    if scores is not None:
        _check_columns(scores.shape[1], names, wanted)
    pairs = np.stack([wanted, predicted], axis=1)
    found, counts = np.unique(pairs, axis=0, return_counts=True)
    return Outputs(
        predicted=predicted[:rows].copy(),
        label=wanted[:rows].copy(),
        total=len(wanted),
        scores=scores,
        confusion=np.column_stack([found, counts]).astype(np.int64),
        classes=names,
    )


def table(outputs: Outputs) -> str:
    """What was predicted beside what it should have been, in Markdown.

    >>> print(table(outputs_of(["cat", "dog"], ["cat", "cat"], classes=None, rows=64)))
    **1 of 2 right (50.0%)**
    <BLANKLINE>
    | row | prediction | label | |
    |---|---|---|---|
    | 0 | cat | cat | |
    | 1 | dog | cat | ✗ |
    """
    shown, total = len(outputs.label), outputs.total
    if outputs.confusion is None:
        head = f"**off by {outputs.off_by:.4g} on average, over {total:,} rows**"
        columns, body = ["row", "prediction", "label", "off by"], _float_rows(outputs)
    else:
        label, predicted, count = outputs.confusion.T
        right = int(count[label == predicted].sum())
        head = f"**{right:,} of {total:,} right ({right / total:.1%})**"
        columns = ["row", "prediction", *["score"] * (outputs.scores is not None), "label", ""]
        body = _class_rows(outputs)
    if shown < total:
        head += f"; the first {shown:,} of {total:,}:"
    lines = [" | ".join(["", *cells, ""]).strip().replace("|  |", "| |") for cells in [columns, *body]]
    lines.insert(1, "|" + "---|" * len(columns))
    return "\n".join([head, "", *lines])


def _without_one_hot(given: Any, wanted: npt.NDArray[Any]) -> tuple[Any, npt.NDArray[Any]]:
    """Labels that are rows of zeros with a one, beside a column for each class, as numbers of classes.

    >>> _without_one_hot(np.array([[0.2, 0.8]]), np.array([[0.0, 1.0]]))
    (array([[0.2, 0.8]]), array([1]))
    """
    if wanted.ndim != 2 or wanted.dtype.kind == "U" or tuple(given.shape) != wanted.shape:
        return given, wanted
    is_one = wanted == 1
    if not (is_one | (wanted == 0)).all() or not (is_one.sum(1) == 1).all():
        return given, wanted
    return given if _kind(given) == "f" else _numpy("predictions", given).argmax(1), wanted.argmax(1)


def _check_columns(count: int, names: tuple[str, ...], wanted: npt.NDArray[np.int64]) -> None:
    if names and len(names) != count:
        raise WriterError(
            f"predictions must have a column of scores for each class, got {count} columns"
            f" and {len(names)} names in classes="
        )
    strange = wanted[(wanted < 0) | (wanted >= count)]
    if len(strange):
        raise WriterError(
            f"labels must be classes from 0 to {count - 1}, as predictions have {count} columns,"
            f" got {strange[0]}; leave out the rows of others"
        )


def _floats(predicted: npt.NDArray[np.float64], label: npt.NDArray[np.float64], rows: int) -> Outputs:
    if predicted.ndim == 2 and label.ndim == 1 and (label == np.rint(label)).all():
        raise WriterError(
            f"labels are floats beside predictions of shape {predicted.shape};"
            " pass class numbers as integers: labels.astype(int), or labels.long() of torch"
        )
    if predicted.shape != label.shape:
        raise WriterError(
            f"predictions and labels must be of one shape, got {predicted.shape} and {label.shape};"
            " a probability of one class is no class: pass probability > 0.5"
        )
    off_by = float(np.abs(predicted - label).mean()) if label.size else 0.0
    return Outputs(predicted[:rows].copy(), label[:rows].copy(), total=len(label), off_by=off_by)


def _array(what: str, given: Any) -> Any:
    """A numpy array, or a tensor of torch as it is on its device, without its graph."""
    return given.detach() if hasattr(given, "detach") and hasattr(given, "argmax") else _numpy(what, given)


def _numpy(what: str, given: Any) -> npt.NDArray[Any]:
    if hasattr(given, "detach"):
        given = given.detach().cpu()
        given = given.double() if given.is_floating_point() else given  # numpy has no bfloat16
    try:
        array = np.asarray(given)
    except (ValueError, TypeError) as error:
        raise WriterError(f"{what} must be an array of one row for each example: {error!s:.200}") from error
    if array.dtype.kind in "OS":
        array = array.astype(np.str_)
    if array.dtype.kind == "V":  # JAX's bfloat16
        array = array.astype(np.float64)
    if array.dtype.kind not in "biufU" or not array.ndim:
        raise WriterError(f"{what} must be an array of numbers or names, got {array.dtype} {array.shape}")
    return array.astype(np.int64) if array.dtype.kind in "biu" else array


def _kind(given: Any) -> str:
    is_float = given.is_floating_point() if hasattr(given, "is_floating_point") else given.dtype.kind == "f"
    return "f" if is_float else "i"


def _column(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    return array[:, 0] if array.ndim == 2 and array.shape[1] == 1 else array


def _names(classes: Sequence[object] | None) -> tuple[str, ...]:
    names = tuple(str(name) for name in classes or ())
    for name in names:
        if not is_unicode(name):
            raise WriterError(f"classes must be names in Unicode, got {name!r:.80}")
    return names


def _numbered(
    names: tuple[str, ...], columns: Sequence[npt.NDArray[Any]]
) -> tuple[tuple[str, ...], list[npt.NDArray[Any]]]:
    """Names as numbers of classes, which are in the order of the alphabet where none was given."""
    if not names:
        if any(column.dtype.kind != "U" for column in columns):
            raise WriterError("names beside numbers need classes=, the names of classes 0, 1, …")
        names = _names(sorted(set().union(*(column.ravel().tolist() for column in columns))))
    numbers = {name: number for number, name in enumerate(names)}
    found = []
    for column in columns:
        if column.dtype.kind == "U":
            unknown = [name for name in column.ravel().tolist() if name not in numbers]
            if unknown:
                raise WriterError(f"{unknown[0]!r:.80} is none of the classes {names!r:.200}")
            named = [numbers[name] for name in column.ravel().tolist()]
            found.append(np.array(named, np.int64).reshape(column.shape))
        else:
            found.append(column)
    return names, found


def _class_rows(outputs: Outputs) -> list[list[str]]:
    body = []
    for row, (predicted, label) in enumerate(zip(outputs.predicted, outputs.label, strict=True)):
        cells = [str(row), _shown(outputs.classes, predicted)]
        if outputs.scores is not None:
            cells.append(f"{outputs.scores[row, predicted]:.4g}")
        body.append([*cells, _shown(outputs.classes, label), "" if predicted == label else "✗"])
    return body


def _float_rows(outputs: Outputs) -> list[list[str]]:
    body = []
    for row, (predicted, label) in enumerate(zip(outputs.predicted, outputs.label, strict=True)):
        off_by = np.abs(np.subtract(predicted, label)).mean()
        body.append([str(row), _numbers(predicted), _numbers(label), f"{off_by:.4g}"])
    return body


def _numbers(row: Any) -> str:
    some = np.ravel(row)
    return " ".join(
        [*(f"{number:.4g}" for number in some[:_MOST_COLUMNS]), *["…"] * (len(some) > _MOST_COLUMNS)]
    )


def _shown(classes: tuple[str, ...], number: Any) -> str:
    """The name of a class with nothing in it that Markdown or HTML would take for its own."""
    name = classes[number] if 0 <= number < len(classes) else str(number)
    name = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
    return "".join(one if one.isalnum() or one in _PLAIN else f"&#{ord(one)};" for one in name)
