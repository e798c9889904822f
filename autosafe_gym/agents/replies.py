"""`read_reply`: what a provider sent, as a reply or as the reason why it is none.

A reply that was cut, filtered or failed is no answer: it makes the episode unmeasured, with its cause.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.agents.sending import PassingError
from autosafe_gym.errors import AgentError
from autosafe_gym.masking import cleaned
from autosafe_gym.tools_mock.call_text import outside_thinking

ANSWERS = frozenset(
    {
        "",
        "stop",
        "tool_calls",
        "function_call",
        "end_turn",
        "tool_use",
        "stop_sequence",
        "eos_token",
    }
)
"""Values of `finish_reason` with which a reply is whole; some servers send none."""
NO_ANSWER = frozenset({"cut", "filter", "reply"})
"""Causes that are about one reply: another one to another question may be an answer."""
_CUT = frozenset({"length", "max_tokens", "model_length"})
_FILTERED = frozenset(
    {
        "content_filter",
        "safety",
        "recitation",
        "prohibited_content",
        "blocklist",
        "spii",
        "sensitive",
    }
)
_PASSING = frozenset({"408", "409", "429", "500", "502", "503", "504", "529"})
_TEXTS = frozenset({"text", "output_text", "input_text"})
_KNOWN = frozenset(
    {"role", "content", "tool_calls", "function_call", "refusal", "audio", "annotations", "error"}
)
_ARGUMENTS = ("arguments", "input", "args", "parameters")
_KNOWN_OF_CALL = frozenset({"id", "type", "function", "custom", "index", "name", *_ARGUMENTS})


@dataclass(frozen=True)
class Call:
    """A tool call as the model wrote it.

    Attributes:
        id: As the provider gave it, "" for none.
        name: The tool's name.
        arguments: The model's own text, JSON or not.
        extra: Further fields of the call, such as a signature, which go back with it.
    """

    id: str
    name: str
    arguments: str
    extra: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Reply:
    """What a model said.

    Attributes:
        text: Its words, "" for none.
        calls: Its tool calls.
        refusal: The provider's refusal field, "" for none.
        logprobs: Candidates for the first token with their log-probabilities, where asked for.
        prompt: Tokens of the question.
        completion: Tokens of the reply.
        seconds: From the question to the reply.
        extra: Further fields of the message, such as reasoning, which go back with its calls.
        finish: The provider's `finish_reason`; None in what an earlier version kept.
        estimated: Whether tokens were estimated, because the provider did not count them.
        choices: How many there were; the first is taken.
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    refusal: str = ""
    logprobs: tuple[tuple[str, float], ...] = ()
    prompt: int = 0
    completion: int = 0
    seconds: float = 0.0
    extra: dict[str, Any] = field(default_factory=dict)
    finish: str | None = None
    estimated: bool = False
    choices: int = 1

    @property
    def answers(self) -> bool:
        """Whether there is anything in it; thinking alone is no answer."""
        if self.calls or self.refusal or self.logprobs:
            return True
        return bool(self.words)

    @property
    def words(self) -> str:
        """Its text without thinking and without leaked control tokens."""
        return outside_thinking(self.text)


def read_reply(answer: Any, *, first_token: bool = False, many: bool = False) -> Reply:
    """Reads a chat completion.

    Args:
        answer: As the openai client gives it.
        first_token: Whether only the first token was asked for, so that the reply is cut on purpose.
        many: Whether several choices were asked for.

    Raises:
        PassingError: If the provider failed in a way that may pass.
        AgentError: If there is no answer; its cause is `cut`, `filter`, `provider` or `reply`.
    """
    _no_error(_get(answer, "error"), "The reply")
    choices = _get(answer, "choices")
    choices = choices if isinstance(choices, list) else []
    if not choices:
        raise PassingError("The reply has no choices.", "reply")
    _no_error(_get(choices[0], "error"), "The reply's choice")
    finish = _finished(choices[0], first_token=first_token)
    message = _get(choices[0], "message")
    if message is None:
        raise PassingError("The reply's choice has no message.", "reply")
    _no_error(_get(message, "error"), "The reply's message")
    text, refusal, calls = _content(_get(message, "content"))
    calls += _native(message)
    refusal = str(_get(message, "refusal") or "") or refusal
    if not many and len(choices) > 1 and not calls and any(map(_calls_of_choice, choices[1:])):
        # Some bridges put the words into one choice and the call into another.
        raise AgentError(
            f"The reply has {len(choices)} choices, only one was asked for, and a later one holds a "
            "call: which of them is the answer can't be told.",
            "reply",
        )
    prompt, completion = tokens_of(answer)
    extra = _extra(message, _KNOWN)
    logprobs = _first_logprobs(choices[0]) if first_token else ()
    return Reply(
        text=text,
        calls=tuple(calls),
        refusal=refusal,
        logprobs=logprobs,
        prompt=prompt,
        completion=completion,
        extra=extra,
        finish=finish,
        choices=len(choices),
    )


def tokens_of(answer: Any) -> tuple[int, int]:
    """Tokens of the question and of the reply as the provider counted them; 0 where it did not."""
    usage = _get(answer, "usage")
    return _count(_get(usage, "prompt_tokens")), _count(_get(usage, "completion_tokens"))


