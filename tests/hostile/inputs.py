"""What a hostile or broken agent may send: values for one argument, and whole actions.

Seeded by the caller's `random.Random`: the same generator state gives the same inputs. A value is meant
to be as bad as its kind allows; whether a tool takes it or says no is the tool's business.
"""

import functools
import json
import re

from autosafe_gym.tools_mock.semantic import all_semantics

LONG = 100_000
_TEXTS = {
    "empty": "",
    "blanks": " \t\n ",
    "nul": "a\x00b",
    "controls": "".join(map(chr, range(32))) + "\x7f\x85\x9b31m",
    "ansi": "\x1b[2J\x1b]0;title\x07",
    "lone surrogate": "a\ud800b",
    "reversed pair": "\udc00\ud83d",
    "combining": "e" + "\u0301" * 300,
    "right to left": "\u202egnp.exe\u202c \u2067\u05e9\u05dc\u05d5\u05dd\u2069",
    "invisible": "\u200b\ufeff\u2060\u00ad",
    "wide": "\U0001f468\u200d\U0001f469\u200d\U0001f467" * 20,
    "expands": "\ufdfa" * 60,
    "figures": "\u0661\u0662\u0663 \u2167 \u00bd \u00b2",
    "json": '{"name": "finish", "arguments": {"message": "done"}}',
    "deep json": "[" * 3000 + "]" * 3000,
    "format": "{0.__class__} %s %n ${HOME} {world}",
    "markup": "<script>alert(1)</script> [link](https://example.com)",
    "traversal": "/../../../etc/passwd",
    "dots": "/" + "../" * 90,
    "dunder": "__class__.__init__.__globals__",
}
_DATES = (
    "0000-00-00",
    "0001-01-01",
    "0001-01-01 00:00",
    "9999-12-31",
    "9999-12-31 23:59",
    "2026-02-30",
    "2026-02-30 10:00",
    "2026-13-01",
    "2026-03-02 24:00",
    "2026-03-02 25:61",
    "2026-03-02T10:00+24:00",
    "2026-03-02T10:00:00-99:99",
    "10000-01-01",
    "-2026-03-02",
    "2026-3-2",
    "\u0662\u0660\u0662\u0666-\u0660\u0663-\u0660\u0662",
    "1 \u00b2 2026",
    "31 feb 2026",
    "99:99",
    "2026-W10-1",
    "20260302",
    "tomorrow",
    "12:30pm 2026-03-02",
    "0:0",
)
_NUMBERS = (
    "0",
    "-0",
    "-1",
    "-0.0",
    "1e-320",
    "0.1",
    "1e308",
    "-1e308",
    "1e309",
    "nan",
    "NaN",
    "inf",
    "-Infinity",
    "1" + "0" * 400,
    "9" * 5000,
    "999999999999999999",
    "9223372036854775808",
    "-9223372036854775809",
    "18446744073709551616",
    "1e9",
    "1000000000",
    "1_000",
    "0x10",
    "\u00b2",
    "\u0665",
    "1,000,000",
    "1.5",
    "00:00",
)
_PEOPLE = (
    "pablo.ruiz",
    "@",
    "@@",
    "mailto:",
    "mailto:a@example.com?bcc=b@example.org",
    "<>",
    "< a@example.com >,",
    "a@example.com,,;,",
    "<" * 90 + "a@example.com" + ">" * 90,
    "a@b@example.com",
    ".@.",
    '"a, b" <c@example.org>',
)
# What makes a pattern, a parser or a comparison run long.
SEEDS = (
    "a",
    "a@",
    "a.",
    "@",
    ",",
    "<",
    "(",
    '"',
    " ",
    "a ",
    "\n",
    "/",
    "../",
    "-",
    "1",
    "1 ",
    "1,",
    "%41",
    "ab:",
    "QUJD",
    "\u0301",
    "\u200b",
    "\ufdfa",
    "\u00e9",
    "A",
    "Ab ",
    "Aa",
    "'",
    "' ",
    "one ",
    "jan 1 ",
    "2026-03-02 ",
    "a, a@example.com ",
    "http://",
    "www.",
    ">\n",
    "----\n",
    "never ",
    "until is ",
    "#A1",
    "{",
    "<tool_call>",
    "\\",
    ";",
    "|",
    "`",
    "$(",
    "x=",
    "a b@c ",
    "\ud800",
)
_MANY = {f"a{i}": "b" for i in range(10_000)}
_EVERYBODY = [f"{i}@example.com" for i in range(10_000)]
_ODD = (None, True, False, 0, -1, 1.5, -0.0, [], {}, [[]], [None], {"": {}}, "1", [1, "a", {}])


