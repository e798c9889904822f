"""Secrets out of files, pages, messages and logs: what is configured is known, and masked where it turns up.

Known are the keys that endpoints are given, credentials in their addresses, secret fields of requests, and
environment variables whose names say that they hold a secret. A model may repeat one as it is, in another
encoding or in pieces, so each is looked for as text, URL-encoded, with the escapes of JSON, Python and HTML,
as hexadecimal and as base64, with line breaks and blanks between. Half of a long one counts too: a text may
have been cut.

The world sees what the agent said; it is masked where it is written down.
"""

from __future__ import annotations

import base64
import logging
import os
import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import parse_qsl, unquote, urlsplit

if TYPE_CHECKING:
    from pydantic import BaseModel

M = TypeVar("M", bound="BaseModel")
MASK = "[key]"
"""Stands where a secret stood."""
_SHORTEST = 8
_SHORTEST_WORD = 12
"""The minimum for a secret of letters only or digits only; a shorter one may be a word or a number of a scenario."""
_LONGEST = 512
_HEAD = 12
"""Characters, at least, that give a secret away."""
_PLACEHOLDERS = frozenset(
    [
        "lm-studio",
        "not-needed",
        "not-required",
        "no-key-required",
        "sk-no-key-required",
        "token-abc123",
        "your-api-key",
    ]
)
"""Keys that local servers are given, because the client insists on one."""
_NAMES = (
    r"(?:[\w.-]*[_.-])?(?:api[_-]?key|apikey|key|access[_-]?key(?:[_-]id)?|token|secret|password|passwd"
    r"|passphrase|pwd|auth|authorization|credentials?|signature|sig)"
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
_SECRET_VARIABLE = re.compile(
    r"(?:\w*_)?(?:API_?KEY|KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|CREDENTIALS?)(?:_ID)?"
)
_ADDRESS_VARIABLE = re.compile(r"\w*(?:BASE_URL|ENDPOINT|PROXY)", re.IGNORECASE)

# -- what looks like a secret in a message ----------------------------------------------------------
_LOOKS = (
    (re.compile(r"(://)[^\s/?#@\"'<>]{1,500}@"), rf"\1{MASK}@"),
    (re.compile(rf"([?&;](?:{_NAMES})=)[^\s&#;\"'<>]+", re.IGNORECASE), rf"\1{MASK}"),
    (
        re.compile(
            r"(\b(?:authorization|(?:x-)?api-?key)\b[\"']?\s{0,4}[:=]\s{0,4}[\"']?(?:(?:bearer|basic)\s{1,4})?)"
            r"[^\s\"',;\[]+",
            re.IGNORECASE,
        ),
        rf"\1{MASK}",
    ),
    (
        re.compile(r"(\b(?:bearer|basic)\s{1,4})(?=\S{0,200}\d)[\w.~+/=-]{8,}", re.IGNORECASE),
        rf"\1{MASK}",
    ),
    (
        re.compile(
            r"\b(?:sk-[\w-]{8,}|(?:hf|gsk|gh[pousr])_\w{16,}|xai-\w{16,}|AIza[\w-]{30,}|AKIA[A-Z0-9]{16})"
        ),
        MASK,
    ),
)

# -- the forms of a secret ---------------------------------------------------------------------------
_BETWEEN = (
    r"(?:[\s\x00-\x1f\xad\u200b-\u200f\u2060-\u2064\ufeff]|\\{1,16}(?:[nrtbf]|u00[01][0-9a-fA-F]|u00[aA]0|u200[b-fB-F])"
    r"|<br\s?/?>|%(?:25){0,4}(?:20|0[9aAdD])){0,40}"
)
_BETWEEN_HEX = rf"(?:{_BETWEEN}(?:[:,;-]|\\{1, 16}x|0x|%)?)"
_NAMED = {"&": "amp", "<": "lt", ">": "gt", '"': "quot", "'": "apos"}


@dataclass(frozen=True)
class _Form:
    """One encoding of a secret: the pattern of its beginning, and one for each unit that may follow."""

    head: re.Pattern[str]
    rest: tuple[re.Pattern[str], ...]

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        end = 0
        while found := self.head.search(text, end):
            end = found.end()
            for unit in self.rest:
                more = unit.match(text, end)
                if more is None:
                    break
                end = more.end()
            yield found.start(), end


@lru_cache(maxsize=4096)
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def _form(units: list[str], between: str, least: int) -> _Form:
    head = max(least, len(units) // 2)
    return _Form(
        re.compile(between.join(units[:head])),
        tuple(_compiled(f"{between}{unit}") for unit in units[head:]),
    )


def _character(char: str) -> str:
    """A character as it is, or with the escapes of URLs, JSON, Python and HTML, once or more.

    Each alternative begins with a letter of its own: then Python's search passes over the rest quickly.
    """
    code, data = ord(char), char.encode("utf-8", "surrogatepass")
    escaped, entity = r"\\\\{0,15}", "&(?:amp;){0,4}"
    forms = [
        "".join(rf"%(?:25){{0,4}}{_any_case(f'{byte:02x}')}" for byte in data),
        rf"{escaped}u{_any_case(f'{code:04x}')}",
        rf"{escaped}u\{{0{{0,6}}{_any_case(f'{code:x}')}\}}",
        rf"{entity}#0{{0,6}}{code};",
        rf"{entity}#[xX]0{{0,6}}{_any_case(f'{code:x}')};",
    ]
    if code < 256:
        forms.append(rf"{escaped}x{_any_case(f'{code:02x}')}")
    if not char.isalnum():
        forms.append(rf"{escaped}{re.escape(char)}")
    if char in _NAMED:
        forms.append(f"{entity}{_NAMED[char]};")
    # Last: of `&amp;` no more than the first letter would be taken.
    forms += [
        re.escape(c) for c in dict.fromkeys((char, char.lower(), char.upper())) if len(c) == 1
    ]
    return f"(?:{'|'.join(forms)})"


def _any_case(text: str) -> str:
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in text)


def _sextet(char: str) -> str:
    """A character of base64, in either alphabet."""
    if char in "+/":
        other = {"+": "-", "/": "_"}[char]
        return rf"(?:\\{{0,16}}{re.escape(char)}|{other}|%(?:25){{0,4}}{ord(char):02X}|\\{{1,16}}u{ord(char):04x})"
    return char


@lru_cache(maxsize=64)
def _forms(secret: str) -> tuple[_Form, ...]:
    data = secret.encode("utf-8", "surrogatepass")
    made = [
        _form([_character(c) for c in secret], _BETWEEN, _HEAD),
        _form([_any_case(f"{byte:02x}") for byte in data], _BETWEEN_HEX, _HEAD),
    ]
    for before in range(3):
        # What stands before it in the same text shifts it; the characters that it shares are left out.
        whole = base64.b64encode(bytes(before) + data).decode()
        core = whole[(0, 2, 3)[before] : 8 * (before + len(data)) // 6]
        made.append(_form([_sextet(c) for c in core], _BETWEEN, min(_HEAD, len(core))))
    return tuple(made)


# -- what is known ---------------------------------------------------------------------------------
_known: set[str] = set()
_lock = threading.Lock()


def remember(*values: str | None) -> None:
    """Makes values known as secrets for the rest of the process.

    Values that are too short to be told from words of a scenario are left out, as are placeholders.
    """
    with _lock:
        _known.update(part for value in values for part in _parts(value or ""))


def remember_fields(data: Any) -> None:
    """Makes the values of secret fields known: `{"api_key": ...}`, in any depth."""
    for name, value in data.items() if isinstance(data, Mapping) else ():
        if isinstance(value, str) and _SECRET_NAME.fullmatch(str(name)):
            remember(value, value.partition(" ")[2])
        remember_fields(value)
    for value in data if isinstance(data, (list, tuple)) else ():
        remember_fields(value)


def _parts(value: str) -> list[str]:
    """The secret, line by line (a private key has many)."""
    return [line[:_LONGEST] for line in map(str.strip, value.splitlines()) if _is_secret(line)]


def _is_secret(value: str) -> bool:
    if len(value) < _SHORTEST or value.casefold() in _PLACEHOLDERS:
        return False
    return len(value) >= _SHORTEST_WORD or not (value.isalpha() or value.isdecimal())


def _secrets() -> list[str]:
    """Everything known, the environment included; longer ones first."""
    found = set(_known)
    for name, value in os.environ.items():
        if len(value) >= _SHORTEST:
            if _SECRET_VARIABLE.fullmatch(name) and value[0] not in "/~.":
                found.update(_parts(value))
            elif _ADDRESS_VARIABLE.fullmatch(name):
                found.update(part for v in Address.of(value).secrets for part in _parts(v))
            elif name.endswith("_HEADERS"):
                found.update(part for v in _header_values(value) for part in _parts(v))
    return sorted(found, key=lambda s: (-len(s), s))


def _header_values(lines: str) -> Iterator[str]:
    """The secret ones of headers, one a line."""
    for line in lines.splitlines():
        name, _, value = line.partition(":")
        if _SECRET_NAME.fullmatch(name.strip()):
            yield value.strip()
            yield value.strip().partition(" ")[2]


# -- masking -----------------------------------------------------------------------------------------
def masked(text: str) -> str:
    """The text with a mask in the place of every known secret, in whatever encoding."""
    if len(text) < _SHORTEST:
        return text
    for secret in _secrets():
        for form in _forms(secret):
            spans = [*form.spans(text)]
            for start, end in reversed(spans):
                text = text[:start] + MASK + text[end:]
    return text


def holds_secret(text: str) -> bool:
    """Whether a known secret is in the text."""
    return masked(text) != text


def cleaned(text: str) -> str:
    """A message without known secrets, and without what looks like one.

    Credentials in addresses, secret parameters of queries, headers of authorization, and the usual forms of
    keys are masked as well. Not for scenarios and what agents say: those may be about such things.
    """
    text = masked(text)
    for pattern, put in _LOOKS:
        text = pattern.sub(put, text)
    return text


def masked_data(data: Any) -> Any:
    """JSON-like data with `masked` texts, names of fields included."""
    return _walked(data, masked)


def cleaned_data(data: Any) -> Any:
    """JSON-like data (a configuration) with `cleaned` texts; texts in secret fields are masked whole."""
    if isinstance(data, Mapping):
        return {
            cleaned(str(name)): MASK
            if isinstance(value, str) and value and _SECRET_NAME.fullmatch(str(name))
            else cleaned_data(value)
            for name, value in data.items()
        }
    if isinstance(data, (list, tuple)):
        return [cleaned_data(value) for value in data]
    return cleaned(data) if isinstance(data, str) else data


def masked_model(model: M) -> M:
    """A pydantic model without known secrets; the same object where there is none."""
    if not holds_secret(model.model_dump_json()):
        return model
    return type(model).model_validate(masked_data(model.model_dump(mode="json")))


def _walked(data: Any, change: Any) -> Any:
    if isinstance(data, str):
        return change(data)
    if isinstance(data, Mapping):
        return {
            change(name) if isinstance(name, str) else name: _walked(value, change)
            for name, value in data.items()
        }
    if isinstance(data, (list, tuple)):
        return [_walked(value, change) for value in data]
    return data


# -- addresses ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Address:
    """An endpoint's address, taken apart.

    Attributes:
        bare: Without credentials and query.
        login: User name and password, if it has any.
        query: The query's parameters.
        shown: For people and files: credentials are masked.
    """

    bare: str
    login: tuple[str, str] | None
    query: dict[str, str]
    shown: str

    @classmethod
    def of(cls, url: str) -> Address:
        """Takes an address apart; one that is none stays as it is."""
        try:
            parts = urlsplit(url)
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
        except ValueError:
            return cls(url, None, {}, cleaned(url))
        user, found, host = parts.netloc.rpartition("@")
        name, _, password = user.partition(":")
        login = (unquote(name), unquote(password)) if found else None
        bare = parts._replace(netloc=host, query="", fragment="").geturl()
        return cls(bare, login, query, cleaned(url))

    @property
    def secrets(self) -> list[str]:
        """What in it is secret; a user name without a password is a token."""
        login = self.login or ("", "")
        named = [v for k, v in self.query.items() if _SECRET_NAME.fullmatch(k)]
        return [login[1] or login[0], *named]


# -- logs --------------------------------------------------------------------------------------------
class LogFilter(logging.Filter):
    """Masks secrets in the records of a logger."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Writes the message out, masked; no record is dropped."""
        record.msg, record.args = cleaned(record.getMessage()), ()
        if record.exc_info:
            record.exc_text = cleaned(logging.Formatter().formatException(record.exc_info))
        return True


_FILTER = LogFilter()


def mask_logs(*libraries: str) -> None:
    """Masks what libraries log.

    Args:
        *libraries: Beginnings of their loggers' names.
    """
    names: Iterable[str] = [*logging.root.manager.loggerDict]
    for name in names:
        if name.startswith(libraries):
            logging.getLogger(name).addFilter(_FILTER)
