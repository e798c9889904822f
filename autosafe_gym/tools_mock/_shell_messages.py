"""What the process that plays an episode and the one that runs its shell say to each other.

A message is its length in four bytes and a MessagePack value of one of these types: it can carry no code.
"""

from __future__ import annotations

from typing import Any

import msgspec

LONGEST = 256 * 1024 * 1024


class Request(msgspec.Struct, array_like=True, tag=True):
    """A command to run.

    Attributes:
        script: The command.
        files: path -> {kind, text, mode, modified, target}.
        cwd: Where it runs.
        user: Name of the user.
        now: In-world time, ISO 8601.
    """

    script: str
    files: dict[str, dict[str, Any]]
    cwd: str
    user: str
    now: str


class Sent(msgspec.Struct, array_like=True, tag=True):
    """The command tries to send something out: see `_shell_files.Send`."""

    to: list[str]
    files: dict[str, str]
    text: str


class Changed(msgspec.Struct, array_like=True, tag=True):
    """Files that the command has changed so far; None: it is gone."""

    files: dict[str, dict[str, Any] | None]


class Answer(msgspec.Struct, array_like=True, tag=True):
    """What a command printed, its exit status, all files that differ from those it began with."""

    output: str
    status: int
    files: dict[str, dict[str, Any] | None]
    cwd: str


_ENCODER = msgspec.msgpack.Encoder()
_REQUEST = msgspec.msgpack.Decoder(Request)
_REPORT: msgspec.msgpack.Decoder[Sent | Changed | Answer] = msgspec.msgpack.Decoder(
    Sent | Changed | Answer
)
HEAD = 4


def packed(message: Request | Sent | Changed | Answer) -> bytes:
    """A message as bytes, its length before it."""
    body = _ENCODER.encode(message)
    return len(body).to_bytes(HEAD, "little") + body


def request(body: bytes) -> Request:
    """A request from its bytes."""
    return _REQUEST.decode(body)


def report(body: bytes) -> Sent | Changed | Answer:
    """What a worker says, from its bytes."""
    return _REPORT.decode(body)
