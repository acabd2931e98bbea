"""Which way is worse."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

from tensorboard_candles.events.said import Polarity
from tensorboard_candles.store import RunView

_LOWER = frozenset(
    "loss losses error err errors perplexity ppl nll bce mse mae rmse mape fid wer cer kl regret".split()
)
_HIGHER = frozenset(
    "acc accuracy f1 fbeta auc auroc auprc ap map precision recall sensitivity specificity bleu rouge "
    "meteor iou miou dice jaccard reward rewards rew return returns score success psnr ssim r2 mrr ndcg "
    "kappa mcc elo win winrate throughput likelihood elbo correct correlation pearson pearsonr spearman "
    "spearmanr similarity explained top hit hits pass fps mfu".split()
)
_RATE = re.compile(r"per_?s(ec|econd)?s?(?![a-z])|/s$", re.IGNORECASE)
_PART = re.compile(r"[A-Za-z0-9]+")
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+\d*(?![a-z])")


# Thousands of runs have the same tags, and all of them are asked for at every poll.
@lru_cache(maxsize=4096)
def polarity_of(tag: str) -> Polarity:
    """Polarity of a tag by the words in its name; what names no metric that should rise should fall.

    >>> polarity_of("train/loss"), polarity_of("val/top5_accuracy"), polarity_of("metrics/mAP50(B)")
    ('lower_is_better', 'higher_is_better', 'higher_is_better')
    >>> polarity_of("reward/loss"), polarity_of("eval/samples_per_second")
    ('lower_is_better', 'higher_is_better')
    """
    return named_polarity(tag) or ("higher_is_better" if _RATE.search(tag) else "lower_is_better")


def named_polarity(tag: str) -> Polarity | None:
    """Polarity of what is named as a loss or a score; None for anything else.

    >>> named_polarity("val/loss"), named_polarity("accuracy"), named_polarity("lr")
    ('lower_is_better', 'higher_is_better', None)
    """
    words = words_of(tag)
    if words & _LOWER:
        return "lower_is_better"
    return "higher_is_better" if words & _HIGHER else None


def words_of(tag: str) -> frozenset[str]:
    """Words in a name, in small letters, as far as they may be told apart.

    >>> sorted(words_of("valAccuracy")), sorted(words_of("acc1"))
    (['accuracy', 'val', 'valaccuracy'], ['acc', 'acc1'])
    """
    # `valAccuracy` is two words, `mIoU` is one.
    found = [word.lower() for word in (*_WORD.findall(tag), *_PART.findall(tag))]
    # `f1` is a word, `acc1` one with a number behind it.
    return frozenset({*found, *(word.rstrip("0123456789") for word in found)})


def polarity_among(runs: Iterable[RunView], tag: str) -> Polarity:
    """Polarity of a tag in several runs: what most of their writers said, else what the name says.

    >>> polarity_among([], "val/accuracy")
    'higher_is_better'
    """
    infos = (run.said.get(tag) for run in runs)
    said = Counter(info.polarity for info in infos if info and info.polarity)
    return max(said, key=lambda one: (said[one], one), default=None) or polarity_of(tag)


def polarity_in(run: RunView, tag: str) -> Polarity:
    """Polarity of a tag of a run: what its writer said, else what the name says.

    >>> from tensorboard_candles.events import TagInfo
    >>> from tensorboard_candles.events.points import no_points
    >>> run = RunView("a", "1", {}, no_points(), 0.0, 0.0, {"regret": TagInfo("higher_is_better")})
    >>> polarity_in(run, "regret"), polarity_in(run, "loss")
    ('higher_is_better', 'lower_is_better')
    """
    info = run.said.get(tag)
    return (info and info.polarity) or polarity_of(tag)
