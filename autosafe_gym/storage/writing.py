"""Files that appear whole or not at all, and folders to which one process at a time writes.

A process can be ended at any moment, and a disk can be full at any byte. So a file is written under
another name in the same folder, brought to the disk, and then takes its name in one step. What a killed
process left under such a name goes when the same file is written again.
"""

from __future__ import annotations

import contextlib
import glob
import itertools
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from autosafe_gym.errors import DataError

_numbers = itertools.count()
_open: set[Path] = set()
"""The temporary files of this process, which an interrupt removes."""


def refusal(path: Path, error: OSError) -> DataError:
    """The error for a file or folder that can't be written; it says why and what then."""
    return DataError(
        f"{path}: can't be written ({error.strerror or error}). What was written before is whole; "
        "the same command goes on when there is room and leave to write."
    )


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """Gives another name to write to; at the end the file takes its own, at an error it is gone.

    Args:
        path: The file; its folder must be there.

    Raises:
        DataError: If it can't be written.
    """
    number = f"{os.getpid()}-{next(_numbers)}"
    temporary = path.with_name(f".{path.name}.{number}.tmp")
    _sweep(path)
    _open.add(temporary)
    try:
        yield temporary
        with temporary.open("rb") as file:
            os.fsync(file.fileno())
        temporary.replace(path)
        _sync_folder(path.parent)
    except OSError as error:
        raise refusal(path, error) from error
    finally:
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)
        _open.discard(temporary)


def write_whole(path: Path, data: str | bytes) -> None:
    """Writes a file that appears whole or not at all.

    Args:
        path: The file; its folder must be there.
        data: What it is to hold; text as UTF-8.

    Raises:
        DataError: If it can't be written.
    """
    with whole_file(path) as temporary:
        temporary.write_bytes(data.encode() if isinstance(data, str) else data)


def discard_temporaries() -> None:
    """Removes what this process has begun to write, just before it ends."""
    for temporary in tuple(_open):
        with contextlib.suppress(OSError):
            temporary.unlink(missing_ok=True)


def only_writer(folder: Path, patience: float = 0.0) -> BinaryIO:
    """Takes a folder for this process until the file that is returned is closed, or the process ends.

    Args:
        folder: The folder; it must be there.
        patience: Seconds to wait for one that has it: workers of a killed run end a moment later.

    Raises:
        DataError: If another process has it, or it can't be written.
    """
    try:
        guard = (folder / ".lock").open("ab")
    except OSError as error:
        raise refusal(folder, error) from error
    with contextlib.suppress(ImportError):  # Not on Windows.
        import fcntl

        end = time.monotonic() + patience
        while True:
            try:
                fcntl.flock(guard, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except OSError:
                if time.monotonic() < end:
                    time.sleep(0.05)
                    continue
                guard.close()
                raise DataError(
                    f"{folder}: another process is writing to this run. Wait for it, or take another "
                    "folder."
                ) from None
    return guard


@contextmanager
def locked(folder: Path, patience: float = 0.0) -> Iterator[None]:
    """Has a folder for this process; makes it if it is missing. See `only_writer`."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise refusal(folder, error) from error
    with only_writer(folder, patience):
        yield


def _sweep(path: Path) -> None:
    """Removes what processes that are dead had begun to write of this file."""
    for left in path.parent.glob(f".{glob.escape(path.name)}.*.tmp"):
        process = left.name.removeprefix(f".{path.name}.").split("-")[0]
        if process.isdigit() and not _alive(int(process)):
            with contextlib.suppress(OSError):
                left.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # It is somebody else's, or this system can't say.
    return True


def _sync_folder(folder: Path) -> None:
    """Brings a new name to the disk, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
