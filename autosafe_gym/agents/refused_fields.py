"""Fields of a request that a provider refuses: what to leave out or rename, read from its error.

Known refusals: `max_tokens` where `max_completion_tokens` is wanted, a fixed `temperature`, no `seed`,
no `stop`, fewer `top_logprobs`, no schema in `response_format`, unknown fields of sent-back messages,
ids of nine characters.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

_NEVER = frozenset({"model", "messages", "tools", "logprobs", "stream"})
"""Without these the question would be another one."""
_REFUSING = re.compile(
    r"unsupported|not (?:be )?supported|isn't supported|does(?: not|n't) support|not support|unrecogni[sz]ed"
    r"|unknown|unexpected|extra (?:inputs|fields)|extra_forbidden|not permitted|not allowed|unavailable"
    r"|not available|cannot find field|deprecated|only the default|not accepted|not implemented|is not enabled"
    r"|no longer",
    re.IGNORECASE,
)
_SCHEMA = re.compile(
    r"response_format|json_schema|\bschema\b|anyOf|\$ref|\$defs|grammar|structured output|constrained",
    re.IGNORECASE,
)
_LIMIT = re.compile(
    r"(?:at most|less than or equal to|maximum (?:of|is|value)|<=|between 0 and|up to|max(?:imum)?\D{0,9}) ?(\d{1,3})"
)
_SHORT_ID = re.compile(
    r"tool[_ ]call.{0,60}\bid\b.{0,120}(?:length of 9|9 characters)", re.IGNORECASE | re.DOTALL
)
_NEWER = "max_completion_tokens"
SHORT_IDS = "tool_call_id"
"""Stands for ids of exactly nine letters and digits."""


@dataclass(frozen=True)
class Change:
    """What is to be done with a field that was refused.

    Attributes:
        field: A field of the request, or of the messages that are sent back.
        put: The name or the value in its place; None leaves it out.
        note: A sentence for the user.
    """

    field: str
    put: str | int | None
    note: str


def change_for(said: str, question: dict[str, Any], done: Collection[str]) -> Change | None:
    """The change that answers a refusal, or None if the error is about something else.

    Args:
        said: The provider's error.
        question: The request as it was sent.
        done: Fields that were changed before; each is changed once.
    """
    if SHORT_IDS not in done and _SHORT_ID.search(said):
        return Change(SHORT_IDS, 9, "ids of tool calls are sent with nine characters")
    named = _named(said, {k for k in question if k not in _NEVER} - {*done})
    refusing = _REFUSING.search(said) is not None
    if _NEWER in said and "max_tokens" not in done and _named(said, {"max_tokens"} & {*question}):
        return _renamed("max_tokens", _NEWER)
    if "top_logprobs" in question and "top_logprobs" in said and "top_logprobs" not in done:
        limit = _LIMIT.search(said)
        if limit and 0 < int(limit[1]) < int(question["top_logprobs"]):
            note = f"top_logprobs is refused; {limit[1]} is sent instead"
            return Change("top_logprobs", int(limit[1]), note)
    if named and refusing:
        if named == "max_tokens" and _NEWER not in question:
            return _renamed("max_tokens", _NEWER)
        return Change(named, None, f"{named} is refused and left out")
    within = _named(said, _fields_of_messages(question) - {*done})
    if within and (refusing or "property" in said):
        return Change(within, None, f"{within} is refused in messages and not sent back")
    if "response_format" in question and "response_format" not in done and _SCHEMA.search(said):
        return Change("response_format", None, "response_format is refused and left out")
    return None


def applied(question: dict[str, Any], changes: Collection[Change]) -> dict[str, Any]:
    """A request with the changes that its provider needs."""
    made = dict(question)
    for change in changes:
        if change.field == SHORT_IDS:
            made["messages"] = [_with_short_ids(m) for m in made["messages"]]
        elif change.field in made:
            value = made.pop(change.field)
            if isinstance(change.put, str):
                made[change.put] = value
            elif change.put is not None:
                made[change.field] = change.put
        elif change.put is None:
            made["messages"] = [_without(m, change.field) for m in made["messages"]]
    return made


def _renamed(field: str, name: str) -> Change:
    return Change(field, name, f"{field} is refused; {name} is sent instead")


def _named(said: str, fields: Collection[str]) -> str:
    """The field that an error names first, "" for none."""
    places = {
        field: found.start()
        for field in fields
        if (found := re.search(rf"(?<![\w-]){re.escape(field)}(?![\w-])", said))
    }
    return min(places, key=lambda f: places[f], default="")


def _fields_of_messages(question: dict[str, Any]) -> set[str]:
    """Further fields of the messages that go back, and of their calls."""
    usual = {"role", "content", "tool_calls", "tool_call_id", "name", "id", "type", "function"}
    found: set[str] = set()
    for message in question.get("messages", ()):
        if message.get("role") == "assistant":
            found |= message.keys()
            for call in message.get("tool_calls", ()):
                found |= call.keys()
    return found - usual


def _without(message: dict[str, Any], field: str) -> dict[str, Any]:
    kept = {k: v for k, v in message.items() if k != field}
    if "tool_calls" in kept:
        kept["tool_calls"] = [
            {k: v for k, v in call.items() if k != field} for call in kept["tool_calls"]
        ]
    return kept


def _with_short_ids(message: dict[str, Any]) -> dict[str, Any]:
    made = dict(message)
    if "tool_call_id" in made:
        made["tool_call_id"] = short_id(made["tool_call_id"])
    if "tool_calls" in made:
        made["tool_calls"] = [{**c, "id": short_id(c["id"])} for c in made["tool_calls"]]
    return made


def short_id(given: str) -> str:
    """An id of nine letters and digits; one that has this form already stays."""
    import hashlib

    if re.fullmatch(r"[A-Za-z0-9]{9}", given):
        return given
    return hashlib.sha256(given.encode("utf-8", "replace")).hexdigest()[:9]
