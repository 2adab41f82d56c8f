"""Records of titles in memory, each for as long as the shelf stays as it was when the record was made.

What a decision hangs on (the state, the opening date, the rules) is read from the database for every request.
Who made a title, its contents and its file are not read again until the shelf's revision has grown.
"""

from datetime import datetime
from typing import NamedTuple, cast

from sqlmodel import Session as Db

from api.database import MAY_FILL_MEMORY, MEMORY, is_changing_the_shelf
from api.formats.record import TitleRecord

KEEP_AT_MOST = 1024  # records, of 5 to 20 kB each
_RECORDS = "records of titles"


class Glance(NamedTuple):
    """What is read of a title for every request. Two equal ones mean the same record."""

    title_id: int
    state: str
    opens_at: datetime | None
    revision: int


def recall(db: Db, glance: Glance) -> TitleRecord | None:
    """The record made when the title last looked like this, if it is still here and this session changed nothing."""
    if is_changing_the_shelf(db):
        return None
    glimpsed, record = _records(db).get(glance.title_id, (None, None))
    return record if glimpsed == glance else None


def keep(db: Db, glance: Glance, record: TitleRecord) -> None:
    """Keep a record, unless this session could have read what is not committed yet."""
    if not db.info.get(MAY_FILL_MEMORY):
        return
    records = _records(db)
    records.pop(glance.title_id, None)
    if len(records) >= KEEP_AT_MOST:
        records.pop(next(iter(records)), None)
    records[glance.title_id] = glance, record


def _records(db: Db) -> dict[int, tuple[Glance, TitleRecord]]:
    memory = cast(dict[str, dict[int, tuple[Glance, TitleRecord]]], db.info.get(MEMORY, {}))
    return memory.setdefault(_RECORDS, {})
