"""Changing a title's record: the whole of it at once, for those who saw the version it replaces."""

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.errors import Conflict
from api.shelf.drafts import TitleDraft, draft_of
from api.shelf.record_json import plain
from api.shelf.record_rules import checked
from api.shelf.records import WHOLE, record_of
from api.shelf.rows import keep_slug_free, write_record
from api.shelf.shelving import hold_title, id_of
from api.spoken import N_
from api.tables import Audit, FormerAddress, RecordChange, Title, User


@dataclass(frozen=True)
class Change:
    """One field of a record, by its path, before and after: text, a number, a list, or None for nothing."""

    path: str
    before: Any = None
    after: Any = None


class RecordChanged(Conflict):
    """Somebody else has changed the record since: its `version` now, and what they changed."""

    def __init__(self, slug: str, version: int, changes: Iterable[Change]) -> None:
        self.version = version
        self.changes = tuple(changes)
        fields = ", ".join(dict.fromkeys(change.path.partition("[")[0] for change in self.changes))
        if not fields:
            super().__init__(N_("“{slug}” has been changed since you began.", slug=slug))
        else:
            super().__init__(N_("“{slug}” has been changed since you began: {fields}.", slug=slug, fields=fields))


def revise(
    db: Db, slug: str, draft: TitleDraft, expected_version: int, actor_user_id: int | None = None
) -> tuple[Change, ...]:
    """Put `draft` in the place of the record of that title, and say what changed.

    Chapters that stay keep their ids. A published title leaves a 301 where its kind or slug changes. Raises
    RecordChanged where the record is not the version that the draft was made from, FaultyRecord for what the rules
    refuse, and Conflict for a slug that is or was another title's.
    """
    draft = checked(draft)
    title = hold_title(db, slug)
    if title.version != expected_version:
        raise RecordChanged(slug, title.version, _since(db, id_of(title), expected_version))
    changes = tuple(differences(draft_of(record_of(title)), draft))
    if not changes:
        return ()
    _move(db, title, draft)
    write_record(db, title, draft)
    write_down(db, title, changes, actor_user_id)
    fields = ", ".join(dict.fromkeys(change.path.partition("[")[0] for change in changes))
    db.add(Audit(actor_user_id=actor_user_id, action="record-revised", object=f"title {title.slug}", words=fields))
    db.flush()
    return changes


def write_down(db: Db, title: Title, changes: tuple[Change, ...], actor_user_id: int | None) -> None:
    """The next version of the record, which these changes made."""
    if changes:
        title.version += 1
        said = [asdict(change) for change in changes]
        db.add(RecordChange(title_id=id_of(title), version=title.version, actor_user_id=actor_user_id, fields=said))


@dataclass(frozen=True)
class Revision:
    """One change to a record: the version it made, when, by whom (None: a command, or an erased account)."""

    version: int
    at: datetime
    by: str | None
    changes: tuple[Change, ...]


def revisions_since(db: Db, title: Title, version: int) -> list[Revision]:
    """What has become of the record after that version, the oldest first."""
    later = (
        select(RecordChange, User.name)
        .outerjoin(User, col(User.id) == col(RecordChange.actor_user_id))
        .where(RecordChange.title_id == id_of(title), RecordChange.version > version)
        .order_by(col(RecordChange.version))
    )
    return [
        Revision(row.version, row.changed_at, by, tuple(Change(**each) for each in row.fields))
        for row, by in db.exec(later)
    ]


def as_it_stands(db: Db, title: Title) -> TitleDraft:
    """The record of a title's row as a draft, with all that hangs on it read at once."""
    db.exec(WHOLE.where(Title.id == title.id)).one()
    return draft_of(record_of(title))


def differences(before: TitleDraft, after: TitleDraft) -> Iterator[Change]:
    """What is not the same in two records."""
    return _differences(plain(before), plain(after))


def _since(db: Db, title_id: int, version: int) -> list[Change]:
    """Every change after that version, the oldest first."""
    later = select(RecordChange).where(RecordChange.title_id == title_id, RecordChange.version > version)
    return [Change(**each) for row in db.exec(later.order_by(col(RecordChange.version))) for each in row.fields]


def _move(db: Db, title: Title, draft: TitleDraft) -> None:
    """Give the title its new address, and let the old one lead there if readers have ever seen it."""
    old, new = (title.kind, title.slug), (str(draft.facts.kind), draft.facts.slug)
    if new == old:
        return
    keep_slug_free(db, draft.facts.slug, title.id)
    back = db.get(FormerAddress, new)
    if back is not None:
        db.delete(back)
    if title.posted_at is not None:
        db.add(FormerAddress(kind=old[0], slug=old[1], title_id=id_of(title), left_at=clock.now()))
    db.flush()


def _differences(before: Any, after: Any, path: str = "") -> Iterator[Change]:
    """Field by field, and row by row where a list has as many rows as it had."""
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        for name in dict.fromkeys((*before, *after)):
            yield from _differences(before.get(name), after.get(name), f"{path}.{name}" if path else name)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for number, rows in enumerate(zip(before, after, strict=True), start=1):
            yield from _differences(*rows, f"{path}[{number}]")
    else:
        yield Change(path, before, after)
