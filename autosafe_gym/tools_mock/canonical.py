"""Canonical values: one form for each address, account, handle, path, URL, phone number and date.

Applied once, where a call is executed, to what the tool and the ledger see; the call as it was written
stays in the chat. Every function leaves a canonical value as it is, takes linear time, keeps nothing,
and gives back what it can't read, stripped: the tool then says what is wrong with it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime
from typing import Any

from autosafe_gym.errors import ToolError

_BETWEEN = re.compile(r"[\s,;<>\"()\[\]]+")
_ANGLED = re.compile(r"<([^<>]*)>")
_COMMENT = re.compile(r"\([^()]*\)|\"[^\"]*\"")
_PLAIN_ADDRESS = re.compile(r"[a-z0-9._%+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)+")
_NAMES = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_MONTHS = {n: i for i, name in enumerate(_NAMES, start=1) for n in (name, name[:3])} | {"sept": 9}
_DAY_FIRST = re.compile(r"(?<!\d)(\d{1,2})(?:st|nd|rd|th)?\.? (?:of )?([a-z]{3,9})\.?,? (\d{4})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? (\d{4})")
_YEAR_FIRST = re.compile(r"(?<!\d)(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_LONG_YEAR = re.compile(r"(?<!\d)\d{5,}[-/.]\d")
_CLOCK = re.compile(r"(?<![\d:.])(\d{1,2}):(\d{2})(?!\d)")
_LONGEST_DAY = 300
_YEARS = range(1900, 2200)
_TIME = re.compile(r"(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?(?:\s*(am|pm))?(?:z|\+00:?00)?")


def is_plain_address(text: str) -> bool:
    """Whether a text is one mail address in its canonical form."""
    return _PLAIN_ADDRESS.fullmatch(text) is not None


def addresses_in(text: str) -> list[str]:
    """The bare addresses in a recipient line, in small letters, each once; none if there is none.

    Args:
        text: Such as `Mira <mailto:Mira@example.com>, b@example.com;`.
    """
    found = []
    if "<" in text:
        # What stands beside an address in brackets is a name, whatever it looks like.
        text = ", ".join([*_ANGLED.findall(text), *_unbracketed(text)])
    else:
        text = _without_comments(text)
    for part in _BETWEEN.split(text):
        bare = part.strip(".'").casefold().removeprefix("mailto:").partition("?")[0].strip(".'")
        name, at, host = bare.partition("@")
        if at and name and "." in host.strip(".") and "@" not in host:
            found.append(bare)
    return list(dict.fromkeys(found))


def _without_comments(text: str) -> str:
    """Without what stands in brackets or quotation marks, unless the address itself does."""
    rest = _COMMENT.sub(" ", text)
    return rest if "@" in rest else text


def _unbracketed(text: str) -> list[str]:
    """The parts of a list that have no brackets."""
    return [part for part in re.split(r"[,;]", text) if "<" not in part and ">" not in part]


def parse_addresses(text: str) -> list[str]:
    """The bare addresses in a recipient line, for tools with any number of recipients.

    Raises:
        ToolError: If a part between commas holds no address, or there is no recipient.
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return [text]
    for part in re.split(r"[,;]", text):
        if part.strip() and not addresses_in(part):
            raise ToolError(f"{part.strip()[:100]!r} is not a mail address.")
    found = addresses_in(text)
    if not found:
        raise ToolError("There is no recipient.")
    return found


def address(text: str) -> str:
    """A mail address, bare and in small letters; of several, all of them, joined by `, `.

    What is no address in a list stays in it, so that the tool refuses it.
    """
    if _PLAIN_ADDRESS.fullmatch(text):
        return text
    found = addresses_in(text)
    if found:
        parts = [part.strip() for part in re.split(r"[,;]", _without_comments(text))]
        if "<" in text:
            # A comma may stand within a name: only what follows the last bracket is a part of its own.
            parts = [*found, *(p.strip() for p in text.rpartition(">")[2].split(",") if p.strip())]
        each = [one for part in parts if part for one in addresses_in(part) or [part]]
        return ", ".join(dict.fromkeys(each))
    return ", ".join(found) or text.strip()


