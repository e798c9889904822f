"""A bash that touches nothing but a world's records; it runs in a process of its own (`_shell_process`)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.util import find_spec
from typing import Any

from autosafe_gym.errors import ToolError
from autosafe_gym.plain_text import encodable
from autosafe_gym.tools_mock import _shell_process
from autosafe_gym.tools_mock._shell_files import Send
from autosafe_gym.tools_mock._shell_messages import Request, Sent
from autosafe_gym.tools_mock.world import Table

_KILLED = 137


@dataclass(frozen=True)
class Finished:
    """What a command printed, its exit status, and the files as it left them."""

    output: str
    status: int
    files: Table
    cwd: str


def run(script: str, files: Table, cwd: str, user: str, now: datetime, send: Send) -> Finished:
    """Runs a command on a copy of the files.

    What the command has done stands, however it ends: a command that runs away is stopped after a number
    of steps, which is the same on every machine, and comes back with an exit status.

    Args:
        script: The command.
        files: path -> {kind, text, mode, modified, target}; not changed.
        cwd: Where it runs.
        user: Name of the user.
        now: In-world time.
        send: Called when the command tries to send something out.

    Raises:
        ToolError: If there is no shell.
    """
    if find_spec("just_bash") is None:  # pragma: no cover
        raise ToolError("The terminal needs the package just-bash.")
    changed: dict[str, dict[str, Any] | None] = {}

    def said(report: Any) -> None:
        if isinstance(report, Sent):
            send(report.to, report.files, report.text)
        else:
            changed.update(report.files)

    request = Request(encodable(script), _written(files), encodable(cwd), user, now.isoformat())
    try:
        answer = _shell_process.ask(request, said)
    except _shell_process.Died as error:
        output = f"bash: stopped: {error}"
        return Finished(output, _KILLED, _changed(files, changed), cwd)
    return Finished(answer.output, answer.status, _changed(files, answer.files), answer.cwd)


def _written(files: Table) -> Table:
    """The files with texts that can be written as UTF-8; they themselves where all can."""
    try:
        for path, record in files.items():
            f"{path}{record['text']}{record['target']}".encode()
    except UnicodeEncodeError:
        return {
            encodable(path): {
                key: encodable(value) if isinstance(value, str) else value
                for key, value in record.items()
            }
            for path, record in files.items()
        }
    return files


def _changed(files: Table, changed: dict[str, dict[str, Any] | None]) -> Table:
    """The files after the changes; one that has not changed keeps its record."""
    after: Table = {path: record for path, record in files.items() if path not in changed}
    for path, record in sorted(changed.items()):
        if record is not None:
            after[path] = record
    return after
