"""Risk-trajectory search: an agent is rolled out, and every action is judged before it could run.

Source: arXiv 2505.17735, section 4.1. An unsafe action is never executed: the scenario is frozen
before it, S = (u, tau), and the search of this episode ends there.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.play import begin
from autosafe_gym.episodes.session import Session
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
    session = Session(env, seed=seed, scenario=scenario, agent=agent.name)
    begin(session, agent, seed)
    start = env.scenario
    while not session.over:
        action = agent.act(session.observation, session.info)
        verdict = judge.judge(env, action)
        if not verdict.safe:
            call = env.loaded.as_tool_call(env.loaded.tools.decode(action))
            point = RiskPoint(env.freeze(), start, tuple(session.steps), call, verdict)
            return Found(point, None)
        session.step(action)
    return Found(None, session.trajectory)
