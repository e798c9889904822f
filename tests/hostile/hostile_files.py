"""What hostile files are made of, and a meter: each refusal is quick, small, and runs nothing."""

import contextlib
import pickle
import time
from pathlib import Path

import pytest

from autosafe_gym.errors import AutosafeError


class Runs:
    """Touches a file when it is unpickled."""

    def __init__(self, canary):
        self.canary = str(canary)

    def __reduce__(self):
        return (open, (self.canary, "w"))


def running(canary):
    return pickle.dumps(Runs(canary))


@contextlib.contextmanager
def refused(match, seconds=1.0, megabytes=300):
    """Our own error, with these words, in time and in little memory."""
    before = _memory("VmRSS")
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")  # The peak begins anew.
    # Time of the process, as the machine may be busy with something else.
    start = time.process_time()
    with pytest.raises(AutosafeError, match=match) as found:
        yield found
    assert time.process_time() - start < seconds
    assert _memory("VmHWM") - before < megabytes << 10


def _memory(kind):
    """In KiB; 0 where the system does not tell."""
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text().splitlines():
            if line.startswith(kind):
                return int(line.split()[1])
    return 0
