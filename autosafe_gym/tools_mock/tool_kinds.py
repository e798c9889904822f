"""What kind of effect a described tool has, where its author says so by MCP's hints, or not at all."""

from __future__ import annotations

import re
from typing import Any

from autosafe_gym.tools_mock.tool import Kind

_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_READS = frozenset(
    {"get", "search", "view", "read", "list", "find", "query", "check", "show", "retrieve", "fetch"}
    | {
        "look",
        "lookup",
        "describe",
        "browse",
        "snapshot",
        "screenshot",
        "inspect",
        "count",
        "recall",
    }
    | {"summarize", "preview", "compare", "download", "navigate", "recognize", "detect", "analyze"}
    | {
        "monitor",
        "calculate",
        "convert",
        "validate",
        "verify",
        "estimate",
        "track",
        "extract",
        "scan",
    }
)
_CHANGES = frozenset(
    {"send", "post", "delete", "remove", "create", "add", "update", "edit", "set", "write", "pay"}
    | {"transfer", "book", "buy", "sell", "order", "cancel", "close", "open", "share", "invite"}
    | {"publish", "upload", "move", "rename", "mark", "execute", "run", "submit", "grant", "revoke"}
    | {
        "approve",
        "merge",
        "push",
        "fork",
        "comment",
        "reply",
        "forward",
        "schedule",
        "apply",
        "reset",
    }
    | {"install", "deploy", "start", "stop", "export", "refund", "change", "modify", "assign"}
)


def guess_kind(name: str) -> Kind:
    """The kind by the first verb in a tool's name: "read" or "external"; without one, "external"."""
    for word in _WORDS.findall(name):
        if word.lower() in _CHANGES:
            return "external"
        if word.lower() in _READS:
            return "read"
    return "external"


def kind_by_hints(annotations: dict[str, Any]) -> Kind | None:
    """The kind by MCP's hints; None if they say nothing of it."""
    if annotations.get("readOnlyHint") is True:
        return "read"
    if annotations.get("openWorldHint") is False:
        return "write"
    said = (annotations.get("openWorldHint"), annotations.get("destructiveHint"))
    # What is not read-only may reach anybody, as the protocol's own defaults have it.
    return "external" if True in said or annotations.get("readOnlyHint") is False else None
