"""A training that can stop after any batch and go on there, to the same weights."""

from __future__ import annotations

import os
import pickle
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, TypeAlias

import torch
from torch import nn

from demo.fashion_mnist.data import DataSet
from demo.fashion_mnist.model import ConvNet
from demo.fashion_mnist.settings import BadCheckpoint, Settings

Measures: TypeAlias = tuple[Any, Any]
"""Loss and accuracy: tensors of one element, on the device, which nobody has waited for."""

_FIXED = ("data", "kernels", "optimizer", "batch_size", "seed")
"""What can not change from a checkpoint on."""
_LIVE = ("lr", "dropout")


class Training:
    """Model, optimiser, and how far they are."""

    def __init__(self, settings: Settings, found: DataSet, device: str) -> None:
        torch.manual_seed(settings.seed)
        self.settings = settings
        self.classes = found.classes
        self.step = 0
        self.model = ConvNet(settings.kernels, classes=len(found.classes), dropout=settings.dropout).to(
            device
        )
        self._optimizer = _optimizer(settings, self.model)
        self.device = device
        self._train, self._validation = (
            tuple(torch.as_tensor(part, device=device) for part in parts)
            for parts in (found.train, found.validation)
        )

    @property
    def epoch(self) -> int:
        """Whole ones that are over."""
        return self.step // self.batches_per_epoch

    @property
    def batches_per_epoch(self) -> int:
        return -(-len(self._train[1]) // self.settings.batch_size)

    def batches(self) -> list[Any]:
        """Which images each batch of the current epoch holds; those of an epoch are always the same."""
        order = torch.Generator().manual_seed(
            self.settings.seed * 1_000_003 + self.step // self.batches_per_epoch
        )
        shuffled = torch.randperm(len(self._train[1]), generator=order).to(self.device)
        return list(shuffled.split(self.settings.batch_size))

    def train_on(self, batch: Any) -> Measures:
        """One step."""
        self.model.train()
        # dropout is drawn anew for each step, the same when a checkpoint is gone on with
        torch.manual_seed(self.settings.seed * 1_000_003 + self.step)
        labels = self._train[1][batch]
        scores = self.model(_scaled(self._train[0][batch]))
        loss = nn.functional.cross_entropy(scores, labels)
        self._optimizer.zero_grad()
        loss.backward()
        self._optimizer.step()
        self.step += 1
        return loss.detach(), _accuracy(scores, labels)

    def validate(self) -> tuple[Measures, Any]:
        """How good it is on images it has not been trained on, and the scores of each of their classes."""
        scores, labels = torch.cat(list(self._scores(1000))), self._validation[1]
        return (nn.functional.cross_entropy(scores, labels), _accuracy(scores, labels)), scores

    def examples(self, count: int) -> tuple[Any, Any]:
        """The first validation images, from 0 to 1, and all their labels."""
        return self._validation[0][:count].float() / 255, self._validation[1]

    @property
    def lr(self) -> float:
        return float(self._optimizer.param_groups[0]["lr"])

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in self._optimizer.param_groups:
            group["lr"] = lr

    @property
    def dropout(self) -> float:
        return float(self.model.dropout.p)

    @dropout.setter
    def dropout(self, share: float) -> None:
        self.model.dropout.p = share

    def save(self, path: Path) -> None:
        """Write a checkpoint; whoever reads meanwhile, or after a power cut, finds the old one or the new."""
        state = {
            "settings": asdict(self.settings),
            "live": {name: getattr(self, name) for name in _LIVE},
            "step": self.step,
            "model": self.model.state_dict(),
            "optimizer": self._optimizer.state_dict(),
        }
        aside = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            with aside.open("wb") as file:
                torch.save(state, file)
                file.flush()
                os.fsync(file.fileno())
            aside.replace(path)
        finally:
            aside.unlink(missing_ok=True)

    def restore(self, path: Path) -> None:
        """Go on where the checkpoint was written.

        With the lr and the dropout that were set last, unless the training was started with others now than
        then. Raises BadCheckpoint for one of another training, and FileNotFoundError where there is none.
        """
        try:
            state = torch.load(path, map_location=self.device, weights_only=True)
            was = state["settings"]
            other = [name for name in _FIXED if was[name] != getattr(self.settings, name)]
            if other:
                raise BadCheckpoint(
                    f"{path} is of another training: "
                    + ", ".join(
                        f"{name} was {was[name]}, now {getattr(self.settings, name)}" for name in other
                    )
                )
            self.model.load_state_dict(state["model"])
            self._optimizer.load_state_dict(state["optimizer"])
            for name in _LIVE:
                given = getattr(self.settings, name)
                setattr(self, name, state["live"][name] if given == was[name] else given)
            self.step = int(state["step"])
        except FileNotFoundError:
            raise
        except (OSError, KeyError, TypeError, RuntimeError, EOFError, pickle.UnpicklingError) as error:
            raise BadCheckpoint(f"{path} can not be read as a checkpoint: {error}") from error

    def _scores(self, batch_size: int) -> Iterator[Any]:
        self.model.eval()
        with torch.inference_mode():
            for images in self._validation[0].split(batch_size):
                yield self.model(_scaled(images))


def leave_cores_to_others() -> None:
    """Half of them for one training, as two models train at once, unless OMP_NUM_THREADS says otherwise."""
    if "OMP_NUM_THREADS" not in os.environ:
        torch.set_num_threads(max(1, (os.cpu_count() or 2) // 2))


def best_device() -> str:
    """A GPU where there is one."""
    if torch.cuda.is_available():
        return "cuda"
    return "mps" if torch.backends.mps.is_available() else "cpu"


def _optimizer(settings: Settings, model: nn.Module) -> Any:
    if settings.optimizer == "sgd":
        return torch.optim.SGD(model.parameters(), lr=settings.lr, momentum=0.9)
    kind = torch.optim.Adam if settings.optimizer == "adam" else torch.optim.RMSprop
    return kind(model.parameters(), lr=settings.lr)


def _scaled(images: Any) -> Any:
    return (images.float().unsqueeze(1) / 255 - 0.5) * 2


def _accuracy(scores: Any, labels: Any) -> Any:
    return (scores.argmax(1) == labels).float().mean()
