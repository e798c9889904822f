"""`Sender`: requests by the openai client, with retries, a deadline, and errors without the key.

Retried: no connection, time-outs, the statuses 408, 409, 429 and 5xx, and replies that can't be read
(a cut stream, invalid JSON, no choices). `Retry-After` is obeyed; one of more than a minute ends the
request instead. A redirection is not followed: the request holds the key and the whole chat, and a base
URL can be corrected. What becomes of the time and the size of an answer: `deadline`, `bodies`.
"""

from __future__ import annotations

import importlib
import os
import time
from collections.abc import Callable, Iterator
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from autosafe_gym.agents.bodies import LONGEST_REPLY, BodyError, decoded, plain_headers, read_body
from autosafe_gym.agents.deadline import Clock, keep_deadlines
from autosafe_gym.agents.faults import cause_of, cause_of_status, root_of
from autosafe_gym.errors import AgentError, MissingExtraError
from autosafe_gym.masking import Address, cleaned, mask_logs, remember
from autosafe_gym.plain_text import encodable

T = TypeVar("T")
_LONGEST = 500
"""Characters of what a provider said, in a message."""
LONGEST_WAIT = 60.0
_HEADERS = 2**20
"""Bytes of everything before a reply's body, interim responses included."""
_PASSING = frozenset({408, 409, 429})
_REFUSING = frozenset({400, 422})
_ANSWERING = frozenset({200, 201})
LONGEST_ERROR = 8_000
"""Characters of a provider's error that are looked at."""


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

    def __init__(self, message: str, said: str, cause: str = "provider") -> None:
        super().__init__(message, cause)
        self.said = said


class Sender:
    """The openai client with our retries.

    Args:
        key: The key; it is in no error, log or file.
        base_url: The address; the client's default if None. A login and a query in it go with each request.
        timeout: Seconds for an attempt, from the host's name to the last byte.
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
        self._clock = Clock()
        http = openai.DefaultHttpxClient(
            timeout=timeout,
            follow_redirects=False,
            auth=None if at is None else at.login,
            event_hooks={"response": [self._watch]},
        )
        keep_deadlines(http, self._clock)
        # The client's HTTP library has changed its name between versions.
        self._http: Any = importlib.import_module(
            type(http).__mro__[1].__module__.partition(".")[0]
        )
        try:
            self._client: Any = openai.OpenAI(
                api_key=key,
                base_url=None if at is None else at.bare,
                default_query=None if at is None else at.query,
                timeout=timeout,
                max_retries=0,
                http_client=http,
                default_headers={"Accept-Encoding": "identity"},
            )
        except self._http.InvalidURL as error:
            raise AgentError(
                f"base_url = {base_url!r}: this is no address ({error}).", "provider"
            ) from None
        mask_logs("openai", "httpx", "httpx2", "httpcore", "httpcore2")
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
                listed = self._asked(model, self._client.get, "/models")
                return [str(m["id"]) for m in listed["data"]]
            except self._api.NotFoundError:
                return []
            except (BodyError, TypeError, LookupError):
                return []

        return self.retrying(attempt)

    def send(self, question: dict[str, Any]) -> Any:
        """One attempt at a chat completion.

        Returns:
            The body of the answer, as JSON.

        Raises:
            PassingError: If another attempt may succeed.
            RefusedError: If the provider does not take the request as it is.
            AgentError: For any other failure.
        """
        model = question["model"]
        try:
            return self._asked(model, self._client.post, "/chat/completions", body=question)
        except self._api.NotFoundError as error:
            failure: AgentError = self._status(model, error)
        except BodyError as error:
            failure = PassingError(
                f"{model}: the reply can't be read: {self.clean(error)}.", "reply"
            )
        # `from None`: the original's request carries the key in its headers.
        raise failure from None

    def _asked(self, model: str, method: Any, path: str, **more: Any) -> dict[str, Any]:
        """The body of an answer.

        Raises:
            AgentError: As in `send`.
            BodyError: If it can't be read.
            NotFoundError: If there is no such path or model.
        """
        try:
            with self._clock.running(self._timeout, LONGEST_REPLY + _HEADERS):
                answer = method(path, cast_to=self._http.Response, **more)
                status, data = answer.status_code, answer.content
        except self._api.NotFoundError:
            raise
        except self._api.APIStatusError as error:
            failure = self._status(model, error)
        except (self._api.OpenAIError, self._http.HTTPError, OSError) as error:
            failure = self._unsent(model, error)
        else:
            if status not in _ANSWERING:
                raise BodyError(f"its status is {status}")
            return read_body(data)
        raise failure from None

    def _unsent(self, model: str, error: Exception) -> AgentError:
        """Why there is no response."""
        cause, said, passing = cause_of(error)
        root = root_of(error)
        message = f"{model}: {said} ({self.clean(f'{type(root).__name__}: {root}')})."
        return PassingError(message, cause) if passing else AgentError(message, cause)

    def _status(self, model: str, error: Any) -> AgentError:
        """What a response's status says."""
        status, after = error.status_code, _retry_after(error.response.headers)
        said = f"{model}: {self.clean(f'{type(error).__name__}: {error}')}"
        whole = f"{error} {error.response.text}"[:LONGEST_ERROR]
        cause = cause_of_status(status, whole)
        if cause == "redirect":
            to = self.clean(error.response.headers.get("location", "nowhere"))
            return AgentError(
                f"{said} (it leads to {to}; give that as base_url if you trust it)", cause
            )
        if after > LONGEST_WAIT:
            return AgentError(f"{said} (asks to wait for {after:.0f} s)", cause)
        if status in _PASSING or status >= 500:
            return PassingError(said, cause, after)
        if status in _REFUSING and cause != "filter":
            return RefusedError(said, whole, cause)
        return AgentError(said, cause)

    def clean(self, text: object) -> str:
        """The text without the key: a provider may quote it back, and it must not reach a log."""
        return encodable(cleaned(str(text))[:_LONGEST])

    def _watch(self, response: Any) -> None:
        """Puts the bounds round a response's body, before any of it is read."""
        body, encoding = response.stream, plain_headers(response.headers)

        class Watched(self._http.SyncByteStream):  # type: ignore[misc,name-defined]
            def __iter__(self) -> Iterator[bytes]:
                return decoded(body, encoding)

            def close(self) -> None:
                body.close()

        response.stream = Watched()


def _retry_after(headers: Any) -> float:
    """Seconds by a `Retry-After` header, a number or a date; 0 for none."""
    value = headers.get("retry-after", "")
    try:
        return max(0.0, float(value))
    except ValueError:
        pass
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (TypeError, ValueError, LookupError, OverflowError):
        return 0.0
