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
from autosafe_gym.tools_mock.tool import Tool

Array = np.ndarray[Any, np.dtype[np.float32]]

TEXT = 192
"""Buckets of hashed words for the instruction, and as many for the newest observation."""
TOOL = 48
AROUND = 48
TYPE = 12
FLAGS = 10
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


class Featurizer:
    """Turns a menu into arrays, and remembers what the policy did in this episode.

    Shapes: context (`CONTEXT`,), candidates (`MAX_CANDIDATES`, `CANDIDATE`), mask
    (`MAX_CANDIDATES`,), all float32 but the mask (int8).
    """

    def __init__(self) -> None:
        self._done: dict[str, int] = {}
        self._calls: set[tuple[str, str]] = set()
        self._last: Tool | None = None
        self._steps = 0

    def start(self) -> None:
        """Begins an episode."""
        self._done = {}
        self._calls = set()
        self._last = None
        self._steps = 0

    def note(self, candidate: Candidate) -> None:
        """Takes in the candidate that was chosen."""
        name = candidate.tool.name
        self._done[name] = self._done.get(name, 0) + 1
        self._calls.add((name, repr(candidate.arguments)))
        self._last = candidate.tool
        self._steps += 1

    def context(self, menu: Menu) -> Array:
        """The context: instruction, newest observation, last tool, progress."""
        vector = np.zeros(CONTEXT, dtype=np.float32)
        vector[:TEXT] = hashed(menu.texts[0], TEXT)
        if menu.seen > 1:
            vector[TEXT : 2 * TEXT] = hashed(menu.texts[-1], TEXT)
        end = 2 * TEXT + TOOL
        if self._last is not None:
            vector[2 * TEXT : end] = _tool_vector(self._last)[:TOOL]
        steps = min(self._steps, 4)
        vector[end + steps] = 1.0
        vector[end + 5] = float(menu.texts[-1].startswith("Error:"))
        vector[end + 6] = float(menu.texts[-1].startswith("User:"))
        vector[end + 7] = len(menu.candidates) / MAX_CANDIDATES
        return vector

    def candidates(self, menu: Menu) -> tuple[Array, np.ndarray[Any, np.dtype[np.int8]]]:
        """Features of the candidates, padded with zeros, and which rows are candidates."""
        offered = menu.candidates
        out = np.zeros((MAX_CANDIDATES, CANDIDATE), dtype=np.float32)
        mask = np.zeros(MAX_CANDIDATES, dtype=np.int8)
        mask[: len(offered)] = 1
        rows: dict[int, int] = {}
        entities: list[Entity] = []
        bound: list[int] = []
        owner: list[int] = []
        newest = menu.seen - 1
        for i, candidate in enumerate(offered):
            for entity in candidate.entities:
                row = rows.get(id(entity))
                if row is None:
                    row = rows[id(entity)] = len(entities)
                    entities.append(entity)
                bound.append(row)
                owner.append(i)
        out[: len(offered), : TOOL + KIND] = [_tool_vector(c.tool) for c in offered]
        if entities:
            table = np.array([self._entity(e, newest) for e in entities], dtype=np.float32)
            at = TOOL + KIND
            flags = table[:, :FLAGS]
            picked = flags[bound]
            np.maximum.at(out[:, at : at + FLAGS], owner, picked)
            low = np.ones((len(offered), FLAGS), dtype=np.float32)
            np.minimum.at(low, owner, picked)
            has = np.zeros(len(offered), dtype=bool)
            has[owner] = True
            out[: len(offered), at + FLAGS : at + 2 * FLAGS] = low * has[:, None]
            rest = at + 2 * FLAGS
            np.add.at(out[:, rest : rest + TYPE + AROUND], owner, table[bound, FLAGS:])
        done, calls = self._done, self._calls
        if done:
            for i, candidate in enumerate(offered):
                name = candidate.tool.name
                if name in done:
                    out[i, -3] = 1.0
                    out[i, -2] = float(self._last is candidate.tool)
                    out[i, -1] = float((name, repr(candidate.arguments)) in calls)
        return out, mask

    def _entity(self, entity: Entity, newest: int) -> Array:
        row = np.zeros(FLAGS + TYPE + AROUND, dtype=np.float32)
        row[0] = entity.in_instruction
        row[1] = entity.from_user
        row[2] = entity.from_tool
        row[3] = entity.last == newest
        row[4] = entity.first == newest
        row[5] = entity.count > 1
        row[6] = entity.first < 0
        row[7] = entity.in_instruction and entity.from_tool
        row[8] = entity.from_tool and not entity.in_instruction
        row[9] = 1.0
        value = str(entity.value) if not entity.type else ""
        row[FLAGS : FLAGS + TYPE] = _type_vector(entity.type, value)
        row[FLAGS + TYPE :] = hashed(entity.context, AROUND)
        return row
