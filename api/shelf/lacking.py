"""How titles stand when it is asked what they lack: one, or a leaf of all of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session as Db
from sqlmodel import col, select

from api.formats.pdf_facts import facts_of
from api.formats.record import TitleRecord
from api.shelf import queries, readiness
from api.shelf.gaps import Aim, Gap, Stand, Weight
from api.shelf.overview import by_slug
from api.shelf.records import record_of
from api.tables import Edition, File, Intake, IntakeState, Rule, State, Title
from api.tables.base import Instant

LEAF = 40  # titles looked at for one leaf
_UNDER_WAY = (IntakeState.RECEIVED, IntakeState.CHECKING)


@dataclass(frozen=True)
class Lacking:
    """A title and what it lacks."""

    record: TitleRecord
    gaps: Sequence[Gap]


@dataclass(frozen=True)
class Mark:
    """How many things a title lacks that are needed for something, and how many that would be good to have."""

    needed: int
    better: int


@dataclass(frozen=True)
class Leaf:
    """Those of the titles looked at that lack something, newest first. `last` is the slug to go on after, if any."""

    entries: list[Lacking]
    looked_at: int
    last: str | None


def stand_of(db: Db, title: Title) -> Stand:
    """How one title stands now, as its rows are."""
    record = record_of(title)
    has_rules = db.exec(select(Rule.id).where(Rule.title_id == title.id).limit(1)).first() is not None
    return _stand(record, has_rules, _kept_facts(db, [record]), _under_way(db, [record.id]))


def leaf(db: Db, now: datetime, *, aim: Aim | None = None, after: str | None = None) -> Leaf | None:
    """Titles that lack something for `aim`, or for anything, of so many; with `after` older ones. None for no slug."""
    made = sa.tuple_(col(Title.created_at), col(Title.id))
    listed = select(Title.id).where(Title.state != State.WITHDRAWN)
    if after is not None:
        mark = by_slug(db, after)
        if mark is None:
            return None
        listed = listed.where(made < sa.tuple_(sa.literal(mark.created_at, Instant), sa.literal(mark.id)))
    newest_first = listed.order_by(col(Title.created_at).desc(), col(Title.id).desc()).limit(LEAF + 1)
    ids = [title_id for title_id in db.exec(newest_first) if title_id is not None]
    looked_at = _looked_at(db, ids[:LEAF], now)
    found = [
        Lacking(each.record, wanted)
        for each in looked_at
        if (wanted := each.gaps if aim is None else readiness.of_aim(each.gaps, aim))
    ]
    return Leaf(found, len(looked_at), looked_at[-1].record.slug if len(ids) > LEAF else None)


def of_titles(db: Db, title_ids: Sequence[int], now: datetime) -> dict[int, Mark]:
    """How many things each of these titles lacks."""
    return {each.record.id: _mark(each.gaps) for each in _looked_at(db, title_ids, now)}


def _mark(gaps: Sequence[Gap]) -> Mark:
    things = [gap for gap, _ in readiness.each_once(gaps)]
    needed = sum(gap.weight is Weight.NEEDED for gap in things)
    return Mark(needed, len(things) - needed)


def _looked_at(db: Db, title_ids: Sequence[int], now: datetime) -> list[Lacking]:
    shelf = queries.these(db, title_ids, None, now)
    facts, under_way = _kept_facts(db, [each.record for each in shelf]), _under_way(db, title_ids)
    return [
        Lacking(each.record, readiness.gaps_of(_stand(each.record, bool(each.rungs), facts, under_way)))
        for each in shelf
    ]


def _stand(record: TitleRecord, has_rules: bool, facts: dict[int, Any], under_way: Collection[int]) -> Stand:
    kept = facts.get(record.edition.id) if record.edition is not None else None
    return Stand(record, has_rules, facts_of(kept), record.id in under_way)


def _kept_facts(db: Db, records: Sequence[TitleRecord]) -> dict[int, Any]:
    """What was seen in the files of the newest editions, by edition."""
    editions = [record.edition.id for record in records if record.edition is not None]
    kept = select(Edition.id, File.facts).join(File, col(File.id) == col(Edition.file_id))
    found = db.exec(kept.where(col(Edition.id).in_(editions))) if editions else ()
    return {edition_id: facts for edition_id, facts in found if edition_id is not None}


def _under_way(db: Db, title_ids: Sequence[int]) -> set[int]:
    """The titles for which a file is being checked."""
    checking = select(Intake.title_id).where(
        col(Intake.title_id).in_(title_ids), col(Intake.state).in_(_UNDER_WAY), col(Intake.chapter_id).is_(None)
    )
    return {title_id for title_id in db.exec(checking) if title_id is not None}
