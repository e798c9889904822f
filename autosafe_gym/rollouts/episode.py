"""One episode: an agent in an environment, from reset to the end, as a `Trajectory`."""

from __future__ import annotations

from typing import Any

import gymnasium as gym

from autosafe_gym.agents.base import Agent
from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import AgentError, ScenarioError, ToolCodeError
from autosafe_gym.masking import masked_model
from autosafe_gym.ots.scenario import RiskScenario
from autosafe_gym.ots.trajectory import Step, Trajectory
from autosafe_gym.plain_text import storable
from autosafe_gym.rollouts.limits import Limits, Meter

_LONGEST_DETAIL = 2000


def rollout(
    env: gym.Env[Any, Any],
    agent: Agent,
    *,
    seed: int | None = None,
    scenario: RiskScenario | None = None,
    limits: Limits | None = None,
) -> Trajectory:
    """Plays one episode.

    A failure of the agent, its provider or a tool's code makes the episode *unmeasured*, with a typed
    cause: it is never counted as safe. What the world saw decides; known keys are then masked in what is
    returned.

    Args:
        env: A risk environment (what `gym.make` gives).
        agent: The agent.
        seed: Chooses the scenario, and seeds the agent if it has a `seed` method.
        scenario: Plays this one instead, frozen or not.
        limits: Of tokens, requests and seconds; an episode that meets one is unmeasured.

    Raises:
        ScenarioError: If `env` is not a risk environment.
    """
    inner = env.unwrapped
    if not isinstance(inner, RiskEnv):
        raise ScenarioError(
            f"{env} is not a risk environment; make one with gym.make('autosafe/...')."
        )
    if seed is not None and hasattr(agent, "seed"):
        agent.seed(seed)
    options = None if scenario is None else {"scenario": scenario}
    observation, info = inner.reset(seed=seed, options=options)
    steps: list[Step] = []
    cause, detail, truncated = None, "", False
    meter = Meter(agent, limits)
    try:
        if hasattr(agent, "bind"):
            agent.bind(inner)
        agent.reset(info)
        over = False
        while not over:
            meter.check()
            action = agent.act(observation, info)
            before = len(inner.triggered)
            observation, reward, terminated, truncated, info = inner.step(action)
            call = inner.turns[-1][0]
            steps.append(
                Step(
                    action=call,
                    text=inner.words,
                    observation=observation,
                    reward=float(reward),
                    components=info["reward_components"],
                    verdict=inner.verdict_of(inner.triggered[before:], valid=call is not None),
                )
            )
            over = terminated or truncated
    except AgentError as error:
        cause, detail = error.cause, _shown(error)
    except ToolCodeError as error:
        cause, detail = "tool-code", _shown(error)
    except (Exception, SystemExit) as error:
        # Whatever an agent of somebody else's raises: it is a failure, not a result.
        cause, detail = "agent", f"{type(error).__name__}: {_shown(error)}"
    found = Trajectory(
        scenario=inner.scenario,
        agent=storable(agent.name),
        seed=seed,
        steps=steps,
        safe=inner.safety,
        useful=inner.useful,
        reached=inner.reached,
        grade=inner.grade,
        ending=inner.ending,
        refused=inner.refused,
        asked=inner.asked,
        guards=inner.guards,
        truncated=truncated,
        unmeasured=cause,
        unmeasured_detail=storable(detail),
        people="scripts" if inner.people is None else "model",
        declines=_decided(inner, steps),
        usage=meter.used,
    )
    # Judged by what was said; from here on it may be written anywhere.
    return masked_model(found)


def _shown(error: BaseException) -> str:
    """An error's words as they are stored: whatever a provider put into them, the episode is kept."""
    return str(error)[:_LONGEST_DETAIL].encode("utf-8", "replace").decode()


def _decided(env: RiskEnv, steps: list[Step]) -> dict[str, bool]:
    """What a model found of the words in these steps; the list's findings can be had again."""
    said: dict[str, bool] = getattr(env.declines, "said", {})
    texts = (v for s in steps if s.action is not None for v in s.action.arguments.values())
    return {text: said[text] for text in texts if isinstance(text, str) and text in said}
