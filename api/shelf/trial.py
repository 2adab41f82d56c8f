"""What a title says to somebody by a ladder and at a date, before anyone has saved or waited for either."""

from dataclasses import replace
from datetime import datetime

from sqlmodel import Session as Db

from api.access.losing import Opening
from api.access.policy import Access, decide
from api.access.proposed import ladder_of
from api.access.trying import Subject
from api.shelf.queries import Shelved
from api.shelf.records import record_of
from api.shelf.shelving import id_of
from api.tables import Title


def tried(db: Db, title: Title, opening: Opening, subject: Subject, at: datetime) -> Shelved:
    """The title as it would stand for `subject`. In its rungs and decisions `rule_id` is a rule's place."""
    record = replace(record_of(title), opens_at=opening.opens_at)
    access, ladder = Access(record.state, record.opens_at), ladder_of(db, id_of(title), opening.rules)
    rungs = ladder.rungs(subject.known)
    return Shelved(
        record,
        decision=decide(access, rungs, subject.reader, at),
        public_decision=decide(access, ladder.rungs(None), None, at),
        rungs=tuple(rungs),
    )
