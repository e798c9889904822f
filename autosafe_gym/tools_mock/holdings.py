"""What the records of a table hold and who sees them: declared once a table, by the table's toolkit.

    holds("mail.messages", text=("subject", "body"), parts=("attachments",), readers=_recipients)

A table without a declaration holds the text of all its fields, nobody but the user sees it, and what stands
in it is kept. From these lines `consequences` derives what an action told, recorded or lost.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as field_of
from typing import TYPE_CHECKING, Any

from autosafe_gym.errors import ScenarioError
from autosafe_gym.tools_mock.canonical import addresses_in, handle, is_plain_address

if TYPE_CHECKING:
    from autosafe_gym.tools_mock.world import Record, World

Ref = tuple[str, str]
"""A record: its table and its key."""
Readers = Callable[["World", str, "Record"], Iterable[str]]
PUBLIC = "public"
_HOST = re.compile(r"(?:[\w-]+\.)+(?:com|org|net|test|invalid|example)", re.IGNORECASE)
"""A name with dots is a handle, unless it ends like a host."""
_EVERYBODY = frozenset({"public", "everybody", "everyone", "anyone", "all", "*"})
_USER = frozenset({"me", "you", "@me", "me@example.com"})
"""How toolkits name the user where a world gives no account."""


@dataclass(frozen=True, slots=True)
class Holds:
    """How the records of one table hold content.

    Attributes:
        text: The fields that are content; empty: every field that is text or a number.
        parts: Fields that name other records, whose content comes along (attachments).
        readers: Fields that name who sees a record (a text, a list; true: everybody), or a function of
            (world, key, record).
        looks: The fields on which `readers` depends, where it is a function: only their change makes
            anybody a new reader.
        inside: For a container a function of (world, key) that gives the records in it.
        members: For a group the field that names its members: a message to the key reaches them.
        keeps: Whether what stands in a record (key, record) is kept where it would be looked for; a
            draft, the trash and `/tmp` don't.
        copies: Whether a fresh copy of a record is kept elsewhere, so that it can't be lost.
        place: Whether access to a record lets somebody into a place (a door) and shows nothing of
            what the record says.
        state: Fields that say how things stand with a record (sent, paid, in stock): they can be told as
            any other, but their change loses nothing.
        content: The fields whose change says something else; empty: every one.
        concerns: The fields whose change may tell, record or lose something; empty: every one.
    """

    text: tuple[str, ...] = ()
    parts: tuple[str, ...] = ()
    readers: tuple[str, ...] | Readers = ()
    looks: tuple[str, ...] = ()
    inside: Callable[[World, str], Iterable[Ref]] | None = None
    members: str = ""
    keeps: Callable[[str, Record], bool] | None = None
    copies: Callable[[Record], bool] | None = None
    place: bool = False
    state: tuple[str, ...] = ()
    content: frozenset[str] = field_of(init=False)
    concerns: frozenset[str] = field_of(init=False)

    def __post_init__(self) -> None:
        content = frozenset((*self.text, *self.parts)) if self.text else frozenset()
        named = self.readers if isinstance(self.readers, tuple) else ()
        # A frozen dataclass is set up this way only.
        object.__setattr__(self, "content", content)
        every = content.union(self.looks, named) if content else content
        object.__setattr__(self, "concerns", every)

    def says(self, fields: Iterable[str]) -> bool:
        """Whether any of these fields is content, or names a part."""
        return not self.content or not self.content.isdisjoint(fields)


_PLAIN = Holds()
_HOLDINGS: dict[str, Holds] = {}
_GROUPS: list[tuple[str, str]] = []
"""The tables whose keys are groups, and the field with their members."""


def holds(
    table: str,
    *,
    text: tuple[str, ...] = (),
    parts: tuple[str, ...] = (),
    readers: tuple[str, ...] | Readers = (),
    looks: tuple[str, ...] = (),
    inside: Callable[[World, str], Iterable[Ref]] | None = None,
    members: str = "",
    keeps: Callable[[str, Record], bool] | None = None,
    copies: Callable[[Record], bool] | None = None,
    place: bool = False,
    state: tuple[str, ...] = (),
) -> None:
    """Declares what a table's records hold; a toolkit calls it once a table. See `Holds`.

    Raises:
        ScenarioError: If the table is declared already, or a function of readers names no field.
    """
    if table in _HOLDINGS:
        raise ScenarioError(f"What {table!r} holds is declared already.")
    if callable(readers) and not looks:
        raise ScenarioError(f"{table!r}: `looks` must name the fields that `readers` depends on.")
    if members:
        _GROUPS.append((table, members))
    _HOLDINGS[table] = Holds(
        text, parts, readers, looks, inside, members, keeps, copies, place, state
    )


def holding(table: str) -> Holds:
    """What a table declares; the default for one that declares nothing."""
    return _HOLDINGS.get(table, _PLAIN)


def declared() -> Mapping[str, Holds]:
    """Every table that is declared."""
    return _HOLDINGS


def own_text(how: Holds, key: str, record: Record) -> str:
    """The content of a record itself, a line a field, without what its parts hold."""
    lines = [] if how.text or not key else [key]
    for name in how.text or record:
        value = record.get(name)
        line = value if value.__class__ is str else flat(value)
        if line:
            lines.append(line)
    return "\n".join(lines)


def flat(value: Any) -> str:
    """A field's content as text: an element of a list a line, the values of a dict side by side."""
    if value.__class__ is str:
        return str(value)
    if value is None or value.__class__ is bool:
        return ""
    if isinstance(value, dict):
        return " ".join(filter(None, map(flat, value.values())))
    if isinstance(value, (list, tuple)):
        return "\n".join(filter(None, map(flat, value)))
    return str(value)


