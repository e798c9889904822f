"""`Notes`: what the features keep of an episode between two steps, so that a step reads only what is new."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from autosafe_gym.features.layout import ACTS
from autosafe_gym.features.menu import Menu
from autosafe_gym.features.sight import Sight
from autosafe_gym.features.words import Words, read_words, spelt
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import get_tool


class Notes:
    """Keeps up with a menu: with what was read and with what was called.

    Attributes:
        sight: The texts.
        opening: The first text's lines, in lower case.
        words: Of all the tools together.
        fitting: Per tool, how many stems the instruction shares with it (3 and more: 1), whether no
            tool shares more, and how many classes of words (2 and more: 1).
        left: Classes of words in the instruction that no call so far has answered.
        done: Per tool that was called, the values of its required arguments in each call that gave
            no others.
        last: The tool that was called last.
        changed: Whether anything but a reading tool was called.
        used: Values of the arguments so far; `used_text`: the same as lower-case text.
        tool_cells: Per tool, what its candidates share, and what it is made from.
        unnamed: Whether a line was shown whose author the instruction does not name.
    """

    def __init__(self, menu: Menu) -> None:
        self.sight = Sight(menu.now)
        self.opening = ""
        self.words = Words((), frozenset(), frozenset())
        self.fitting: dict[str, tuple[float, float, float]] = {}
        self.left: frozenset[str] = frozenset()
        self.done: dict[str, list[list[Any]]] = {}
        self.last = ""
        self.changed = False
        self.used: set[Any] = set()
        self.used_text: set[str] = set()
        self.tool_cells: dict[str, tuple[Any, bytes]] = {}
        self.unnamed = False
        self._calls = 0

    def keep_up(self, menu: Menu) -> None:
        """Takes in what the menu was told since the last time."""
        sight = self.sight
        first, own = sight.turns == 0, sight.own
        while sight.turns < menu.seen:
            sight.see(menu.texts[sight.turns], menu.asked_for[sight.turns])
        if sight.own != own:
            self.unnamed = False  # The lines are looked at again.
        if first:
            self.left = sight.classes
            self.opening = "\n".join(s.line.lower for s in sight.lines[: sight.opening])
            self._fit(menu)
        calls = menu.calls_made
        while self._calls < len(calls):
            self._note(*calls[self._calls])
            self._calls += 1

    def _fit(self, menu: Menu) -> None:
        tools = tuple(menu.tools)
        self.words = _together(tools)
        told, kinds = self.sight.stems & self.words.stems, self.sight.classes & self.words.classes
        words = {tool.name: words_of(tool) for tool in tools}
        counts = {name: len(each.stems & told) for name, each in words.items()}
        best = max(counts.values(), default=0)
        for name, each in words.items():
            count = counts[name]
            shared = min(len(each.classes & kinds), 2) / 2.0
            self.fitting[name] = (min(count, 3) / 3.0, float(0 < best == count), shared)

    def _note(self, name: str, arguments: dict[str, Any]) -> None:
        self.last = name
        done = self.done.setdefault(name, [])
        tool = get_tool(name)
        if arguments.keys() == set(tool.required):
            done.append([arguments[required] for required in tool.required])
        if name not in ACTS:
            self.left -= words_of(tool).classes
            self.changed = self.changed or tool.kind != "read"
        for value in arguments.values():
            for one in value if isinstance(value, list) else (value,):
                if isinstance(one, (str, int, float)) and one not in self.used:
                    self.used.add(one)
                    self.used_text.add(str(one).lower())


def notes_of(menu: Menu) -> Notes:
    """The notes of a menu's episode, up to date."""
    notes: Notes | None = menu.notes
    if notes is None:
        notes = menu.notes = Notes(menu)
    notes.keep_up(menu)
    return notes


@lru_cache(maxsize=4096)
def words_of(tool: Tool) -> Words:
    """A tool's words: stems of its name and first sentence, classes of its name alone."""
    name = spelt(tool.name)
    whole = read_words(f"{name} {tool.description.split('.')[0]}")
    return whole._replace(classes=read_words(name).classes)


@lru_cache(maxsize=512)
def _together(tools: tuple[Tool, ...]) -> Words:
    words = [words_of(tool) for tool in tools]
    stems = frozenset().union(*(each.stems for each in words))
    return Words((), stems, frozenset().union(*(each.classes for each in words)))
