"""`Endpoint`: one model behind an OpenAI-compatible address, with a cache and counts."""

from __future__ import annotations

import json
import os
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any

import msgspec

from autosafe_gym.agents.local_model import LOCAL
from autosafe_gym.agents.refused_fields import Change, applied, change_for
from autosafe_gym.agents.replies import MOST_TOKENS, Call, Reply, length_of, read_reply, tokens_of
from autosafe_gym.agents.reply_cache import ReplyCache
from autosafe_gym.agents.sending import RefusedError, Sender
from autosafe_gym.errors import AgentError, DataError
from autosafe_gym.masking import Address, cleaned, remember_fields
from autosafe_gym.plain_text import encodable

__all__ = ["LOCAL", "Call", "Endpoint", "Reply", "Settings", "Usage", "open_endpoint"]


@dataclass
class Usage:
    """What an agent has used so far.

    `cached` requests cost nothing; what they would have used is counted apart (`cached_tokens`,
    `cached_seconds`), so that methods are compared as if each had asked for itself. `blocks` counts the
    calls that a defence stopped, `false_blocks` those among them that were safe. `estimated` counts the
    replies whose tokens the provider did not count: four characters are taken for one.
    """

    prompt: int = 0
    completion: int = 0
    requests: int = 0
    cached: int = 0
    cached_tokens: int = 0
    cached_seconds: float = 0.0
    blocks: int = 0
    false_blocks: int = 0
    estimated: int = 0

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
        extra: Fields of every request; they come before what an agent asks for itself.
        drop: Fields that no request has.

    Raises:
        DataError: If `extra` or `drop` name a field that is not theirs to change.
    """

    temperature: float = 0.0
    max_tokens: int = 1024
    timeout: float = 60.0
    max_retries: int = 3
    extra: dict[str, Any] = field(default_factory=dict)
    drop: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in (*self.extra, *self.drop):
            if name in _OURS:
                raise DataError(
                    f"{name!r} can't be set or dropped: it makes the request what it is."
                )


_OURS = frozenset({"model", "messages", "tools", "stream"})


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

    Attributes:
        base_url: The address as people may see it: credentials in it are masked.
        notes: What the provider refused and what was sent instead, a sentence each.
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
        self.base_url = None if base_url is None else Address.of(base_url).shown
        self.settings = settings or Settings()
        remember_fields(self.settings.extra)
        self.cache = cache
        self.label = label or self.base_url
        self.notes: list[str] = []
        self._changes: dict[str, Change] = {}
        self._lock = threading.Lock()
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
            AgentError: If the provider fails for good, or its reply is no answer (see `replies`).
        """
        settings = self.settings
        question = {
            "model": self.model,
            "messages": messages,
            "seed": seed,
            "temperature": settings.temperature,
            "max_tokens": settings.max_tokens,
            **more,
            **settings.extra,
        }
        question = {k: v for k, v in question.items() if k not in settings.drop}
        try:
            json.dumps(question["messages"], ensure_ascii=False).encode()
        except UnicodeEncodeError:
            # Half of a character, such as an escape in a call's arguments: no server takes it.
            question["messages"] = _whole(question["messages"])
        key = ""
        if self.cache is not None:
            key = ReplyCache.key({"at": self.label, **question})
            found = self._kept(key)
            if found is not None:
                usage.cached += 1
                usage.cached_tokens += found.prompt + found.completion
                usage.cached_seconds += found.seconds
                return found

        def attempt() -> Reply:
            start = time.perf_counter()
            answer = self._send(question, usage)
            counted = _Tokens.of(answer, question)
            usage.prompt += counted.prompt
            usage.completion += counted.completion
            usage.estimated += counted.estimated
            many = (question.get("n") or 1) > 1
            reply = read_reply(answer, first_token=bool(more.get("logprobs")), many=many)
            if reply.choices > 1:
                self._note(f"replies have {reply.choices} choices, the first one is taken")
            return replace(
                reply,
                prompt=counted.prompt,
                completion=counted.completion,
                estimated=counted.estimated,
                seconds=round(time.perf_counter() - start, 3),
            )

        reply = self._sender.retrying(attempt)
        if self.cache is not None and reply.answers:
            self.cache.put(key, msgspec.to_builtins(reply))
            self._say_of_cache()
        return reply

    def _kept(self, key: str) -> Reply | None:
        """The reply that the cache has; what can't be used there is asked for again."""
        kept = None if self.cache is None else self.cache.get(key)
        self._say_of_cache()
        try:
            found = None if kept is None else msgspec.convert(kept, Reply)
        except (msgspec.ValidationError, RecursionError):
            return None
        # An earlier version also kept replies that were cut, and did not say which.
        if found is None or found.finish is None or not found.answers:
            return None
        counts = (found.prompt, found.completion, found.seconds)
        return found if min(counts) >= 0 and max(counts) <= MOST_TOKENS else None

    def _say_of_cache(self) -> None:
        if self.cache is not None and self.cache.fault:
            self._note(f"the cache of replies fails ({self.cache.fault})")

    def _send(self, question: dict[str, Any], usage: Usage) -> Any:
        """Sends a question; what the provider refuses is changed once, remembered and noted."""
        while True:
            usage.requests += 1
            with self._lock:
                changes = [*self._changes.values()]
            made = applied(question, changes)
            try:
                return self._sender.send(made)
            except RefusedError as error:
                change = change_for(error.said, made, {c.field for c in changes})
                if change is None:
                    raise
            with self._lock:
                self._changes.setdefault(change.field, change)
            self._note(change.note)

    def _note(self, sentence: str) -> None:
        note = cleaned(f"{self.model}: {sentence}.")
        with self._lock:
            if note not in self.notes:
                self.notes.append(note)


@dataclass(frozen=True)
class _Tokens:
    prompt: int
    completion: int
    estimated: bool

    @classmethod
    def of(cls, answer: Any, question: Mapping[str, Any]) -> _Tokens:
        """As the provider counted them; else four characters are one token, so that limits hold."""
        prompt, completion = tokens_of(answer)
        said = length_of(answer)
        if said is None or (prompt and (completion or not said)):
            return cls(prompt, completion, False)
        asked = {k: question[k] for k in ("messages", "tools") if k in question}
        sent = len(json.dumps(asked, ensure_ascii=False, default=str)) // 4
        return cls(prompt or max(1, sent), completion or max(1, said // 4), True)


def _whole(value: Any) -> Any:
    """A value without halves of characters."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, dict):
        return {_whole(k): _whole(v) for k, v in value.items()}
    return [_whole(v) for v in value] if isinstance(value, (list, tuple)) else value
