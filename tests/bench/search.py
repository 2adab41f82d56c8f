"""What a search costs among many titles, against what it costs among few."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import sqlalchemy as sa

from api import clock
from api.database import Database
from api.formats.terms import terms_of, words
from api.intake.searchable import put_titles
from api.migrations import upgrade
from api.shelf.search import Wanted, find
from api.tables import Edition, File, PageText, Rule, Title
from tests.bench.report import Row

FEW, MANY = 50, 5_000  # titles
PAGES = 3  # of each volume that have the words
TIMES = 9
SEARCHES = {"a word that all have": "archive", "a word of one": "lighthouse", "a beginning": "lighth", "none": "tides"}
RECORD = "What the archive keeps, and what it lets go. " * 20
PAGE = "Of the archive, of its keepers, and of those who come to ask. " * 30


def search(folder: Path) -> list[Row]:
    folder.mkdir()
    with _shelf(folder / "few.db", FEW) as few, _shelf(folder / "many.db", MANY) as many:
        costs = {name: (_cost(many, text), _cost(few, text)) for name, text in SEARCHES.items()}
    said = "; ".join(
        f"{name} {at_many * 1000:.0f} ms, {at_few * 1000:.0f} ms" for name, (at_many, at_few) in costs.items()
    )
    worst = max(at_many / at_few for at_many, at_few in costs.values())
    return [Row(f"search among {MANY:,} titles, the dearest kind: CPU", f"among {FEW}", worst, said, at_most=4.0)]


def _cost(database: Database, text: str) -> float:
    took = []
    for _ in range(TIMES):
        begun = time.process_time()
        with database.reading() as db:
            find(db, Wanted(terms_of(text)), None, clock.now())
        took.append(time.process_time() - begun)
    return median(took)


@contextmanager
def _shelf(path: Path, many: int) -> Iterator[Database]:
    """Titles that are open to everyone; one word stands in the oldest alone."""
    database, now = Database(f"sqlite:///{path}"), clock.now()
    upgrade(database)
    ids = range(1, many + 1)
    titles = [
        {"id": n, "slug": f"title-{n}", "kind": "report", "state": "published", "title": f"Title {n}",
         "full_title": f"Title {n}", "posted_at": now, "created_at": now, "modified_at": now, "abstract": RECORD}
        for n in ids
    ]  # fmt: skip
    text = [(n, number, f"{PAGE} {'lighthouse' if n == 1 else ''}") for n in ids for number in range(PAGES)]
    pages = [
        {"file_id": n, "number": number, "label": str(number + 1), "text": said, "words": words(said)}
        for n, number, said in text
    ]
    with database.writing() as db:
        connection = db.connection()
        connection.execute(sa.insert(Title), titles)
        connection.execute(sa.insert(Rule), [{"title_id": n, "position": 1, "kind": "everyone"} for n in ids])
        files = [{"id": n, "sha256": f"{n:064}", "size": 1, "page_count": PAGES, "stored_at": now} for n in ids]
        editions = [{"title_id": n, "number": 1, "file_id": n, "made_at": now} for n in ids]
        connection.execute(sa.insert(File), files)
        connection.execute(sa.insert(Edition), editions)
        connection.execute(sa.insert(PageText), pages)
    put_titles(database)
    yield database
    database.close()
