"""What a tag or a run is of, by its name: a learning rate, or data that is trained or validated on."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

_LEARNING_RATE = re.compile(r"(?<![a-z])lr(?![a-z])|learning.?rate", re.IGNORECASE)
_TRAIN = frozenset("train training trn tr".split())
_VALIDATION = frozenset("val valid validation eval evaluation dev test testing".split())
_RUNS_OF_TRAINING = ("train", "training")
_WORD = re.compile(r"[a-z]+|[A-Z][a-z]*|[A-Z]+(?![a-z])|[0-9]+")


def is_learning_rate(tag: str) -> bool:
    """Whether a tag is named as learning rates are.

    >>> [is_learning_rate(tag) for tag in ("lr-AdamW/pg1", "train/learning_rate", "lr", "lrs", "clr/loss")]
    [True, True, True, False, False]
    """
    return _LEARNING_RATE.search(tag) is not None


def train_tags(tags: Iterable[str]) -> Mapping[str, str]:
    """By tag of a measure on validation data the tag of the same measure on training data.

    >>> train_tags(["train/acc", "train/loss", "val/loss", "test_acc", "lr"])
    {'val/loss': 'train/loss', 'test_acc': 'train/acc'}
    >>> train_tags(["loss", "eval/loss", "valAccuracy", "trainAccuracy"])
    {'eval/loss': 'loss', 'valAccuracy': 'trainAccuracy'}

    Names are alike but for a word: `train` (or none) on one side, `val`, `valid`, `eval`, `dev` or `test` on
    the other. A tag that says that it is of the training comes before one that says nothing.
    """
    return _train_tags(tuple(tags))


def train_runs(run: str) -> Sequence[str]:
    """Names that the run beside one on validation data may have: that on training data, as of Keras.

    >>> train_runs("digits/validation")
    ['digits/train', 'digits/training']
    >>> train_runs("validation-of-digits"), train_runs("digits/train")
    ([], [])
    """
    directory, separator, name = run.rpartition("/")
    return [f"{directory}{separator}{word}" for word in _RUNS_OF_TRAINING] if name in _VALIDATION else []


@lru_cache(maxsize=256)  # thousands of runs have the very same tags
def _train_tags(tags: tuple[str, ...]) -> Mapping[str, str]:
    plain: dict[tuple[str, ...], str] = {}
    training: dict[tuple[str, ...], str] = {}
    validation: dict[str, tuple[str, ...]] = {}
    for tag in tags:
        words = _words(tag)
        of_training, of_validation = _TRAIN.intersection(words), _VALIDATION.intersection(words)
        rest = tuple(word for word in words if word not in of_training | of_validation)
        if of_validation and not of_training:
            validation[tag] = rest
        elif of_training and not of_validation:
            training.setdefault(rest, tag)
        elif not of_training:
            plain.setdefault(rest, tag)
    either = plain | training
    return {tag: either[rest] for tag, rest in validation.items() if rest in either}


@lru_cache(maxsize=1 << 14)
def _words(tag: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _WORD.findall(tag))
