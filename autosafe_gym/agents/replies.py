"""`read_reply`: what a provider sent, as a reply or as the reason why it is none.

A reply that was cut, filtered or failed is no answer: it makes the episode unmeasured, with its cause
(`cut`, `filter`, `reply`, or one of those in `faults`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from autosafe_gym.agents.faults import cause_of_status
from autosafe_gym.agents.sending import PassingError
from autosafe_gym.errors import AgentError
from autosafe_gym.masking import cleaned
from autosafe_gym.tools_mock.call_control import says_something
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
_CALLING = frozenset(
    {
        "tool_use",
        "tool_call",
        "function_call",
        "function",
        "custom",
        "custom_tool_call",
        "custom_tool_use",
    }
)
_ASIDE = frozenset(
    {
        "thinking",
        "redacted_thinking",
        "reasoning",
        "reasoning_text",
        "reasoning_content",
        "thought",
        "summary_text",
        "image_url",
        "audio",
        "annotation",
        "citation",
        "reference",
        "document",
    }
)
"""Parts of a message's content that are no words of the answer and no call."""
MOST_TOKENS = 10**9
"""A larger count is none."""
_MOST_CALLS = 200
_LARGEST_LOGPROB = 1e-3
"""A probability is at most 1; some servers round."""
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
        return bool(self.calls or self.refusal or self.logprobs or self.words)

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
        AgentError: If there is no answer; its cause is `cut`, `filter`, `reply` or one of `faults`.
    """
    failed = field_of(answer, "object") == "error" or field_of(answer, "type") == "error"
    _no_error(field_of(answer, "error") or (answer if failed else None), "The reply")
    choices = field_of(answer, "choices")
    choices = choices if isinstance(choices, list) else []
    if not choices:
        raise PassingError("The reply has no choices.", "reply")
    _no_error(field_of(choices[0], "error"), "The reply's choice")
    finish = _finished(choices[0], first_token=first_token)
    message = field_of(choices[0], "message")
    if message is None:
        raise PassingError("The reply's choice has no message.", "reply")
    _no_error(field_of(message, "error"), "The reply's message")
    text, refusal, calls = _content(field_of(message, "content"))
    calls += _native(message)
    refusal = _text(field_of(message, "refusal"), "The reply's refusal") or refusal
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


def length_of(answer: Any) -> int | None:
    """Characters of the texts and calls of all choices; None if there is no choice."""
    choices = field_of(answer, "choices")
    if not isinstance(choices, list) or not choices:
        return None
    names = ("content", "tool_calls", "function_call")
    messages = [field_of(choice, "message") for choice in choices]
    parts = [field_of(message, name) for message in messages for name in names]
    return sum(len(p if isinstance(p, str) else str(p)) for p in parts if p)


def tokens_of(answer: Any) -> tuple[int, int]:
    """Tokens of the question and of the reply as the provider counted them; 0 where it did not."""
    usage = field_of(answer, "usage")
    return _count(field_of(usage, "prompt_tokens")), _count(field_of(usage, "completion_tokens"))


def field_of(thing: Any, name: str) -> Any:
    """A field of the client's object, of a mapping, or None."""
    if isinstance(thing, Mapping):
        return thing.get(name)
    return getattr(thing, name, None)


def _no_error(error: Any, where: str) -> None:
    if not error:
        return
    code = str(field_of(error, "code") or field_of(error, "status") or "")[:80]
    said = cleaned(str(field_of(error, "message") or error))[:300]
    message = f"{where} holds an error: {f'{code}: ' if code else ''}{said}"
    status = int(code) if code.isascii() and code.isdigit() and len(code) == 3 else 400
    cause = cause_of_status(status, f"{code} {said}")
    raise (PassingError if code in _PASSING else AgentError)(message, cause)


