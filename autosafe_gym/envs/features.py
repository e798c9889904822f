"""Features of a menu: fixed-size arrays for the context and for each candidate.

They carry over to tools and families that a policy has never seen: hashed text, and *relations* that
any call has (does this argument occur in the instruction; did a tool's result bring it up; is the
effect external or irreversible by its declaration; was the same call made before). Nothing here
reads an oracle, a label or a split.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Any

import numpy as np

from autosafe_gym.envs.menu import MAX_CANDIDATES, Candidate, Entity, Menu
from autosafe_gym.tools_mock.tool import Tool, get_tool

Array = np.ndarray[Any, np.dtype[np.float32]]

TEXT = 192
"""Buckets of hashed words for the instruction, and as many for the newest observation."""
TOOL = 48
AROUND = 48
TYPE = 12
FLAGS = 11
CONTEXT = 2 * TEXT + TOOL + 8
KIND = 9
CANDIDATE = TOOL + KIND + FLAGS * 2 + TYPE + AROUND + 3

_WORD = re.compile(r"[a-z]{2,}|[€$£%!?]|\d+")
_KINDS = {"read": 0, "write": 1, "external": 2}
_ACTS = {"ask_user": 4, "confirm": 5, "refuse": 6, "finish": 7}


@lru_cache(maxsize=1 << 16)
def _bucket(word: str) -> int:
    return zlib.crc32(word.encode())


def _words(text: str) -> list[str]:
    # A number's own digits say nothing that carries over; that there is one does.
    return ["0" if w[0].isdigit() else w for w in _WORD.findall(text.lower())]


@lru_cache(maxsize=1 << 14)
def hashed(text: str, size: int) -> Array:
    """Hashed bag of words, square-rooted and scaled to unit length. Read only (it is cached)."""
    found = [_bucket(w) % size for w in _words(text)]
    vector = np.zeros(size, dtype=np.float32)
    if found:
        counts = np.bincount(found, minlength=size)
        vector[:] = np.sqrt(counts)
        vector /= np.sqrt(vector @ vector)
    return vector


@lru_cache(maxsize=4096)
def _tool_vector(tool: Tool) -> Array:
    vector = np.zeros(TOOL + KIND, dtype=np.float32)
    words = f"{tool.name.replace('_', ' ')} {tool.description}"
    vector[:TOOL] = hashed(words, TOOL)
    # The name itself counts more than the description's words.
    vector[_bucket(tool.name) % TOOL] += 1.0
    act = _ACTS.get(tool.name)
    if act is None:
        vector[TOOL + _KINDS[tool.kind]] = 1.0
        vector[TOOL + 3] = float(tool.irreversible)
    else:
        vector[TOOL + act] = 1.0
    vector[TOOL + 8] = len(tool.required) / 3.0
    return vector


@lru_cache(maxsize=256)
def _type_vector(name: str, value: str) -> Array:
    vector = np.zeros(TYPE, dtype=np.float32)
    vector[_bucket(f"{name}:{value}") % TYPE] = 1.0
    return vector


def context_features(menu: Menu) -> Array:
    """The context: instruction, newest observation, last tool, progress; shape (`CONTEXT`,)."""
    vector = np.zeros(CONTEXT, dtype=np.float32)
    vector[:TEXT] = hashed(menu.texts[0], TEXT)
    if menu.seen > 1:
        vector[TEXT : 2 * TEXT] = hashed(menu.texts[-1], TEXT)
    end = 2 * TEXT + TOOL
    if menu.calls_made:
        vector[2 * TEXT : end] = _tool_vector(get_tool(menu.calls_made[-1][0]))[:TOOL]
    vector[end + min(menu.seen - 1, 4)] = 1.0
    vector[end + 5] = float(menu.texts[-1].startswith("Error:"))
    vector[end + 6] = float(menu.texts[-1].startswith("User:"))
    vector[end + 7] = len(menu.candidates) / MAX_CANDIDATES
    return vector


def candidate_features(menu: Menu) -> Array:
    """Features of the candidates, shape (number of candidates, `CANDIDATE`)."""
    offered = menu.candidates
    out = np.zeros((len(offered), CANDIDATE), dtype=np.float32)
    # One gather from a matrix of all tools: a row for each candidate from Python is slow.
    numbers = [_tool_number(c.tool) for c in offered]
    out[:, : TOOL + KIND] = _tool_rows(len(_TOOLS))[numbers]
    _add_entities(out, offered, menu.seen - 1)
    if menu.calls_made:
        _add_calls(out, offered, menu.calls_made)
    return out


def _add_calls(
    out: Array, offered: list[Candidate], calls: list[tuple[str, dict[str, Any]]]
) -> None:
    """Whether a candidate's tool was called before, was called last, with the same arguments."""
    done: dict[str, list[dict[str, Any]]] = {}
    for name, arguments in calls:
        done.setdefault(name, []).append(arguments)
    last = calls[-1][0]
    again = [i for i, candidate in enumerate(offered) if candidate.tool.name in done]
    if again:
        some = [offered[i] for i in again]
        out[again, -3] = 1.0
        out[again, -2] = [c.tool.name == last for c in some]
        out[again, -1] = [c.arguments in done[c.tool.name] for c in some]


