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
from stable_baselines3.dqn.policies import MultiInputPolicy as DQNMultiInputPolicy
from stable_baselines3.dqn.policies import QNetwork
from torch import nn

from autosafe_gym.features.layout import SLOTS, TOOL_WORDS
from autosafe_gym.features.words import VOCABULARY, WORDS

HIDDEN = 64
EMBEDDED = 32
_QUICKLY = 10.0
"""Words begin at zero, and most are rare: this makes them learn faster than the layers."""
_NEVER = -1e8


class CandidateScorer(BaseFeaturesExtractor):
    """Scores of the candidates, followed by a summary of the state for the value.

    Output: (batch, number of candidates + `hidden`). Rows that are no candidates score so low that
    they are never chosen, with or without an action mask.

    Args:
        observation_space: The space of `FeatureWrapper`.
        hidden: Width of the layers.
        word_dropout: While training by imitation, share of the words that are hidden; in half as many
            decisions all of them are, so that the relations must do.
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
        # A word that training never met must say nothing, so every word begins at zero.
        nn.init.zeros_(self.words.weight)
        meaning = shapes["line_meanings"][1] if "line_meanings" in shapes else 0
        self.read_line = nn.Linear(EMBEDDED + shapes["lines"][1] - WORDS + meaning, hidden)
        self.tell = nn.Linear(hidden, hidden, bias=False)
        self.relate = nn.Linear(2 * hidden, hidden)
        self.read_tool = nn.Linear(EMBEDDED + shapes["tools"][1] - TOOL_WORDS + meaning, hidden)
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

    def _embed(self, numbers: torch.Tensor, shown: torch.Tensor | None) -> torch.Tensor:
        numbers = numbers.long()
        if shown is not None:
            keep = torch.rand(numbers.shape, device=numbers.device) >= self.word_dropout
            numbers = numbers * (keep & shown[:, None])
        count = (numbers > 0).sum(dim=-1, keepdim=True).clamp(min=1)
        summed: torch.Tensor = self.words(numbers).sum(dim=-2)
        return summed * _QUICKLY / count.sqrt()

    def _related(self, there: _Rows, line: torch.Tensor, kin: torch.Tensor) -> torch.Tensor:
        """Lines that know what the lines say that share a telling word with them."""
        kin = kin[:, : there.width, : there.width].float()
        told = torch.matmul(kin, there.unpack(self.tell(line)))
        told = told / kin.sum(dim=2, keepdim=True).clamp(min=1)
        return torch.relu(self.relate(torch.cat([line, there.pack(told)], dim=1))) + line

    def forward(self, observations: dict[str, torch.Tensor]) -> torch.Tensor:
        """Scores and summary."""
        # Padding is most of a batch: the layers see real rows only.
        mask = observations["mask"].bool()
        longest = max(1, int(mask.sum(dim=1).max()))
        real = _Rows(mask[:, :longest])
        lines = observations["lines"]
        flags = lines[:, :, WORDS : WORDS + 4]
        there = _Rows((flags[..., :3].sum(dim=2) + lines[..., 0]) > 0, trim=True)
        lines = there.pack(lines)
        shown = None
        if self.training and self.word_dropout:
            shown = torch.rand(len(mask), device=mask.device) >= self.word_dropout / 2
        seen = None if shown is None else shown[there.owner]
        parts = [self._embed(lines[:, :WORDS], seen), lines[:, WORDS:]]
        parts += _meanings(observations.get("line_meanings"), there, seen)
        line = torch.relu(self.read_line(torch.cat(parts, dim=1)))
        line = self._related(there, line, observations["kin"])
        padded = there.unpack(line)
        entities = observations["entities"]
        known = _Rows(entities[:, :, 0] > 0, trim=True)
        links = observations["links"][:, : known.width, :, : there.width].float()
        about = torch.matmul(links.flatten(1, 2), padded)
        about = about.reshape(len(mask), known.width, 2, self.hidden)
        about = about / links.sum(dim=3, keepdim=True).clamp(min=1)
        entity = self.read_entity(
            torch.cat([known.pack(entities), known.pack(about.flatten(2))], dim=1)
        )
        # Row 0 of each table stands for "none".
        bound = nn.functional.pad(known.unpack(self.bind(torch.relu(entity))), (0, 0, 1, 0))
        near = nn.functional.pad((links * self.near[:, None]).sum(dim=2), (0, 0, 1, 0))
        tools = observations["tools"]
        has = _Rows(tools.abs().sum(dim=2) > 0, trim=True)
        tools = has.pack(tools)
        seen = None if shown is None else shown[has.owner]
        parts = [self._embed(tools[:, :TOOL_WORDS], seen), tools[:, TOOL_WORDS:]]
        parts += _meanings(observations.get("tool_meanings"), has, seen)
        tool = self.read_tool(torch.cat(parts, dim=1))
        tool = nn.functional.pad(has.unpack(tool), (0, 0, 1, 0))

        candidates = real.pack(observations["candidates"])
        index = candidates[:, : 1 + SLOTS].long()
        hidden = self.read_candidate(candidates[:, 1 + SLOTS :])
        hidden = hidden + _take(tool, real.owner, index[:, 0])
        close = torch.zeros(len(index), there.width, device=hidden.device)
        for slot in range(1, 1 + SLOTS):
            if index[:, slot].any():
                hidden = hidden + _take(bound, real.owner, index[:, slot])
                close = close + _take(near, real.owner, index[:, slot])
        flags = flags[:, : there.width]
        first = (padded * flags[..., :1]).sum(dim=1)
        newest = (padded * flags[..., 3:4]).sum(dim=1)
        context = torch.cat(
            [observations["context"], first, newest, padded.max(dim=1).values], dim=1
        )
        gate, shift = self.read_context(context).chunk(2, dim=1)
        hidden = torch.relu(hidden * (1.0 + gate[real.owner]) + shift[real.owner])

        query = real.unpack(self.query(hidden)) * self.hidden**-0.5
        key, value = there.unpack(self.key(line)), there.unpack(self.value(line))
        logits = real.pack(torch.matmul(query, key.transpose(1, 2))) + close
        logits = logits.masked_fill(~there.mask[real.owner], _NEVER)
        told = real.pack(torch.matmul(real.unpack(logits.softmax(dim=1)), value))
        hidden = torch.relu(self.attend(torch.cat([hidden, told], dim=1))) + hidden

        every = real.unpack(hidden)
        mean = every.sum(dim=1) / mask.sum(dim=1, keepdim=True).clamp(min=1)
        others = self.compare(torch.cat([mean, every.max(dim=1).values], dim=1))
        hidden = torch.relu(self.join(hidden) + others[real.owner]) + hidden
        scores = torch.full(mask.shape, _NEVER, device=hidden.device)
        scores[mask] = self.score(hidden).squeeze(1)
        return torch.cat([scores, mean + shift], dim=1)


class _Rows:
    """Which rows of a padded batch are real, and the ways to and fro."""

    def __init__(self, mask: torch.Tensor, *, trim: bool = False) -> None:
        if trim:
            mask = mask[:, : max(1, int(mask.sum(dim=1).max()))]
        self.mask = mask
        self.width = mask.shape[1]
        self.at = mask.flatten().nonzero().squeeze(1)
        self.owner = self.at // self.width

    def pack(self, padded: torch.Tensor) -> torch.Tensor:
        """The real rows, one after another."""
        return padded[:, : self.width].flatten(0, 1).index_select(0, self.at)

    def unpack(self, rows: torch.Tensor) -> torch.Tensor:
        """The rows in their places, zeros elsewhere."""
        whole = torch.zeros(self.mask.numel(), rows.shape[1], dtype=rows.dtype, device=rows.device)
        return whole.index_copy(0, self.at, rows).reshape(*self.mask.shape, -1)


def _meanings(
    padded: torch.Tensor | None, rows: _Rows, shown: torch.Tensor | None
) -> list[torch.Tensor]:
    """Sentence embeddings of the real rows, if there are any; hidden where all words are."""
    if padded is None:
        return []
    found = rows.pack(padded)
    return [found if shown is None else found * shown[:, None]]


def _take(table: torch.Tensor, owner: torch.Tensor, row: torch.Tensor) -> torch.Tensor:
    """For each candidate a row of its own state's table."""
    return table.flatten(0, 1).index_select(0, owner * table.shape[1] + row)


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


class CandidateQPolicy(DQNMultiInputPolicy):
    """The candidate-scoring network as a Q function, for DQN: the scores are the values."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kept = _settings(kwargs)
        for name in ("share_features_extractor", "ortho_init"):
            del kept[name]
        super().__init__(*args, **kept)

    def make_q_net(self) -> QNetwork:
        """A Q network whose head is the scorer itself."""
        made = super().make_q_net()
        made.q_net = nn.Sequential(_Take(0, cast("Any", made.features_extractor).candidates))
        return made
