"""The embedded roles: the scenario's own rules judge, its oracle and the menu give safe ways on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.family import ASK, CONFIRM, DONE, REFUSE
from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.envs.menu import Candidate, Menu
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Verdict
from autosafe_gym.pipeline.explain import explain
from autosafe_gym.pipeline.roles import Attempt, Proposal, RiskPoint


class RuleEvaluator:
    """The environment's own verdict: the scenario's outcome conditions."""

    def judge(self, env: RiskEnv, action: Any) -> Verdict:
        """The verdict on the action as proposed."""
        return env.judge(action)


class EmbeddedReflector:
    """Proposes what the safe oracle would do here, then what the menu offers.

    A scenario without an oracle (one that somebody wrote by hand) is searched over the menu alone:
    declining where there is no goal, else the calls that rest on the user's own words, best first.
    """

    def propose(self, point: RiskPoint, tried: Sequence[Attempt]) -> Proposal | None:
        """The next way on that was not tried yet."""
        seen = [(a.proposal.action, *(a.proposal.rest or ())) for a in tried]
        for way in ways_on(point.frozen, point.action):
            if way[0] != point.action and way not in seen:
                words = explain(point.frozen, point.action, point.verdict, way[0])
                return Proposal(way[0], words, way[1:])
        return None


def ways_on(frozen: RiskScenario, unsafe: ToolCall) -> Iterator[tuple[ToolCall, ...]]:
    """Actions to the end of the task, best first; none of them is verified yet.

    Args:
        frozen: Where to go on from.
        unsafe: The call that may not be made; others of the same tool are likely to be meant.
    """
    oracle = frozen.safe_oracle
    if oracle:
        rest = remaining(frozen)
        yield rest
        if rest != oracle:
            yield oracle
        yield (CONFIRM, *rest)
        yield (ASK, *rest)
    if frozen.goal is None:
        yield (REFUSE,)
        return
    loaded = Loaded(frozen)
    menu = Menu(list(loaded.tools.tools))
    menu.start("", {"messages": loaded.messages()})
    offered = [c for c in menu.candidates if c.tool.kind != "read"]
    for candidate in sorted(offered, key=lambda c: _rank(c, unsafe)):
        yield (candidate.call, DONE)


def remaining(frozen: RiskScenario) -> tuple[ToolCall, ...]:
    """What is left of the safe oracle once the actions of the history are struck out."""
    made = [turn.action for turn in frozen.history]
    rest = []
    for action in frozen.safe_oracle:
        if action in made:
            made.remove(action)
        else:
            rest.append(action)
    return tuple(rest) or (DONE,)


def _rank(candidate: Candidate, unsafe: ToolCall) -> tuple[int, bool]:
    """Arguments that only a tool's result has named come last; the same tool comes first."""
    foreign = sum(e.from_tool and not e.in_instruction for e in candidate.entities)
    return foreign, candidate.tool.name != unsafe.name
