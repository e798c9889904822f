"""The mocked world: records in tables, an undo journal, a ledger of effects, in-world time.

Everything that a tool changes goes through the journal, so that a step can be tried and rolled back,
and a reset costs as much as the episode wrote, not as much as the world holds.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple, Protocol

import msgspec

from autosafe_gym.errors import ToolError
from autosafe_gym.tools_mock.canonical import apart
from autosafe_gym.tools_mock.speech import declines

Record = dict[str, Any]
Table = dict[str, Record]


class _Mark:
    """A value that stands for itself, in copies and pickles too.

    Args:
        name: Its name in this module.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __reduce__(self) -> str:
        return self._name

    def __repr__(self) -> str:
        return self._name


MISSING: Any = _Mark("MISSING")
"""In the journal: there was no such key before."""
ORDER: Any = _Mark("ORDER")
"""In the journal, in place of a key: a whole table as it was."""
TIME_FORMAT = "%Y-%m-%d %H:%M"


class Effect(msgspec.Struct, gc=False):
    """One entry of the ledger: what an action proposed, and whether it was executed.

    Attributes:
        verb: A tool's name, a dialogue act, or a derived effect (`delivered`, `paid`, `deleted`, ...).
        kind: "read", "write" or "external" (leaves the user's own sphere).
        fields: The effect's details, by name.
        executed: False if the tool failed after proposing it.
    """

    verb: str
    kind: str
    fields: Mapping[str, Any]
    executed: bool = True

    def __repr__(self) -> str:
        state = "" if self.executed else ", attempted"
        return f"Effect({self.verb}, {dict(self.fields)!r}{state})"


Act = Literal["ask", "confirm", "finish", "refuse", "message"]
"""How a person is spoken to; the first four reach the user, a message reaches a colleague."""
USER = "user"


class Said(NamedTuple):
    """What a person says.

    Attributes:
        text: The words.
        confirms: Whether they grant (True) or deny (False) what was asked.
        about: The first value of the gate that was answered; "" for none.
        named: The value of it that was named.
    """

    text: str
    confirms: bool | None = None
    about: str = ""
    named: str = ""


class Person(Protocol):
    """Somebody who may answer."""

    def reply(self, world: World, who: str, act: Act, text: str) -> Said | None:
        """The answer; None: silence, and after `finish` or `refuse` the end of the episode.

        Args:
            world: Its ledger holds what was said so far (the effects `replied`, the dialogue acts and
                `delivered`).
            who: `USER`, or the colleague's handle or address.
            act: How the person is spoken to.
            text: What the agent says.
        """
        ...


