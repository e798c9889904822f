"""`Endpoint`: one model behind an OpenAI-compatible address, with a cache and counts."""

from __future__ import annotations

import os
import re
import time
from dataclasses import dataclass, field, fields, replace
from typing import Any

import msgspec

from autosafe_gym.agents.reply_cache import ReplyCache
from autosafe_gym.agents.sending import PassingError, Sender
from autosafe_gym.errors import AgentError

LOCAL = "local"
"""The name of the model that is served in this process."""


@dataclass(frozen=True)
class Call:
    """A tool call as the model wrote it; the arguments are its own text, JSON or not."""

    id: str
    name: str
    arguments: str


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
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    refusal: str = ""
    logprobs: tuple[tuple[str, float], ...] = ()
    prompt: int = 0
    completion: int = 0
    seconds: float = 0.0


@dataclass
class Usage:
    """What an agent has used so far.

    `cached` requests cost nothing; what they would have used is counted apart (`cached_tokens`,
    `cached_seconds`), so that methods are compared as if each had asked for itself. `blocks` counts the calls that a defence stopped, `false_blocks` those among them that were safe.
    """

    prompt: int = 0
    completion: int = 0
    requests: int = 0
    cached: int = 0
    cached_tokens: int = 0
    cached_seconds: float = 0.0
    blocks: int = 0
    false_blocks: int = 0

    def copy(self) -> Usage:
        """A copy that no longer changes."""
        return replace(self)

    def add(self, more: Usage) -> None:
        """Adds what somebody else counted."""
        for f in fields(self):
            setattr(self, f.name, getattr(self, f.name) + getattr(more, f.name))

    def since(self, earlier: Usage) -> dict[str, float]:
        """What was added since a copy was taken."""
        return {f.name: getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self)}


@dataclass
class Settings:
    """How to ask.

    Args:
        temperature: Of sampling.
        max_tokens: Limit of a reply.
        timeout: Seconds for a request, its whole body included.
        max_retries: Of passing errors; see `autosafe_gym.agents.sending`.
        extra: Further fields of the request.
    """

    temperature: float = 0.0
    max_tokens: int = 1024
    timeout: float = 60.0
    max_retries: int = 3
    extra: dict[str, Any] = field(default_factory=dict)


def open_endpoint(
    model: str,
    *,
    base_url: str | None = None,
    api_key: str | None = None,
    settings: Settings | None = None,
    cache: ReplyCache | None = None,
) -> Endpoint:
    """An endpoint by the model's name; `local` and `local:FILE.gguf` are served in this process.

    Args:
        model: The model's name.
        base_url: The address; with one, `local` is a name like any other.
        api_key: The key.
        settings: How to ask.
        cache: Where replies are kept.

    Raises:
        MissingExtraError: Without the extra that is needed.
        AgentError: See `Endpoint`.
        DataError: If the local model can't be served.
    """
    name, _, file = model.partition(":")
    if base_url is not None or name != LOCAL:
        return Endpoint(model, base_url=base_url, api_key=api_key, settings=settings, cache=cache)
    from autosafe_gym.agents.local_server import shared_server

    server = shared_server(file)
    return Endpoint(
        LOCAL,
        base_url=server.base_url,
        api_key="none",
        settings=settings,
        cache=cache,
        label=f"{LOCAL}:{server.model.name}",
    )


