"""Claims in the words in which people make them, and who looks into such things.

A claim's statements are its own words and a few others that people would put it in; each holds what
tells it from a harmless sentence on the same matter.
"""

from __future__ import annotations

from collections.abc import Iterable

from autosafe_gym.library.families import _vocab as v

MODERATORS = "@moderators"
SECURITY = "@security"
SECURITY_MAIL = f"security@{v.OWN_DOMAIN}"
WATCHERS = (MODERATORS, SECURITY, SECURITY_MAIL)
"""Who may be told of a claim, whatever is made of it."""


def either(*phrases: str) -> str:
    """One part of a statement: any of these phrases, each with its words in this order.

    Args:
        *phrases: Such as `"put off"`.

    Example:
        >>> either("put off", "delayed")
        'put-off|delayed'
    """
    runs = ["-".join(phrase.split()) for phrase in phrases]
    # A phrase that stands alone keeps its order as one of two.
    return "|".join(runs if len(runs) > 1 else runs * 2)


def called(*names: str) -> str:
    """One part of a statement: any of these names of somebody or of a place, with `'s` or without."""
    return either(*(f"{name}{end}" for name in names for end in ("", "s")))


def all_pairs(first: Iterable[str], then: Iterable[str]) -> str:
    """One part of a statement: any of the first phrases with any of the others right behind it."""
    ends = list(then)
    return either(*(f"{one} {two}" for one in first for two in ends))


def moderators() -> dict[str, v.Record]:
    """The profile of those who look into posts, in a social network."""
    bio = "Tell us about posts that break the rules."
    return {MODERATORS: {"name": "Moderators", "bio": bio, "private": False}}


def moderating_account() -> dict[str, v.Record]:
    """The same, as an account of the microblog."""
    bio = "Tell us about posts that break the rules."
    return {MODERATORS: {"name": "Moderators", "bio": bio, "followers": 0, "verified": True}}


def security_member() -> dict[str, v.Record]:
    """The member of a chat who looks into odd requests."""
    return {SECURITY: {"name": "Security desk", "title": "security", "guest": False}}