def content(world: World, name: str, seen: set[Ref]) -> str:
    """The text of everything that a name stands for, its parts included.

    Args:
        world: The world.
        name: An id, a path, a folder, a container, or the bare name of a file.
        seen: The records whose text was taken already; those taken now join them.
    """
    lines = [name]
    lines += [record_text(world, ref, seen) for ref in refs(world, name) if ref not in seen]
    return "\n".join(lines)


def record_text(
    world: World,
    ref: Ref,
    seen: set[Ref],
    record: Record | None = None,
    *,
    inside: bool = True,
) -> str:
    """The text of one record, its parts included.

    Args:
        world: The world.
        ref: The record's table and key.
        seen: The records whose text was taken already; those taken now join them.
        record: The record as it was at another time; as it is now by default.
        inside: Whether what is in it, if it is a container, is included too.
    """
    table, key = ref
    how, record = holding(table), world.tables[table][key] if record is None else record
    text = own_text(how, key, record)
    seen.add(ref)
    lines = []
    for field in how.parts:
        if named := record.get(field):
            lines += [content(world, part, seen) for part in _named(named)]
    if inside and how.inside is not None:
        lines += filter(None, [inside_text(world, ref, seen)])
    return "\n".join([text, *lines]) if lines else text


def inside_text(world: World, ref: Ref, seen: set[Ref]) -> str:
    """The text of what is in a container; see `record_text`."""
    inside = holding(ref[0]).inside
    if inside is None:
        return ""
    found = [record_text(world, r, seen) for r in inside(world, ref[1]) if r not in seen]
    return "\n".join(found)


def refs(world: World, name: str) -> Iterator[Ref]:
    """The records that a name stands for, those in a folder included."""
    found = False
    # Who asks may look into a table that is not there yet, which makes it.
    tables = [*world.tables.items()]
    for table, records in tables:
        if name in records:
            found = True
            yield table, name
    if found or "@" in name:
        return
    if name.startswith("/"):
        start = f"{name.rstrip('/')}/"
        for table, records in tables:
            yield from ((table, key) for key in records if key.startswith(start))
    elif "." in name and "/" not in name:
        end = f"/{name}"
        for table, records in tables:
            yield from ((table, key) for key in records if key.endswith(end))


def readers_of(world: World, ref: Ref, record: Record) -> list[str]:
    """Who sees a record, as principals; groups are named, not opened."""
    how = holding(ref[0])
    if callable(how.readers):
        return principals(how.readers(world, ref[1], record))
    found: list[str] = []
    for field in how.readers:
        value = record.get(field)
        if value is True:
            found.append(PUBLIC)
        elif value:
            found += principals(_named(value))
    return found


def are_more(world: World, ref: Ref, record: Record, origin: Ref, old: Record) -> bool:
    """Whether anybody sees a record who did not see it before.

    Args:
        world: The world.
        ref: The record.
        record: As it is now.
        origin: Where it stood.
        old: As it was.
    """
    readers = holding(ref[0]).readers
    # Mostly these are the same names, which need not be read then.
    if (
        callable(readers)
        and ref[0] == origin[0]
        and [*readers(world, ref[1], record)] == [*readers(world, origin[1], old)]
    ):
        return False
    then = readers_of(world, origin, old)
    return any(who not in then for who in readers_of(world, ref, record))


def principals(names: Iterable[str]) -> list[str]:
    """People as they are compared: bare addresses, handles and hosts in small letters, `public`."""
    found: list[str] = []
    for name in names:
        if name.__class__ is not str or not name:
            continue
        if is_plain_address(name):
            found.append(name)
        elif name.casefold() in _EVERYBODY:
            found.append(PUBLIC)
        elif "@" in name[1:]:
            found += addresses_in(name) or [name.strip().casefold()]
        else:
            bare = name.strip().casefold()
            # A host is no handle that lacks its @.
            found.append(bare if _HOST.fullmatch(bare) else handle(name))
    return list(dict.fromkeys(found))


def opened(world: World, names: list[str]) -> list[str]:
    """The people behind principals: a group with known members stands for these, groups in it too."""
    found: dict[str, None] = {}
    groups: set[str] = set()
    left = names[::-1]
    while left:
        name = left.pop()
        members = [] if name in groups else _members(world, name)
        if members:
            groups.add(name)
            left += members[::-1]
        elif name not in groups:
            found[name] = None
    return list(found)


def _members(world: World, name: str) -> list[str]:
    members: list[str] = []
    tables = world.tables
    for table, field in _GROUPS:
        group = tables[table].get(name) if table in tables else None
        if group is not None:
            members += principals(_named(group.get(field)))
    return members


def is_place(world: World, name: str) -> bool:
    """Whether a name stands for places only: access to them shows no record."""
    tables = [table for table, _ in refs(world, name)]
    return bool(tables) and all(holding(table).place for table in tables)


def own_names(world: World) -> frozenset[str]:
    """The user's own principals: the usual ones, and what `...account` and `...me` give under "me".

    Fields that name who else sees what comes to the user, such as a forwarding number, are not own.
    """
    found = set(_USER)
    for table, records in world.tables.items():
        if table.endswith((".account", ".me")) and "me" in records:
            readers = holding(table).readers
            others = readers if isinstance(readers, tuple) else ()
            mine = (v for n, v in records["me"].items() if isinstance(v, str) and n not in others)
            found.update(principals(mine))
    return frozenset(found)


def _named(value: Any) -> Iterable[str]:
    if isinstance(value, str):
        return (value,)
    return value if isinstance(value, (list, tuple)) else ()
