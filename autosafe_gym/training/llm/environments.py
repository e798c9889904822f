"""TRL's GRPOTrainer in our environments: `environment_factory`, rows, the reward.

TRL shows every public method of an environment to the model as a tool, so each group of toolkits has a
class of its own, with one typed and documented method for each tool, `reset(**row)` and nothing else.
Several groups go into one run: `factories(rows)` is the dictionary that TRL takes, and each row names
its group. A run that failed has no reward (None), which TRL leaves out.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Sequence
from typing import Annotated, Any, get_args, get_origin

from autosafe_gym.envs.env import RiskEnv
from autosafe_gym.errors import ScenarioError, ToolCodeError
from autosafe_gym.evaluation.evaluate import risk_env
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolset import toolset

OVER = "The task is over: nothing more can be done."


class _Base:
    """What the classes of all groups share; no public method but `reset`."""

    _env_id = ""
    _kwargs: dict[str, Any] = {}  # noqa: RUF012  (set once, by `environment_class`)

    def __init__(self) -> None:
        self._env = risk_env(self._env_id, **self._kwargs)
        self._over, self._failed, self._total = True, False, 0.0

    def reset(self, **row: Any) -> None:
        """Begins the episode of a row.

        Args:
            row: One of `rows`; `seed` chooses the scenario, `scenario_id` says which it is.

        Raises:
            ScenarioError: If the seed gives another scenario than the row was made with.
        """
        self._env.reset(seed=int(row["seed"]))
        found = self._env.scenario.id
        if row.get("scenario_id", found) != found:
            raise ScenarioError(
                f"seed {row['seed']} gives {found!r} here and gave {row['scenario_id']!r} when the "
                "row was made: the rows are of another library or split."
            )
        self._over, self._failed, self._total = False, False, 0.0

    def _call(self, name: str, arguments: dict[str, Any]) -> str:
        if self._over:
            return OVER
        try:
            step = self._env.step({"name": name, "arguments": arguments})
        except ToolCodeError as error:
            self._over = self._failed = True
            return f"Error: {error}"
        observation, reward, terminated, truncated, _ = step
        self._total += float(reward)
        self._over = terminated or truncated
        return str(observation)

    def _reward(self) -> float | None:
        """What the episode has come to; None where it was not measured."""
        if self._failed:
            return None
        # Who stops talking before the end has done no more than what was done until then.
        return self._total


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
        defaults = tool.defaults
        given = {k: v for k, v in arguments.items() if k not in defaults or v != defaults[k]}
        return str(self._call(tool.name, given))

    hints = {name: _plain(hint) for name, hint in tool.parameters.items()}
    parameters = [inspect.Parameter("self", inspect.Parameter.POSITIONAL_OR_KEYWORD)]
    parameters += [
        inspect.Parameter(
            name,
            inspect.Parameter.KEYWORD_ONLY,
            default=tool.defaults.get(name, inspect.Parameter.empty),
            annotation=hint,
        )
        for name, hint in hints.items()
    ]
    properties = tool.schema["function"]["parameters"].get("properties", {})
    lines = [f"    {n}: {properties.get(n, {}).get('description', n)}" for n in hints]
    call.__name__ = call.__qualname__ = tool.name
    call.__doc__ = "\n".join([tool.description, *(["", "Args:", *lines] if lines else [])])
    call.__annotations__ = {**hints, "return": str}
    call.__signature__ = inspect.Signature(parameters, return_annotation=str)  # type: ignore[attr-defined]
    return call


def _plain(hint: Any) -> Any:
    """A hint without what only we understand of it."""
    if get_origin(hint) is Annotated:
        return _plain(get_args(hint)[0])
    if get_origin(hint) is list:
        return list[_plain(get_args(hint)[0])]  # type: ignore[misc]
    return hint


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
