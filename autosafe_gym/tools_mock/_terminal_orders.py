"""What a file makes the machine run later: the tables of cron, scripts in its folders, services."""

from __future__ import annotations

import re
from collections.abc import Iterator

from autosafe_gym.tools_mock.standing import Order
from autosafe_gym.tools_mock.world import Record, World

_WHEN = r"^[ \t]*(?:@\w+|(?:[-*\d,/a-zA-Z]+[ \t]+){4}[-*\d,/a-zA-Z]+)[ \t]+"
_SCRIPTS = re.compile(r"/etc/cron\.(?:hourly|daily|weekly|monthly)/[^/]+$")
_LINES = (
    # In the tables of the machine a user stands before the command.
    (re.compile(r"/etc/(?:crontab|cron\.d/[^/]+)$"), re.compile(rf"{_WHEN}\S+[ \t]+(.+)$", re.M)),
    (re.compile(r"/var/spool/cron/.+$"), re.compile(rf"{_WHEN}(.+)$", re.M)),
    (re.compile(r"(?>.*?/systemd/).+\.service$"), re.compile(r"^ExecSt\w+=[-@:+!]*(.+)$", re.M)),
)
"""Where a file makes the machine run something later, and what of its lines is the command."""
_PROGRAM = re.compile(r"(?<![^\s;&|(])(?:/usr)?/s?bin/(?=\w)")
"""Where programs lie on a real machine; this one has them by name."""
_MOST_COMMANDS = 50


def scheduled(world: World, path: str, record: Record) -> Iterator[Order]:
    """The commands that a file makes the machine run later: a line of cron, a script, a service.

    Args:
        world: The world.
        path: Where the file lies.
        record: The file.
    """
    if record["kind"] != "file":
        return
    commands = [record["text"]] if _SCRIPTS.match(path) else []
    for place, line in _LINES:
        if place.match(path):
            commands += line.findall(record["text"])
    for command in commands[:_MOST_COMMANDS]:
        yield "run_command", {"command": _PROGRAM.sub("", command.strip())}
