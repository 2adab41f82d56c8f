"""Readers who come at a constant rate, whether those before them are served or not: an open loop."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from random import Random
from time import monotonic

from tests.load.journey import Journey


@dataclass
class Arrivals:
    """`begin(number, due_at)` is one reader's journey. Who is late begins at once and their time counts from `due_at`.

    Between two readers there is between half and one and a half of the mean.
    """

    begin: Callable[[int, float], Awaitable[Journey]]
    done: list[Journey] = field(default_factory=list)
    come: int = 0
    _chance: Random = field(default_factory=lambda: Random(7))

    async def keep_coming(self, per_second: float, until: Callable[[], bool]) -> None:
        """Until it is over; then all who have come are waited for."""
        running: set[asyncio.Task[None]] = set()
        due = monotonic()
        while not until():
            due += self._chance.uniform(0.5, 1.5) / per_second
            await asyncio.sleep(max(0.0, due - monotonic()))
            task = asyncio.create_task(self._one(self.come, due))
            self.come += 1
            running.add(task)
            task.add_done_callback(running.discard)
        await asyncio.gather(*running)

    async def _one(self, number: int, due: float) -> None:
        self.done.append(await self.begin(number, due))
