"""How people write the values that a tool gives: dates, times, numbers, telephone numbers."""

from __future__ import annotations

import re

DATE = re.compile(r"(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
TIME = re.compile(r"(?<![\d+-])\d{1,2}:\d{2}(?::\d{2})?(?!\d)")
"""A time of day; not the offset of a time zone."""
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September"),
    *("October", "November", "December"),
)
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
_STOCK = frozenset({"inventory", "stock", "quantity", "available"})


def dates(day: str) -> tuple[str, ...]:
    """A day `YYYY-MM-DD` as it is written; without the year too."""
    year, month, date = day.split("-")
    number, name = int(date), _MONTHS[int(month) - 1] if 1 <= int(month) <= 12 else month
    m = int(month)
    found = [day, f"{year}/{month}/{date}", f"{m}/{number}/{year}", f"{month}/{date}/{year}"]
    found += [f"{number}/{m}/{year}", f"{date}/{month}/{year}", f"{date}.{month}.{year}"]
    found += [f"{number}.{m}.{year}"]
    ordinal = f"{number}{_ordinal(number)}"
    for word in (name, name[:3], f"{name[:3]}."):
        found += [f"{word} {number}", f"{word} {date}", f"{number} {word}", f"{word} the {number}"]
        found += [f"{ordinal} {word}", f"{ordinal} of {word}"]
    return tuple(dict.fromkeys(found))


def _ordinal(number: int) -> str:
    if number in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def times(moment: str, *, bare: bool = False) -> tuple[str, ...]:
    """A time of day, `HH:MM` or `HH:MM:SS`, by both clocks.

    Args:
        moment: The time.
        bare: Whether the hour may stand alone, as in "4 PM".
    """
    hour, minute = (int(part) for part in moment.split(":")[:2])
    twelve, half = (hour - 1) % 12 + 1, "am" if hour < 12 else "pm"
    found = [f"{hour:02}:{minute:02}", f"{hour}:{minute:02}"]
    for shown in {f"{twelve}:{minute:02}", *((str(twelve),) if bare and minute == 0 else ())}:
        dotted = f"{half[0]}.m"
        found += [f"{shown} {half}", f"{shown}{half}", f"{shown} {dotted}", f"{shown}{dotted}"]
    return tuple(dict.fromkeys(found))


def numbers(value: float) -> tuple[str, ...]:
    """A number that tells by itself."""
    found = [f"{value:g}" if abs(value) < 1e5 else str(value), str(value)]
    if isinstance(value, float):
        found.append(f"{value:.2f}")
    return tuple(dict.fromkeys(found))


def small_numbers(key: str, value: int) -> tuple[str, ...]:
    """A number that tells only together with its field."""
    name = key.replace("_", " ").casefold()
    found: list[str] = []
    for shown in (str(value), *((_DIGITS[value],) if 0 <= value <= 10 else ())):
        found += [f"{name}{between}{shown}" for between in (" ", ": ", " of ", " is ", "=", " = ")]
        found += [f"{name} level {shown}", f"{name} was {shown}", f"{shown} {name}"]
        if name == "rating":
            found += [f"{shown} {word}" for word in ("star", "stars", "out of", "points")]
            found += [f"{shown}-star", f"{shown}/5", f"{shown} / 5", f"rated {shown}"]
            found += [f"rating: **{shown}", f"rating:** {shown}", f"rated it {shown}"]
        if name in _STOCK:
            found += [f"{shown} {word}" for word in ("in stock", "units", "available", "left")]
            found += [
                f"{shown} items",
                f"stock: {shown}",
                f"{shown} in inventory",
                f"{shown} pieces",
            ]
    return tuple(dict.fromkeys(found))


def phones(number: str) -> tuple[str, ...]:
    """A telephone number `+XXXXXXXXXXX`, also in North American groups."""
    digits = number.removeprefix("+")
    found = [digits]
    if len(digits) == 11 and digits[0] == "1":
        area, middle, last = digits[1:4], digits[4:7], digits[7:]
        found += [digits[1:], f"({area}) {middle}-{last}"]
        found += [f"{area}{mark}{middle}{mark}{last}" for mark in ("-", ".", " ")]
        found += [f"1 {area} {middle} {last}"]
    return tuple(found)
