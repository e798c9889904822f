"""A policy that scores each candidate with shared weights, for PPO and MaskablePPO.

Because the weights are shared over candidates, and a candidate is described by what it does and where
its arguments come from, the policy carries over to menus of any length, and to tools and families
that it has never seen.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from gymnasium import spaces
from sb3_contrib.common.maskable.policies import MaskableMultiInputActorCriticPolicy
from stable_baselines3.common.policies import MultiInputActorCriticPolicy
from stable_baselines3.common.torch_layers import BaseFeaturesExtractor
from stable_baselines3.common.type_aliases import Schedule
from torch import nn

HIDDEN = 96
_NEVER = -1e8


class CandidateScorer(BaseFeaturesExtractor):
    """Scores of the candidates, followed by a summary of the state for the value.

    Output: (batch, number of candidates + `HIDDEN`). Rows that are no candidates score so low that
    they are never chosen, with or without an action mask.

    Args:
        observation_space: The space of `FeatureWrapper`.
    """

    def __init__(self, observation_space: spaces.Dict) -> None:
        candidates, width = cast("tuple[int, int]", observation_space["candidates"].shape)
        (context,) = cast("tuple[int]", observation_space["context"].shape)
        super().__init__(observation_space, candidates + HIDDEN)
        self.candidates = candidates
        self.read_context = nn.Sequential(
            nn.Linear(context, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 2 * HIDDEN)
        )
        self.read_candidate = nn.Linear(width, HIDDEN)
        self.join = nn.Linear(HIDDEN, HIDDEN)
        self.score = nn.Linear(HIDDEN, 1)

    def forward(self, observations: dict[str, torch.Tensor]) -> torch.Tensor:
        """Scores and summary."""
        mask = observations["mask"].bool()
        gate, shift = self.read_context(observations["context"]).chunk(2, dim=1)
        # Padding is most of the batch: only real candidates go through the network.
        rows = self.read_candidate(observations["candidates"][mask])
        owner = mask.nonzero()[:, 0]
        hidden = torch.relu(rows * (1.0 + gate[owner]) + shift[owner])
        hidden = torch.relu(self.join(hidden)) + hidden
        scores = torch.full(mask.shape, _NEVER, dtype=hidden.dtype, device=hidden.device)
        scores[mask] = self.score(hidden).squeeze(1)
        summary = torch.zeros(len(mask), HIDDEN, dtype=hidden.dtype, device=hidden.device)
        summary = summary.index_add(0, owner, hidden)
        summary = summary / mask.sum(dim=1, keepdim=True).clamp(min=1) + shift
        return torch.cat([scores, summary], dim=1)


class _Take(nn.Module):
    """Passes on some of the columns."""

    def __init__(self, start: int, end: int) -> None:
        super().__init__()
        self.start, self.end = start, end

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x[:, self.start : self.end]


def _heads(policy: Any, lr_schedule: Schedule) -> None:
    """Replaces the usual heads: the scores *are* the logits, the summary gives the value."""
    scorer = policy.features_extractor
    n = scorer.candidates
    policy.action_net = _Take(0, n)
    policy.value_net = nn.Sequential(
        _Take(n, n + HIDDEN), nn.Linear(HIDDEN, HIDDEN), nn.ReLU(), nn.Linear(HIDDEN, 1)
    )
    policy.optimizer = policy.optimizer_class(
        policy.parameters(), lr=lr_schedule(1), **policy.optimizer_kwargs
    )


def _settings(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        **kwargs,
        "net_arch": [],
        "features_extractor_class": CandidateScorer,
        "features_extractor_kwargs": {},
        "share_features_extractor": True,
        "ortho_init": False,
        "normalize_images": False,
    }


class CandidatePolicy(MultiInputActorCriticPolicy):
    """The candidate-scoring policy for `stable_baselines3.PPO`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_settings(kwargs))

    def _build(self, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)
        _heads(self, lr_schedule)


class MaskableCandidatePolicy(MaskableMultiInputActorCriticPolicy):
    """The candidate-scoring policy for `sb3_contrib.MaskablePPO`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **_settings(kwargs))

    def _build(self, lr_schedule: Schedule) -> None:
        super()._build(lr_schedule)
        _heads(self, lr_schedule)
