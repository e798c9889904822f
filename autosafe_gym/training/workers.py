"""Processes that train side by side, and end when what waits for them does."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing import active_children, get_context


@contextmanager
def workers(count: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of fresh processes; an error or an interrupt ends them at once, whatever they do.

    Args:
        count: Processes.
    """
    with ProcessPoolExecutor(count, mp_context=get_context("spawn")) as pool:
        try:
            yield pool
        except BaseException:
            # Not those that the pool knows: one may just be starting.
            for process in active_children():
                process.terminate()
            pool.shutdown(wait=False, cancel_futures=True)
            raise
