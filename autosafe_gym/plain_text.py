r"""Texts of others on a screen, a page and a picture: what would steer it is shown escaped.

Models, providers, packs and stored runs may send control sequences (colours, titles, links, bells), signs that
turn the order of letters round, and markup. None of it is dropped: it is shown as `\x1b`, `\u202e` and so on.
"""

from __future__ import annotations

import re

from autosafe_gym.masking import masked

_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff"
    "\ufff9-\ufffb\ufffe\uffff\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""All but tab and line feed; joiners stay, which scripts and emoji need."""
_MARKDOWN = re.compile(r"[\\`*\[\]<>|$~&]")


def shown(text: str) -> str:
    r"""The text with control characters, marks of direction and lone surrogates escaped.

    Example:
        >>> shown("a\x1b[31mb")
        'a\\x1b[31mb'
    """
    return _CONTROL.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    if code < 256:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 65536 else f"\\U{code:08x}"


def in_json(text: str) -> str:
    """JSON text with the same characters as escapes of JSON: it means the same."""

    def escaped(found: re.Match[str]) -> str:
        units = found[0].encode("utf-16-be", "surrogatepass")
        return "".join(f"\\u{units[i]:02x}{units[i + 1]:02x}" for i in range(0, len(units), 2))

    return _CONTROL.sub(escaped, text)


def one_line(text: str) -> str:
    """Like `shown`, with line feeds and tabs escaped too."""
    return shown(text).replace("\n", "\\n").replace("\t", "\\t")


def label(text: str, longest: int = 90) -> str:
    """A text as matplotlib is to draw it: no mathematics, one line, not hidden from the legend.

    Args:
        text: The text.
        longest: Characters; the middle of a longer one is left out.
    """
    line = one_line(masked(text))
    if len(line) > longest:
        line = f"{line[: longest // 2]}…{line[-longest // 2 :]}"
    # Labels that begin with an underscore are left out of legends.
    return (f" {line}" if line.startswith("_") else line).replace("$", r"\$")


def storable(text: str) -> str:
    """The text with lone surrogates escaped, which no file in UTF-8 can hold."""
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def encodable(text: str) -> str:
    """The text with a question mark for each lone surrogate: every file and process takes it."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def in_markdown(text: str) -> str:
    """A text as Markdown that shows it as it is: no links, pictures, tables or HTML."""
    return _MARKDOWN.sub(r"\\\g<0>", one_line(text))
