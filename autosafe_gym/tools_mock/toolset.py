"""`Toolset`: the tools of one scenario, compiled: one decoder for all their calls."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any, Union

import msgspec

from autosafe_gym.errors import ActionError
from autosafe_gym.tools_mock.actions import InvalidAction, is_message, unpack
from autosafe_gym.tools_mock.call_text import read_text
from autosafe_gym.tools_mock.call_types import fitted
from autosafe_gym.tools_mock.dialogue import DIALOGUE
from autosafe_gym.tools_mock.frozen import frozen
from autosafe_gym.tools_mock.speech import as_act
from autosafe_gym.tools_mock.tool import Tool
from autosafe_gym.tools_mock.toolkit import get_toolkit

_LIKE_JSON = re.compile(r"\{|\[\s*[\[{\"\]]")
_encode = msgspec.json.Encoder().encode
MAX_ACTION_CHARS = 100_000


class Toolset:
    """The dialogue acts and the tools of some toolkits, with a decoder for their calls.

    Decoding is the hot path of a step: one msgspec decoder reads JSON straight into the typed
    arguments of the right tool. Everything unusual goes a slower way that explains itself.

    Args:
        toolkits: Names of registered toolkits.
    """

    def __init__(self, toolkits: tuple[str, ...]) -> None:
        kits = [*(get_toolkit(name) for name in toolkits if name != "dialogue"), DIALOGUE]
        self.tools: dict[str, Tool] = {t.name: t for kit in kits for t in kit.tools.values()}
        self.orders = {table: how for kit in kits for table, how in kit.orders.items()}
        self._schemas = [frozen(t.schema) for t in self.tools.values()]
        union: Any = Union[tuple(t.call_type for t in self.tools.values())]  # noqa: UP007
        self._decode = msgspec.json.Decoder(union).decode

    @property
    def schemas(self) -> list[dict[str, Any]]:
        """The tools' schemas, OpenAI style: the list is the caller's own, what is in it can't be changed."""
        return self._schemas.copy()

    def decode(self, action: Any) -> Any:
        """Reads an action as a call.

        Args:
            action: JSON text, a mapping with `name` and `arguments`, anything with these two
                attributes (`ToolCall`), or an assistant's message in OpenAI's form with one call.
                Other text is said to the user: what asks is a question, the rest ends the task.

        Returns:
            An instance of the called tool's `call_type`.

        Raises:
            ActionError: With what is wrong and what would be right.
        """
        if isinstance(action, str):
            if len(action) > MAX_ACTION_CHARS:
                raise ActionError(_too_long(action))
            try:
                call = self._decode(action)
            except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
                return self._decode_otherwise(action, error)
            # Doubled keys and escapes below U+0020 are rare: look closely only where they can be.
            if action.count(":") > call.tool.colons or ("\\" in action and "\\u00" in action):
                self._check_closely(action)
            return call
        if isinstance(action, dict):
            if "arguments" not in action and is_message(action):
                return self._decode_message(action)
        else:
            try:
                action = {"name": action.name, "arguments": action.arguments}
            except AttributeError:
                return self._decode_object(action)
        try:
            return self.decode(_encode(action).decode())
        except RecursionError:
            raise ActionError("The action is nested too deeply.") from None
        except ActionError:
            raise
        except (TypeError, ValueError, OverflowError) as error:
            raise ActionError(f"The action can't be written as JSON: {error}.") from None

    def read_again(self, name: str, text: bytes) -> Any:
        """A call that was decoded before, from its JSON.

        Args:
            name: The tool.
            text: The call, as msgspec encodes it.
        """
        return msgspec.json.decode(text, type=self.tools[name].call_type)

    def _decode_object(self, action: Any) -> Any:
        if isinstance(action, InvalidAction):
            raise ActionError(action.why)
        if is_message(action):
            return self._decode_message(action)
        raise ActionError(
            "An action is a tool call (dict, ToolCall or JSON), an assistant's message or plain "
            f"text, not {type(action).__name__}."
        )

    def _decode_message(self, message: Any) -> Any:
        actions = unpack(message)
        if len(actions) > 1:
            raise ActionError(
                f"The message has {len(actions)} calls; hand them over one by one "
                "(autosafe_gym.tools_mock.actions.unpack gives their order)."
            )
        return self.decode(actions[0])

    def _decode_otherwise(self, text: str, error: Exception) -> Any:
        """Plain words go to the user; a call in another dress is read; what is left is explained."""
        if isinstance(error, RecursionError):
            raise ActionError("The action is nested too deeply.") from None
        words = text.strip()
        if not words:
            raise ActionError("The action is empty. Call a tool, or write to the user.")
        spoken = read_text(text, {name: tool.parameters for name, tool in self.tools.items()})
        if len(spoken.calls) > 1:
            raise ActionError(
                f"There are {len(spoken.calls)} calls in one action; hand them over one by one."
            )
        if spoken.calls and spoken.broken:
            raise ActionError(f"One call can be read, another can't: {spoken.broken}")
        if spoken.calls:
            name, arguments = spoken.calls[0]
            if isinstance(arguments, dict):
                schema = self.tools[name].schema["function"]["parameters"]
                arguments = fitted(arguments, schema)
            return self._decode_plainly({"name": name, "arguments": arguments})
        if _LIKE_JSON.match(words):
            raise ActionError(self._explain(text, error)) from None
        if spoken.broken:
            raise ActionError(spoken.broken)
        if not spoken.words.strip():
            raise ActionError("There is only thinking in this. Call a tool, or write to the user.")
        return self._decode_plainly(as_act(spoken.words).model_dump())

    def _decode_plainly(self, call: dict[str, Any]) -> Any:
        """Reads a call that was taken out of a text: in the one form that there is, or not at all."""
        try:
            text = _encode(call).decode()
            if len(text) > MAX_ACTION_CHARS:
                raise ActionError(_too_long(text))
        except (TypeError, ValueError, OverflowError, RecursionError) as error:
            raise ActionError(f"The action can't be written as JSON: {error}.") from None
        try:
            return self._decode(text)
        except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
            raise ActionError(self._explain(text, error)) from None

    def _check_closely(self, text: str) -> None:
        def pairs(items: list[tuple[str, Any]]) -> None:
            keys = [key for key, _ in items]
            if len(set(keys)) != len(keys):
                twice = next(k for k in keys if keys.count(k) > 1)
                raise ActionError(f"The key {twice!r} occurs twice in one object.")
            for _, value in items:
                _check_controls(value)

        json.loads(text, object_pairs_hook=pairs)

    def _explain(self, text: str, error: Exception) -> str:
        try:
            loose = json.loads(text)
        except (ValueError, RecursionError):
            return f"The action isn't valid JSON: {error}."
        name = loose.get("name") if isinstance(loose, dict) else None
        if not isinstance(name, str):
            return 'An action is {"name": TOOL, "arguments": {...}}; the name is missing.'
        tool = self.tools.get(name)
        if tool is None:
            known = ", ".join(self.tools)
            return f"There is no tool {name[:80]!r}. Tools: {known}."
        expected = ", ".join(
            p if p in tool.required else f"{p} (optional)" for p in tool.parameters
        )
        return f"Bad call of {name}: {error}. Arguments: {expected or 'none'}."


def _too_long(text: str) -> str:
    return f"The action has {len(text)} characters; at most {MAX_ACTION_CHARS} are read."


def _check_controls(value: Any) -> None:
    if isinstance(value, str):
        for char in value:
            if char < " " and char not in "\n\t\r":
                raise ActionError(f"The control character U+{ord(char):04X} is not allowed.")
    elif isinstance(value, list):
        for item in value:
            _check_controls(item)


@lru_cache(maxsize=256)
def toolset(toolkits: tuple[str, ...]) -> Toolset:
    """The (shared, immutable) toolset of these toolkits.

    Raises:
        UnknownNameError: If a toolkit isn't registered.
    """
    return Toolset(toolkits)
