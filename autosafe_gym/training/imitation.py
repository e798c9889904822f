"""Imitation of safe trajectories: the warm start of a policy before PPO."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from autosafe_gym.training.demonstrations import Demonstrations


def clone(
    scorer: Any,
    data: Demonstrations,
    *,
    epochs: int,
    seed: int,
    batch_size: int = 128,
    learning_rate: float = 1e-3,
    weight_decay: float = 1e-4,
    word_dropout: float = 0.2,
    progress: Callable[[int, int], None] | None = None,
) -> list[float]:
    """Trains a scorer of candidates to choose as the data do (cross entropy).

    Args:
        scorer: A `CandidateScorer`.
        data: The decisions.
        epochs: Passes over the data.
        seed: Order of the batches.
        batch_size: Decisions in a batch.
        learning_rate: Of Adam, falling linearly to a tenth.
        weight_decay: Of Adam.
        word_dropout: Share of the words that are hidden while training, so that relations must do; in
            half as many decisions all of them are.
        progress: Called with (steps done, steps in all).

    Returns:
        The mean loss of each epoch.
    """
    rng = np.random.default_rng(seed)
    optimizer = torch.optim.AdamW(scorer.parameters(), lr=learning_rate, weight_decay=weight_decay)
    batches = max(1, -(-len(data) // batch_size))
    schedule = torch.optim.lr_scheduler.LinearLR(optimizer, 1.0, 0.1, epochs * batches)
    scorer.train()
    scorer.word_dropout = word_dropout
    losses: list[float] = []
    for epoch in range(epochs):
        order = rng.permutation(len(data))
        total = 0.0
        for number in range(batches):
            index = order[number * batch_size : (number + 1) * batch_size]
            observations, choices = data.batch(index)
            tensors = {k: torch.as_tensor(v) for k, v in observations.items()}
            logits = scorer(tensors)[:, : scorer.candidates]
            loss = cross_entropy(logits, torch.as_tensor(choices))
            optimizer.zero_grad()
            loss.backward()  # type: ignore[no-untyped-call]
            torch.nn.utils.clip_grad_norm_(scorer.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach()) * len(index)
            if progress is not None:
                progress(epoch * batches + number + 1, epochs * batches)
        losses.append(total / len(data))
    scorer.eval()
    scorer.word_dropout = 0.0
    return losses