def account(text: str) -> str:
    """An account number in groups of four, such as `GB29-1840-7731-0022`."""
    bare = re.sub(r"[\s.\-]", "", text).upper()
    if re.fullmatch(r"[A-Z]{2}\d{10,28}", bare):
        return "-".join(bare[i : i + 4] for i in range(0, len(bare), 4))
    return text.strip()


def handle(text: str) -> str:
    """A handle with its `@`, in small letters, such as `@mira.okafor`."""
    bare = text.strip(" \t\n,;<>\"'()").casefold()
    return f"@{bare}" if re.fullmatch(r"[a-z][a-z0-9_-]*(?:\.[a-z0-9_-]+)+", bare) else bare


def path(text: str) -> str:
    """An absolute path without `.`, `..`, doubled or final slashes."""
    bare = text.strip().strip("\"'`")
    if not bare.startswith("/"):
        return bare
    parts: list[str] = []
    for part in bare.split("/"):
        if part == "..":
            del parts[-1:]
        elif part not in ("", "."):
            parts.append(part)
    return "/" + "/".join(parts)


def url(text: str) -> str:
    """A web address: scheme and host in small letters, no brackets or final punctuation round it."""
    bare = text.strip().strip("<>\"'`").rstrip(".,;")
    if "(" not in bare:
        bare = bare.rstrip(")")
    scheme, colon, rest = bare.partition("://")
    if not colon:
        return url(f"https://{bare}") if re.fullmatch(r"(?i:www)\.[\w.-]+(?:/\S*)?", bare) else bare
    end = min((rest.find(mark) for mark in "/?#" if mark in rest), default=len(rest))
    host, tail = rest[:end], rest[end:]
    tail = tail.rstrip("/") if not {"?", "#"} & {*tail} else tail
    return f"{scheme.casefold()}://{host.casefold()}{tail}"


def phone(text: str) -> str:
    """A phone number with a hyphen between its groups, such as `+1-555-0146`.

    Where the digits come in one piece they are grouped as those of the fictional numbers are.
    """
    bare = text.strip().removeprefix("tel:").replace("(0)", "")
    if re.match(r"00[1-9]", bare):
        bare = f"+{bare[2:]}"
    groups = re.findall(r"\d+", bare)
    digits = "".join(groups)
    if not re.fullmatch(r"\+?[\d\s().\-/]{5,40}", bare):
        return bare
    if fictional := re.fullmatch(r"1?(555)(\d{4})", digits):
        return f"+1-{fictional[1]}-{fictional[2]}"
    return f"+{'-'.join(groups)}" if bare.startswith("+") and len(groups) > 2 else bare


def date(text: str) -> str:
    """A day as `YYYY-MM-DD`, from `2 March 2026`, `March 2nd, 2026` or `2026/3/2`."""
    return _day(text.strip().casefold()) or text.strip()


def moment(text: str) -> str:
    """A point in time as `YYYY-MM-DD HH:MM`, from a day as in `date` and a time of day."""
    bare = text.strip()
    low = bare.casefold().replace(" at ", " ").replace(",", " ")
    found = _TIME.search(low, low.find("t", 8) if re.match(r"\d{4}-\d", low) else 0)
    if found is None:
        return _day(low) or bare
    day = _day(low[: found.start()].strip(" t")) or _day(low[found.end() :].strip())
    hour = int(found[1])
    rest = low[found.end() :].strip()
    if re.match(r"[+-]\d|[-–]", rest) or (found[3] and hour > 12):
        return bare  # Another offset, a span of time, or no time of day.
    if found[3]:
        hour = hour % 12 + (12 if found[3] == "pm" else 0)
    if not day or hour > 23 or int(found[2]) > 59:
        return bare
    return f"{day} {hour:02d}:{found[2]}"


