"""The toolkits that ship with the package: importing this imports, and so registers, each of them."""

from __future__ import annotations

import pkgutil
from importlib import import_module

from autosafe_gym import tools_mock

for _module in sorted(module.name for module in pkgutil.iter_modules(tools_mock.__path__)):
    if not _module.startswith("_"):
        import_module(f"{tools_mock.__name__}.{_module}")
