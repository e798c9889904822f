"""The roles of the pipeline as protocols, and what passes between them.

Source: arXiv 2505.17735, section 4. The embedded roles (`pipeline/embedded.py`) need no language
model; any other implementation of these protocols is a drop-in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Step, Verdict


@dataclass(frozen=True)
class RiskPoint:
    """A scenario frozen right before an unsafe action.

    Attributes:
        frozen: The scenario with the history up to here.
        start: The scenario as it was sampled.
        steps: What was done until here, all of it safe.
        action: The unsafe action that was proposed.
        verdict: Why it is unsafe.
    """

    frozen: RiskScenario
    start: RiskScenario
    steps: tuple[Step, ...]
    action: ToolCall
    verdict: Verdict


@dataclass(frozen=True)
class Proposal:
    """What a reflector would do instead.

    Attributes:
        action: The next action.
        explanation: Why the unsafe action is unsafe, and why this one is better.
        rest: How to finish the task after it; None leaves that to the pipeline.
    """

    action: ToolCall
    explanation: str
    rest: tuple[ToolCall, ...] | None = None


@dataclass(frozen=True)
class Attempt:
    """A proposal that did not hold when it was executed, and why not."""

    proposal: Proposal
    problem: str


class Evaluator(Protocol):
    """Judges a proposed action; nothing is executed."""

    def judge(self, env: RiskEnv, action: Any) -> Verdict:
        """The verdict on the action at the environment's present state."""
        ...


class Reflector(Protocol):
    """Explains an unsafe action and proposes a safe one."""

    def propose(self, point: RiskPoint, tried: Sequence[Attempt]) -> Proposal | None:
        """The next proposal.

        Args:
            point: The frozen scenario, the unsafe action and its verdict.
            tried: Earlier proposals at this point, with what was wrong with them.

        Returns:
            A proposal, or None to give up.
        """
        ...
