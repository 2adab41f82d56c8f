"""The whole shelf as one file, written a few titles at a time so that its length costs no memory."""

from collections.abc import Iterator
from datetime import datetime

from api.edge.portal import Portal
from api.formats import kbart, onix
from api.shelf import harvest, places
from api.shelf.gates import work_of
from api.shelf.harvest import Wanted

AT_ONCE = 100  # titles


def kbart_file(portal: Portal, now: datetime) -> Iterator[str]:
    """Every published title, sorted by name as the recommendation asks."""
    yield kbart.HEADER
    with portal.database.reading() as db:
        ids = places.ids_by_name(db)
    for start in range(0, len(ids), AT_ONCE):
        with portal.database.reading() as db:
            some = harvest.titles(db, ids[start : start + AT_ONCE], now)
        yield "".join(kbart.kbart_row(work_of(each, portal.settings.public_url)) for each in some)


def onix_message(portal: Portal, now: datetime, since: datetime | None) -> Iterator[str]:
    """Published titles; with `since` those changed from then on, and notices of those withdrawn."""
    opening, closing = onix.envelope(portal.pages.house_name, now)
    wanted = Wanted(since=since, chapters=False, is_deleted=None if since is not None else False)
    yield opening
    mark, count = None, 0
    while True:
        with portal.database.reading() as db:
            entries = harvest.page(db, wanted, mark, AT_ONCE, now)
        if not entries:
            break
        count += len(entries)
        mark = entries[-1].mark
        yield "".join(onix.product(work_of(each.shelved, portal.settings.public_url)) for each in entries)
    yield closing if count else f"<NoProduct/>{closing}"
