"""What work costs in processor time: a busy machine makes it wait, and makes it no dearer."""

import gc
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from resource import RUSAGE_CHILDREN, getrusage

this_thread, all_threads = time.thread_time, time.process_time


def children() -> float:
    """Of the processes that were begun here and have ended."""
    spent = getrusage(RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


@contextmanager
def at_most(seconds: float, of: Callable[[], float] = this_thread) -> Iterator[None]:
    """What is done within costs no more than that. A collection of garbage is not its affair: others left that."""
    gc.disable()
    try:
        begun = of()
        yield
        cost = of() - begun
    finally:
        gc.enable()
    assert cost < seconds, f"it cost {cost:.2f} seconds"
