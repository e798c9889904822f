"""A deadline and a bound round a whole HTTP request, from the host's name to the last byte.

The client's own time-outs are for each read and write, so that a server which sends a byte now and then,
a header at a time or one interim response after another, would never meet one. Here each of them gets
what is left of the request's time, and everything that comes in is counted, headers included. Names are
looked up in a thread, because the system's resolver knows no time-out.
"""

from __future__ import annotations

import importlib
import ipaddress
import queue
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from autosafe_gym.errors import AgentError

_MOST_ADDRESSES = 8


class Clock(threading.local):
    """What is left of this thread's request: seconds and bytes."""

    def __init__(self) -> None:
        self._end = float("inf")
        self._bytes = 0

    @contextmanager
    def running(self, seconds: float, most: int) -> Iterator[None]:
        """Bounds the requests of this thread while it is open.

        Args:
            seconds: For everything.
            most: Bytes that may come in, headers included.
        """
        self._end, self._bytes = time.monotonic() + seconds, most
        try:
            yield
        finally:
            self._end = float("inf")

    def left(self) -> float:
        """Seconds that are left; 0 if there are none."""
        return max(0.0, self._end - time.monotonic())

    def within(self, timeout: float | None) -> float | None:
        """The shorter one of a time-out and of what is left."""
        if self._end == float("inf"):
            return timeout
        return self.left() if timeout is None else min(timeout, self.left())

    def count(self, size: int) -> None:
        """Counts what has come in.

        Raises:
            AgentError: If it is too much.
        """
        if self._end == float("inf"):
            return
        self._bytes -= size
        if self._bytes < 0:
            raise AgentError("The provider's answer is too long, headers included.", "reply")


def keep_deadlines(client: Any, clock: Clock) -> None:
    """Makes all connections of an HTTP client, those through proxies too, heed a clock.

    Args:
        client: An httpx client. Which sockets it uses can be said for each of its pools only.
        clock: The clock.
    """
    for transport in (client._transport, *client._mounts.values()):
        if transport is not None:
            pool = transport._pool
            core = importlib.import_module(type(pool).__module__.partition(".")[0])
            pool._network_backend = _Backend(pool._network_backend, clock, core)


class _Backend:
    """Opens connections within the time that is left."""

    def __init__(self, inner: Any, clock: Clock, core: Any) -> None:
        self._inner = inner
        self._clock = clock
        self._core = core

    def connect_tcp(
        self, host: str, port: int, timeout: float | None = None, **more: Any
    ) -> _Stream:
        """A connection to the first address that answers; none may use up the time of the others."""
        addresses = self._addresses(host, port, self._clock.within(timeout))
        for number, address in enumerate(addresses, 1):
            left = self._clock.within(timeout)
            if left == 0.0:
                raise self._core.ConnectTimeout("The request's time is over.")
            share = None if left is None else left / (len(addresses) - number + 1)
            try:
                stream = self._inner.connect_tcp(address, port, timeout=share, **more)
            except (self._core.ConnectError, self._core.ConnectTimeout):
                if number == len(addresses):
                    raise
            else:
                return _Stream(stream, self._clock, self._core)
        raise self._core.ConnectError(f"{host} has no address.")

    def connect_unix_socket(self, path: str, timeout: float | None = None, **more: Any) -> _Stream:
        """A connection to a socket of this machine."""
        stream = self._inner.connect_unix_socket(path, timeout=self._clock.within(timeout), **more)
        return _Stream(stream, self._clock, self._core)

    def sleep(self, seconds: float) -> None:
        """Waits."""
        self._inner.sleep(self._clock.within(seconds))

    def _addresses(self, host: str, port: int, seconds: float | None) -> list[str]:
        try:
            return [str(ipaddress.ip_address(host))]
        except ValueError:
            pass
        found: queue.SimpleQueue[Any] = queue.SimpleQueue()

        def look() -> None:
            try:
                found.put(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
            except (OSError, UnicodeError) as error:
                found.put(error)

        threading.Thread(target=look, name=f"resolve {host[:40]}", daemon=True).start()
        try:
            answer = found.get(timeout=seconds)
        except queue.Empty:
            raise self._core.ConnectTimeout(f"{host} was not resolved in time.") from None
        if isinstance(answer, UnicodeError):
            answer = socket.gaierror(socket.EAI_NONAME, f"{host[:80]!r} is no name of a host")
        if isinstance(answer, OSError):
            try:
                raise answer
            except OSError as error:
                # Raised here, because the pool takes the cause off and leaves the context.
                raise self._core.ConnectError(str(error)) from error
        return list(dict.fromkeys(str(entry[4][0]) for entry in answer))[:_MOST_ADDRESSES]


class _Stream:
    """A connection whose reads and writes end when the request's time does."""

    def __init__(self, inner: Any, clock: Clock, core: Any) -> None:
        self._inner = inner
        self._clock = clock
        self._core = core

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """See httpcore."""
        left = self._clock.within(timeout)
        if left == 0.0:
            raise self._core.ReadTimeout("The request's time is over.")
        data: bytes = self._inner.read(max_bytes, timeout=left)
        self._clock.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """See httpcore; in pieces, because it gives each piece that the system takes the whole time-out."""
        for start in range(0, len(buffer), 2**14):
            left = self._clock.within(timeout)
            if left == 0.0:
                raise self._core.WriteTimeout("The request's time is over.")
            self._inner.write(buffer[start : start + 2**14], timeout=left)

    def start_tls(
        self, ssl_context: Any, server_hostname: str | None = None, timeout: float | None = None
    ) -> _Stream:
        """See httpcore."""
        left = self._clock.within(timeout)
        if left == 0.0:
            raise self._core.ConnectTimeout("The request's time is over.")
        inner = self._inner.start_tls(ssl_context, server_hostname, left)
        return _Stream(inner, self._clock, self._core)

    def close(self) -> None:
        """Closes it."""
        self._inner.close()

    def get_extra_info(self, info: str) -> Any:
        """See httpcore."""
        return self._inner.get_extra_info(info)
