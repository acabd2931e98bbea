"""Two layers of attention learn to go on with what they saw before: python -m demo.attention

Each sequence is a row of random letters over and over, of another length each time. Whoever is to tell the
next letter looks for where the last one stood before, and takes what came then: an induction head (Olsson et
al. 2022). It needs two layers, and forms all at once: watch the loss, and the attention widget.
"""

from __future__ import annotations

import string
from typing import Any

import torch
from torch import nn

from demo import command
from tensorboard_candles import Tracker

CONFIG: dict[str, int] = {"layers": 2, "heads": 4, "width": 64, "batch_size": 64, "length": 20}
PERIODS = (5, 12)
LEARNING_RATE = 3e-3
LETTERS = string.ascii_lowercase
STEPS_PER_EPOCH = 50
LOG_ATTENTION_EVERY = 10


class Attention(nn.Module):
    """One layer: what each token takes from those before it, by several heads."""

    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(width)
        self.query_key_value = nn.Linear(width, 3 * width)
        self.out = nn.Linear(width, width)

    def forward(self, tokens: Any) -> tuple[Any, Any]:
        batch, length, width = tokens.shape
        split = self.query_key_value(self.norm(tokens)).view(batch, length, 3, self.heads, -1)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        scores = query @ key.transpose(-1, -2) / (width // self.heads) ** 0.5
        is_later = torch.ones(length, length, dtype=torch.bool).triu(1)
        weights = scores.masked_fill(is_later, -torch.inf).softmax(-1)
        taken = (weights @ value).transpose(1, 2).reshape(batch, length, width)
        return tokens + self.out(taken), weights


class Copier(nn.Module):
    """Attention alone, without any layer between."""

    def __init__(self) -> None:
        super().__init__()
        width = CONFIG["width"]
        self.letters = nn.Embedding(len(LETTERS), width)
        self.places = nn.Embedding(CONFIG["length"], width)
        self.layers = nn.ModuleList(Attention(width, CONFIG["heads"]) for _ in range(CONFIG["layers"]))
        self.out = nn.Linear(width, len(LETTERS))

    def forward(self, letters: Any) -> tuple[Any, list[Any]]:
        tokens = self.letters(letters) + self.places(torch.arange(letters.shape[1]))
        attentions = []
        for layer in self.layers:
            tokens, weights = layer(tokens)
            attentions.append(weights)
        return self.out(tokens), attentions


def rows(count: int, period: int) -> Any:
    """Random letters, and the same over again."""
    times = -(-CONFIG["length"] // period)
    return torch.randint(len(LETTERS), (count, period)).repeat(1, times)[:, : CONFIG["length"]]


def train(epochs: int, **where: Any) -> list[float]:
    """Train the copier; returns each batch's loss over what was there before."""
    torch.manual_seed(1)
    torch.set_num_threads(1)  # for numbers this small more of them are slower
    model, probe = Copier(), rows(1, 9)
    words = [LETTERS[letter] for letter in probe[0].tolist()]
    optimizer = torch.optim.Adam(model.parameters(), lr=LEARNING_RATE)
    losses: list[float] = []
    with Tracker(project="copying", config={**CONFIG, "learning_rate": LEARNING_RATE}, **where) as tracker:
        for _ in tracker.epochs(epochs):
            for _ in range(STEPS_PER_EPOCH):
                period = int(torch.randint(*PERIODS, ()))
                letters = rows(CONFIG["batch_size"], period)
                scores, _ = model(letters)
                loss = nn.functional.cross_entropy(
                    scores[:, period:-1].transpose(1, 2), letters[:, period + 1 :]
                )
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
                tracker.log({"train/loss": loss})
                if len(losses) % LOG_ATTENTION_EVERY == 0:
                    with torch.no_grad():
                        tracker.attention(model(probe)[1], tokens=words)
                losses.append(loss.item())
    return losses


if __name__ == "__main__":
    command.main(train)
