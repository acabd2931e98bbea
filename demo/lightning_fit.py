"""Lightning: python -m demo.lightning_fit"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from lightning.pytorch import LightningModule, Trainer
from lightning.pytorch.callbacks import Callback
from torch import nn

from demo import command, digits
from tensorboard_candles.integrations.lightning import CandlesLogger


class Digits(LightningModule):
    """64 pixels → `hidden` rectified units → 10 digits."""

    def __init__(self, learning_rate: float = 1e-3, hidden: int = 32) -> None:
        super().__init__()
        self.save_hyperparameters()
        self.model = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Linear(hidden, 10))
        self.losses: list[float] = []

    def on_fit_start(self) -> None:
        self.logger.experiment.watch(self)  # logs grad_norm beside each loss

    def training_step(self, batch: Any, _: int) -> Any:
        images, labels = batch
        loss = nn.functional.cross_entropy(self.model(images), labels)
        self.log("train/loss", loss)
        self.losses.append(loss.item())
        return loss

    def validation_step(self, batch: Any, _: int) -> None:
        images, labels = batch
        self.log("val/accuracy", (self.model(images).argmax(1) == labels).float().mean())

    def configure_optimizers(self) -> Any:
        return torch.optim.Adam(self.parameters(), self.hparams["learning_rate"])


def loader(batch: digits.Batch) -> Any:
    images, labels = (torch.as_tensor(part) for part in batch)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(images.float(), labels), batch_size=32)


def train(epochs: int, *, callbacks: Sequence[Callback] = (), **where: Any) -> list[float]:
    """Train a small MLP; returns each batch's loss."""
    torch.manual_seed(1)
    data, model = digits.load(1), Digits()
    trainer = Trainer(
        max_epochs=epochs, logger=CandlesLogger(project="lightning", **where), log_every_n_steps=1,
        callbacks=list(callbacks), accelerator="cpu", enable_progress_bar=False, enable_model_summary=False,
        enable_checkpointing=False,
    )  # fmt: skip
    trainer.fit(model, loader(data.train), loader(data.validation))
    return model.losses


if __name__ == "__main__":
    command.main(train)
