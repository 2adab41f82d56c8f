"""The whole journey of one reader, from the page over the sign-in to the file: each answer looked at and timed."""

import hashlib
import json
import ssl
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from time import monotonic
from urllib.parse import quote, urlencode, urlsplit

from tests.faults.load import BrokenOff
from tests.load.browser import PROGRAM, Answer, Browser
from tests.load.provider import signed_in_as


@dataclass(frozen=True)
class House:
    """What is in front of readers: the public address, its certificate's authority, a title, and the provider.

    `asked_for` is a title whose press lets readers in who ask.
    """

    origin: str
    trust: ssl.SSLContext | None
    path: str
    sha256: str
    issuer: str
    asked_for: str = ""


@dataclass(frozen=True)
class Step:
    """One request. `status` is 0 where its answer broke off."""

    name: str
    began_at: float
    took: float
    status: int


@dataclass
class Journey:
    """What one reader did and was told. `due_at` is when they came, however late the first request went out."""

    subject: str
    due_at: float
    steps: list[Step] = field(default_factory=list)
    links: list[str] = field(default_factory=list)  # that were handed out
    has_file: bool = False
    comment: str = ""  # that was taken
    sentence: str = ""  # of a request that was taken
    fault: str = ""  # of the step at which it ended, if it did not go through
    ended_at: float = 0.0

    @property
    def took(self) -> float:
        """From the moment they came to the last byte, the person at the provider left out."""
        return self.ended_at - self.due_at

    def of(self, name: str) -> Step | None:
        return next((step for step in self.steps if step.name == name), None)


class Wrong(Exception):
    """An answer that no reader should get."""


class Reader:
    """Goes on a journey. `says` something about the title and asks to be let in to another, if told to."""

    def __init__(self, house: House, number: int, subject: str, due_at: float) -> None:
        self.journey = Journey(subject, due_at)
        self._house = house
        self._browser = Browser(house.origin, house.trust, number)

    async def go(self, *, says: bool = False) -> Journey:
        try:
            await self._sign_in()
            await self._download()
            if says:
                await self._comment()
                await self._ask_to_be_let_in()
        except (BrokenOff, Wrong) as error:
            self.journey.fault = str(error)
        finally:
            self.journey.ended_at = monotonic()
            self._browser.close()
        return self.journey

    async def _sign_in(self) -> None:
        house, browser = self._house, self._browser
        page = await self._step("page", browser.get(house.path), 200)
        self._must(b"Rivers of Paper" in page.body, page)
        wanted = f"{house.path}?get=pdf"
        await self._step("choice", browser.get(f"/sign-in?next={quote(wanted, safe='')}"), 200)
        there = await self._step("start", browser.post("/sign-in/campus", {"next": wanted}), 303)
        path, given = signed_in_as(self.journey.subject, there.headers["location"], house.issuer)
        back = await self._step("callback", browser.get(f"{path}?{urlencode(given)}"), 303)
        self._must(back.location == wanted, back)
        page = await self._step("own page", browser.get(wanted), 200)
        self._must(f"Reader {self.journey.subject}".encode() in page.body, page)

    async def _download(self) -> None:
        house, browser = self._house, self._browser
        made = await self._step("link", browser.post(f"{house.path}/tickets", {}, PROGRAM), 201)
        link = urlsplit(json.loads(made.body)["url"]).path
        self.journey.links.append(link)
        file = await self._step("file", browser.get(link), 200, 303)
        if file.status == 303:
            file = await self._from_the_store(file.headers["location"])
        self._must(hashlib.sha256(file.body).hexdigest() == house.sha256, file)
        self.journey.has_file = True

    async def _from_the_store(self, link: str) -> Answer:
        parts = urlsplit(link)
        browser = Browser(f"{parts.scheme}://{parts.netloc}", None)
        try:
            return await self._step("store", browser.get(f"{parts.path}?{parts.query}"), 200)
        finally:
            browser.close()

    async def _comment(self) -> None:
        words = f"What reader {self.journey.subject} thinks of it."
        await self._step("comment", self._browser.post(f"{self._house.path}/comments", {"text": words}), 303)
        self.journey.comment = words

    async def _ask_to_be_let_in(self) -> None:
        words = f"Reader {self.journey.subject} asks."
        asking = self._browser.post(f"{self._house.asked_for}/requests", {"sentence": words})
        await self._step("request", asking, 303)
        self.journey.sentence = words

    async def _step(self, name: str, asking: Awaitable[Answer], *good: int) -> Answer:
        began = monotonic()
        with self._noted(name, began):
            answer = await asking
        self.journey.steps.append(Step(name, began, answer.took, answer.status))
        if answer.status not in good:
            raise Wrong(f"{name}: {answer.status}, {answer.body[:300]!r}")
        return answer

    @contextmanager
    def _noted(self, name: str, began: float) -> Iterator[None]:
        try:
            yield
        except BrokenOff as error:
            self.journey.steps.append(Step(name, began, monotonic() - began, 0))
            raise BrokenOff(f"{name}: {error}") from error

    def _must(self, is_right: bool, answer: Answer) -> None:
        if not is_right:
            name = self.journey.steps[-1].name
            raise Wrong(f"{name}: {answer.status} {answer.headers}, and not what was to come: {answer.body[-300:]!r}")
