"""Filling the search: titles that came before it, and volumes whose text the intake had no time for."""

import logging
from collections.abc import Callable
from typing import BinaryIO, cast

from api.database import Database
from api.errors import Invalid
from api.intake.at_hand import kept_at_hand
from api.intake.pdf import PdfLimits, look_over
from api.shelf import search_index
from storage.store import Missing, Store

TIME_FOR_TEXT = PdfLimits(cpu_seconds=60, wall_seconds=120)

log = logging.getLogger("gatefold.intake")


def read_waiting(
    database: Database, store: Store, must_stop: Callable[[], bool], told: Callable[[], object] = lambda: None
) -> int:
    """Read one volume after the other, as far as it can be; how many. One that can't be read is searched no further.

    A store that is away is raised, and the volume waits.
    """
    count = 0
    while not must_stop():
        with database.reading() as db:
            file = search_index.unread(db)
        if file is None:
            break
        pages: list[str] = []
        try:
            with kept_at_hand(store, file.sha256) as source:
                pages = list(look_over(cast(BinaryIO, source), TIME_FOR_TEXT).pages)
        except (Invalid, Missing) as failure:
            log.warning("no text of a volume file=%s error=%s", file.id, type(failure).__name__)
        with database.writing() as db:
            search_index.put_pages(db, file, pages)
        count += 1
        told()
    return count


def put_titles(database: Database, *, only_missing: bool = True) -> int:
    """Keep the words of titles, a few in a transaction; how many."""
    count, after = 0, 0
    while True:
        with database.writing() as db:
            ids = search_index.put_titles(db, after, only_missing=only_missing)
        if not ids:
            return count
        count, after = count + len(ids), ids[-1]
