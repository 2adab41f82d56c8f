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
ALLOWED = min(limit.many for limit in limits.TICKETS)  # links of one account
SOON = 1.5  # seconds: one, and what a busy machine takes to ask


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
    journeys: list[Journey] = field(default_factory=list)
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

    async def _all_of_them(self) -> None:
        numbers = count(1)
        await asyncio.gather(*(self._go_on(numbers) for _ in range(READERS)))

    async def _go_on(self, numbers: Iterator[int]) -> None:
        while not self._over.is_set():
            self.journeys.append(await self._one(next(numbers), time.monotonic()))

    async def _one(self, number: int, due_at: float) -> Journey:
        journey = await Reader(self.running.house, number, f"{number} of {self.seconds:g}", due_at).go(says=True)
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
    held: list[float] = []
    with Load(running, seconds) as load:
        wait_for(lambda: len(load.journeys) > 3)
        for doomed, silent in zip(running.workers, [*running.workers[1:], running.workers[0]], strict=True):
            at = time.monotonic()
            assert doomed.kill() == SIGKILL
            doomed.begin()
            wait_for(lambda at=at: load.well_since(at))
            with frozen(silent):
                held.append(time.monotonic())
                time.sleep(seconds)
            wait_for(lambda at=held[-1]: load.well_since(at))
            away.append((at, time.monotonic()))
    journeys = load.journeys
    steps = [step for each in journeys for step in each.steps]
    for at in held:
        waited = [step for step in steps if step.began_at < at + seconds and step.took > seconds / 2]
        assert waited, "nobody met the worker that was silent, so this would prove nothing"
        assert [step for step in steps if at < step.began_at < step.began_at + step.took < at + seconds]
    nginx_says = (folder / "error.log").read_text()
    assert "Connection refused" in nginx_says, "nobody met a worker that was gone, so this would prove nothing"
    for each in [each for each in journeys if each.fault]:
        last = each.steps[-1]
        assert last.status in (TOLD if last.name in ASKED_AGAIN else TOLD_OF_WRITING), each.fault
        assert any(last.began_at <= until and last.began_at + last.took >= at for at, until in away), each.fault
    nothing_is_lost(running.database, Seal(running.settings.secret_key.get_secret_value()), journeys, load.let_in)


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


@pytest.mark.timed
def test_an_edit_is_fresh_on_every_worker_within_a_second(running: Machines) -> None:
    cookie = {"cookie": f"{COOKIE}={running.editor_cookie}"}

    def are_fresh(words: str) -> bool:
        return all(
            words in worker.get(running.house.path, who)[1] for worker in running.workers for who in ({}, cookie)
        )

    new = f"Rivers of {secrets.token_hex(4)}"  # so that it can be tried again
    assert not are_fresh(new)
    with running.database.writing() as db:
        title = db.get_one(Title, running.made.id)
        title.title = title.full_title = new
        set_look(db, name="The Ink House", colour="", colour_dark="")
    assert wait_for(lambda: are_fresh(new)) < SOON
    with running.database.writing() as db:
        set_look(db, name="The Paper House", colour="", colour_dark="")
    time.sleep(SOON)  # meanwhile nobody comes to any worker
    assert are_fresh("The Paper House"), "not even the first page after a pause is old"


def test_each_job_is_done_by_one_worker(running: Machines) -> None:
    with running.database.reading() as db:
        jobs = db.exec(select(Job)).all()
        salts = db.exec(select(DailySalt.day)).all()
    rare = [job for job in jobs if job.next_at - job.started_at > timedelta(minutes=5)]
    assert len(rare) > 8
    assert {job.runs for job in rare} == {1}, "three workers, and each job was done once"
    assert len(salts) == len(set(salts)) <= 2, "two only at midnight"
