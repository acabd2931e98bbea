"""Which way is worse."""

from __future__ import annotations

import re
from typing import Literal

Polarity = Literal["lower_is_better", "higher_is_better"]

_LOWER = frozenset(
    "loss losses error err errors perplexity ppl nll bce mse mae rmse mape fid wer cer kl regret".split()
)
_HIGHER = frozenset(
    "acc accuracy f1 fbeta auc auroc auprc ap map precision recall sensitivity specificity bleu rouge meteor "
    "iou miou dice jaccard reward rewards return returns score success psnr ssim r2 mrr ndcg kappa mcc elo "
    "winrate throughput likelihood elbo correct correlation pearson spearman similarity".split()
)
_WORD = re.compile(r"[A-Z]?[a-z]+\d*|[A-Z]+\d*(?![a-z])")


def polarity_of(tag: str) -> Polarity:
    """Polarity of a tag by the words in its name; what names no metric that should rise should fall.

    >>> polarity_of("train/loss"), polarity_of("val/top5_accuracy"), polarity_of("valAccuracy")
    ('lower_is_better', 'higher_is_better', 'higher_is_better')
    >>> polarity_of("reward/loss"), polarity_of("accuracy/validation")
    ('lower_is_better', 'higher_is_better')
    """
    words = [word.lower() for word in _WORD.findall(tag)]
    if any(word in _LOWER for word in words):
        return "lower_is_better"
    return "higher_is_better" if any(word in _HIGHER for word in words) else "lower_is_better"
