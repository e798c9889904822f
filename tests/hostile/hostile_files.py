"""What hostile files are made of, and a meter: each refusal is quick, small, and runs nothing."""

import contextlib
import pickle
import time
import tracemalloc

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
    tracemalloc.start()
    start = time.process_time()
    try:
        with pytest.raises(AutosafeError, match=match) as found:
            yield found
        # Counting every allocation makes Python about three times as slow.
        assert time.process_time() - start < 3 * seconds
        assert tracemalloc.get_traced_memory()[1] < megabytes << 20
    finally:
        tracemalloc.stop()
