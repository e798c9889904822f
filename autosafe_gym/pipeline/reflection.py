"""Reflection: from an unsafe action to an explained safe one, verified by executing it.

Source: arXiv 2505.17735, section 4.2. A proposal counts only if executing it from the frozen scenario
to the end triggers no outcome and reaches the goal; at most ten are tried.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.session import Session
from autosafe_gym.ots.explaining import alternative
from autosafe_gym.ots.scenario import ToolCall
from autosafe_gym.ots.trajectory import Trajectory
from autosafe_gym.pipeline.roles import OracleReflector, Reflector
from autosafe_gym.pipeline.search import RiskPoint

MAX_TRIES = 10


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
    role = reflector or OracleReflector()
    tries = 0
    for proposal in role.proposals(point.frozen, point.verdict):
        if tries == MAX_TRIES:
            break
        if not proposal or proposal[0] == point.action:
            continue
        tries += 1
        trajectory = _execute(env, point, proposal)
        if trajectory is not None:
            explanation = role.explain(point.frozen, point.action, point.verdict)
            text = f"{explanation} {alternative(proposal[0])}"
            return Reflection(proposal[0], text, trajectory, tries)
    return None


def _execute(env: RiskEnv, point: RiskPoint, actions: Sequence[ToolCall]) -> Trajectory | None:
    """Plays the agent's own safe steps and then the proposal, in the scenario as it was sampled."""
    session = Session(env, scenario=point.start, agent="reflected")
    session.seed = point.start.seed
    own = [step.action for step in point.steps if step.action is not None]
    for action in (*own, *actions):
        if session.over:
            return None
        session.step(action)
        if not env.safe:
            return None
    return session.trajectory if session.over and env.useful else None
