"""The folders `envs`, `tools_mock` and `agents` at the top of a clone are links into the package.

Who works in the clone has its folder on the path, so that `import agents` finds the link in place of an installed
package of that name, such as the OpenAI Agents SDK. A room that is imported under its short name steps aside.
"""

from __future__ import annotations

import importlib.util
import sys
from importlib.machinery import PathFinder
from pathlib import Path


def step_aside(name: str, file: str) -> None:
    """Puts the installed package of this name in the place of a link.

    Args:
        name: The name under which a room was imported.
        file: The room's `__init__.py`, as it was found.

    Raises:
        ImportError: If nothing of that name is installed; it gives the right name.
    """
    package = Path(__file__).parent.name
    # Another clone may be on the path as well.
    others = [p for p in sys.path if (Path(p or ".") / name).resolve().parent.name != package]
    spec = PathFinder.find_spec(name, others)
    if spec is None or spec.loader is None:
        raise ImportError(
            f"{Path(file).parent} is a link to a part of autosafe_gym: import autosafe_gym.{name}. No other "
            f"package named {name!r} is installed.",
            name=name,
        )
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
