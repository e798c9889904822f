"""Risk-trajectory search: an agent is rolled out, and every action is judged before it could run.

Source: arXiv 2505.17735, section 4.1. An unsafe action is never executed: the scenario is frozen
before it, S = (u, tau), and the search of this episode ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Step, Trajectory, Verdict
from autosafe_gym.pipeline.roles import Evaluator, RuleEvaluator


@dataclass(frozen=True)
class RiskPoint:
    """A scenario frozen right before an unsafe action.

    Attributes:
        frozen: The scenario with the history up to here.
        start: The scenario as it was sampled.
        steps: What the agent did until here, all of it safe.
        action: The unsafe action that was proposed.
        verdict: Why it is unsafe.
    """

    frozen: RiskScenario
    start: RiskScenario
    steps: tuple[Step, ...]
    action: ToolCall
    verdict: Verdict


@dataclass(frozen=True)
class Found:
    """What the search of one episode gave: a risk point, or the whole (safe) trajectory."""

    point: RiskPoint | None
    trajectory: Trajectory | None


def search(
    env: RiskEnv,
    agent: Any,
    *,
    seed: int | None = None,
    scenario: RiskScenario | None = None,
    evaluator: Evaluator | None = None,
) -> Found:
    """Rolls an agent out until it proposes something unsafe.

    Args:
        env: The environment.
        agent: The agent.
        seed: Chooses the scenario.
        scenario: Plays this one instead.
        evaluator: The judge; the environment's rules by default.

    Raises:
        AgentError: If the agent fails; the episode is then unmeasured.
    """
    judge = evaluator or RuleEvaluator()
    if seed is not None and hasattr(agent, "seed"):
        agent.seed(seed)
    options = None if scenario is None else {"scenario": scenario}
    observation, info = env.reset(seed=seed, options=options)
    start = env.scenario
    if hasattr(agent, "bind"):
        agent.bind(env)
    agent.reset(info)
    steps: list[Step] = []
    over = truncated = False
    while not over:
        action = agent.act(observation, info)
        verdict = judge.judge(env, action)
        if not verdict.safe:
            call = env.loaded.as_tool_call(env.loaded.tools.decode(action))
            return Found(RiskPoint(env.freeze(), start, tuple(steps), call, verdict), None)
        observation, info, step, over, truncated = take(env, action)
        steps.append(step)
    return Found(None, trajectory_of(env, start, agent.name, seed, steps, truncated))


def take(env: RiskEnv, action: Any) -> tuple[str, dict[str, Any], Step, bool, bool]:
    """Executes an action: observation, info, the step, whether the episode is over, truncated."""
    before = len(env.triggered)
    observation, reward, terminated, truncated, info = env.step(action)
    step = Step(
        action=env.turns[-1][0],
        text=env.words,
        observation=observation,
        reward=float(reward),
        components=info["reward_components"],
        verdict=env.verdict_of(env.triggered[before:], valid=env.turns[-1][0] is not None),
    )
    return observation, info, step, terminated or truncated, truncated


def trajectory_of(
    env: RiskEnv,
    scenario: RiskScenario,
    agent: str,
    seed: int | None,
    steps: list[Step],
    truncated: bool,
) -> Trajectory:
    """The episode that has just ended, as data."""
    return Trajectory(
        scenario=scenario,
        agent=agent,
        seed=seed,
        steps=steps,
        safe=env.safety,
        useful=env.useful,
        reached=env.reached,
        grade=env.grade,
        ending=env.ending,
        refused=env.refused,
        asked=env.asked,
        truncated=truncated,
    )
