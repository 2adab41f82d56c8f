"""What a harvest of the whole shelf costs: its last pages against its first, and the memory it takes on the way."""

import re
import resource
import time
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from api import clock
from api.database import Database
from api.harvest.oai import PAGE, Provider
from api.migrations import upgrade
from api.seal import Seal
from api.tables import Title
from tests.bench.report import Row

MANY = 50_000  # titles, all changed at the same moment
AT_EACH_END = 20  # pages
WORDS = "What is kept. " * 20
TOKEN = re.compile(rb"<resumptionToken[^>]*>([^<]+)<")


def harvest(folder: Path, many: int = MANY) -> list[Row]:
    folder.mkdir()
    database = Database(f"sqlite:///{folder / 'gatefold.db'}")
    _shelve(database, many)
    seal, took, memory = Seal("a bench needs no secret, only a key"), [], [0]
    asked: list[tuple[str, str]] = [("verb", "ListRecords"), ("metadataPrefix", "oai_dc")]
    while asked:
        begun = time.process_time()
        with database.reading() as db:
            page = Provider(db, seal, "https://press.example", "Press", "a@press.example", clock.now()).answer(asked)
        took.append(time.process_time() - begun)
        memory.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
        token = TOKEN.search(page)
        asked = [("verb", "ListRecords"), ("resumptionToken", token[1].decode())] if token else []
    database.close()
    assert len(took) == many // PAGE
    first, last = median(took[1 : AT_EACH_END + 1]), median(took[-AT_EACH_END:])
    said = f"{last * 1000:.0f} ms; {first * 1000:.0f} ms for {PAGE} records"
    grown = f"{memory[-1] / 1024:.0f} MB; {memory[AT_EACH_END] / 1024:.0f} MB"
    return [
        Row(
            f"harvest of {many:,} records: CPU per page at its end",
            "at its beginning",
            last / first,
            said,
            at_most=1.25,
        ),
        Row("… peak memory at its end", "at its beginning", memory[-1] / memory[AT_EACH_END], grown, at_most=1.1),
    ]


def _shelve(database: Database, many: int) -> None:
    upgrade(database)
    now = clock.now()
    rows = [
        {"slug": f"title-{n}", "kind": "report", "state": "published", "title": f"Title {n}",
         "full_title": f"Title {n}", "modified_at": now, "posted_at": now, "created_at": now, "abstract": WORDS}
        for n in range(many)
    ]  # fmt: skip
    with database.writing() as db:
        db.connection().execute(sa.insert(Title), rows)
