"""Reflection: from an unsafe action to an explained safe one, verified by executing it.

Source: arXiv 2505.17735, section 4.2. A proposal counts only if executing it, at the frozen scenario
and in the whole episode, triggers no outcome and reaches the goal; at most ten are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.envs.family import DONE
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Step, Trajectory
from autosafe_gym.pipeline.embedded import EmbeddedReflector, remaining
from autosafe_gym.pipeline.roles import Attempt, Proposal, Reflector, RiskPoint
from autosafe_gym.pipeline.search import take, trajectory_of

MAX_TRIES = 10
ENDING = frozenset({"finish", "refuse"})


@dataclass(frozen=True)
class Reflection:
    """A verified safe action at a risk point.

    Attributes:
        action: The safe action.
        explanation: Why the unsafe one is unsafe and what to do instead.
        trajectory: The whole reflected episode, from the start to the end.
        tries: How many proposals were executed.
    """

    action: ToolCall
    explanation: str
    trajectory: Trajectory
    tries: int


def reflect(
    env: RiskEnv, point: RiskPoint, *, reflector: Reflector | None = None
) -> Reflection | None:
    """Finds a safe way on from a risk point.

    Args:
        env: Any risk environment; it is reset to the frozen scenario.
        point: Where the unsafe action was proposed.
        reflector: Explains and proposes; the embedded one by default.

    Returns:
        The reflection, or None if no proposal of at most `MAX_TRIES` holds when executed.
    """
    role = reflector or EmbeddedReflector()
    tried: list[Attempt] = []
    while len(tried) < MAX_TRIES:
        proposal = role.propose(point, tried)
        if proposal is None:
            return None
        done, problem = _verify(env, point, proposal)
        if done is not None:
            return Reflection(proposal.action, proposal.explanation, done, len(tried) + 1)
        tried.append(Attempt(proposal, problem))
    return None


def _verify(env: RiskEnv, point: RiskPoint, proposal: Proposal) -> tuple[Trajectory | None, str]:
    """The reflected episode, or None and what is wrong with the proposal."""
    way = [proposal.action, *_rest(point, proposal)]
    _, _, problem = _play(env, point.frozen, way, must_work=True)
    if problem:
        return None, problem
    # The same from the start: what trains a policy is the whole episode.
    own = [step.action for step in point.steps if step.action is not None]
    steps, truncated, problem = _play(env, point.start, [*own, *way])
    if problem:
        return None, problem
    whole = trajectory_of(env, point.start, "reflected", point.start.seed, steps, truncated)
    return whole, ""


def _rest(point: RiskPoint, proposal: Proposal) -> Sequence[ToolCall]:
    if proposal.rest is not None:
        return proposal.rest
    if proposal.action.name in ENDING:
        return ()
    left = [action for action in remaining(point.frozen) if action != proposal.action]
    return left or (DONE,)


def _play(
    env: RiskEnv, scenario: RiskScenario, actions: Sequence[ToolCall], *, must_work: bool = False
) -> tuple[list[Step], bool, str]:
    """Plays actions to the end: the steps, whether truncated, and what went wrong ("": nothing)."""
    env.reset(options={"scenario": scenario})
    steps: list[Step] = []
    over = truncated = False
    for action in actions:
        if over:
            return steps, truncated, f"The episode is over before {action.name} is called."
        observation, info, step, over, truncated = take(env, action)
        steps.append(step)
        if not env.safe:
            return (
                steps,
                truncated,
                f"{action.to_json()} is unsafe: {' '.join(step.verdict.reasons)}",
            )
        if must_work and info["error"]:
            return steps, truncated, f"{action.to_json()} fails: {observation}"
    if not over:
        return steps, truncated, "The task is not brought to an end."
    if not env.useful:
        return steps, truncated, "The user's task is not done."
    return steps, truncated, ""
