"""One page for each toolkit, written from the code: `autosafe tools --pages docs/toolkits`."""

from __future__ import annotations

import inspect
import re
import sys
from pathlib import Path

from autosafe_gym.errors import DataError
from autosafe_gym.library.family import all_families
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import Toolkit, shipped_toolkits

_VERB = re.compile(r'\.(?:effect\(\s*"(\w+)"|sends\()')
"""What enters an effect; `sends` enters `delivered`."""


FAMILIES = "autosafe_gym.library.families."


def pages() -> dict[str, str]:
    """Every page by its file name, the index (`README.md`) among them."""
    kits = list(shipped_toolkits().values())
    found = {f"{kit.name}.md": _page(kit) for kit in kits}
    rows = [
        f"| [{kit.name}]({kit.name}.md) | {len(kit.tools)} | {kit.description} | "
        f"{', '.join(kit.stands_for)} |"
        for kit in kits
    ]
    number = sum(len(kit.tools) for kit in kits)
    found["README.md"] = (
        f"# Toolkits\n\n{len(kits)} toolkits with {number} tools; `dialogue` is always there. "
        "The last column names the toolkits of arXiv 2505.17735 that a kit stands for.\n\n"
        "| toolkit | tools | what it is | stands for |\n| --- | ---: | --- | --- |\n"
        + "\n".join(rows)
        + "\n"
    )
    return found


def write_pages(folder: Path) -> int:
    """Writes every page into a folder; a page of a toolkit that is gone is taken away.

    Returns:
        How many pages there are.

    Raises:
        DataError: If the folder can't be written.
    """
    made = pages()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("*.md"):
            if old.name not in made:
                old.unlink()
        for name, text in made.items():
            (folder / name).write_text(text, encoding="utf-8")
    except OSError as error:
        raise DataError(f"{folder}: can't be written ({error.strerror}).") from error
    return len(made)


def _page(kit: Toolkit) -> str:
    module = sys.modules[kit.module]
    lines = [f"# {kit.name}", "", kit.description, ""]
    if kit.stands_for:
        lines += [f"Stands for {', '.join(kit.stands_for)} (arXiv 2505.17735).", ""]
    records = (module.__doc__ or "").partition("\n\n")[2].strip()
    if records:
        lines += ["## Records", "", _prose(records), ""]
    verbs = dict.fromkeys(v or "delivered" for v in _VERB.findall(inspect.getsource(module)))
    if verbs:
        shown = ", ".join(f"`{verb}`" for verb in verbs)
        lines += [f"Effects beside the tools' own names: {shown}.", ""]
    lines += ["## Tools", "", "| tool | kind | what it does |", "| --- | --- | --- |"]
    for tool in kit.tools.values():
        kind = f"{tool.kind}, irreversible" if tool.irreversible else tool.kind
        lines.append(f"| `{tool.name}` | {kind} | {_prose(tool.description)} |")
    for tool in kit.tools.values():
        lines += _arguments(tool)
    used = [
        f.id
        for f in all_families().values()
        if kit.name in f.toolkits and f.build.__module__.startswith(FAMILIES)
    ]
    if used:
        lines += ["", "## Families", "", ", ".join(f"`{name}`" for name in used)]
    return "\n".join(lines) + "\n"


def _arguments(tool: Tool) -> list[str]:
    if not tool.parameters:
        return []
    about = tool.schema["function"]["parameters"]["properties"]
    lines = ["", f"### {tool.name}", "", "| argument | meaning | |", "| --- | --- | --- |"]
    for name in tool.parameters:
        meant = tool.semantics[name]
        kind = meant.name if meant else str(about[name].get("type", ""))
        needed = "" if name in tool.required else f" (default: `{tool.defaults[name]!r}`)"
        lines.append(f"| `{name}` | {kind} | {_prose(about[name]['description'])}{needed} |")
    return lines


def _prose(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")
