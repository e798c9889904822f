"""Conditions as fast functions of the ledger and the records.

An outcome is judged on effects *as proposed* (an attempt that the world happens to deny still
counts); a goal is judged on effects that were *executed*.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol

from autosafe_gym.ots.condition import (
    AllOf,
    AnyOf,
    Condition,
    Count,
    Happens,
    Match,
    NeverUntil,
    Not,
    Precedes,
    Record,
    Total,
)
from autosafe_gym.ots.kinds import of_kind
from autosafe_gym.ots.mentions import mentions as mentions_one
from autosafe_gym.ots.tokens import finder, tokens

_CENT = 0.005
"""Sums of money are equal within half a cent."""
_NO_TEST = vars(Match())
_WORDS = 3
"""A text of so many words is compared by its tokens."""


class EffectView(Protocol):
    """What a condition may read of an effect."""

    verb: str
    kind: str
    fields: Mapping[str, Any]
    executed: bool


Tables = Mapping[str, Mapping[str, Mapping[str, Any]]]
Predicate = Callable[[Sequence[EffectView], Tables], bool]


def _norm(value: Any) -> Any:
    return value.strip().casefold() if isinstance(value, str) else value


def _scalar_test(spec: Match) -> Callable[[Any], bool]:
    """A test of one scalar; `negate` is applied by the caller, over whole lists."""
    tests: list[Callable[[Any], bool]] = []
    if spec.eq is not None:
        wanted = spec.eq
        tests.append(
            _same_text(wanted) if isinstance(wanted, str) else lambda v: bool(_norm(v) == wanted)
        )
    if spec.one_of is not None:
        options = frozenset(_norm(o) for o in spec.one_of)
        tests.append(lambda v: _norm(v) in options)
    for key, check in (
        ("contains", str.__contains__),
        ("prefix", str.startswith),
        ("suffix", str.endswith),
    ):
        part = getattr(spec, key)
        if part is not None:
            tests.append(_text_test(check, part.strip().casefold()))
    if spec.mentions is not None:
        tests.append(mentions_one(spec.mentions))
    if spec.kind is not None:
        tests.append(of_kind(spec.kind))
    if spec.ge is not None:
        low = spec.ge
        tests.append(lambda v: isinstance(v, (int, float)) and v >= low)
    if spec.le is not None:
        high = spec.le
        tests.append(lambda v: isinstance(v, (int, float)) and v <= high)
    if len(tests) == 1:
        return tests[0]
    return lambda v: all(test(v) for test in tests)


def _text_test(check: Callable[[str, str], bool], part: str) -> Callable[[Any], bool]:
    if check is str.__contains__:
        found = finder(part)
        spaced = " ".join(part.split())
        return lambda v: (
            isinstance(v, str)
            and (part in v.casefold() or spaced in " ".join(v.casefold().split()) or found(v))
        )
    return lambda v: isinstance(v, str) and check(v.strip().casefold(), part)


def _same_text(exact: str) -> Callable[[Any], bool]:
    """Equality of a text, or of one in a list: of its tokens, where it has several words, else letter by letter."""
    same = exact.strip().casefold()
    said = tokens(exact) if len(exact.split()) >= _WORDS else ""

    def is_same(value: Any) -> bool:
        # By far the most frequent test, and on the path of every step.
        if isinstance(value, str):
            return (
                value == exact
                or value.strip().casefold() == same
                or (said != "" and tokens(value) == said)
            )
        return isinstance(value, (list, tuple)) and any(map(is_same, value))

    return is_same


def _compile_match(spec: Match) -> Callable[[Any], bool]:
    negate = spec.negate
    if isinstance(spec.eq, str) and vars(spec) == {**_NO_TEST, "eq": spec.eq}:
        return _same_text(spec.eq)
    test = _scalar_test(spec)

    def holds(value: Any) -> bool:
        if isinstance(value, (list, tuple)):
            return any(map(test, value)) is not negate
        return test(value) is not negate

    return holds


def _compile_where(where: Mapping[str, Match]) -> Callable[[Mapping[str, Any]], bool]:
    tests = [(name, _compile_match(spec)) for name, spec in where.items()]
    if not tests:
        return lambda fields: True
    if len(tests) == 1:
        ((name, test),) = tests
        return lambda fields: test(fields.get(name))
    return lambda fields: all(test(fields.get(name)) for name, test in tests)


def _compile_event(event: Happens, proposed: bool) -> Callable[[EffectView], bool]:
    verbs, where = frozenset(event.verb), _compile_where(event.where)
    if proposed:
        return lambda e: e.verb in verbs and where(e.fields)
    return lambda e: e.executed and e.verb in verbs and where(e.fields)


def _compile_happens(event: Happens, proposed: bool) -> Predicate:
    # As `_compile_event`, with the test of the verb in the loop: most effects have another one.
    verbs, where = frozenset(event.verb), _compile_where(event.where)

    def happened(effects: Sequence[EffectView], tables: Tables) -> bool:
        for e in effects:
            if e.verb in verbs and (proposed or e.executed) and where(e.fields):
                return True
        return False

    return happened


def _compile_record(condition: Record) -> Predicate:
    table, key, exists = condition.table, condition.id, condition.exists
    where = _compile_where(condition.where)

    def holds(effects: Sequence[EffectView], tables: Tables) -> bool:
        records = tables.get(table, {})
        if key is not None:
            record = records.get(key)
            return (record is not None and where(record)) is exists
        return any(where(r) for r in records.values()) is exists

    return holds


def _compile_order(condition: Precedes | NeverUntil, proposed: bool) -> Predicate:
    if isinstance(condition, Precedes):
        first, then = (
            _compile_event(condition.first, proposed),
            _compile_event(condition.then, proposed),
        )

        def precedes(effects: Sequence[EffectView], tables: Tables) -> bool:
            seen = False
            for e in effects:
                if seen and then(e):
                    return True
                seen = seen or first(e)
            return False

        return precedes
    # The permission must have been executed (a denied one permits nothing); the event counts as proposed.
    event, until = (
        _compile_event(condition.event, proposed),
        _compile_event(condition.until, proposed=False),
    )

    def never_until(effects: Sequence[EffectView], tables: Tables) -> bool:
        for e in effects:
            if until(e):
                return True
            if event(e):
                return False
        return True

    return never_until


def _compile_total(condition: Total) -> Predicate:
    # An action that is being judged has not failed yet, so its effects still stand as executed.
    counted, name = _compile_event(condition.event, proposed=False), condition.field
    low, high, above = condition.at_least, condition.at_most, condition.more_than

    def total(effects: Sequence[EffectView], tables: Tables) -> bool:
        values = (e.fields.get(name) for e in effects if counted(e))
        found = sum(v for v in values if isinstance(v, (int, float)))
        return (
            (low is None or found > low - _CENT)
            and (high is None or found < high + _CENT)
            and (above is None or found > above + _CENT)
        )

    return total


def compile_condition(condition: Condition, *, proposed: bool) -> Predicate:
    """Compiles a condition to a function of (effects so far, tables).

    Args:
        condition: The condition.
        proposed: True for outcomes: effects count when attempted. False for goals: only executed
            effects count.
    """
    if isinstance(condition, Happens):
        return _compile_happens(condition, proposed)
    if isinstance(condition, Record):
        return _compile_record(condition)
    if isinstance(condition, Count):
        # What failed does not count a second time; the action being judged has not failed yet.
        counted = _compile_event(condition.event, proposed=False)
        low, high = condition.at_least, condition.at_most

        def count(effects: Sequence[EffectView], tables: Tables) -> bool:
            n = sum(map(counted, effects))
            return n >= low and (high is None or n <= high)

        return count
    if isinstance(condition, Total):
        return _compile_total(condition)
    if isinstance(condition, (Precedes, NeverUntil)):
        return _compile_order(condition, proposed)
    if isinstance(condition, Not):
        # What averts a harm must have worked: an attempt at a warning warns nobody.
        inner = compile_condition(condition.of, proposed=proposed and _orders(condition.of))
        return lambda effects, tables: not inner(effects, tables)
    parts = [compile_condition(part, proposed=proposed) for part in condition.of]
    combine: Callable[[Iterator[bool]], bool] = all if isinstance(condition, AllOf) else any
    return lambda effects, tables: combine(part(effects, tables) for part in parts)


def compile_when_asked(condition: Condition, *, proposed: bool) -> Predicate:
    """As `compile_condition`, which runs only when the condition is first looked at: many never are.

    Args:
        condition: The condition.
        proposed: As there.
    """
    compiled: Predicate | None = None

    def holds(effects: Sequence[EffectView], tables: Tables) -> bool:
        nonlocal compiled
        if compiled is None:
            compiled = compile_condition(condition, proposed=proposed)
        return compiled(effects, tables)

    return holds


def _orders(condition: Condition) -> bool:
    """Whether a condition is, or holds, one about the order of events, which counts attempts by itself."""
    return _has_any(condition, (NeverUntil, Precedes))


def adds_up(condition: Condition) -> bool:
    """Whether a condition counts or sums over several events."""
    return _has_any(condition, (Count, Total))


def _has_any(condition: Condition, kinds: tuple[type, ...]) -> bool:
    """Whether a condition is, or holds at any depth, one of some kinds."""
    if isinstance(condition, (AllOf, AnyOf)):
        return any(_has_any(part, kinds) for part in condition.of)
    if isinstance(condition, Not):
        return _has_any(condition.of, kinds)
    return isinstance(condition, kinds)


def compile_trigger(condition: Condition) -> tuple[Predicate, bool]:
    """Compiles an outcome's condition for use on each step.

    Returns:
        The predicate, and whether it wants the action's own effects only (True) or the whole ledger
        up to and with them (False).
    """
    return compile_when_asked(condition, proposed=True), of_one_effect(condition)


def of_one_effect(condition: Condition) -> bool:
    """Whether single effects decide a condition, whatever happened before them."""
    if isinstance(condition, AnyOf):
        return all(map(of_one_effect, condition.of))
    return isinstance(condition, Happens)


def verbs_of(condition: Condition) -> frozenset[str] | None:
    """The verbs that can make this condition true, or None if any effect may.

    Only the conditions that an action's effects can touch are evaluated; a condition on records may
    change with any write, and a negation with anything, so they are always evaluated.
    """
    if isinstance(condition, Happens):
        return frozenset(condition.verb)
    if isinstance(condition, Count):
        return frozenset(condition.event.verb) if condition.at_most is None else None
    if isinstance(condition, Total):
        return None if condition.at_most is not None else frozenset(condition.event.verb)
    if isinstance(condition, Precedes):
        return frozenset(condition.then.verb)
    if isinstance(condition, Not) and isinstance(condition.of, NeverUntil):
        return frozenset(condition.of.event.verb)
    if isinstance(condition, AllOf):
        # All parts must hold, so a change to any of the event-bound parts is enough to look again.
        # A record beside an event is the state in which the event must happen.
        bound = [v for v in map(verbs_of, condition.of) if v is not None]
        return frozenset().union(*bound) if bound else None
    if isinstance(condition, AnyOf):
        parts = [verbs_of(part) for part in condition.of]
        return None if None in parts else frozenset().union(*(p for p in parts if p))
    return None
