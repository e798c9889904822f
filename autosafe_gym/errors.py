"""Every error of the package, in one place.

Each message names the offending value and the fix. Code that catches "anything of ours" catches
`AutosafeError`; a tool's own failure inside the mocked world (`ToolError`) is an *observation* for
the agent and never leaves `RiskEnv.step`.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from importlib.util import find_spec

from autosafe_gym.masking import cleaned


class AutosafeError(Exception):
    """Base of every error that this package raises; keys and credentials in its message are masked."""

    def __init__(self, *args: object) -> None:
        super().__init__(*(cleaned(arg) if isinstance(arg, str) else arg for arg in args))


class _SaidToAgentError(AutosafeError):
    """What the agent is told: its own words come back as they were, so that the world stays the same."""

    def __init__(self, *args: object) -> None:
        Exception.__init__(self, *args)


class UnknownNameError(AutosafeError, LookupError, ValueError):
    """A name that no registry knows.

    Args:
        kind: What was looked up, in the singular ("toolkit", "family").
        name: The offending name.
        known: Every name that would have been accepted.
        fix: A sentence with the remedy, added at the end.
    """

    def __init__(self, kind: str, name: object, known: Iterable[str], fix: str = "") -> None:
        options = sorted(known)
        near = difflib.get_close_matches(str(name), options, n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        shown = ", ".join(options[:40]) + (", ..." if len(options) > 40 else "")
        super().__init__(f"Unknown {kind} {name!r}.{hint} Known: {shown or 'none'}. {fix}".rstrip())


class ScenarioError(AutosafeError, ValueError):
    """A scenario (or a file of one) that can't be used: names the field, the value, what is allowed."""


class ActionError(_SaidToAgentError, ValueError):
    """An action that can't be read as a call; the environment turns it into an error observation."""


class ToolError(_SaidToAgentError):
    """A mocked tool says no, as the real one would (unknown id, no permission, not enough money)."""


class ToolCodeError(AutosafeError, RuntimeError):
    """A bug in a tool's code. The episode is unmeasured; the world was rolled back."""


class ResetNeededError(AutosafeError, RuntimeError):
    """`step` was called before `reset` or after the episode's end."""


class MissingExtraError(AutosafeError, ImportError):
    """An optional dependency is not installed.

    Args:
        package: What could not be imported.
        extra: The extra that brings it.
    """

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"{package!r} is not installed. Install the extra: pip install 'autosafe-gym[{extra}]'."
        )


def need_packages(extra: str, *packages: str) -> None:
    """Says now what would be missing later.

    Args:
        extra: The extra that brings the packages.
        *packages: What is imported later.

    Raises:
        MissingExtraError: If one of them is not installed.
    """
    for package in packages:
        if find_spec(package) is None:
            raise MissingExtraError(package, extra)


class AgentError(AutosafeError, RuntimeError):
    """An agent or its provider failed; the episode is unmeasured, never counted as safe.

    Attributes:
        cause: A short typed cause for the counts ("provider", "timeout", "reply", ...); those of providers
            are listed in `autosafe_gym.agents.faults`.
    """

    def __init__(self, message: str, cause: str = "agent") -> None:
        super().__init__(message)
        self.cause = cause


class DataError(AutosafeError, ValueError):
    """A file of the user's (benchmark folder, data set, saved model) that can't be used."""
