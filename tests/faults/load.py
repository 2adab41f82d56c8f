"""Readers who ask on: each step of each journey noted with its worker, when it began and ended, and what came of it."""

import asyncio
import json
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count
from random import Random

CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36"
)
PATIENCE = 30  # seconds


class BrokenOff(Exception):
    """The connection ended before the answer did."""


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Asked:
    """One request that reached a worker. `status` is 0 where its answer broke off."""

    port: int
    step: str
    began_at: float
    ended_at: float
    status: int

    @property
    def took(self) -> float:
        return self.ended_at - self.began_at


async def ask(port: int, path: str, headers: Mapping[str, str], method: str = "GET") -> Answer:
    """One request on a connection of its own. Raises ConnectionRefusedError, or BrokenOff."""
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except ConnectionRefusedError:
        raise
    except OSError as error:  # it was waiting to be taken
        raise BrokenOff(repr(error)) from error
    try:
        lines = [f"{method} {path} HTTP/1.1", "connection: close", *(f"{name}: {headers[name]}" for name in headers)]
        length = ["content-length: 0"] if method == "POST" else []
        writer.write("\r\n".join([*lines, *length, "", ""]).encode())
        raw = await asyncio.wait_for(reader.read(-1), PATIENCE)
    except OSError as error:
        raise BrokenOff(repr(error)) from error
    finally:
        writer.close()
    head, found, body = raw.partition(b"\r\n\r\n")
    if not found:
        raise BrokenOff("no head")
    status, *given = head.decode("latin-1").split("\r\n")
    told = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in given)}
    if "content-length" in told and len(body) < int(told["content-length"]):
        raise BrokenOff("short")
    return Answer(int(status.split()[1]), told, body)


@dataclass
class Journeys:
    """So many journeys a second, each of one reader: the page, a link, the file. Ends with the `with` block.

    A worker that refuses the connection is passed over, as a web server in front does. Where the machine is too busy
    for so many, no more than `at_once` are under way, if it is given.
    """

    ports: Sequence[int]
    host: Mapping[str, str]
    path: str  # of the title
    cookies: Sequence[str]
    per_second: float
    file: bytes
    at_once: int | None = None
    asked: list[Asked] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    put_off: list[str] = field(default_factory=list)  # told to try again in a minute, as a machine may that is too busy
    refused: int = 0

    def __enter__(self) -> "Journeys":
        self._over, self._chance, self._numbers = threading.Event(), Random(7), count()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._go_on()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(PATIENCE + 10)
        assert not self._thread.is_alive()

    def of(self, step: str, status: int | None = None) -> list[Asked]:
        return [each for each in self.asked if each.step == step and status in (None, each.status)]

    @property
    def broken(self) -> list[Asked]:
        return [each for each in self.asked if each.status == 0]

    async def _go_on(self) -> None:
        running: set[asyncio.Task[None]] = set()
        due = time.monotonic()
        while not self._over.is_set():
            while self.at_once is not None and len(running) >= self.at_once:
                await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            task = asyncio.create_task(self._journey(next(self._numbers)))
            running.add(task)
            task.add_done_callback(running.discard)
            due += self._chance.uniform(0.5, 1.5) / self.per_second
            await asyncio.sleep(max(0.0, due - time.monotonic()))
        await asyncio.gather(*running)

    async def _journey(self, number: int) -> None:
        who = number % len(self.cookies)
        headers = {
            **self.host,
            "user-agent": CHROME,
            "cookie": self.cookies[who],
            "x-forwarded-for": f"10.{who >> 8}.{who & 255}.7",
        }
        page = await self._step(number, "page", self.path, {**headers, "accept": "text/html"})
        if page is None:
            return
        self._expect("page", page, 200, b"Rivers of Paper" in page.body)
        as_program = {**headers, "accept": "application/json"}
        made = await self._step(number + 1, "link", f"{self.path}/tickets", as_program, "POST")
        if made is None or made.status != 201:
            return None if made is None else self._expect("link", made, 201, True)
        link = "/t/" + json.loads(made.body)["url"].partition("/t/")[2]
        file = await self._step(number, "file", link, headers)
        if file is not None:
            self._expect("file", file, 200, file.body == self.file)

    def _expect(self, step: str, answer: Answer, status: int, is_right: bool) -> None:
        if answer.status != status or not is_right:
            heard = f"{step}: {answer.status}, {answer.body[:200]!r}"
            (self.put_off if answer.status == 503 and "retry-after" in answer.headers else self.wrong).append(heard)

    async def _step(
        self, number: int, step: str, path: str, headers: Mapping[str, str], method: str = "GET"
    ) -> Answer | None:
        for turn in range(len(self.ports) * 50):
            port, began_at = self.ports[(number + turn) % len(self.ports)], time.monotonic()
            try:
                answer = await ask(port, path, headers, method)
            except ConnectionRefusedError:
                self.refused += 1
                if turn % len(self.ports) == len(self.ports) - 1:
                    await asyncio.sleep(0.02)
                continue
            except (BrokenOff, TimeoutError):
                self.asked.append(Asked(port, step, began_at, time.monotonic(), 0))
                return None
            self.asked.append(Asked(port, step, began_at, time.monotonic(), answer.status))
            return answer
        self.wrong.append(f"{step}: nobody answered")
        return None


def crowd(number: int, port: int, path: str, headers: Callable[[int], Mapping[str, str]]) -> list[tuple[int, float]]:
    """`number` requests at once: each one's status, and how many seconds it took. 0 is an answer that broke off."""

    async def one(who: int) -> tuple[int, float]:
        began = time.monotonic()
        try:
            answer = await ask(port, path, headers(who))
        except (BrokenOff, TimeoutError, ConnectionError):
            return 0, time.monotonic() - began
        return answer.status, time.monotonic() - began

    async def all_of_them() -> list[tuple[int, float]]:
        return await asyncio.gather(*map(one, range(number)))

    return asyncio.run(all_of_them())
