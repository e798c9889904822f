"""The step budget of one command of the shell, counted and never timed: the same on every machine.

`_shell_rewriting` puts a `tick` into every function and every turn of a loop of the shell's own code, and
one of the other functions here round whatever can make a big value out of small ones. So a command that
runs away, or that asks for a gigabyte, ends at the same step wherever it runs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sized
from contextlib import contextmanager
from typing import Any

BUDGET = 400_000
"""Steps of one command; about half a second."""
LONGEST = 1_000_000
"""The longest text or list, in characters or items."""
_ITEM = 16
"""What an item of a list weighs, in characters."""
_BITS = 4_096
_RESERVE = 20_000
_FREE = 1 << 60
"""Steps while no command runs: loading code costs nothing."""
_WIDTH = re.compile(r"\d+")

left = _FREE
_reserve = 0


class Stopped(BaseException):
    """A command has used up its steps, or more than its share of memory.

    Not an `Exception`, so that no handler of the shell takes it for its own.
    """


def start(steps: int = BUDGET) -> None:
    """Counts from here on."""
    global left, _reserve
    left, _reserve = steps, _RESERVE


def finish() -> None:
    """Stops counting."""
    global left
    left = _FREE


def tick() -> None:
    """One step."""
    global left
    left -= 1
    if left < 0:
        raise Stopped("too many steps")


def spend(steps: int) -> None:
    """Several steps at once."""
    global left
    left -= steps
    if left < 0:
        raise Stopped("too many steps")


@contextmanager
def half() -> Iterator[None]:
    """What runs beside something else can use up half of the steps that are left, and no more."""
    global left
    kept = max(left, 0) // 2
    left -= kept
    try:
        yield
    finally:
        left = max(left, 0) + kept


@contextmanager
def last_steps() -> Iterator[None]:
    """A few steps more for what is still due after a command was stopped."""
    global left, _reserve
    given, _reserve = _reserve // 2, _reserve // 2
    left = given
    yield
    left = min(left, 0)


@contextmanager
def uncounted() -> Iterator[None]:
    """Loading code is no step of the command: it happens once in a worker's life."""
    global left
    kept, left = left, _FREE
    try:
        yield
    finally:
        left = kept


def each(items: Iterable[Any]) -> Iterator[Any]:
    """The items, a step each."""
    for item in items:
        tick()
        yield item


def made(value: Any) -> Any:
    """A value that has just been made, paid by its size."""
    if isinstance(value, (str, bytes)):
        size = len(value)
        if size > 512:
            _pay(size, 1 if isinstance(value, bytes) or value.isascii() else 4)
    elif isinstance(value, (list, tuple)):
        if len(value) > 32:
            _pay(len(value), _ITEM)
    elif type(value) is int and value.bit_length() > _BITS:
        raise Stopped("a number is too large")
    return value


def _pay(size: int, weight: int = 1) -> None:
    if size > LONGEST:
        raise Stopped("a value is too large")
    spend(size * weight >> 11)


def add(a: Any, b: Any) -> Any:
    """`a + b`."""
    return made(a + b)


def times(a: Any, b: Any) -> Any:
    """`a * b`, looked at before it is made."""
    for one, other in ((a, b), (b, a)):
        if isinstance(one, (str, bytes, list, tuple)) and isinstance(other, int):
            _pay(len(one) * max(other, 0), 1 if isinstance(one, (str, bytes)) else _ITEM)
    return made(a * b)


def power(a: Any, b: Any) -> Any:
    """`a ** b`; a whole number beyond all measure is a floating one."""
    if type(a) is int and type(b) is int and b > 0 and a.bit_length() * b > _BITS:
        return float(a) ** float(b)
    return a**b


def shifted(a: Any, b: Any) -> Any:
    """`a << b`."""
    if type(b) is int and b > _BITS:
        raise Stopped("a number is too large")
    return a << b


def formatted(a: Any, b: Any) -> Any:
    """`a % b`: a number, or a text with widths in it."""
    if isinstance(a, (str, bytes)):
        text = a if isinstance(a, str) else a.decode("latin-1")
        numbers = [int(n[:9]) for n in _WIDTH.findall(text)]
        numbers += [
            abs(n) for n in (b if isinstance(b, tuple) else (b,)) if type(n) is int and "*" in text
        ]
        _pay(sum(numbers))
        return made(a % b)
    return a % b


def spec(value: Any) -> Any:
    """A width or a precision that stands in a format."""
    for number in _WIDTH.findall(str(value)):
        _pay(int(number[:9]))
    return value


def format_value(value: Any, form: str = "") -> str:
    """`format(value, form)`."""
    return str(made(format(value, spec(form))))


def whole(kind: Callable[[Any], Any]) -> Callable[..., Any]:
    """`list`, `sorted` and their like over something that may go on for ever."""

    def gathered(*args: Any, **named: Any) -> Any:
        if args and not isinstance(args[0], int):
            items = args[0]
            if isinstance(items, Sized):
                _pay_items(items)
            else:
                items = each(items)
            return kind(items, *args[1:], **named)
        if args:
            _pay(args[0] if kind in (bytes, bytearray) else 0)
        return kind(*args, **named)

    return gathered


def _pay_items(items: Sized) -> None:
    if not isinstance(items, range):
        _pay(len(items), _ITEM)
        return
    # A range may be longer than `len` can say, and its numbers are made only now.
    _pay(max((items.stop - items.start) // items.step, 0), 4 * _ITEM)


def tail(value: Any, start: Any, step: Any) -> Any:
    """`value[start::step]`, which copies all of the rest."""
    return made(value[start::step])


def join(joiner: Any, *args: Any) -> Any:
    """`joiner.join(parts)`."""
    if isinstance(joiner, (str, bytes)) and len(args) == 1:
        parts = args[0] if isinstance(args[0], (list, tuple)) else list(each(args[0]))
        if all(isinstance(p, (str, bytes)) for p in parts):
            total = sum(map(len, parts)) + len(joiner) * len(parts)
            if total > 512:
                _pay(total)
        return joiner.join(parts)
    return joiner.join(*args)


def replace(text: Any, *args: Any, **named: Any) -> Any:
    """`text.replace(old, new)`."""
    if isinstance(text, (str, bytes)) and len(args) > 1 and len(args[1]) > len(args[0]):
        _pay(len(text) + text.count(args[0]) * len(args[1]))
    return made(text.replace(*args, **named))


def extend(items: Any, more: Any) -> Any:
    """`items.extend(more)`."""
    if isinstance(more, Sized):
        _pay_items(more)
        _pay(len(items))
        return items.extend(more)
    return items.extend(each(more))


def padded(name: str) -> Callable[..., Any]:
    """`ljust`, `center`, `zfill` and their like."""

    def pad(text: Any, *args: Any) -> Any:
        if isinstance(text, (str, bytes)) and args:
            _pay(int(args[0]))
        return getattr(text, name)(*args)

    return pad