_TOOLS: list[Tool] = []


@lru_cache(maxsize=4096)
def _tool_number(tool: Tool) -> int:
    _TOOLS.append(tool)
    return len(_TOOLS) - 1


@lru_cache(maxsize=4)
def _tool_rows(count: int) -> Array:
    return np.array([_tool_vector(tool) for tool in _TOOLS[:count]])


def _add_entities(out: Array, offered: list[Candidate], newest: int) -> None:
    flat = [entity for candidate in offered for entity in candidate.entities]
    if not flat:
        return
    entities = list({id(entity): entity for entity in flat}.values())
    # Row 0 stands for "no entity in this slot".
    rows = {id(entity): row for row, entity in enumerate(entities, 1)}
    counts = np.array([len(candidate.entities) for candidate in offered])
    index = np.zeros((len(offered), counts.max()), dtype=np.intp)
    index[np.arange(index.shape[1]) < counts[:, None]] = [rows[id(entity)] for entity in flat]
    table = np.zeros((len(entities) + 1, FLAGS + TYPE + AROUND), dtype=np.float32)
    table[1:] = [_entity(e) for e in entities]
    table[1:, 3] = [e.last == newest for e in entities]
    table[1:, 4] = [e.first == newest for e in entities]
    gathered = table[index]
    at = TOOL + KIND
    out[:, at : at + FLAGS] = gathered[:, :, :FLAGS].max(axis=1)
    lowest = table[:, :FLAGS].copy()
    lowest[0] = 2.0
    least = lowest[index].min(axis=1)
    out[:, at + FLAGS : at + 2 * FLAGS] = np.where(least > 1.0, 0.0, least)
    rest = at + 2 * FLAGS
    out[:, rest : rest + TYPE + AROUND] = gathered[:, :, FLAGS:].sum(axis=1)


def _entity(entity: Entity) -> Array:
    """What of an entity's features lasts until it is seen again; kept with it."""
    if entity.row is not None:
        kept: Array = entity.row
        return kept
    row: Array = np.zeros(FLAGS + TYPE + AROUND, dtype=np.float32)
    row[:FLAGS] = (
        entity.in_instruction,
        entity.from_user,
        entity.from_tool,
        False,  # Seen in the newest observation: changes with every step.
        False,  # First seen in the newest observation: likewise.
        entity.count > 1,
        entity.first < 0,
        entity.in_instruction and entity.from_tool,
        entity.from_tool and not entity.in_instruction,
        entity.kin,
        1.0,
    )
    value = str(entity.value) if not entity.type else ""
    row[FLAGS : FLAGS + TYPE] = _type_vector(entity.type, value)
    row[FLAGS + TYPE :] = hashed(entity.context, AROUND)
    entity.row = row
    return row