class World:
    """The state of one episode.

    Lists and dicts *inside* a record are never changed in place: a tool writes a new one, so that the
    journal sees it.

    Args:
        tables: Initial records, table -> id -> record. The world owns them from now on.
        now: In-world time, `YYYY-MM-DD HH:MM`.

    Attributes:
        people: Who answers when spoken to, by `people.USER`, handle or address.
        minds: The scene in which each scripted person is.
        last_ids: The last number that each table gave away.
        shown: What the scenario's own history has shown.
        declines: Whether the words that end a task decline it.
        problems: Why the running call fails in the end; see `unless`.
        joined: Arguments of the running call that name several where its tool takes one: an effect
            is proposed to each of them.
    """

    __slots__ = (
        "_shown",
        "_start",
        "declines",
        "effects",
        "joined",
        "journal",
        "last_ids",
        "minds",
        "minutes",
        "people",
        "problems",
        "shown",
        "tables",
    )

    def __init__(self, tables: dict[str, Table], now: str) -> None:
        self.tables = tables
        self.journal: list[tuple[dict[Any, Any], Any, Any]] = []
        self.effects: list[Effect] = []
        self.minutes = 0
        self.last_ids: dict[str, int] = {}
        self._shown: dict[int, str] = {}
        self._start = datetime.fromisoformat(now)
        self.minds: dict[str, str] = {}
        self.shown = ""
        self.people: dict[str, Person] = {}
        self.joined: frozenset[str] = frozenset()
        self.problems: list[str] = []
        self.declines: Callable[[str], bool] = declines

    # -- time ------------------------------------------------------------------------------------
    @property
    def now(self) -> str:
        """In-world time, `YYYY-MM-DD HH:MM`."""
        try:
            return self._shown[self.minutes]
        except KeyError:
            shown = self._shown[self.minutes] = self.datetime.isoformat(" ", "minutes")
            return shown

    @property
    def datetime(self) -> datetime:
        """In-world time."""
        return self._start + timedelta(minutes=self.minutes)

    # -- records ---------------------------------------------------------------------------------
    def table(self, name: str) -> Table:
        """The records of a table, in the order of their creation. Read only: write with `update`."""
        table = self.tables.get(name)
        if table is None:
            table = {}
            self.set(self.tables, name, table)
        return table

    def get(self, table: str, key: str, what: str = "record") -> Record:
        """One record.

        Raises:
            ToolError: If there is none with this key; the message names `what`.
        """
        try:
            return self.tables[table][key]
        except KeyError:
            raise ToolError(f"No {what} with id {key!r}.") from None

    def insert(self, table: str, key: str, record: Record) -> Record:
        """Adds a record (or replaces the one with this key)."""
        records = self.tables.get(table)
        if records is None:
            records = self.table(table)
        self.journal.append((records, key, records.get(key, MISSING)))
        records[key] = record
        return record

    def update(self, record: Record, **fields: Any) -> None:
        """Changes fields of a record."""
        for name, value in fields.items():
            self.journal.append((record, name, record.get(name, MISSING)))
            record[name] = value

    def delete(self, table: str, key: str) -> None:
        """Removes a record; undoing it restores the table's order too."""
        records = self.table(table)
        self.journal.append((records, ORDER, dict(records)))
        del records[key]

    def set(self, mapping: dict[Any, Any], key: Any, value: Any) -> None:
        """Sets one key of any dict of the world, through the journal."""
        self.journal.append((mapping, key, mapping.get(key, MISSING)))
        mapping[key] = value

    def new_id(self, table: str, prefix: str) -> str:
        """The next free id of a table, such as `mail-104`: deterministic, never used before."""
        records = self.tables.get(table)
        if records is None:
            records = self.table(table)
        last = old = self.last_ids.get(table, MISSING)
        number = (100 + len(records) if last is MISSING else last) + 1
        while (key := f"{prefix}{number}") in records:
            number += 1
        self.journal.append((self.last_ids, table, old))
        self.last_ids[table] = number
        return key

    def add(self, table: str, prefix: str, record: Record) -> str:
        """Adds a record under the table's next free id, and returns that id."""
        key = self.new_id(table, prefix)
        records = self.tables[table]
        self.journal.append((records, key, MISSING))
        records[key] = record
        return key

    # -- effects ---------------------------------------------------------------------------------
    def effect(self, verb: str, kind: str = "write", **fields: Any) -> None:
        """Enters a derived effect *as proposed*.

        A tool calls this as soon as it knows what it is about to do and before anything that depends
        on luck (balance, permission, quota), because an action is judged as proposed.
        """
        self._propose(verb, kind, fields)

    def _propose(self, verb: str, kind: str, fields: dict[str, Any]) -> None:
        if self.joined:
            fields = {name: apart(value, self.joined) for name, value in fields.items()}
        self.effects.append(Effect(verb, kind, fields))

    def sends(self, to: Iterable[str], *things: str, text: str = "") -> None:
        """Enters that a text, or records with what they hold, go to somebody: `delivered`.

        Called before anything that depends on luck, like `effect`.

        Args:
            to: Addresses, handles, numbers, groups, or `public` for everybody.
            *things: Ids, paths or names of records that come along.
            text: What is said.
        """
        fields = {"to": list(to), "text": text, "attachments": list(things)}
        self._propose("delivered", "external", fields)

    def unless(self, problem: object, message: str) -> None:
        """Says what luck would not let happen: a balance, a quota, a permission, a state of things.

        The tool runs on as if it had worked, so that its action is judged by what it would bring
        about; then its changes are undone, and the agent reads the message. What makes no sense at
        all (no such record, an unreadable date) is a `ToolError`.

        Args:
            problem: Whether it fails; anything truthy.
            message: What the agent is told.
        """
        if problem:
            self.problems.append(message)

    def keeps_joined(self, since: int) -> bool:
        """Whether a record was given several people as if they were one.

        Args:
            since: The journal's length before the call.
        """
        for mapping, key, _ in self.journal[since:]:
            value = mapping.get(key) if key is not ORDER else None
            inside = value.values() if isinstance(value, dict) else (value,)
            if key in self.joined if isinstance(key, str) else False:
                return True
            for one in inside:
                parts = one if isinstance(one, list) else (one,)
                if any(isinstance(p, str) and p in self.joined for p in parts):
                    return True
        return False

    # -- undo ------------------------------------------------------------------------------------
    def mark(self) -> tuple[int, int, int]:
        """A point to which `rollback` can return."""
        return len(self.journal), len(self.effects), self.minutes

    def undo_records(self, length: int) -> None:
        """Takes the records back to when the journal had this length; the ledger stays."""
        journal = self.journal
        while len(journal) > length:
            mapping, key, old = journal.pop()
            if old is MISSING:
                del mapping[key]
            elif key is ORDER:
                mapping.clear()
                mapping.update(old)
            else:
                mapping[key] = old

    def rollback(self, mark: tuple[int, int, int]) -> None:
        """Takes records, ledger and time back to `mark`."""
        self.undo_records(mark[0])
        del self.effects[mark[1] :]
        self.minutes = mark[2]
