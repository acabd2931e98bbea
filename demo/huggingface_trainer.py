"""Hugging Face's Trainer: python -m demo.huggingface_trainer"""

from __future__ import annotations

import tempfile
from typing import Any

import torch
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments

from demo import command, digits
from tensorboard_candles.integrations.huggingface import CandlesCallback

TINY = BertConfig(
    vocab_size=17, hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
    max_position_embeddings=64, num_labels=10,
)  # fmt: skip


class Sentences(torch.utils.data.Dataset[dict[str, Any]]):
    """Images as sentences of 64 words, each of them one of 17 shades of grey."""

    def __init__(self, batch: digits.Batch) -> None:
        self.words = torch.as_tensor(batch[0] * 16).long()
        self.labels = torch.as_tensor(batch[1])

    def __len__(self) -> int:
        return len(self.labels)

    def __getitem__(self, index: int) -> dict[str, Any]:
        return {"input_ids": self.words[index], "labels": self.labels[index]}


def train(epochs: int, *, output_dir: str | None = None, **where: Any) -> list[float]:
    """Train a tiny BERT; returns each batch's loss."""
    torch.manual_seed(1)
    data = digits.load(1)
    arguments = TrainingArguments(
        output_dir or tempfile.mkdtemp(), num_train_epochs=epochs, per_device_train_batch_size=32,
        learning_rate=1e-2, eval_strategy="epoch", save_strategy="no", report_to="none", disable_tqdm=True,
        use_cpu=True, logging_steps=1, logging_nan_inf_filter=False,
    )  # fmt: skip
    trainer = Trainer(
        BertForSequenceClassification(TINY), arguments, train_dataset=Sentences(data.train),
        eval_dataset=Sentences(data.validation),
        callbacks=[CandlesCallback(project="huggingface", **where)],
    )  # fmt: skip
    trainer.train()
    return [said["loss"] for said in trainer.state.log_history if "loss" in said]


if __name__ == "__main__":
    command.main(train)
