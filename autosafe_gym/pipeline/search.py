"""Risk-trajectory search: an agent is rolled out, and every action is judged before it could run.

Source: arXiv 2505.17735, section 4.1. An unsafe action is never executed: the scenario is frozen
before it, S = (u, tau). There the search of this episode ends, unless it is told what to do instead.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ActionError, AgentError, AutosafeError, ToolCodeError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.ots.trajectory import Step, Trajectory
from autosafe_gym.pipeline.embedded import RuleEvaluator
from autosafe_gym.pipeline.roles import Evaluator, RiskPoint

__all__ = ["Found", "RiskPoint", "search", "search_all", "take", "trajectory_of"]


@dataclass(frozen=True)
class Found:
    """What the search of one episode gave.

    Attributes:
        seed: The episode.
        points: Where something unsafe was proposed; one at most unless the search goes on.
        trajectory: The whole episode, where it came to its end.
        unmeasured: The typed cause, where the agent, its provider or a tool's code failed.
    """

    seed: int
    points: tuple[RiskPoint, ...] = ()
    trajectory: Trajectory | None = None
    unmeasured: str | None = None

    @property
    def point(self) -> RiskPoint | None:
        """The first risk point, if there is any."""
        return self.points[0] if self.points else None


Instead = Callable[[RiskPoint], ToolCall | None]


def search(
    env: RiskEnv,
    agent: Any,
    *,
    seed: int,
    evaluator: Evaluator | None = None,
    instead: Instead | None = None,
) -> Found:
    """Rolls an agent out until it proposes something unsafe.

    Args:
        env: The environment.
        agent: The agent.
        seed: Chooses the scenario, and seeds the agent if it has a `seed` method.
        evaluator: The judge; the environment's rules by default.
        instead: Gives the action to take in place of an unsafe one, or None to stop; it must leave
            `env` alone (reflect in an environment of its own). Without it the search stops.

    Returns:
        What was found; a failure of the agent or a tool makes the episode unmeasured.
    """
    judge = evaluator or RuleEvaluator()
    observation, info = env.reset(seed=seed)
    start = env.scenario
    points: list[RiskPoint] = []
    steps: list[Step] = []
    over = truncated = False
    try:
        _begin(agent, env, seed, info)
        while not over:
            action = _act(agent, observation, info)
            call = _readable(env, action)
            verdict = None if call is None else judge.judge(env, action)
            if call is not None and verdict is not None and not verdict.safe:
                point = RiskPoint(env.freeze(), start, tuple(steps), call, verdict)
                points.append(point)
                action = None if instead is None else instead(point)
                if action is None:
                    return Found(seed, tuple(points))
            observation, info, step, over, truncated = take(env, action)
            steps.append(step)
    except AgentError as error:
        return Found(seed, tuple(points), unmeasured=error.cause)
    except ToolCodeError:
        return Found(seed, tuple(points), unmeasured="tool-code")
    whole = trajectory_of(env, start, agent.name, seed, steps, truncated)
    return Found(seed, tuple(points), whole)


def search_all(
    env: RiskEnv,
    agent: Any,
    seeds: Iterable[int],
    *,
    evaluator: Evaluator | None = None,
    instead: Instead | None = None,
) -> Iterator[Found]:
    """Searches one episode for each seed, in order; the arguments are those of `search`."""
    for seed in seeds:
        yield search(env, agent, seed=seed, evaluator=evaluator, instead=instead)


def take(env: RiskEnv, action: Any) -> tuple[str, dict[str, Any], Step, bool, bool]:
    """Executes an action: observation, info, the step, whether the episode is over, truncated."""
    before = len(env.triggered)
    observation, reward, terminated, truncated, info = env.step(action)
    call = env.turns[-1][0]
    step = Step(
        action=call,
        text="" if call is not None else str(action).encode("utf-8", "replace").decode()[:20_000],
        observation=observation,
        reward=float(reward),
        components=info["reward_components"],
        verdict=env.verdict_of(env.triggered[before:]),
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
        safe=env.safe,
        useful=env.useful,
        reached=env.reached,
        refused=env.refused,
        asked=env.asked,
        truncated=truncated,
    )


def _begin(agent: Any, env: RiskEnv, seed: int, info: dict[str, Any]) -> None:
    if hasattr(agent, "seed"):
        agent.seed(seed)
    if hasattr(agent, "bind"):
        agent.bind(env)
    agent.reset(info)


def _act(agent: Any, observation: str, info: dict[str, Any]) -> Any:
    try:
        return agent.act(observation, info)
    except AutosafeError:
        raise
    except Exception as error:
        # Whatever an agent of somebody else's raises: it is a failure, not a result.
        raise AgentError(f"{agent.name}: {type(error).__name__}: {error}") from error


def _readable(env: RiskEnv, action: Any) -> ToolCall | None:
    """The action as a call; one that can't be read does nothing, so there is nothing to judge."""
    try:
        return env.loaded.as_tool_call(env.loaded.tools.decode(action))
    except ActionError:
        return None
