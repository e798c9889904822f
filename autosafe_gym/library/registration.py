"""`gym.make` ids: `autosafe/All-v0`, and one for each domain."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import gymnasium as gym

from autosafe_gym import registry
from autosafe_gym.errors import ScenarioError
from autosafe_gym.ots.taxonomy import DOMAINS

if TYPE_CHECKING:
    from autosafe_gym.envs.env import RiskEnv
    from autosafe_gym.envs.vector import RiskVectorEnv

ENTRY_POINT = "autosafe_gym.library.registration:make_env"
VECTOR_ENTRY_POINT = "autosafe_gym.library.registration:make_vector_env"


def environment_ids() -> list[str]:
    """Every id that this package registers, `All` first."""
    return sorted(
        (name for name in gym.registry if name.startswith("autosafe/")),
        key=lambda name: (name != "autosafe/All-v0", name),
    )


def check_id(id: Any) -> str:
    """An environment's id as it may stand in a file: `module:id` would have gymnasium import the module.

    Raises:
        ScenarioError: If it is no id, or names a module.
    """
    if not isinstance(id, str) or ":" in id:
        raise ScenarioError(
            f"{str(id)[:80]!r}: an environment's id is needed, without a module; 'autosafe list' shows the ids. "
            "An environment of your own comes with a pack, or as an object."
        )
    return id


def make_env(
    *,
    domain: str | None = None,
    split: str | None = "train",
    families: str | Iterable[str] | None = None,
    modes: str | Iterable[str] | None = None,
    outcomes: str | Iterable[str] | None = None,
    toolkits: str | Iterable[str] | None = None,
    channels: str | Iterable[str] | None = None,
    twin_share: float = 1 / 3,
    wrapper: str | None = None,
    **settings: Any,
) -> RiskEnv:
    """The entry point behind `gym.make`: filters go to `FamilySource`, settings to `RiskEnv`."""
    from autosafe_gym.envs.env import RiskEnv
    from autosafe_gym.library.source import FamilySource

    source = FamilySource(
        domain=domain,
        split=split,
        families=families,
        modes=modes,
        outcomes=outcomes,
        toolkits=toolkits,
        channels=channels,
        twin_share=twin_share,
        wrapper=wrapper,
    )
    return RiskEnv(source, **settings)


def make_vector_env(*, num_envs: int = 1, **kwargs: Any) -> RiskVectorEnv:
    """The vector entry point behind `gym.make_vec`; keywords as for `gym.make`."""
    from autosafe_gym.envs.vector import RiskVectorEnv

    return RiskVectorEnv([make_env(**kwargs) for _ in range(num_envs)])


def risk_env(env_id: str, **kwargs: Any) -> RiskEnv:
    """`gym.make`, checked to be a risk environment.

    Args:
        env_id: Such as `autosafe/Finance-v0`.
        **kwargs: As for `gym.make`.

    Returns:
        The environment, without wrappers.

    Raises:
        ScenarioError: If it isn't one, or `gym.make` does not know it or its arguments.
    """
    from autosafe_gym.envs.unwrapping import risk_env_of

    try:
        env = gym.make(check_id(env_id), **kwargs)
    except (gym.error.Error, TypeError, ModuleNotFoundError) as error:
        raise ScenarioError(f"{env_id}: {error} ('autosafe list' shows the ids.)") from error
    return risk_env_of(env, "'autosafe list' shows them", env_id)


def register_environments() -> None:
    """Registers the ids; a second call changes nothing."""
    for name, kwargs in [("All", {}), *((d, {"domain": d}) for d in DOMAINS)]:
        _register(f"autosafe/{name}-v0", ENTRY_POINT, VECTOR_ENTRY_POINT, kwargs)
    for name in registry.table("benchmark"):
        _register(name, registry.table("benchmark").now(name), None, {})


def register_benchmark(id: str, entry_point: str | Callable[..., Any]) -> None:
    """Makes a benchmark of one's own known to `gym.make`.

    Args:
        id: Such as `autosafe/Mine-v0`.
        entry_point: Makes its environment from the keywords of `gym.make`: a function, or `module:name`.
    """
    registry.add("benchmark", id, entry_point)
    _register(id, entry_point, None, {})


def _register(id: str, entry_point: Any, vector: str | None, kwargs: dict[str, Any]) -> None:
    if id not in gym.registry:
        # RiskEnv enforces order itself and check_env runs in the tests: no wrapper, no cost a step.
        gym.register(
            id,
            entry_point=entry_point,
            vector_entry_point=vector,
            kwargs=kwargs,
            order_enforce=False,
            disable_env_checker=True,
        )
