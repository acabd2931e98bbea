from __future__ import annotations

import pytest

from tensorboard_candles.ohlc import polarity_of, volume_tag_of


@pytest.mark.parametrize(
    "tag",
    [
        "acc",
        "train/accuracy",
        "val_acc",
        "Accuracy/val",
        "eval/f1",
        "epoch_accuracy",
        "mAP@0.5",
        "R2",
        "val/mIoU",
        "IoU",
        "rollout/ep_rew_mean",
        "pass@1",
        "win_rate",
        "explained_variance",
        "it/s",
        "tokens_per_sec",
        "spearmanr",
        "metrics/mAP50-95(B)",
        "eval/rouge1",
        "bleu4",
        "val/acc1",
        "AP50",
        "recall10",
        "top1",
        "hits10",
        "fps",
        "train_samples_per_second",
        "auc_1",
    ],
)
def test_metrics_that_should_rise(tag: str) -> None:
    assert polarity_of(tag) == "higher_is_better"


@pytest.mark.parametrize(
    "tag",
    ["loss", "train/loss", "Loss/train", "accuracy_loss", "top5_error", "perplexity", "lr", "rewardLoss", ""],
)
def test_metrics_that_should_fall_or_say_nothing(tag: str) -> None:
    assert polarity_of(tag) == "lower_is_better"


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        (["loss", "grad_norm"], "grad_norm"),
        (["loss", "train/gradient_norm", "train/gradient_norm/layer0"], "train/gradient_norm"),
        (["GradNorm/total"], "GradNorm/total"),
        (["grad_2.0_norm_total", "loss"], "grad_2.0_norm_total"),
        (["loss", "layernorm/weight"], "count"),
    ],
)
def test_the_gradient_norm_is_found_by_its_name(tags: list[str], expected: str) -> None:
    assert volume_tag_of(tags) == expected
