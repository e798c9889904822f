"""The mocked world: records, an undo journal, a ledger of effects; and one module for each toolkit."""

from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import Toolkit, all_toolkits, get_toolkit, register_toolkit
from autosafe_gym.tools_mock.toolset import Toolset, toolset
from autosafe_gym.tools_mock.world import Effect, World

__all__ = [
    "Effect",
    "Tool",
    "Toolkit",
    "Toolset",
    "World",
    "all_toolkits",
    "get_toolkit",
    "register_toolkit",
    "toolset",
]

if __name__ == "tools_mock":  # Found by the link at the top of a clone.
    from autosafe_gym.root_links import step_aside

    step_aside(__name__, __file__)
