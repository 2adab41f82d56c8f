"""The whole shelf as records, drafts and tombstones included: for the press's own use, never for a reader's.

However many there are, few are in memory at a time, and no session stays open while somebody takes them.
"""

from collections.abc import Iterable, Iterator

from sqlmodel import Session as Db
from sqlmodel import col, select

from api.database import Database
from api.formats.record import TitleRecord
from api.shelf.drafts import TitleDraft, draft_of
from api.shelf.records import WHOLE, record_of
from api.tables import Title

AT_ONCE = 50  # titles read together


def all_drafts(database: Database) -> Iterator[TitleDraft]:
    """Every title that is on the shelf now, by its slug, each as it stands when its turn comes."""
    with database.reading() as db:
        ids = db.exec(select(Title.id).order_by(col(Title.slug))).all()
    for start in range(0, len(ids), AT_ONCE):
        some = [each for each in ids[start : start + AT_ONCE] if each is not None]
        with database.reading() as db:
            records = records_of(db, some)
        yield from (draft_of(records[each]) for each in some if each in records)


def records_of(db: Db, title_ids: Iterable[int]) -> dict[int, TitleRecord]:
    """The records of these titles by their ids, with few questions however many they are."""
    ids, found = sorted(title_ids), dict[int, TitleRecord]()
    for start in range(0, len(ids), AT_ONCE):
        for title in db.exec(WHOLE.where(col(Title.id).in_(ids[start : start + AT_ONCE]))).all():
            record = record_of(title)
            found[record.id] = record
    return found
