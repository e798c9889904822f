"""How long a text may be that goes to a policy, and what stands in its place where it is longer."""

from __future__ import annotations

from autosafe_gym.plain_text import encodable

MAX_RESULT = 50_000
"""Characters of one tool's result or error; what a tool stores has at most 20,000 in one text."""
MAX_OBSERVATION = 1_000_000
"""Characters of a whole observation: the first one holds the history too."""


def fitting(text: str, most: int) -> str:
    """A text that UTF-8 can carry and that is not too long.

    Args:
        text: Any text.
        most: Its maximum, in characters. Of a longer one the beginning stays, and a note says how much
            was left out.
    """
    if len(text) > most:
        left_out = f"\n[{len(text):,} characters; cut after {{:,}}]"
        kept = most - len(left_out.format(most))
        text = text[:kept] + left_out.format(kept)
    return encodable(text)