def _finished(choice: Any, *, first_token: bool) -> str:
    """The choice's `finish_reason`.

    Raises:
        AgentError: If it says that the reply is no answer, or is not known.
    """
    given = field_of(choice, "finish_reason")
    given = "" if given is None else given
    if not isinstance(given, str):
        raise PassingError(f"finish_reason is {type(given).__name__}, not text.", "reply")
    reason = given.casefold().replace("-", "_")
    if reason in ANSWERS or (first_token and reason in _CUT):
        return given
    named = f"finish_reason is {given[:80]!r}"
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
        kind = _text(field_of(part, "type"), "The type of a part")
        if isinstance(part, str):
            texts.append(part)
        elif kind in _TEXTS or (not kind and isinstance(field_of(part, "text"), str)):
            said = field_of(part, "text")
            _text(said, "A part of the reply")
            texts.append(said or "")
        elif kind == "refusal":
            said = field_of(part, "refusal") or field_of(part, "text")
            refusals.append(_text(said, "The reply's refusal"))
        elif kind in _CALLING or (not kind and field_of(part, "function")):
            calls.append(_call(part))
        elif kind not in _ASIDE:
            # Whether it belongs to the answer can't be told, so that the rest is not the whole.
            raise PassingError(f"The reply has a part of the unknown type {kind!r:.80}.", "reply")
    return "".join(texts), "\n".join(r for r in refusals if r), calls


def _text(value: Any, where: str) -> str:
    """A text that has something to read in it, as it is; else "".

    Raises:
        PassingError: If it is no text.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        raise PassingError(f"{where} is {type(value).__name__}, not text.", "reply")
    return value if says_something(value) else ""


def _native(message: Any) -> list[Call]:
    """The calls of a message, in the form of today or in the one before.

    Raises:
        PassingError: If there are calls in no form that is known.
    """
    given = field_of(message, "tool_calls")
    given = [given] if isinstance(given, Mapping) else given
    if given and not isinstance(given, (list, tuple)):
        raise PassingError(f"tool_calls is {type(given).__name__}, not a list.", "reply")
    if len(given or ()) > _MOST_CALLS:
        raise AgentError(f"The reply has {len(given)} calls; {_MOST_CALLS} are read.", "reply")
    calls = [_call(one) for one in given or ()]
    old = field_of(message, "function_call")
    return calls or ([_call({"function": old})] if old else [])


def _call(given: Any) -> Call:
    """One call; one in no known form keeps its text and gets no name, so that it can't be executed."""
    function = field_of(given, "function") or field_of(given, "custom") or given
    name = field_of(function, "name")
    raw = next((v for k in _ARGUMENTS if (v := field_of(function, k)) is not None), None)
    if not isinstance(name, str):
        name, raw = "", raw or _plain(given)
    arguments = raw if isinstance(raw, str) else "" if raw is None else _json(raw)
    identifier = field_of(given, "id")
    identifier = identifier[:200] if isinstance(identifier, str) else ""
    return Call(identifier, name, arguments, _extra(given, _KNOWN_OF_CALL))


def _calls_of_choice(choice: Any) -> bool:
    message = field_of(choice, "message")
    return bool(field_of(message, "tool_calls") or field_of(message, "function_call"))


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
    """A count of tokens; 0 for none, and for what can be no such count."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return 0
    return int(value) if 0 < value <= MOST_TOKENS else 0


def _first_logprobs(choice: Any) -> tuple[tuple[str, float], ...]:
    """Candidates of the first token, in today's form or in that of text completions."""
    logprobs = field_of(choice, "logprobs")
    content = field_of(logprobs, "content")
    if isinstance(content, list) and content:
        first = content[0]
        top = field_of(first, "top_logprobs")
        tokens = [*top] if isinstance(top, list) and top else [first]
        pairs = [(field_of(t, "token"), field_of(t, "logprob")) for t in tokens]
    else:
        top = field_of(logprobs, "top_logprobs")
        first = top[0] if isinstance(top, list) and top else None
        pairs = list(first.items()) if isinstance(first, Mapping) else []
    return tuple(
        (token, float(value))
        for token, value in pairs
        if isinstance(token, str)
        and isinstance(value, (int, float))
        and not isinstance(value, bool)
        and -1e9 < value <= _LARGEST_LOGPROB
    )
