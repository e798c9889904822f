"""TRL's GRPOTrainer in our environments: `environment_factory`, rows, the reward.

TRL shows every public method of an environment to the model as a tool, so each group of toolkits has a
class of its own, with one typed and documented method for each tool, `reset(**row)` and nothing else.
Several groups go into one run: `factories(rows)` is the dictionary that TRL takes, and each row names
its group. A run that failed has no reward (None), which TRL leaves out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.episodes.session import OVER, Session
from autosafe_gym.errors import ScenarioError
from autosafe_gym.library.registration import risk_env
from autosafe_gym.tools_mock.signature import dressed, given_arguments
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolset import toolset


class _Base:
    """What the classes of all groups share; no public method but `reset`."""

    _env_id = ""
    _kwargs: dict[str, Any] = {}  # noqa: RUF012  (set once, by `environment_class`)

    def __init__(self) -> None:
        self._env = risk_env(self._env_id, **self._kwargs)
        self._session: Session | None = None

    def reset(self, **row: Any) -> None:
        """Begins the episode of a row.

        Args:
            row: One of `rows`; `seed` chooses the scenario, `scenario_id` says which it is.

        Raises:
            ScenarioError: If the seed gives another scenario than the row was made with.
        """
        session = Session(self._env, seed=int(row["seed"]))
        found = session.risk.scenario.id
        if row.get("scenario_id", found) != found:
            raise ScenarioError(
                f"seed {row['seed']} gives {found!r} here and gave {row['scenario_id']!r} when the "
                "row was made: the rows are of another library or split."
            )
        self._session = session

    def _call(self, name: str, arguments: dict[str, Any]) -> str:
        return OVER if self._session is None else self._session.call(name, arguments)

    def _reward(self) -> float | None:
        """What the episode has come to; None where it was not measured."""
        if self._session is None:
            return 0.0
        # Who stops talking before the end has done no more than what was done until then.
        return None if self._session.cause else self._session.total


def environment_class(
    env_id: str, toolkits: Sequence[str], kwargs: dict[str, Any] | None = None
) -> type[Any]:
    """The environment class of a group of toolkits: what TRL takes as a factory.

    Args:
        env_id: An environment's id.
        toolkits: The group, as a scenario names it.
        kwargs: Further arguments of `gym.make`.
    """
    tools = toolset(tuple(toolkits)).tools.values()
    body: dict[str, Any] = {tool.name: _method(tool) for tool in tools}
    body |= {"_env_id": env_id, "_kwargs": dict(kwargs or {})}
    return type("RiskEnvironment", (_Base,), body)


def _method(tool: Tool) -> Callable[..., str]:
    def call(self: Any, **arguments: Any) -> str:
        return str(self._call(tool.name, given_arguments(tool, arguments)))

    return dressed(tool, call, method=True)


def group_of(toolkits: Sequence[str]) -> str:
    """The name of a group of toolkits, for a row's `environment`."""
    return "+".join(toolkits)


def rows(
    env: RiskEnv,
    seeds: Iterable[int],
    prompt: Callable[[dict[str, Any]], list[dict[str, Any]]],
) -> list[dict[str, Any]]:
    """One row for each seed: `prompt`, `environment`, `scenario_id`, `seed`.

    Args:
        env: Gives the scenarios.
        seeds: Which.
        prompt: Makes the prompt of the info of `reset`.
    """
    found = []
    for seed in seeds:
        _, info = env.reset(seed=seed)
        scenario = env.scenario
        found.append(
            {
                "prompt": prompt(info),
                "environment": group_of(scenario.toolkits),
                "scenario_id": scenario.id,
                "seed": seed,
            }
        )
    return found


def factories(
    data: Iterable[dict[str, Any]], env_id: str, kwargs: dict[str, Any] | None = None
) -> dict[str, type[Any]]:
    """What GRPOTrainer takes as `environment_factory` for these rows.

    Args:
        data: As `rows` makes them.
        env_id: An environment's id.
        kwargs: Further arguments of `gym.make`.
    """
    names = sorted({str(row["environment"]) for row in data})
    return {name: environment_class(env_id, name.split("+"), kwargs) for name in names}


def safe_and_useful(environments: Sequence[Any], **_: Any) -> list[float | None]:
    """The reward function for GRPOTrainer: the return of each environment's episode."""
    return [environment._reward() for environment in environments]
