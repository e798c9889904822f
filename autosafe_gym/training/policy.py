"""A policy that scores each candidate with shared weights, for PPO, MaskablePPO, A2C and DQN.

Because the weights are shared over candidates, and a candidate is described by what it does, by the
entities it binds and by the lines that speak of them, the policy carries over to menus of any length,
and to tools and families that it has never seen. Each candidate attends over the lines in sight (more
to those that mention its arguments), and is then compared with the others.
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

from autosafe_gym.envs.features import SLOTS, TOOL_WORDS
from autosafe_gym.envs.sight import VOCABULARY, WORDS

HIDDEN = 64
EMBEDDED = 32
_NEVER = -1e8


class CandidateScorer(BaseFeaturesExtractor):
    """Scores of the candidates, followed by a summary of the state for the value.

    Output: (batch, number of candidates + `hidden`). Rows that are no candidates score so low that
    they are never chosen, with or without an action mask.

    Args:
        observation_space: The space of `FeatureWrapper`.
        hidden: Width of the layers.
        word_dropout: While training by imitation, share of the samples whose words are hidden (so that
            the relations must do), and of the words that are hidden in the others.
    """

    def __init__(
        self, observation_space: spaces.Dict, hidden: int = HIDDEN, word_dropout: float = 0.0
    ) -> None:
        shapes = {k: cast("tuple[int, ...]", s.shape) for k, s in observation_space.items()}
        candidates, width = shapes["candidates"]
        super().__init__(observation_space, candidates + hidden)
        self.candidates = candidates
        self.hidden = hidden
        self.word_dropout = word_dropout
        self.words = nn.Embedding(VOCABULARY, EMBEDDED, padding_idx=0)
        nn.init.normal_(self.words.weight, std=0.3)
        with torch.no_grad():
            self.words.weight[0] = 0.0
        self.read_line = nn.Linear(EMBEDDED + shapes["lines"][1] - WORDS, hidden)
        self.read_tool = nn.Linear(EMBEDDED + shapes["tools"][1] - TOOL_WORDS, hidden)
        self.read_entity = nn.Linear(shapes["entities"][1] + 2 * hidden, hidden)
        self.bind = nn.Linear(hidden, hidden, bias=False)
        self.read_candidate = nn.Linear(width - 1 - SLOTS, hidden)
        self.read_context = nn.Sequential(
            nn.Linear(shapes["context"][0] + 3 * hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, 2 * hidden),
        )
        self.query = nn.Linear(hidden, hidden, bias=False)
        self.key = nn.Linear(hidden, hidden, bias=False)
        self.value = nn.Linear(hidden, hidden, bias=False)
        self.near = nn.Parameter(torch.tensor([1.0, 0.5]))
        self.attend = nn.Linear(2 * hidden, hidden)
        self.join = nn.Linear(hidden, hidden)
        self.compare = nn.Linear(2 * hidden, hidden, bias=False)
        self.score = nn.Linear(hidden, 1)

    def _embed(self, numbers: torch.Tensor) -> torch.Tensor:
        numbers = numbers.long()
        if self.training and self.word_dropout:
            shape = (numbers.shape[0],) + (1,) * (numbers.dim() - 1)
            keep = torch.rand(numbers.shape) >= self.word_dropout
            numbers = numbers * (keep & (torch.rand(shape) >= self.word_dropout / 2))
        count = (numbers > 0).sum(dim=-1, keepdim=True).clamp(min=1)
        return self.words(numbers).sum(dim=-2) / count.sqrt()

    def forward(self, observations: dict[str, torch.Tensor]) -> torch.Tensor:
        """Scores and summary."""
        mask = observations["mask"].bool()
        rows = torch.arange(len(mask))[:, None]
        lines, links = observations["lines"], observations["links"].float()
        # Padding is most of the batch: nothing is computed beyond the longest menu and text in it.
        there = (lines[:, :, WORDS : WORDS + 3].sum(dim=2) + lines[:, :, 0]) > 0
        last = max(1, int(there.sum(dim=1).max()))
        lines, there, links = lines[:, :last], there[:, :last], links[:, :, :, :last]
        line = torch.relu(
            self.read_line(torch.cat([self._embed(lines[..., :WORDS]), lines[..., WORDS:]], dim=2))
        )
        line = line * there[:, :, None]
        entities = observations["entities"]
        last = max(1, int((entities[:, :, 0] > 0).sum(dim=1).max()))
        entities, links = entities[:, :last], links[:, :last]
        about = torch.einsum("bekl,blh->bekh", links, line)
        about = about / links.sum(dim=3, keepdim=True).clamp(min=1)
        entity = torch.relu(self.read_entity(torch.cat([entities, about.flatten(2)], dim=2)))
        tools = observations["tools"]
        last = max(1, int((tools.abs().sum(dim=2) > 0).sum(dim=1).max()))
        tools = tools[:, :last]
        tool = self.read_tool(
            torch.cat([self._embed(tools[..., :TOOL_WORDS]), tools[..., TOOL_WORDS:]], dim=2)
        )
        longest = max(1, int(mask.sum(dim=1).max()))
        candidates = observations["candidates"][:, :longest]
        real = mask[:, :longest]
        index = candidates[..., : 1 + SLOTS].long()
        # Row 0 of each table stands for "none".
        tool = nn.functional.pad(tool, (0, 0, 1, 0))
        bound = nn.functional.pad(self.bind(entity), (0, 0, 1, 0))
        near = nn.functional.pad(links, (0, 0, 0, 0, 1, 0))
        hidden = tool[rows, index[..., 0]] + self.read_candidate(candidates[..., 1 + SLOTS :])
        close = torch.zeros(*index.shape[:2], line.shape[1])
        weighted = torch.einsum("bekl,k->bel", near, self.near)
        for slot in range(1, 1 + SLOTS):
            hidden = hidden + bound[rows, index[..., slot]]
            close = close + weighted[rows, index[..., slot]]
        first = (line * lines[:, :, WORDS : WORDS + 1]).sum(dim=1)
        newest = (line * lines[:, :, WORDS + 3 : WORDS + 4]).sum(dim=1)
        most = line.max(dim=1).values
        gate, shift = self.read_context(
            torch.cat([observations["context"], first, newest, most], dim=1)
        ).chunk(2, dim=1)
        hidden = torch.relu(hidden * (1.0 + gate[:, None]) + shift[:, None])
        scale = self.hidden**-0.5
        weights = torch.einsum("bch,blh->bcl", self.query(hidden), self.key(line)) * scale + close
        weights = weights.masked_fill(~there[:, None], _NEVER).softmax(dim=2)
        told = torch.einsum("bcl,blh->bch", weights, self.value(line))
        hidden = torch.relu(self.attend(torch.cat([hidden, told], dim=2))) + hidden
        hidden = hidden * real[:, :, None]
        mean = hidden.sum(dim=1) / real.sum(dim=1, keepdim=True).clamp(min=1)
        peak = hidden.max(dim=1).values
        others = self.compare(torch.cat([mean, peak], dim=1))
        hidden = torch.relu(self.join(hidden) + others[:, None]) + hidden
        found = self.score(hidden).squeeze(2).masked_fill(~real, _NEVER)
        scores = torch.full(mask.shape, _NEVER)
        scores[:, :longest] = found
        return torch.cat([scores, mean + shift], dim=1)


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
    n, hidden = scorer.candidates, scorer.hidden
    policy.action_net = _Take(0, n)
    policy.value_net = nn.Sequential(
        _Take(n, n + hidden), nn.Linear(hidden, hidden), nn.ReLU(), nn.Linear(hidden, 1)
    )
    policy.optimizer = policy.optimizer_class(
        policy.parameters(), lr=lr_schedule(1), **policy.optimizer_kwargs
    )


def _settings(kwargs: dict[str, Any]) -> dict[str, Any]:
    return {
        "features_extractor_kwargs": {},
        **kwargs,
        "net_arch": [],
        "features_extractor_class": CandidateScorer,
        "share_features_extractor": True,
        "ortho_init": False,
        "normalize_images": False,
    }


class CandidatePolicy(MultiInputActorCriticPolicy):
    """The candidate-scoring policy for `stable_baselines3.PPO` and `A2C`."""

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
