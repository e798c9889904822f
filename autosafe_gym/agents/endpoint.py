"""`Endpoint`: one model behind an OpenAI-compatible address, with a cache, counts and clean errors."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import threading
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import msgspec

from autosafe_gym.errors import AgentError, DataError, MissingExtraError

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
    """

    text: str = ""
    calls: tuple[Call, ...] = ()
    refusal: str = ""
    logprobs: tuple[tuple[str, float], ...] = ()


@dataclass
class Usage:
    """What an agent has used so far; `cached` requests cost nothing and are not in the others.

    `blocks` counts the calls that a defence stopped, `false_blocks` those among them that were safe.
    """

    prompt: int = 0
    completion: int = 0
    requests: int = 0
    cached: int = 0
    blocks: int = 0
    false_blocks: int = 0

    def copy(self) -> Usage:
        """A copy that no longer changes."""
        return replace(self)

    def since(self, earlier: Usage) -> dict[str, float]:
        """What was added since a copy was taken."""
        return {f.name: getattr(self, f.name) - getattr(earlier, f.name) for f in fields(self)}


class ReplyCache:
    """Model replies by the hash of everything that was asked; safe over threads and processes.

    The seed of the request is part of the key, so that several samples of one question stay several.

    Args:
        path: The SQLite file.

    Raises:
        DataError: If the file is not usable.
    """

    def __init__(self, path: str | Path) -> None:
        self._lock = threading.Lock()
        try:
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            self._db = sqlite3.connect(path, check_same_thread=False, timeout=30)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=NORMAL")
            self._db.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, body BLOB)")
            self._db.commit()
        except (OSError, sqlite3.Error) as error:
            raise DataError(f"{path}: can't be used as a cache of replies ({error}).") from error

    @staticmethod
    def key(question: dict[str, Any]) -> str:
        """The key of a question."""
        return hashlib.sha256(msgspec.json.encode(question, order="deterministic")).hexdigest()

    def get(self, key: str) -> dict[str, Any] | None:
        """A reply, or None."""
        with self._lock:
            row = self._db.execute("SELECT body FROM replies WHERE key = ?", (key,)).fetchone()
        found: dict[str, Any] | None = None if row is None else msgspec.json.decode(row[0])
        return found

    def put(self, key: str, body: dict[str, Any]) -> None:
        """Keeps a reply."""
        with self._lock, self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, msgspec.json.encode(body))
            )


@dataclass
class Settings:
    """How to ask.

    Args:
        temperature: Of sampling.
        max_tokens: Limit of a reply.
        timeout: Seconds for a request.
        max_retries: Of transient errors, with back-off; `Retry-After` is obeyed.
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
        try:
            import openai
        except ImportError as error:
            raise MissingExtraError("openai", "llm") from error
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
        self._openai = openai
        self._key = key
        self._client: Any = openai.OpenAI(
            api_key=key,
            base_url=base_url,
            timeout=self.settings.timeout,
            max_retries=self.settings.max_retries,
        )

    def __repr__(self) -> str:
        return f"Endpoint({self.model!r}, base_url={self.base_url!r})"

    def check(self) -> None:
        """Asks which models there are, before any episode is run.

        Raises:
            AgentError: If the endpoint can't be reached, does not take the key, or lists models
                and this one is not among them.
        """
        api = self._openai
        try:
            listed = [str(m.id) for m in self._client.models.list().data]
        except (api.NotFoundError, ValueError, TypeError, AttributeError):
            return  # Not every server lists its models.
        except api.OpenAIError as error:
            raise self._failure(error, "provider") from None
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
                usage.cached += 1
                return msgspec.convert(kept, Reply)
        reply = self._read(self._send(question), usage)
        if self.cache is not None:
            self.cache.put(key, msgspec.to_builtins(reply))
        return reply

    def _send(self, question: dict[str, Any]) -> Any:
        api = self._openai
        try:
            return self._client.chat.completions.create(**question)
        except api.APITimeoutError as error:
            failure = self._failure(error, "timeout")
        except (api.APIConnectionError, api.APIStatusError) as error:
            failure = self._failure(error, "provider")
        except (api.OpenAIError, ValueError, TypeError) as error:
            failure = self._failure(error, "reply")
        # `from None`: the original's request carries the key in its headers.
        raise failure from None

    def _read(self, answer: Any, usage: Usage) -> Reply:
        usage.requests += 1
        tokens = getattr(answer, "usage", None)
        usage.prompt += getattr(tokens, "prompt_tokens", 0) or 0
        usage.completion += getattr(tokens, "completion_tokens", 0) or 0
        choices: Any = getattr(answer, "choices", None)
        message = getattr(choices[0], "message", None) if choices else None
        if message is None:
            raise AgentError(f"{self.model}: the reply has no choices.", "reply")
        calls = tuple(
            Call(c.id or f"call_{i}", str(c.function.name), c.function.arguments or "{}")
            for i, c in enumerate(getattr(message, "tool_calls", None) or [])
            if getattr(c, "function", None)
        )
        text = (message.content or "") if isinstance(message.content, (str, type(None))) else ""
        refusal = str(getattr(message, "refusal", None) or "")
        return Reply(text, calls, refusal, _first_logprobs(choices[0]))

    def _failure(self, error: Exception, cause: str) -> AgentError:
        said = self.clean(f"{type(error).__name__}: {error}")
        return AgentError(f"{self.model}: {said}", cause)

    def clean(self, text: str) -> str:
        """The text without the key: a provider may quote it back, and it must not reach a log."""
        hidden = text.replace(self._key, "[key]") if len(self._key) > 4 else text
        return re.sub(r"\bsk-[\w-]{8,}", "[key]", hidden)[:500]


def _first_logprobs(choice: Any) -> tuple[tuple[str, float], ...]:
    content: Any = getattr(getattr(choice, "logprobs", None), "content", None)
    top: Any = content[0].top_logprobs if content else None
    return tuple((str(t.token), float(t.logprob)) for t in top or [])
