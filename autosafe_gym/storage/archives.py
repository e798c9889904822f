"""Zip archives that anybody may have made: what they would unpack to is known before anything is."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path, PurePosixPath

from autosafe_gym.errors import DataError
from autosafe_gym.storage.reading import read_bytes

ARCHIVE_BYTES = 128 << 20
"""Most bytes of an archive, and of all that it unpacks to."""
_MOST_MEMBERS = 1_000
_DIRECTORY_BYTES = 1 << 20
_END, _END_SIZE = b"PK\x05\x06", 22
_LONG_END, _LONG_END_SIZE = b"PK\x06\x06", 56 + 20
"""Bytes of the end record of a ZIP64 archive and of the locator that follows it."""
_LONGEST_COMMENT = 1 << 16


def read_members(
    source: str | Path | bytes, what: str = "", limit: int = ARCHIVE_BYTES
) -> dict[str, bytes]:
    """The members of an archive, unpacked in memory.

    Args:
        source: The file, or the archive itself.
        what: What to call it in errors; the file's name by default.
        limit: Most bytes, packed and unpacked.

    Raises:
        DataError: If it is no archive, damaged or encrypted, has too many members or too large ones, a
            name twice, or a name that leads out of a folder.
    """
    what = what or str(source)
    data = source if isinstance(source, bytes) else read_bytes(source, limit)
    _check_directory(data, what)
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            _check_members(members, what, limit)
            return {member.filename: _read(archive, member, what) for member in members}
    except DataError:
        raise
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise DataError(f"{what}: this zip archive can't be read ({error}).") from error
    except (ValueError, OSError, struct.error, UnicodeError) as error:
        raise DataError(f"{what}: this zip archive is damaged ({error}).") from error


def _check_directory(data: bytes, what: str) -> None:
    """Refuses a directory that would be large to read: Python reads all of it at once."""
    at = data.rfind(_END, max(0, len(data) - _END_SIZE - _LONGEST_COMMENT))
    if at < 0 or len(data) - at < _END_SIZE:
        raise DataError(f"{what}: this is no zip archive, or it was cut off.")
    size = int.from_bytes(data[at + 12 : at + 16], "little")
    # torch writes the 64-bit form, whose end stands before, and counts in its place.
    long_end = data[max(0, at - _LONG_END_SIZE) : at]
    if long_end.startswith(_LONG_END):
        size = max(size, int.from_bytes(long_end[40:48], "little"))
    if size > _DIRECTORY_BYTES:
        raise DataError(
            f"{what}: the list of its members takes {size:,} bytes; that is no archive of ours."
        )


def _check_members(members: list[zipfile.ZipInfo], what: str, limit: int) -> None:
    if len(members) > _MOST_MEMBERS:
        raise DataError(f"{what}: {len(members)} members; at most {_MOST_MEMBERS} are read.")
    names: set[str] = set()
    for member in members:
        name = PurePosixPath(member.filename.replace("\\", "/"))
        if name.is_absolute() or ".." in name.parts or ":" in member.filename:
            raise DataError(
                f"{what}: the member {member.filename[:80]!r} leads out of the archive."
            )
        if member.filename in names:
            raise DataError(f"{what}: the member {member.filename[:80]!r} is there twice.")
        names.add(member.filename)
        if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise DataError(f"{what}: the member {member.filename[:80]!r} is packed in a rare way.")
    total = sum(member.file_size for member in members)
    if total > limit:
        raise DataError(f"{what}: it unpacks to {total:,} bytes; at most {limit:,} are read.")


def _read(archive: zipfile.ZipFile, member: zipfile.ZipInfo, what: str) -> bytes:
    with archive.open(member) as file:
        # Python stops at the size that the directory tells; one byte more would be a lie of it.
        found = file.read(member.file_size + 1)
    if len(found) != member.file_size:
        raise DataError(f"{what}: the member {member.filename[:80]!r} is not as large as it says.")
    return found
