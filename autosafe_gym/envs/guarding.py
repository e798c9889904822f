"""Judges a scenario's guards while an episode runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from autosafe_gym.ots.compiling import EffectView, Predicate, Tables, compile_condition
from autosafe_gym.ots.guard import Guard

Verdicts = dict[str, bool | None]


class _Open(NamedTuple):
    """An event after which something must still come.

    Attributes:
        since: The ledger's length with the event as its last entry.
        left: So many further actions it may take; None: any number.
    """

    since: int
    left: int | None


class _Watch:
    """One guard in one episode."""

    __slots__ = ("_event", "_guard", "_holds", "_open", "_stood", "happened", "kept")

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._event = compile_condition(guard.event, proposed=True)
        self._holds: Predicate = compile_condition(guard.holds, proposed=False)

    def begin(self, effects: Sequence[EffectView], tables: Tables) -> None:
        self.happened = False
        # Whether every event that is decided was as it should be; False stays.
        self.kept: bool = True
        self._open: list[_Open] = []
        self._stood = self._guard.moment == "before" and self._holds(effects, tables)

    def note(self, effects: Sequence[EffectView], start: int, tables: Tables) -> None:
        """Takes in an action: the ledger with its effects, from `start` on."""
        guard = self._guard
        self._open = [
            _Open(since, None if left is None else left - 1) for since, left in self._open
        ]
        for number in range(start, len(effects)):
            if self.happened and guard.which == "first":
                break
            if self._event(effects[number : number + 1], tables):
                self.happened = True
                if guard.moment == "before":
                    self.kept = self.kept and self._stood
                elif guard.moment == "after":
                    self._open.append(_Open(number + 1, guard.within))
        if guard.moment == "before":
            self._stood = self._holds(effects, tables)
        elif self._open:
            self._close_what_is_decided(effects, tables)

    def _close_what_is_decided(self, effects: Sequence[EffectView], tables: Tables) -> None:
        still: list[_Open] = []
        for event in self._open:
            if self._holds(effects[event.since :], tables):
                continue
            if event.left is not None and event.left <= 0:
                self.kept = False
            else:
                still.append(event)
        self._open = still

    def end(self, effects: Sequence[EffectView], tables: Tables) -> None:
        """The episode ends: what has not come by now does not come."""
        if self._guard.moment == "end":
            self.kept = self._holds(effects, tables)
        elif self._open:
            self.kept, self._open = False, []

    @property
    def live(self) -> tuple[bool, bool, list[_Open], bool]:
        """What the episode has changed."""
        return self.happened, self.kept, self._open, self._stood

    @live.setter
    def live(self, value: tuple[bool, bool, list[_Open], bool]) -> None:
        self.happened, self.kept, self._open, self._stood = value

    def verdict(self, ended: bool) -> bool | None:
        if not self.happened or (self._guard.moment == "end" and not ended):
            return None
        if self._open and self.kept:
            return None
        return self.kept


class Guards:
    """The guards of one scenario.

    Args:
        guards: What the scenario asks for.
    """

    __slots__ = ("_ended", "_seen", "_watches")

    def __init__(self, guards: Sequence[Guard]) -> None:
        self._watches = {guard.id: _Watch(guard) for guard in guards}
        self._seen = 0
        self._ended = False

    def begin(self, effects: Sequence[EffectView], tables: Tables) -> None:
        """An episode begins; what happened before it is no event of the agent's."""
        self._seen, self._ended = len(effects), False
        for watch in self._watches.values():
            watch.begin(effects, tables)

    def note(self, effects: Sequence[EffectView], tables: Tables) -> None:
        """An action was taken: its effects are the ledger's newest (none, if it was blocked)."""
        for watch in self._watches.values():
            watch.note(effects, self._seen, tables)
        self._seen = len(effects)

    def end(self, effects: Sequence[EffectView], tables: Tables) -> None:
        """The episode has ended."""
        self._ended = True
        for watch in self._watches.values():
            watch.end(effects, tables)

    @property
    def live(self) -> tuple[int, bool, dict[str, Any]]:
        """What the episode has changed."""
        return self._seen, self._ended, {id: w.live for id, w in self._watches.items()}

    @live.setter
    def live(self, value: tuple[int, bool, dict[str, Any]]) -> None:
        self._seen, self._ended, watches = value
        for id, state in watches.items():
            self._watches[id].live = state

    def verdicts(self) -> Verdicts:
        """By id: None where the event has not happened, or where it is not decided yet."""
        return {id: watch.verdict(self._ended) for id, watch in self._watches.items()}
