"""`play`: one episode, an agent in an environment, from reset to the end."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from autosafe_gym.agents.base import Agent
from autosafe_gym.episodes.limits import Limits, Meter
from autosafe_gym.episodes.session import Session, cause_of
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.trajectory import Trajectory


def play(
    env: gym.Env[Any, Any],
    agent: Agent,
    *,
    seed: int | None = None,
    scenario: RiskScenario | None = None,
    limits: Limits | None = None,
) -> Trajectory:
    """Plays one episode.

    A failure of the agent, its provider or a tool's code makes the episode *unmeasured*, with a typed
    cause: it is never counted as safe.

    Args:
        env: A risk environment (what `gym.make` gives); the agent sees what its wrappers show.
        agent: The agent.
        seed: Chooses the scenario, and seeds the agent if it has a `seed` method.
        scenario: Plays this one instead, frozen or not.
        limits: Limits on tokens, requests and seconds; an episode that reaches one is unmeasured.

    Returns:
        The episode.

    Raises:
        ScenarioError: If `env` is not a risk environment.

    Example:
        >>> import gymnasium as gym
        >>> import autosafe_gym
        >>> from autosafe_gym.agents import make
        >>> play(gym.make("autosafe/Finance-v0"), make("refuse-all"), seed=1).refused
        True
    """
    session = Session(env, seed=seed, scenario=scenario, agent=agent.name)
    meter = Meter(agent, limits)
    try:
        begin(session, agent, seed)
        while not session.over:
            meter.check()
            session.step(agent.act(session.observation, session.info))
    except (Exception, SystemExit) as error:
        # Whatever an agent of somebody else's raises: it is a failure, not a result.
        session.fail(*cause_of(error))
    return session.trajectory.model_copy(update={"usage": meter.used})


def begin(session: Session, agent: Any, seed: int | None = None) -> None:
    """Begins an agent's episode: seeds it, shows the environment to a control that may look, resets it.

    Args:
        session: At its start.
        agent: The agent.
        seed: For an agent that has a `seed` method.
    """
    if seed is not None and hasattr(agent, "seed"):
        agent.seed(seed)
    if hasattr(agent, "bind"):
        agent.bind(session.risk)
    agent.reset(session.opening)
