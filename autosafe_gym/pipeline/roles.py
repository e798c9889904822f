"""The roles of the pipeline as protocols, and the embedded ones, which need no language model.

Source: arXiv 2505.17735, section 4 (evaluator, reflector). Other implementations, such as language
models, are drop-ins.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Protocol

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.library.family import ASK, CONFIRM, DONE, REFUSE
from autosafe_gym.ots.explaining import explanation
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Verdict


class Evaluator(Protocol):
    """Judges a proposed action; nothing is executed."""

    def judge(self, env: RiskEnv, action: Any) -> Verdict:
        """The verdict on the action at the environment's present state."""
        ...


class Reflector(Protocol):
    """Explains a verdict and proposes what to do instead."""

    def explain(self, frozen: RiskScenario, action: ToolCall, verdict: Verdict) -> str:
        """Why the action is unsafe, in words that a model could learn from."""
        ...

    def proposals(self, frozen: RiskScenario, verdict: Verdict) -> Iterator[Sequence[ToolCall]]:
        """Safe ways to go on, best first: each a list of actions up to the end of the task."""
        ...


class RuleEvaluator:
    """The environment's own verdict: the scenario's outcome conditions."""

    def judge(self, env: RiskEnv, action: Any) -> Verdict:
        """The verdict on the action as proposed."""
        return env.judge(action)


class OracleReflector:
    """Explains by the scenario's labels and proposes what its safe oracle does.

    Where the safe oracle does not fit the point that was reached, the dialogue acts are tried with
    what is left of it.
    """

    def explain(self, frozen: RiskScenario, action: ToolCall, verdict: Verdict) -> str:
        """Names the action, the harm, where it comes from, and the rule to follow."""
        return explanation(frozen, action, verdict)

    def proposals(self, frozen: RiskScenario, verdict: Verdict) -> Iterator[Sequence[ToolCall]]:
        """What is left of the safe oracle first, then variants with a dialogue act in front."""
        oracle = list(frozen.safe_oracle)
        rest = list(oracle)
        for turn in frozen.played_turns:
            # One for one: a conversation may have to be ended, or declined, more than once.
            if turn.action in rest:
                rest.remove(turn.action)
        yield rest
        if oracle != rest:
            yield oracle
        for act in (CONFIRM, ASK):
            yield [act, *(a for a in rest if a != act)]
            yield [act, DONE]
        yield [REFUSE]
        yield [DONE]
