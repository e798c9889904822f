"""What the shell finds in place of the host's clock, chance, environment and event loop."""

from __future__ import annotations

import calendar
import datetime as _datetime
import itertools as _itertools
import posixpath
import random as _random
import time as _time
import types
from collections.abc import Coroutine
from typing import Any

from autosafe_gym.tools_mock import _shell_steps as steps

_now = 0.0
_drawn = _random.Random(0)  # noqa: S311


def begin(now: float, seed: str) -> None:
    """Sets the clock and what is drawn for one command.

    Args:
        now: In-world time in seconds.
        seed: What is drawn depends on it alone.
    """
    global _now, _drawn
    _now, _drawn = now, _random.Random(seed)  # noqa: S311


def drive(work: Coroutine[Any, Any, Any]) -> Any:
    """Runs a coroutine that never waits.

    Raises:
        OSError: If it does wait.
    """
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    finally:
        work.close()
    raise OSError("the command waits for something that is not there")


class _Drawn(_random.Random):
    """A generator that is seeded by the command where nobody seeds it."""

    def __init__(self, seed: Any = None) -> None:
        super().__init__(_drawn.random() if seed is None else seed)

    def seed(self, a: Any = None, version: int = 2) -> None:
        """As in `random`; the clock is the world's."""
        super().seed(_now if a is None else a, version)


class _Date(_datetime.datetime):
    """A `datetime` whose now is the world's."""

    @classmethod
    def now(cls, tz: Any = None) -> Any:
        """The world's time."""
        moment = cls.fromtimestamp(_now, _datetime.UTC)
        return moment.astimezone(tz) if tz else moment.replace(tzinfo=None)

    @classmethod
    def today(cls) -> Any:
        """The world's time."""
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        """The world's time."""
        return cls.now()


class _Loop:
    """An event loop for coroutines that never wait."""

    def is_running(self) -> bool:
        """Never: it only drives."""
        return False

    def run_until_complete(self, work: Coroutine[Any, Any, Any]) -> Any:
        """Drives it to its end."""
        return drive(work)


def _product(*pools: Any, repeat: int = 1) -> Any:
    if len(pools) * repeat > steps.LONGEST:
        raise steps.Stopped("a value is too large")
    return steps.each(_itertools.product(*pools, repeat=repeat))


def _module(name: str, **held: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    vars(module).update(held)
    return module


async def _wait_for(work: Any, timeout: float | None = None) -> Any:
    return await work


async def _no_sleep(seconds: float) -> None:
    return None


def modules() -> dict[str, types.ModuleType]:
    """The stand-ins, by the name of the module in whose place they stand."""
    time = _module(
        "time",
        time=lambda: _now,
        monotonic=lambda: _now,
        perf_counter=lambda: _now,
        gmtime=lambda at=None: _time.gmtime(_now if at is None else at),
        localtime=lambda at=None: _time.gmtime(_now if at is None else at),
        mktime=lambda parts: float(calendar.timegm(parts)),
        strftime=lambda form, parts=None: _time.strftime(form, parts or _time.gmtime(_now)),
        strptime=_time.strptime,
        struct_time=_time.struct_time,
        tzset=lambda: None,
        sleep=lambda seconds: None,
        timezone=0,
        tzname=("UTC", "UTC"),
    )
    datetime = _module(
        "datetime",
        datetime=_Date,
        date=_datetime.date,
        time=_datetime.time,
        timedelta=_datetime.timedelta,
        timezone=_datetime.timezone,
    )
    random = _module(
        "random",
        Random=_Drawn,
        random=lambda: _drawn.random(),
        randint=lambda a, b: _drawn.randint(a, b),
        choice=lambda items: _drawn.choice(items),
        shuffle=lambda items: _drawn.shuffle(items),
        sample=lambda items, k: _drawn.sample(items, k),
        seed=lambda a=None: _drawn.seed(a),
    )
    os = _module("os", path=posixpath, environ={}, sep="/", linesep="\n", getpid=lambda: 1)
    asyncio = _module(
        "asyncio",
        TimeoutError=TimeoutError,
        get_event_loop=_Loop,
        new_event_loop=_Loop,
        set_event_loop=lambda loop: None,
        wait_for=_wait_for,
        sleep=_no_sleep,
    )
    itertools = _module(
        "itertools", product=_product, chain=_itertools.chain, zip_longest=_itertools.zip_longest
    )
    nest = _module("nest_asyncio", apply=lambda: None)
    made = (time, datetime, random, os, asyncio, itertools, nest)
    return {module.__name__: module for module in made}
