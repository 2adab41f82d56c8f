"""`make soak`: a thousand killed workers, and twenty minutes of whole journeys with flat memory.

`python -m tests.soak [--kills 1000] [--minutes 20] [--journeys 17]`; ends with 1 where something was lost or has grown.
"""

import argparse
import signal
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from api.database import Database
from api.edge import limits
from api.settings import Settings
from tests import postgres
from tests.conftest import SECRET
from tests.faults.load import Journeys
from tests.faults.test_killed import Killed, kill, nothing_is_lost_or_half_done, only_what_was_under_way
from tests.faults.workers import AS_SHIPPED, Worker, signed_in, wait_for, workers
from tests.make import Made, shelve
from tests.postgres import Postgres
from tests.site import free_port, served

PER_SECOND = 17.0  # journeys of three requests: 50 in a second
LARGEST = 150 << 20  # bytes a worker may hold in memory
WARM = 0.25  # of the time, in which memory may still fill
GROWTH = 1.05  # from then to the end


def main() -> None:
    words = argparse.ArgumentParser(prog="python -m tests.soak")
    words.add_argument("--kills", type=int, default=1_000)
    words.add_argument("--minutes", type=float, default=20)
    words.add_argument("--journeys", type=float, default=PER_SECOND, help="in a second, of three requests each")
    given = words.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that the servers go too
    with postgres.served() as server:
        if given.kills:
            with furnished(server) as house:
                keep_killing(*house, given.journeys, given.kills)
        if given.minutes:
            with furnished(server) as house:
                keep_going(*house, given.journeys, given.minutes)


@contextmanager
def furnished(server: Postgres) -> Iterator[tuple[Settings, Made, Path]]:
    """A house with one title, over a database of its own."""
    with server.database() as url, tempfile.TemporaryDirectory(prefix="gatefold-") as name:
        settings = Settings(
            _env_file=None,
            public_url=f"http://localhost:{free_port()}",
            secret_key=SECRET,
            database_url=url,
            storage={"root": Path(name) / "files"},
        )
        with served(settings) as site:
            made = shelve(site)
        yield settings, made, Path(name)


def keep_killing(settings: Settings, made: Made, folder: Path, journeys: float, kills: int) -> None:
    killed: list[Killed] = []
    with under_load(settings, made, folder, journeys, kills * 2.0) as (pair, load, database):
        for number in range(kills):
            killed.append(kill(pair, number, load))
            if number % 50 == 49:
                print(f"{number + 1} killed, {len(load.asked)} answers, {len(load.broken)} broken off", flush=True)
    only_what_was_under_way(load, killed)
    nothing_is_lost_or_half_done(load, database)
    print(f"Nothing lost: {kills} workers killed, {len(load.asked)} answers, {len(load.broken)} of them broken off.")


def keep_going(settings: Settings, made: Made, folder: Path, journeys: float, minutes: float) -> None:
    sizes: list[list[int]] = []
    with under_load(settings, made, folder, journeys, minutes * 60, afresh=True) as (pair, load, _database):
        began = time.monotonic()
        while time.monotonic() < began + minutes * 60:
            time.sleep(min(10.0, minutes * 6))
            sizes.append([each.resident() for each in pair])
            shown = ", ".join(f"{each.resident() >> 20} ({each.share() >> 20})" for each in pair)
            print(
                f"{time.monotonic() - began:5.0f} s  {len(load.asked):7} answers  resident (share): {shown} MiB",
                flush=True,
            )
    assert load.broken == []
    took = sorted(each.took for each in load.asked)
    print(f"{len(took)} answers, 99.9 % of them in {took[len(took) * 999 // 1000] * 1000:.0f} ms.")
    for number in range(2):
        begun = [size[number] for size in sizes[int(len(sizes) * WARM) :]]
        few = max(1, len(begun) // 5)
        first, last = median(begun[:few]), median(begun[-few:])
        print(f"Worker {number + 1}: {first / 1e6:.1f} MB when warm, {last / 1e6:.1f} MB in the end.")
        assert last <= first * GROWTH, "memory has grown"
        assert last <= LARGEST, "it takes too much memory"


@contextmanager
def under_load(
    settings: Settings, made: Made, folder: Path, journeys: float, seconds: float, *, afresh: bool = False
) -> Iterator[tuple[list[Worker], Journeys, Database]]:
    """Two workers and readers enough that none of them asks for more links than a reader may."""
    assert made.file is not None
    database = Database(settings.database_url)
    allowed = min(limit.many for limit in limits.TICKETS)
    cookies = signed_in(database, settings, 50 + int(seconds * journeys / allowed * 1.5))
    pair = [Worker(settings, folder, AS_SHIPPED), Worker(settings, folder, AS_SHIPPED)]
    try:
        with workers(*pair, afresh=afresh):
            ports = [each.port for each in pair]
            with Journeys(ports, pair[0].host, made.path, cookies, journeys, made.file) as load:
                wait_for(lambda: len(load.of("file", 200)) > 5)
                yield pair, load, database
        assert load.wrong + load.put_off == [], (load.wrong + load.put_off)[:5]
    finally:
        database.close()


if __name__ == "__main__":
    main()