def _day(text: str) -> str:
    text = " ".join(text.split())
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST):
        if hit := pattern.fullmatch(text):
            return _real_day(hit) or ""
    return ""


def _real_day(hit: re.Match[str]) -> str | None:
    """The day that one of the patterns found; "" if it has no month, None if there is no such day."""
    if hit.re is _YEAR_FIRST:
        year, month, day = hit[1], hit[2], hit[3]
    else:
        named, day = (hit[2], hit[1]) if hit.re is _DAY_FIRST else (hit[1], hit[2])
        year, month = hit[3], str(_MONTHS.get(named, ""))
    if not month:
        return ""
    try:
        found = datetime(int(year), int(month), int(day))
    except ValueError:
        return None
    return found.date().isoformat() if found.year in _YEARS else None


def check_days(fields: dict[str, Any], names: tuple[str, ...]) -> None:
    """Refuses what can't be a day or a point in time, whatever stands around it.

    Text without figures, as `tomorrow`, is left to the tool.

    Args:
        fields: The arguments.
        names: Those that hold days.

    Raises:
        ToolError: If there is no such day or time, or it lies in no year of `_YEARS`.
    """
    for name in names:
        value = fields.get(name)
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and text and not _may_be(text.casefold()):
                raise ToolError(
                    f"{text[:80]!r}: there is no such day or time; "
                    f"years from {_YEARS[0]} to {_YEARS[-1]} are known."
                )


def _may_be(text: str) -> bool:
    """Whether every day and every time of day in a text is one that there is."""
    if len(text) > _LONGEST_DAY or _LONG_YEAR.search(text):
        return False
    for pattern in (_YEAR_FIRST, _DAY_FIRST, _MONTH_FIRST):
        if any(_real_day(hit) is None for hit in pattern.finditer(text)):
            return False
    return all(int(hit[1]) < 24 and int(hit[2]) < 60 for hit in _CLOCK.finditer(text))


def person(text: str) -> str:
    """A name without doubled spaces."""
    return " ".join(text.split())


def _settled(rule: Callable[[str], str]) -> Callable[[str], str]:
    """A rule that is applied until nothing changes: marks may stand within marks.

    Each round takes something off the ends, so that few are needed.
    """

    def read(text: str) -> str:
        for _ in range(_ROUNDS):
            again = rule(text)
            if again == text:
                break
            text = again
        return text

    return read


_ROUNDS = 50
CANONICAL: dict[str, Callable[[str], str]] = {
    "address": address,
    "account": account,
    "handle": handle,
    "path": _settled(path),
    "url": _settled(url),
    "phone_number": phone,
    "date": date,
    "moment": moment,
    "person": person,
}
"""By the name of the semantic type; types without an entry are taken as they are written."""


def canonical_fields(
    fields: dict[str, Any], rules: tuple[tuple[str, Callable[[str], str]], ...]
) -> frozenset[str]:
    """Brings the arguments of a call into their canonical forms, in place.

    Args:
        fields: The arguments.
        rules: See `Tool.canonical`.

    Returns:
        The values that join several where one is expected.
    """
    joined = NONE
    for name, rule in rules:
        value = fields.get(name)
        if value.__class__ is str:
            value = fields[name] = rule(value)
            if rule is address and ", " in value:
                joined |= {value}
        elif isinstance(value, list):
            fields[name] = [
                one for v in value for one in (_listed(rule, v) if isinstance(v, str) else (v,))
            ]
    return joined


def _listed(rule: Callable[[str], str], value: str) -> list[str]:
    read = rule(value)
    return read.split(", ") if rule is address else [read]


def apart(value: Any, joined: frozenset[str]) -> Any:
    """A field of an effect with joined addresses taken apart, as a list."""
    if isinstance(value, str):
        return value.split(", ") if value in joined else value
    if isinstance(value, list) and not joined.isdisjoint(v for v in value if isinstance(v, str)):
        return [
            one
            for v in value
            for one in (v.split(", ") if isinstance(v, str) and v in joined else (v,))
        ]
    return value


NONE: frozenset[str] = frozenset()
