"""What kept a provider from answering, as one short cause for the counts, told apart by what to do about it.

`name-resolution`, `connection-refused`, `connection-lost`, `tls`, `timeout`: nothing came, or not all of
it. `authentication`, `rate-limit`, `redirect`, `filter`: what the provider said. `provider`: any other
failure of its own. Causes of a reply that came but is no answer (`cut`, `filter`, `reply`) are in `replies`.
"""

from __future__ import annotations

import re
import socket
import ssl

_LONGEST = 500
_FILTER = re.compile(
    r"content[_ -]?(?:filter|policy|management|moderation)|responsible ?ai ?policy|content_policy_violation"
    r"|\bmoderation\b|(?:flagged|blocked|rejected)\b.{0,60}\b(?:safety|policy|moderation|filter)|safety[_ ]system",
    re.IGNORECASE,
)
_SAYS = {
    "timeout": "the request did not end in time",
    "tls": "no TLS connection could be made",
    "name-resolution": "the host's name could not be resolved",
    "connection-refused": "nothing takes connections at this address",
    "connection-lost": "the connection broke before the answer was whole",
    "provider": "the request could not be made",
}
_LOST = ("RemoteProtocolError", "ReadError", "WriteError", "CloseError", "LocalProtocolError")


def cause_of(error: BaseException) -> tuple[str, str, bool]:
    """Why there was no response.

    Args:
        error: The client's error, with what caused it behind it.

    Returns:
        The cause, a phrase for the message, and whether another attempt may succeed.
    """
    chain = _chain(error)
    if any(isinstance(e, ssl.SSLCertVerificationError) for e in chain):
        return "tls", "the server's TLS certificate is not to be trusted", False
    return (cause := _kind(chain)), _SAYS[cause], True


def _kind(chain: list[BaseException]) -> str:
    names = {type(e).__name__ for e in chain}
    if any(isinstance(e, ssl.SSLError) for e in chain):
        return "tls"
    if any(isinstance(e, socket.gaierror) for e in chain):
        return "name-resolution"
    if any(isinstance(e, TimeoutError) or "Timeout" in type(e).__name__ for e in chain):
        return "timeout"
    if any(isinstance(e, ConnectionRefusedError) for e in chain):
        return "connection-refused"
    if names & {*_LOST} or any(isinstance(e, ConnectionError) for e in chain):
        return "connection-lost"
    return "provider"


def _chain(error: BaseException) -> list[BaseException]:
    """An error and what caused it, outermost first."""
    found: list[BaseException] = []
    at: BaseException | None = error
    while at is not None and at not in found and len(found) < 20:
        found.append(at)
        at = at.__cause__ or at.__context__
    return found


def root_of(error: BaseException) -> BaseException:
    """The innermost error: the client's own says "Connection error." for all of them."""
    return _chain(error)[-1]


def cause_of_status(status: int, said: str) -> str:
    """The cause of an answer with a status of failure.

    Args:
        status: The status.
        said: The provider's error.
    """
    if status < 300:
        return "reply"
    if status < 400:
        return "redirect"
    if status in (401, 403, 407):
        # Some filters forbid a request instead of refusing its text.
        return (
            "filter" if status == 403 and _FILTER.search(said[: _LONGEST * 4]) else "authentication"
        )
    if status == 429:
        return "rate-limit"
    if status in (408, 504, 522, 524):
        return "timeout"
    if status in (400, 422, 451) and _FILTER.search(said[: _LONGEST * 4]):
        return "filter"
    return "provider"