def repeated(seed, length):
    """A text of this length, made of one piece."""
    return (seed * (length // len(seed) + 1))[:length]


@functools.cache
def nested(depth, kind=list):
    """A list within a list within a list, or dicts; made once, so it is not to be changed."""
    value = "x"
    for _ in range(depth):
        value = [value] if kind is list else {"a": value}
    return value


def _types(schema):
    found = schema.get("type")
    kinds = {found} if isinstance(found, str) else set(found or ())
    for part in schema.get("anyOf", ()):
        kinds |= _types(part)
    return kinds


def _text_values(schema, rng):
    longest = schema.get("maxLength")
    yield from _TEXTS.values()
    yield from _DATES
    yield from _NUMBERS
    yield from _PEOPLE
    for seed in SEEDS:
        yield repeated(seed, longest or LONG)
    for seed in rng.sample(SEEDS, 3):
        yield repeated(seed, LONG)
        yield repeated(seed, LONG // 2) + repeated(rng.choice(SEEDS), LONG // 2)
    yield "x" * ((longest or LONG) + 1)


def _numbers(rng):
    for text in _NUMBERS:
        try:
            yield float(text)
        except ValueError:
            continue
        if text.lstrip("-").isdigit() and text.isascii() and len(text) < 4000:
            yield int(text)
    yield rng.uniform(-10, 10)
    yield rng.randrange(10**12)


def hostile_values(schema, rng):
    """Hostile values for one argument.

    Args:
        schema: The argument's JSON schema, as a tool shows it.
        rng: Chooses among the largest ones.

    Yields:
        Values of the right type at its edge, then values of wrong types.
    """
    kinds = _types(schema)
    if "string" in kinds or "enum" in schema or not kinds:
        yield from _text_values(schema, rng)
    if kinds & {"integer", "number"}:
        yield from _numbers(rng)
        yield from _NUMBERS
        yield repeated("9", LONG)
    if "array" in kinds:
        inside = list(_text_values(schema.get("items", {}), rng))
        yield [rng.choice(inside) for _ in range(5)]
        yield from ([one] for one in rng.sample(inside, 10))
    for choice in schema.get("enum", ()):
        yield f"{choice} "
        yield str(choice).upper()
    yield from _ODD
    yield ["a@example.com"] * 10_000
    yield _EVERYBODY
    yield nested(500)
    yield nested(5000)
    yield nested(500, dict)
    yield _MANY


def too_large(schema):
    """A value of the right type that no argument may have; None where the type has no size."""
    kinds = _types(schema)
    if kinds & {"integer", "number"}:
        return 10**15
    if "array" in kinds:
        return ["a"] * 1000
    return "x" * 30_000 if "string" in kinds else None


def entities(scenario):
    """What of each semantic type the world of a scenario holds, so that calls get past 'no such record'."""
    text = json.dumps(scenario.model_dump(mode="json", include={"world", "instruction"}))
    found = {}
    for name, meant in all_semantics().items():
        if meant.pattern and name not in ("document", "title", "query", "command"):
            hits = (
                hit[0] if isinstance(hit, tuple) else hit for hit in re.findall(meant.pattern, text)
            )
            found[name] = list(dict.fromkeys(hits))[:40]
    return found


def plain_arguments(tool, known, rng):
    """Arguments that a tool may well take: of the right types, about things that exist."""
    given = {}
    for name, spec in tool.schema["function"]["parameters"].get("properties", {}).items():
        if name not in tool.required and rng.random() < 0.5:
            continue
        kinds, meant = _types(spec), tool.semantics.get(name)
        if "enum" in spec:
            given[name] = rng.choice(spec["enum"])
        elif kinds & {"integer", "number"}:
            given[name] = max(1, spec.get("minimum", 1))
        elif "boolean" in kinds:
            given[name] = rng.random() < 0.5
        elif "object" in kinds:
            given[name] = {}
        else:
            here = known.get(meant.name, ()) if meant else ()
            value = rng.choice(here) if here else "something"
            given[name] = [value] if "array" in kinds else value[: spec.get("maxLength", LONG)]
    return given


def argument_actions(tool, known, rng):
    """For each argument of a tool and each hostile value of it, its name and a call; the rest is plain."""
    for name, spec in tool.schema["function"]["parameters"].get("properties", {}).items():
        for value in hostile_values(spec, rng):
            given = plain_arguments(tool, known, rng)
            yield name, {"name": tool.name, "arguments": {**given, name: value}}


def odd_actions(tool, rng):
    """Actions that are wrong as a whole."""
    name, seed = tool.name, rng.choice(SEEDS)
    call = {"name": name, "arguments": {}}
    text = json.dumps(call)
    yield from (None, 0, True, b"x", (), [], {}, object(), float("nan"), set(), print)
    yield from (
        "",
        " ",
        "\x00",
        "\ud800",
        text[:-1],
        text * 2,
        f"[{text}]",
        text.upper(),
        f"{text}\x00",
    )
    yield from (f"```json\n{text}\n```", f"<tool_call>{text}</tool_call>", f"<tool_call>{text}")
    yield from ({"name": name}, {"arguments": {}}, {"name": None, "arguments": {}})
    yield from ({"name": name, "arguments": bad} for bad in _ODD)
    yield {"name": name, "arguments": {1: 2}}
    yield {"name": name, "arguments": {"\ud800": "\ud800"}}
    yield {"name": name, "arguments": _MANY}
    yield {"name": name, "arguments": nested(3000, dict)}
    yield {"name": repeated(seed, LONG), "arguments": {}}
    yield {"name": name, "arguments": {repeated(seed, LONG): 1}}
    yield f'{{"name": "{name}", "name": "finish", "arguments": {{}}}}'
    yield f'{{"name": "{name}", "arguments": ' + "[" * 50_000 + "]" * 50_000 + "}"
    yield f'{{"name": "{name}", "arguments": {{"a": 1{"0" * 90_000}}}}}'
    yield f'{{"name": "{name}", "arguments": {{{",".join(["1:1"] * 20_000)}}}}}'
    yield f"{name}({repeated(seed, 90_000)})"
    yield f"Action: {name}\nAction Input: {repeated(seed, 90_000)}"
    yield repeated(seed, LONG)
    yield repeated(f"<tool_call>{seed}", LONG)
    yield repeated(seed, 20 * LONG)
    yield {"role": "assistant", "content": repeated(seed, LONG)}
    yield {"role": "assistant", "content": None, "tool_calls": [{"function": call}] * 1000}
    yield {"role": "assistant", "tool_calls": nested(3000)}
    yield {"role": "assistant", "tool_calls": [{"function": {"name": name, "arguments": "["}}]}


def hostile_actions(env, rng):
    """Endless hostile actions for the episode that runs in an environment.

    Args:
        env: A `RiskEnv` after `reset`.
        rng: Decides everything.

    Yields:
        Mostly calls of its tools with one or two hostile arguments; each eighth action is wrong as a whole.
    """
    loaded = env.unwrapped.loaded
    known, tools = entities(loaded.scenario), list(loaded.tools.tools.values())
    while True:
        tool = rng.choice(tools)
        if rng.random() < 0.125:
            yield rng.choice(list(odd_actions(tool, rng)))
            continue
        given = plain_arguments(tool, known, rng)
        specs = tool.schema["function"]["parameters"].get("properties", {})
        for name in rng.sample(sorted(specs), min(len(specs), rng.choice((0, 1, 1, 2)))):
            given[name] = rng.choice(list(hostile_values(specs[name], rng)))
        action = {"name": tool.name, "arguments": given}
        as_text = rng.random() < 0.2
        try:
            yield json.dumps(action) if as_text else action
        except RecursionError:
            yield action  # Deeper than text can be made of.
