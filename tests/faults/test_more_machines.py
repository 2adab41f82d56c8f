"""Several machines: three workers, one database, one store, nginx. One after the other is killed and cut off."""

import asyncio
import json
import secrets
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from sqlmodel import col, select

from api.edge import limits
from api.house.keeping import set_look
from api.seal import Seal
from api.tables import AccessRequest, DailySalt, Event, EventKind, Identity, Job, Ticket, Title
from tests.faults.alone import alone
from tests.faults.load import BrokenOff
from tests.faults.workers import Worker, wait_for
from tests.load import machines
from tests.load.browser import PROGRAM, Browser
from tests.load.journey import Journey, Reader
from tests.load.kept import nothing_is_lost
from tests.load.machines import COOKIE, Machines
from tests.load.provider import signed_in_as
from tests.make import pdf
from tests.postgres import Postgres
from tests.s3 import S3Server

READERS = 6  # at once, each on one journey of ten requests after the other
FROZEN = 1.5  # seconds
FROZEN_LONG = 24.0  # seconds; longer than nginx waits for an answer
ASKED_AGAIN = {"page", "choice", "own page", "file", "store"}  # what nginx may ask the next worker for
TOLD = {503}  # that a database is held up; no reader who only reads sees more of it
TOLD_OF_WRITING = {0, 400, 502, 503, 504}  # 400: the worker that took the sign-in's attempt died with it
SIGKILL = -9
ESTABLISHED = "01"
ALLOWED = min(limit.many for limit in limits.TICKETS)  # links of one account
A_SECOND = 1.0
TRIES = 20  # of which one in which no worker was kept from the processor is enough


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("machines")


@pytest.fixture(scope="module")
def running(postgresql: Postgres, s3_server: S3Server, s3_keys: None, folder: Path) -> Iterator[Machines]:
    with (
        postgresql.database() as url,
        machines.running(folder, url, 3, storage=machines.bucket(s3_server), file=pdf()) as all_of_it,
    ):
        yield all_of_it


@dataclass
class Load:
    """Readers who come on while the block runs, and an editor who lets in who asks."""

    running: Machines
    seconds: float
    journeys: list[Journey] = field(default_factory=list)  # that are over
    begun: list[Journey] = field(default_factory=list)
    let_in: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)

    def __enter__(self) -> "Load":
        self._over = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._all_of_them()), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_error: object) -> None:
        self._over.set()
        self._thread.join(60)
        assert not self._thread.is_alive()

    def well_since(self, at: float) -> list[Journey]:
        return [each for each in self.journeys if each.due_at > at and not each.fault]

    def is_served_since(self, at: float) -> bool:
        return any(step.began_at > at for each in self.begun for step in tuple(each.steps))

    async def _all_of_them(self) -> None:
        numbers = count(1)
        await asyncio.gather(*(self._go_on(numbers) for _ in range(READERS)))

    async def _go_on(self, numbers: Iterator[int]) -> None:
        while not self._over.is_set():
            self.journeys.append(await self._one(next(numbers), time.monotonic()))

    async def _one(self, number: int, due_at: float) -> Journey:
        reader = Reader(self.running.house, number, f"{number} of {self.seconds:g}", due_at)
        self.begun.append(reader.journey)
        journey = await reader.go(says=True)
        if journey.sentence:
            await self._let_in(journey, number)
        return journey

    async def _let_in(self, journey: Journey, number: int) -> None:
        with self.running.database.reading() as db:
            request_id = db.exec(select(AccessRequest.id).where(AccessRequest.sentence == journey.sentence)).one()
        house = self.running.house
        editor = Browser(house.origin, house.trust, number, {COOKIE: self.running.editor_cookie})
        try:
            answer = await editor.post(f"/desk/requests/{request_id}/approval", {})
        except BrokenOff as error:
            self.refused.append(str(error))
        else:
            (self.let_in if answer.status == 303 else self.refused).append(
                journey.subject if answer.status == 303 else f"{answer.status}, {answer.body[:200]!r}"
            )
        finally:
            editor.close()


@contextmanager
def frozen(worker: Worker) -> Iterator[None]:
    worker.freeze()
    try:
        yield
    finally:
        worker.thaw()


@pytest.mark.timed
@pytest.mark.parametrize("seconds", [FROZEN, pytest.param(FROZEN_LONG, marks=alone)])
def test_three_workers_killed_and_cut_off_in_turn_lose_nothing(running: Machines, folder: Path, seconds: float) -> None:
    away: list[tuple[float, float]] = []  # from when to when a worker was gone or silent, and who waited was served
    with Load(running, seconds) as load:
        wait_for(lambda: len(load.journeys) > 3)
        for doomed, silent in zip(running.workers, [*running.workers[1:], running.workers[0]], strict=True):
            at, refused = time.monotonic(), refusals(folder)
            assert doomed.kill() == SIGKILL
            wait_for(lambda refused=refused: refusals(folder) > refused)
            doomed.begin()
            wait_for(lambda at=at: load.well_since(at))
            with frozen(silent):
                held_at = time.monotonic()
                wait_for(lambda silent=silent: lies_unread(silent.port))
                wait_for(lambda held_at=held_at: load.is_served_since(held_at))
                time.sleep(max(0.0, held_at + seconds - time.monotonic()))
            wait_for(lambda held_at=held_at: load.well_since(held_at))
            away.append((at, time.monotonic()))
    for each in [each for each in load.journeys if each.fault]:
        last = each.steps[-1]
        assert last.status in (TOLD if last.name in ASKED_AGAIN else TOLD_OF_WRITING), each.fault
        assert any(last.began_at <= until and last.began_at + last.took >= at for at, until in away), each.fault
    nothing_is_lost(running.database, Seal(running.settings.secret_key.get_secret_value()), load.journeys, load.let_in)


