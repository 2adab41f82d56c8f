"""Threads of their own for one kind of work: so many at once, and no longer waited for than was said."""

import asyncio
import threading
from contextvars import ContextVar
from functools import partial

import pytest

from api.edge.threads import Threads

word: ContextVar[str] = ContextVar("word", default="")


def test_a_call_gives_its_result_or_its_error() -> None:
    async def ask() -> None:
        threads = Threads(1, "test")
        word.set("of this request")
        assert await threads.run(word.get, 5) == "of this request"
        with pytest.raises(ZeroDivisionError):
            await threads.run(lambda: 1 // 0, None)
        threads.close()

    asyncio.run(ask())


def test_whoever_waits_too_long_is_told_and_what_had_not_begun_never_does() -> None:
    let_go, both_begun, begun = threading.Event(), threading.Barrier(3), []

    def hang(number: int) -> None:
        begun.append(number)
        if number < 2:
            both_begun.wait()
        let_go.wait()

    async def ask() -> None:
        threads = Threads(2, "test")
        held = [asyncio.create_task(threads.run(partial(hang, number), None)) for number in range(2)]
        await asyncio.to_thread(both_begun.wait)
        late = [threads.run(partial(hang, number), 0.1) for number in range(2, 5)]
        outcomes = await asyncio.gather(*late, return_exceptions=True)
        assert [type(each) for each in outcomes] == [TimeoutError] * 3
        let_go.set()
        await asyncio.gather(*held)
        assert await threads.run(lambda: "here", None) == "here"
        assert sorted(begun) == [0, 1]
        threads.close()

    asyncio.run(ask())


def test_a_call_that_has_begun_is_not_waited_for_any_longer_either() -> None:
    let_go, begun, went_on = threading.Event(), threading.Event(), threading.Event()

    def hang() -> None:
        begun.set()
        let_go.wait()
        went_on.set()

    async def ask() -> None:
        threads = Threads(1, "test")
        call = asyncio.create_task(threads.run(hang, 0.1))
        await asyncio.to_thread(begun.wait)
        with pytest.raises(TimeoutError):
            await call
        let_go.set()
        await asyncio.to_thread(went_on.wait)
        threads.close()

    asyncio.run(ask())
