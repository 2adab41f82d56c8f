"""Threads for one kind of work, so many and no more: what hangs there keeps nobody waiting for anything else."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import TypeVar

Result = TypeVar("Result")


class Threads:
    """`at_once` threads, each started when it is first needed."""

    def __init__(self, at_once: int, name: str) -> None:
        self._pool = ThreadPoolExecutor(at_once, thread_name_prefix=name)

    async def run(self, call: Callable[[], Result], patience: float | None) -> Result:
        """What `call` returns, or TimeoutError after `patience` seconds, the wait for a free thread included.

        A call that has begun by then goes on in its thread, and nobody hears what comes of it.
        """
        work = self._pool.submit(copy_context().run, call)
        return await asyncio.wait_for(asyncio.wrap_future(work), patience)

    def close(self) -> None:
        """Begin nothing more, and wait for nothing."""
        self._pool.shutdown(wait=False, cancel_futures=True)
