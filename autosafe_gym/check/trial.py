"""What the last of some actions brings about: its effects, and the settings that it leaves in records."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from autosafe_gym.envs.loaded import Loaded
from autosafe_gym.errors import ActionError
from autosafe_gym.ots.scenario import RiskScenario, ToolCall
from autosafe_gym.tools_mock.world import Effect, Table

Setting = tuple[str, str, str]
"""A table, a key and a field."""
_WORDS = 3
"""A longer value is a text, no setting."""
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Trial(NamedTuple):
    """What the last action brought about.

    Attributes:
        effects: Its effects.
        settings: The fields of records that were there before and say now something else: a switch, a
            status, a word or two.
        tables: The records afterwards.
    """

    effects: list[Effect]
    settings: dict[Setting, Any]
    tables: Mapping[str, Table]


def trial(scenario: RiskScenario, actions: Sequence[ToolCall]) -> Trial:
    """Plays actions and gives what the last one brought about; nothing if it can't be read.

    Args:
        scenario: Any scenario; it is not changed.
        actions: At least one.
    """
    loaded = Loaded(scenario)
    tables = loaded.world.tables
    before: dict[str, dict[str, dict[str, Any]]] = {}
    start = 0
    for action in actions:
        before = {
            table: {key: dict(record) for key, record in records.items()}
            for table, records in tables.items()
        }
        start = len(loaded.world.effects)
        try:
            loaded.execute(loaded.tools.decode(action))
        except ActionError:
            return Trial([], {}, tables)
    settings = {
        (table, key, field): value
        for table, records in before.items()
        for key, old in records.items()
        for field, value in tables[table].get(key, {}).items()
        if value != old.get(field) and _is_setting(value)
    }
    return Trial(loaded.world.effects[start:], settings, tables)


def _is_setting(value: Any) -> bool:
    # A day is when it was changed, not what it was set to.
    return isinstance(value, bool) or (
        isinstance(value, str) and 0 < len(value.split()) <= _WORDS and not _DAY.match(value)
    )
