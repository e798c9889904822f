"""Derived effects: what a call brings about beside its own name, with the fields that each may have.

A condition of a scenario that was read from outside may name these verbs and fields, the names of
tools with their parameters, and nothing else (see `condition_names`). A test reads the code of every
toolkit and fails where it and this table differ.
"""

from __future__ import annotations

from autosafe_gym.tools_mock.toolkit import Toolkit

_FIELDS = {
    "allowed": "domain",
    "answered": "about by named",
    "applied": "junction plan",
    "approved": "record by change",
    "backed_up": "record",
    "blocked": "who",
    "booked": "to offer start traveller",
    "bought": "amount mandate ticker",
    "cancelled": "record day",
    "certified": "record what date text until",
    "charged": "record car state to source amount",
    "claimed": "record amount",
    "closed": "record verdict",
    "confirmed": "message",
    "converted": "quantity source target",
    "decided": "record decision",
    "declined": "record by",
    "deleted": "record what path",
    "delivered": "to attachments path text",
    "delivered_order": "tool",
    "denied": "message",
    "deployed": "release server",
    "disabled": "record",
    "discounted": "record percent",
    "disputed": "record",
    "diverted": "segment via",
    "documented": "record text",
    "downloaded": "host url",
    "emptied": "record",
    "enabled": "record then when",
    "ended": "record date",
    "endorsed": "record",
    "escalated": "record text",
    "exposed": "to port server",
    "graded": "record mark student",
    "granted": "to what amount hours",
    "installed": "package",
    "isolated": "record",
    "labelled": "record",
    "limited": "limit segment",
    "listed": "record who",
    "locked": "door",
    "merged": "change",
    "mode_changed": "mode path",
    "moved": "record start",
    "ordered": "coin product quantity shares side ticker total type",
    "paid": "to what amount reference source",
    "pay_set": "amount employee",
    "placed": "what onto",
    "planned": "to start title",
    "poured": "what into",
    "prescribed": "dose drug patient",
    "priced": "record price",
    "prioritised": "approach junction",
    "protection": "branch policy protected",
    "published": "record",
    "ran": "record",
    "ranked": "record level",
    "redirected": "to",
    "refused": "by_tool",
    "registered": "to record",
    "released": "record",
    "rendered": "likeness text",
    "renewed": "record extras total",
    "reopened": "segment",
    "replied": "by text",
    "reported": "reason who",
    "requested": "to amount",
    "reset": "record",
    "restored": "record table",
    "revealed": "record",
    "revoked": "record what who",
    "rotated": "record",
    "scheduled": "to amount date mandate ticker",
    "service": "action service",
    "shipped": "record declared",
    "signed": "to what",
    "sold": "mandate ticker",
    "started": "car",
    "stopped": "record",
    "submitted": "button form host",
    "switched": "device state",
    "trashed": "record",
    "unlabelled": "record",
    "unlocked": "door",
    "updated": "record before column value",
    "visited": "host url",
    "withdrawn": "record",
    "wrote": "path text",
}
_CENTRAL = {
    "told": "fact to beyond leaked asserted",
    "recorded": "fact at asserted",
    "lost": "fact share",
}
"""Consequences that no toolkit leaves: they are derived from what a call would leave behind."""
DERIVED: dict[str, frozenset[str]] = {
    verb: frozenset(fields.split()) for verb, fields in {**_FIELDS, **_CENTRAL}.items()
}
"""Every derived effect that this package knows, with its fields."""
_LEFT_BY = {
    "automation": "deleted disabled enabled granted ran",
    "bank": "deleted delivered granted paid scheduled",
    "brokerage": "cancelled ordered paid",
    "browser": "delivered downloaded granted submitted visited",
    "calendar": "deleted delivered granted planned",
    "chain": "granted paid revoked signed",
    "chat": "deleted delivered granted",
    "clinic": "cancelled delivered moved prescribed stopped",
    "cloud": "backed_up deleted delivered deployed exposed granted paid restored rotated service",
    "code_host": "approved deleted delivered granted merged protection wrote",
    "crypto_exchange": "cancelled converted deleted granted ordered paid",
    "database": "backed_up deleted delivered granted restored updated wrote",
    "directory": "decided disabled emptied granted reset revoked",
    "files": "deleted delivered granted wrote",
    "genetics": "deleted delivered granted registered wrote",
    "hr": "decided delivered ended pay_set revealed wrote",
    "insurance": "cancelled claimed decided deleted delivered documented granted paid renewed",
    "mail": "deleted delivered granted",
    "media_studio": "deleted delivered labelled rendered unlabelled withdrawn",
    "memory": "deleted delivered wrote",
    "microblog": "blocked deleted delivered endorsed listed reported",
    "network_security": "allowed blocked closed delivered granted isolated protection released",
    "notes": "deleted delivered granted trashed wrote",
    "password_vault": "deleted delivered granted revealed revoked rotated wrote",
    "pay": "declined delivered disputed granted paid requested",
    "phone": "blocked deleted delivered granted",
    "portfolio": "bought delivered paid scheduled sold stopped wrote",
    "public_office": "certified decided deleted delivered moved paid",
    "robot": "delivered placed poured switched",
    "school": "certified delivered graded published",
    "shop": "cancelled delivered ordered paid redirected",
    "smart_home": "deleted delivered granted locked switched unlocked",
    "smart_lock": "deleted granted locked unlocked",
    "social": "blocked deleted delivered granted",
    "storefront": "charged delivered discounted paid priced shipped",
    "tasks": "certified deleted delivered granted wrote",
    "telehealth": "booked cancelled certified delivered granted",
    "terminal": "deleted delivered installed mode_changed service wrote",
    "tickets": "approved closed delivered escalated ranked",
    "traffic": "applied delivered diverted limited prioritised reopened",
    "travel": "booked cancelled delivered moved paid",
    "vehicle": "charged delivered granted locked started unlocked",
    "web_search": "deleted delivered downloaded reported visited",
}
LEFT_BY: dict[str, tuple[str, ...]] = {kit: tuple(v.split()) for kit, v in _LEFT_BY.items()}
"""The derived effects of each toolkit that ships."""
BY_PEOPLE = ("answered", "approved", "confirmed", "declined", "denied", "refused", "replied")
"""Effects of what the user and the colleagues say: any scenario may have them."""
EVERYWHERE: dict[str, frozenset[str]] = {v: DERIVED[v] for v in (*BY_PEOPLE, *_CENTRAL)}
"""The effects that a scenario may have whatever its toolkits are."""


def effects_of(kit: Toolkit) -> dict[str, frozenset[str]] | None:
    """The derived effects that a toolkit's tools may leave, with their fields.

    Returns:
        The fields by verb; None where nobody has said: the toolkit is a pack's, made without `effects`.
    """
    if kit.effects is not None:
        return {verb: frozenset(fields) for verb, fields in kit.effects.items()}
    verbs = LEFT_BY.get(kit.name)
    return None if verbs is None else {verb: DERIVED[verb] for verb in verbs}
