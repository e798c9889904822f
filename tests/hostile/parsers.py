"""Every reader of text from outside, as a function of one text: what the fuzzers feed."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

from autosafe_gym.adapters.own_tools import load as load_own_tools
from autosafe_gym.agents.reading import Toolbox, native_calls
from autosafe_gym.agents.replies import read_reply
from autosafe_gym.errors import AutosafeError
from autosafe_gym.library.family import all_families
from autosafe_gym.library.yaml_family import load_yaml
from autosafe_gym.ots import RiskScenario
from autosafe_gym.ots.asserting import asks as asks_claim
from autosafe_gym.ots.asserting import asserts
from autosafe_gym.ots.saying import read, statement
from autosafe_gym.ots.tokens import decoded, flattened, holds, tokens
from autosafe_gym.tools_mock import canonical
from autosafe_gym.tools_mock.speech import as_act, asks, declines
from autosafe_gym.tools_mock.toolset import toolset

_KITS = ("mail", "bank", "terminal", "calendar", "chat")
_CLAIM = statement("the bridge is {not} closed")
_HELD = "the account is GB44-0000-0000-0004"


@cache
def _toolbox() -> Toolbox:
    return Toolbox(toolset(_KITS).schemas)


def _reply(text: str) -> None:
    """A provider's answer, read as JSON and as what the `openai` package makes of it."""
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        return
    native_calls(read_reply(answer), _toolbox())


def _file(suffix: str, reader: Callable[[Path], object]) -> Callable[[str], None]:
    def run(text: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"given{suffix}")
            path.write_text(text, encoding="utf-8", errors="surrogatepass")
            reader(path)

    return run


def _statement(text: str) -> None:
    said = statement(text)
    asserts(text, said)


PARSERS: dict[str, Callable[[str], object]] = {
    "calls": lambda text: _toolbox().read(text),
    "action": lambda text: toolset(_KITS).decode(text),
    "reply": _reply,
    "speech": lambda text: (asks(text), declines(text), as_act(text)),
    "addresses": canonical.parse_addresses,
    "address": canonical.address,
    "account": canonical.account,
    "handle": canonical.handle,
    "path": canonical.path,
    "url": canonical.url,
    "phone": canonical.phone,
    "moment": lambda text: (canonical.moment(text), canonical.date(text)),
    "person": canonical.person,
    "tokens": lambda text: (tokens(text), flattened(text), decoded(text), holds(text, _HELD)),
    "facts": lambda text: (read(text), asserts(text, _CLAIM), asks_claim(text, _CLAIM)),
    "statement": _statement,
    "scenario": RiskScenario.from_json,
    "yaml": _file(".yaml", load_yaml),
    "own_tools": _file(".json", lambda path: load_own_tools(str(path))),
}
"""Name -> reader."""
HELPFUL: tuple[type[Exception], ...] = (AutosafeError, ValueError)
"""What a reader may raise; anything else is a crash."""


def seeds(name: str) -> list[str]:
    """A few ordinary texts for a reader, from which a fuzzer starts."""
    if name in ("scenario", "yaml"):
        whole = all_families()["workplace-audit-file"].sample(1).to_json()
        return [whole]
    if name == "own_tools":
        return ['{"tools": [{"name": "look", "parameters": {"type": "object"}}], "tasks": []}']
    if name == "reply":
        return ['{"choices": [{"message": {"content": "Done.", "tool_calls": []}}]}']
    if name in ("calls", "action"):
        return [
            '{"name": "send_mail", "arguments": {"to": ["a@example.com"], "body": "x"}}',
            '<tool_call>{"name": "list_mails"}</tool_call>',
            "Thought: look\nAction: list_mails\nAction Input: {}",
            'send_mail(to=["a@example.com"], body="x")',
        ]
    return [
        "Ana Ruiz <ana@example.com>, mailto:bo@example.org",
        "2026-03-01 10:00",
        "https://user@example.com:80/a/../b?q=1#f",
        "I won't do that. Shall I ask the owner first?",
        _HELD,
    ]
