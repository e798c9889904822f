"""Rows of the tools: the words of each, and what its effect is by declaration."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from autosafe_gym.features.layout import ACTS, KINDS, TOOL, TOOL_WORDS, TOOLS, Array
from autosafe_gym.features.sentences import meanings
from autosafe_gym.features.words import read_words, spelt
from autosafe_gym.tools_mock.tool import Tool


@lru_cache(maxsize=512)
def tool_rows(tools: tuple[Tool, ...]) -> tuple[dict[str, int], Array]:
    """For each tool's name its number, from 1, and the rows of the tools; not to be changed."""
    kept = _listed(tools)
    numbers = {tool.name: number for number, tool in enumerate(kept, 1)}
    return numbers, np.array([_tool_row(tool) for tool in kept])


@lru_cache(maxsize=512)
def tool_meanings(tools: tuple[Tool, ...]) -> Array:
    """What the same tools' names and descriptions mean, row by row; not to be changed."""
    return meanings(_told(tool) for tool in _listed(tools))


def _listed(tools: tuple[Tool, ...]) -> list[Tool]:
    return list({tool.name: tool for tool in tools}.values())[:TOOLS]


def _told(tool: Tool) -> str:
    first = tool.description.split("\n")[0]
    return f"{spelt(tool.name)} {first}"


@lru_cache(maxsize=4096)
def _tool_row(tool: Tool) -> Array:
    row: Array = np.zeros(TOOL, dtype=np.float32)
    found = read_words(_told(tool), TOOL_WORDS).numbers
    row[: len(found)] = found
    act = ACTS.get(tool.name)
    if act is None:
        row[TOOL_WORDS + KINDS[tool.kind]] = 1.0
        row[TOOL_WORDS + 3] = float(tool.irreversible)
    else:
        row[TOOL_WORDS + act] = 1.0
    row[TOOL_WORDS + 8] = len(tool.required) / 3.0
    return row
