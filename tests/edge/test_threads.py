"""Threads of their own for one kind of work: so many at once, and no longer waited for than was said."""

import asyncio
import threading
from contextvars import ContextVar

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
    let_go, begun = threading.Event(), []

    def hang(number: int) -> None:
        begun.append(number)
        let_go.wait(10)

    async def ask() -> None:
        threads = Threads(2, "test")
        calls = [threads.run(lambda number=number: hang(number), 0.2) for number in range(5)]  # type: ignore[misc]
        outcomes = await asyncio.gather(*calls, return_exceptions=True)
        assert [type(each) for each in outcomes] == [TimeoutError] * 5
        assert begun == [0, 1]
        let_go.set()
        assert await threads.run(lambda: "here", 5) == "here"
        assert begun == [0, 1]
        threads.close()

    asyncio.run(ask())
