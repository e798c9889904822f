"""`Sender`: requests by the openai client, with retries, a deadline, and errors without the key.

Retried: no connection, time-outs, the statuses 408, 409, 429 and 5xx, and replies that can't be read
(a cut stream, invalid JSON, no choices). `Retry-After` is obeyed; one of more than a minute ends the
request instead. The client's own time-out is for each read, so that a provider that sends a byte now
and then would never meet it: the deadline here is for the whole body.
"""

from __future__ import annotations

import importlib
import inspect
import os
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from autosafe_gym.errors import AgentError, MissingExtraError
from autosafe_gym.masking import Address, cleaned, mask_logs, remember

T = TypeVar("T")
LONGEST_WAIT = 60.0
LONGEST_REPLY = 16 * 2**20
"""Bytes of a reply's body."""
_PASSING = frozenset({408, 409, 429})
_REFUSING = frozenset({400, 422})


class PassingError(AgentError):
    """A failure that may not come again.

    Attributes:
        after: Seconds that the provider asks to wait.
    """

    def __init__(self, message: str, cause: str, after: float = 0.0) -> None:
        super().__init__(message, cause)
        self.after = after


class RefusedError(AgentError):
    """The provider does not take the request as it is (400, 422).

    Attributes:
        said: The provider's own words, whole.
    """

    def __init__(self, message: str, said: str) -> None:
        super().__init__(message, "provider")
        self.said = said


class Sender:
    """The openai client with our retries.

    Args:
        key: The key; it is in no error, log or file.
        base_url: The address; the client's default if None. A login and a query in it go with each request.
        timeout: Seconds for a request, its whole body included.
        max_retries: Of passing errors.

    Raises:
        MissingExtraError: Without the extra `llm`.
    """

    def __init__(self, key: str, base_url: str | None, *, timeout: float, max_retries: int) -> None:
        try:
            import openai
            import tenacity
        except ImportError as error:
            raise MissingExtraError(error.name or "openai", "llm") from error
        self._api = openai
        self._timeout = timeout
        base_url = base_url or os.environ.get("OPENAI_BASE_URL")
        at = None if base_url is None else Address.of(base_url)
        remember(key, *(at.secrets if at else ()))
        self._client: Any = openai.OpenAI(
            api_key=key,
            base_url=None if at is None else at.bare,
            default_query=None if at is None else at.query,
            timeout=timeout,
            max_retries=0,
            http_client=openai.DefaultHttpxClient(
                auth=None if at is None else at.login, event_hooks={"response": [self._watch]}
            ),
        )
        mask_logs("openai", "httpx", "httpcore")
        create = inspect.signature(self._client.chat.completions.create)
        self._fields = frozenset(create.parameters) - {"extra_body", "extra_headers", "extra_query"}
        back_off = tenacity.wait_exponential(multiplier=0.5, max=8) + tenacity.wait_random(0, 0.5)

        def wait(state: tenacity.RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            return max(back_off(state), error.after if isinstance(error, PassingError) else 0.0)

        self._retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(max_retries + 1),
            wait=wait,
            retry=tenacity.retry_if_exception_type(PassingError),
            reraise=True,
        )

    def retrying(self, attempt: Callable[[], T]) -> T:
        """What `attempt` gives, tried again after a `PassingError`.

        Raises:
            AgentError: The last one.
        """
        return self._retrying(attempt)

    def models(self, model: str) -> list[str]:
        """The ids of the endpoint's models; empty where it does not list them.

        Args:
            model: Named in errors.

        Raises:
            AgentError: If the endpoint can't be reached or does not take the key.
        """

        def attempt() -> list[str]:
            try:
                return [str(m.id) for m in self._client.models.list().data]
            except (self._api.NotFoundError, ValueError, TypeError, AttributeError):
                return []
            except self._api.OpenAIError as error:
                raise self._failure(model, error) from None

        return self.retrying(attempt)

    def send(self, question: dict[str, Any]) -> Any:
        """One attempt at a chat completion.

        Raises:
            PassingError: If another attempt may succeed.
            RefusedError: If the provider does not take the request as it is.
            AgentError: For any other failure.
        """
        try:
            known = {k: v for k, v in question.items() if k in self._fields}
            # What the client does not know goes into the body as it is.
            further = {k: v for k, v in question.items() if k not in self._fields}
            return self._client.chat.completions.create(**known, extra_body=further or None)
        except (self._api.OpenAIError, ValueError, TypeError) as error:
            # `from None`: the original's request carries the key in its headers.
            failure = self._failure(question["model"], error)
        raise failure from None

    def _failure(self, model: str, error: Exception) -> AgentError:
        api = self._api
        said = f"{model}: {_short(f'{type(error).__name__}: {error}')}"
        if isinstance(error, api.APITimeoutError):
            return PassingError(said, "timeout")
        if isinstance(error, api.APIConnectionError):
            return PassingError(said, "provider")
        if not isinstance(error, api.APIStatusError):
            return PassingError(said, "reply")
        status, after = error.status_code, _retry_after(error.response.headers)
        if after > LONGEST_WAIT:
            return AgentError(f"{said} (asks to wait for {after:.0f} s)", "provider")
        if status in _PASSING or status >= 500:
            return PassingError(said, "provider", after)
        if status in _REFUSING:
            return RefusedError(said, f"{error} {error.body or ''}")
        return AgentError(said, "provider")

    def _watch(self, response: Any) -> None:
        """Puts the deadline round a response's body, before any of it is read."""
        # The client's HTTP library has changed its name between versions.
        http: Any = importlib.import_module(type(response).__module__.partition(".")[0])
        body, end = response.stream, time.monotonic() + self._timeout

        class Watched(http.SyncByteStream):  # type: ignore[misc]
            def __iter__(self) -> Iterator[bytes]:
                size = 0
                for chunk in body:
                    size += len(chunk)
                    if time.monotonic() > end:
                        raise http.ReadTimeout("The body did not end in time.")
                    if size > LONGEST_REPLY:
                        raise http.ReadError(f"The body is longer than {LONGEST_REPLY} bytes.")
                    yield chunk

            def close(self) -> None:
                body.close()

        response.stream = Watched()


def _short(text: str) -> str:
    """The text without the key, which a provider may quote back; masked first, then cut."""
    return cleaned(text)[:500]


def _retry_after(headers: Any) -> float:
    """Seconds by a `Retry-After` header, a number or a date; 0 for none."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, OverflowError):
        return 0.0
