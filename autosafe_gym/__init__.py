"""OTS risk scenarios as Gymnasium environments: test, reflect on and train LLM agents for safety."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autosafe_gym import registry
from autosafe_gym.library.registration import register_environments

if TYPE_CHECKING:
    from autosafe_gym.envs.vector import make_vec
    from autosafe_gym.episodes.play import play

__version__ = "0.1.0"
__all__ = ["__version__", "make_vec", "play"]

for _kind, _name, _where in (
    ("agent", "openai", "autosafe_gym.agents.openai_agent:OpenAIAgent"),
    ("agent", "react", "autosafe_gym.agents.text_agents:ReActAgent"),
    ("agent", "json", "autosafe_gym.agents.text_agents:JSONAgent"),
    ("agent", "brief", "autosafe_gym.agents.text_agents:BriefAgent"),
    ("agent", "choice", "autosafe_gym.agents.choice_agent:ChoiceAgent"),
    ("agent", "policy", "autosafe_gym.training.agent:load_agent"),
    ("benchmark", "autosafe/InjecAgent-v0", "autosafe_gym.adapters.injecagent:make_env"),
    ("benchmark", "autosafe/Simulated-v0", "autosafe_gym.adapters.own_tools:make_env"),
    ("check", "names of conditions", "autosafe_gym.tools_mock.condition_names:check_conditions"),
):
    registry.add(_kind, _name, _where)
for _kind, _home in (
    ("agent", "autosafe_gym.agents.controls"),
    ("attack", "autosafe_gym.library.attacks"),
    ("defence", "autosafe_gym.defences.defences"),
    ("family", "autosafe_gym.library.catalog:load"),
    ("reward", "autosafe_gym.envs.reward"),
    ("tool", "autosafe_gym.tools_mock.catalog"),
    ("toolkit", "autosafe_gym.tools_mock.catalog"),
):
    registry.add_home(_kind, _home)
register_environments()


def __getattr__(name: str) -> Any:
    # Loaded on first use: importing the package costs hardly more than importing gymnasium.
    if name == "play":
        from autosafe_gym.episodes.play import play

        return play
    if name == "make_vec":
        from autosafe_gym.envs.vector import make_vec

        return make_vec
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