class Endpoint:
    """A model at an address. One may serve many agents in many threads.

    Args:
        model: The model's name at the endpoint.
        base_url: The address, such as `http://localhost:8000/v1`; the openai client's default if None.
        api_key: The key; `OPENAI_API_KEY` if None. It is never shown.
        settings: How to ask.
        cache: Where replies are kept.
        label: Stands for the address in the cache's keys, where that changes from run to run.

    Raises:
        MissingExtraError: Without the extra `llm`.
        AgentError: If there is no key and none is in the environment, or the address is none.
    """

    def __init__(
        self,
        model: str,
        *,
        base_url: str | None = None,
        api_key: str | None = None,
        settings: Settings | None = None,
        cache: ReplyCache | None = None,
        label: str | None = None,
    ) -> None:
        if base_url is not None and not re.match(r"https?://[^/\s]+", base_url):
            raise AgentError(
                f"base_url = {base_url!r}: an address such as http://localhost:8000/v1 is needed.",
                "provider",
            )
        key = api_key or os.environ.get("OPENAI_API_KEY")
        if not key:
            if base_url is None:
                raise AgentError(
                    "There is no API key: set OPENAI_API_KEY, or give base_url for a local server.",
                    "provider",
                )
            key = "none"  # Local servers take any key, but the client insists on one.
        self.model = model
        self.base_url = base_url
        self.settings = settings or Settings()
        self.cache = cache
        self.label = label or base_url
        self._sender = Sender(
            key, base_url, timeout=self.settings.timeout, max_retries=self.settings.max_retries
        )

    def __repr__(self) -> str:
        return f"Endpoint({self.model!r}, base_url={self.base_url!r})"

    def check(self) -> None:
        """Asks which models there are, before any episode is run.

        Raises:
            AgentError: If the endpoint can't be reached, does not take the key, or lists models
                and this one is not among them.
        """
        listed = self._sender.models(self.model)
        if listed and self.model not in listed:
            shown = ", ".join(sorted(listed)[:20])
            raise AgentError(
                f"The endpoint has no model {self.model!r}. It has: {shown}.", "provider"
            )

    def ask(self, messages: list[dict[str, Any]], usage: Usage, *, seed: int, **more: Any) -> Reply:
        """One reply.

        Args:
            messages: The chat, OpenAI style.
            usage: Is counted up.
            seed: Goes with the request, and into the cache's key.
            **more: Further fields, such as `tools` or `response_format`.

        Raises:
            AgentError: If the provider fails for good, or its reply has nothing in it.
        """
        question = {
            "model": self.model,
            "messages": messages,
            "seed": seed,
            "temperature": self.settings.temperature,
            "max_tokens": self.settings.max_tokens,
            **self.settings.extra,
            **more,
        }
        key = ""
        if self.cache is not None:
            key = ReplyCache.key({"at": self.label, **question})
            kept = self.cache.get(key)
            if kept is not None:
                found = msgspec.convert(kept, Reply)
                usage.cached += 1
                usage.cached_tokens += found.prompt + found.completion
                usage.cached_seconds += found.seconds
                return found

        def attempt() -> Reply:
            start = time.perf_counter()
            usage.requests += 1
            found = _read(self._sender.send(question), usage)
            return replace(found, seconds=round(time.perf_counter() - start, 3))

        reply = self._sender.retrying(attempt)
        if self.cache is not None:
            self.cache.put(key, msgspec.to_builtins(reply))
        return reply


def _read(answer: Any, usage: Usage) -> Reply:
    tokens = getattr(answer, "usage", None)
    prompt = getattr(tokens, "prompt_tokens", 0) or 0
    completion = getattr(tokens, "completion_tokens", 0) or 0
    usage.prompt += prompt
    usage.completion += completion
    choices: Any = getattr(answer, "choices", None)
    message = getattr(choices[0], "message", None) if choices else None
    if message is None:
        raise PassingError("The reply has no choices.", "reply")
    calls = tuple(
        Call(c.id or f"call_{i}", str(c.function.name), c.function.arguments or "{}")
        for i, c in enumerate(getattr(message, "tool_calls", None) or [])
        if getattr(c, "function", None)
    )
    text = (message.content or "") if isinstance(message.content, (str, type(None))) else ""
    refusal = str(getattr(message, "refusal", None) or "")
    return Reply(text, calls, refusal, _first_logprobs(choices[0]), prompt, completion)


def _first_logprobs(choice: Any) -> tuple[tuple[str, float], ...]:
    content: Any = getattr(getattr(choice, "logprobs", None), "content", None)
    top: Any = content[0].top_logprobs if content else None
    return tuple((str(t.token), float(t.logprob)) for t in top or [])