def refusals(folder: Path) -> int:
    """How often nginx met a port where nobody was."""
    return (folder / "error.log").read_text().count("Connection refused")


def lies_unread(port: int) -> bool:
    """Whether somebody has sent a request to this port that nobody has read yet, as the system knows (proc(5))."""
    lines = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return any(
        int(line[1].partition(":")[2], 16) == port and line[3] == ESTABLISHED and int(line[4].partition(":")[2], 16)
        for line in lines
    )


def test_no_worker_knows_what_the_others_do_not(running: Machines) -> None:
    asyncio.run(_one_reader_at_all_of_them(running))


async def _one_reader_at_all_of_them(running: Machines) -> None:
    """Begins to sign in at the first worker, ends at the second, reads at the third, and is counted by all as one."""
    house, ports = running.house, [each.port for each in running.workers]
    browser = Browser(house.origin, house.trust, 7_000_000, port=ports[0])
    there = await browser.post("/sign-in/campus", {"next": house.path})
    path, given = signed_in_as("wanderer", there.headers["location"], house.issuer)
    browser.turn_to(ports[1])
    back = await browser.get(f"{path}?{urlencode(given)}")
    assert (back.status, back.location) == (303, house.path)
    links = []
    for number in range(ALLOWED):
        browser.turn_to(ports[number % 3])
        made = await browser.post(f"{house.path}/tickets", {}, PROGRAM)
        links.append(urlsplit(json.loads(made.body)["url"]).path)
    for port in ports:
        browser.turn_to(port)
        assert b"Reader wanderer" in (await browser.get(house.path)).body
        assert (await browser.post(f"{house.path}/tickets", {}, PROGRAM)).status == 429, "the limit is all workers' own"
        assert (await browser.get(links[0])).status == 303
    browser.close()
    with running.database.reading() as db:
        user_id = db.exec(select(Identity.user_id).where(Identity.subject == "wanderer")).one()
        uses = db.exec(select(Ticket.uses_left).where(Ticket.user_id == user_id).order_by(Ticket.uses_left)).first()
        latest = select(Event.user_key).where(Event.kind == EventKind.REQUEST).order_by(col(Event.id).desc()).limit(3)
        assert uses == 5 - len(ports)
        assert len(set(db.exec(latest).all())) == 1, "one reader at three workers is one reader"


def test_an_edit_is_fresh_on_every_worker_within_a_second(running: Machines) -> None:
    edited_at = edit(running, title := f"Rivers of {secrets.token_hex(4)}", "The Ink House")
    while time.monotonic() < edited_at + A_SECOND:  # so that each has the page at hand
        pages(running)
    assert all(title in page for page in pages(running))
    assert any(is_fresh_after_a_pause(running, f"Paper House {number}") for number in range(TRIES)), "it never was"


def is_fresh_after_a_pause(running: Machines, house: str) -> bool:
    """Whether the name of the house is on the first page of each worker after a second in which nobody came.

    Each looks for it by itself, and may come too late to it where other processes have the processor.
    """
    edit(running, "Rivers of Paper", house)
    time.sleep(A_SECOND)
    return all(house in page for page in pages(running))


def edit(running: Machines, words: str, house: str) -> float:
    """When the edit was done."""
    with running.database.writing() as db:
        title = db.get_one(Title, running.made.id)
        title.title = title.full_title = words
        set_look(db, name=house, colour="", colour_dark="")
    return time.monotonic()


def pages(running: Machines) -> list[str]:
    """The page of the title by each worker, for everybody and for one who is signed in."""
    signed_in = {"cookie": f"{COOKIE}={running.editor_cookie}"}
    return [worker.get(running.house.path, who)[1] for worker in running.workers for who in ({}, signed_in)]


def test_each_job_is_done_by_one_worker(running: Machines) -> None:
    wait_for(lambda: len(rare_jobs(running)) > 8)
    assert {job.runs for job in rare_jobs(running)} == {1}, "three workers, and each job was done once"
    with running.database.reading() as db:
        salts = db.exec(select(DailySalt.day)).all()
    assert len(salts) == len(set(salts)) <= 2, "two only at midnight"


def rare_jobs(running: Machines) -> list[Job]:
    """Those done that are due again long after this."""
    with running.database.reading() as db:
        return [job for job in db.exec(select(Job)).all() if job.next_at - job.started_at > timedelta(minutes=30)]