def _get(thing: Any, name: str) -> Any:
    """A field of the client's object, of a mapping, or None."""
    if isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)


def _no_error(error: Any, where: str) -> None:
    if not error:
        return
    code = str(_get(error, "code") or _get(error, "status") or "")
    said = cleaned(str(_get(error, "message") or error))[:300]
    message = f"{where} holds an error: {f'{code}: ' if code else ''}{said}"
    raise (PassingError if code in _PASSING else AgentError)(message, "provider")


def _finished(choice: Any, *, first_token: bool) -> str:
    """The choice's `finish_reason`.

    Raises:
        AgentError: If it says that the reply is no answer, or is not known.
    """
    given = str(_get(choice, "finish_reason") or "")
    reason = given.casefold().replace("-", "_")
    if reason in ANSWERS or (first_token and reason in _CUT):
        return given
    named = f"finish_reason is {given!r}"
    if reason in _CUT:
        raise AgentError(f"The reply was cut ({named}); raise max_tokens.", "cut")
    if reason in _FILTERED:
        raise AgentError(f"The provider's filter took the reply ({named}).", "filter")
    if reason == "error":
        raise PassingError(f"The provider failed within the reply ({named}).", "provider")
    raise AgentError(f"The reply is no answer that is known ({named}).", "reply")


def _content(content: Any) -> tuple[str, str, list[Call]]:
    """Text, refusal and calls of a message's content, which may come in parts.

    Raises:
        PassingError: If it is neither text nor parts.
    """
    if content is None or isinstance(content, str):
        return content or "", "", []
    if not isinstance(content, list):
        shown = type(content).__name__
        raise PassingError(f"The reply's content is {shown}, neither text nor parts.", "reply")
    texts, refusals, calls = [], [], []
    for part in content:
        kind = str(_get(part, "type") or "")
        if isinstance(part, str):
            texts.append(part)
        elif kind in _TEXTS or (not kind and isinstance(_get(part, "text"), str)):
            texts.append(str(_get(part, "text") or ""))
        elif kind == "refusal":
            refusals.append(str(_get(part, "refusal") or _get(part, "text") or ""))
        elif kind in ("tool_use", "tool_call", "function_call"):
            calls.append(_call(part))
    return "".join(texts), "\n".join(refusals), calls


def _native(message: Any) -> list[Call]:
    """The calls of a message, in the form of today or in the one before.

    Raises:
        PassingError: If there are calls in no form that is known.
    """
    given = _get(message, "tool_calls")
    given = [given] if isinstance(given, Mapping) else given
    if given and not isinstance(given, (list, tuple)):
        raise PassingError(f"tool_calls is {type(given).__name__}, not a list.", "reply")
    calls = [_call(one) for one in given or ()]
    old = _get(message, "function_call")
    return calls or ([_call({"function": old})] if old else [])


def _call(given: Any) -> Call:
    """One call; one in no known form keeps its text and gets no name, so that it can't be executed."""
    function = _get(given, "function") or _get(given, "custom") or given
    name = _get(function, "name")
    raw = next((v for k in _ARGUMENTS if (v := _get(function, k)) is not None), None)
    if not isinstance(name, str):
        name, raw = "", raw or _plain(given)
    arguments = raw if isinstance(raw, str) else "" if raw is None else _json(raw)
    return Call(str(_get(given, "id") or ""), name, arguments, _extra(given, _KNOWN_OF_CALL))


def _calls_of_choice(choice: Any) -> bool:
    message = _get(choice, "message")
    return bool(_get(message, "tool_calls") or _get(message, "function_call"))


def _extra(thing: Any, known: frozenset[str]) -> dict[str, Any]:
    """The fields that the client does not know; empty ones are left out."""
    found = thing if isinstance(thing, Mapping) else getattr(thing, "model_extra", None) or {}
    kept = {
        k: _plain(v) for k, v in found.items() if k not in known and v not in (None, "", [], {})
    }
    return {k: v for k, v in kept.items() if v is not None}


def _plain(value: Any) -> Any:
    """A value as JSON would hold it."""
    try:
        return json.loads(_json(value))
    except (ValueError, TypeError, RecursionError):
        return None


def _json(value: Any) -> str:
    def dumped(other: Any) -> Any:
        return other.model_dump() if hasattr(other, "model_dump") else str(other)

    return json.dumps(value, ensure_ascii=False, default=dumped)


def _count(value: Any) -> int:
    return int(value) if isinstance(value, (int, float)) and value > 0 else 0


def _first_logprobs(choice: Any) -> tuple[tuple[str, float], ...]:
    """Candidates of the first token, in today's form or in that of text completions."""
    logprobs = _get(choice, "logprobs")
    content = _get(logprobs, "content")
    if content:
        first = content[0]
        pairs = [(_get(t, "token"), _get(t, "logprob")) for t in _get(first, "top_logprobs") or ()]
        pairs = pairs or [(_get(first, "token"), _get(first, "logprob"))]
    else:
        top = _get(logprobs, "top_logprobs")
        first = top[0] if isinstance(top, list) and top else None
        pairs = list(first.items()) if isinstance(first, Mapping) else []
    return tuple(
        (str(token), float(value))
        for token, value in pairs
        if isinstance(token, str) and isinstance(value, (int, float))
    )
