"""What is searched is kept here: the words of each record, in the transaction that writes it, and of each volume."""

from collections.abc import Iterable, Sequence

import sqlalchemy as sa
from sqlalchemy.orm import aliased
from sqlmodel import Session as Db
from sqlmodel import col, select

from api import clock
from api.database import hold
from api.formats.pdf_facts import facts_of
from api.formats.prose import prose
from api.formats.record import ContentsLine, Person, TitleRecord
from api.formats.terms import legible, words
from api.shelf.records import WHOLE, record_of
from api.tables import Edition, File, PageText, Scope, SearchEntry, State, Title

AT_A_TIME = 100  # titles


def put(db: Db, title: Title) -> None:
    """Keep the words of a title's record as it stands in this session."""
    db.flush()
    record = record_of(title)
    connection = db.connection()
    connection.execute(sa.delete(SearchEntry).where(col(SearchEntry.title_id) == record.id))
    of_chapters = [(line.id, Scope.CHAPTER, _of_chapter(line)) for line in record.contents if not line.is_part]
    rows = [(None, Scope.HEADING, _of_heading(record)), (None, Scope.RECORD, _of_record(record)), *of_chapters]
    connection.execute(
        sa.insert(SearchEntry),
        [
            {"title_id": record.id, "chapter_id": chapter_id, "scope": int(scope), "words": words(" ".join(texts))}
            for chapter_id, scope, texts in rows
        ],
    )


def _of_heading(record: TitleRecord) -> list[str]:
    named = [record.full_title, record.kicker or ""]
    other = [text or "" for worded in record.wordings for text in (worded.title, worded.subtitle)]
    return [*named, *other, *_names(record.contributors)]


def _of_record(record: TitleRecord) -> list[str]:
    facts = (
        *(record.standfirst, record.genre, record.series, record.publisher, record.imprint, record.institution),
        *(record.place, record.doi, record.isbn),
    )
    abstracts = [record.abstract, *(worded.abstract for worded in record.wordings)]
    return [
        *_of_heading(record),
        *(fact for fact in facts if fact),
        *(prose(abstract).text for abstract in abstracts),
        *(each.heading or "" for each in record.subjects),
        *(each.value for each in record.identifiers),
        *(line.name for line in record.contents if line.is_part),
    ]


def _of_chapter(line: ContentsLine) -> list[str]:
    return [line.name, *_names(line.contributors), prose(line.abstract).text, line.doi or ""]


def _names(people: Iterable[Person]) -> list[str]:
    return [person.display for person in people]


def put_pages(db: Db, file: File, pages: Sequence[str]) -> None:
    """Keep the text of each page of a stored file; those of a file that could not be read are none."""
    hold(db, f"pages of file {file.id}")
    facts = facts_of(file.facts)
    connection = db.connection()
    connection.execute(sa.delete(PageText).where(col(PageText.file_id) == file.id))
    rows = []
    for number, text in enumerate(pages):
        text = " ".join(legible(text).split())
        if folded := words(text):
            label = facts.label(number) if facts is not None else str(number + 1)
            rows.append({"file_id": file.id, "number": number, "label": label, "text": text, "words": folded})
    if rows:
        connection.execute(sa.insert(PageText), rows)
    connection.execute(sa.update(File).where(col(File.id) == file.id).values(read_at=clock.now()))


def put_titles(db: Db, after: int = 0, *, only_missing: bool) -> list[int]:
    """Keep the words of the next titles, or of the next ones that came before this search; their ids, at last none."""
    some = WHOLE.where(col(Title.id) > after).order_by(col(Title.id)).limit(AT_A_TIME)
    if only_missing:
        some = some.where(~sa.exists().where(col(SearchEntry.title_id) == col(Title.id)))
    titles = db.exec(some).all()
    for title in titles:
        put(db, title)
    return [title.id for title in titles if title.id is not None]


def read_again(db: Db) -> None:
    """Let every volume be read anew; what is known of it is found until then."""
    db.connection().execute(sa.update(File).values(read_at=None))


def unread(db: Db) -> File | None:
    """A volume whose text has not been taken yet: the newest edition of a title that is not withdrawn."""
    waiting = (
        select(File)
        .join(Edition, col(Edition.file_id) == col(File.id))
        .join(Title, col(Title.id) == col(Edition.title_id))
        .where(col(File.read_at).is_(None), is_newest(), Title.state != State.WITHDRAWN)
    )
    return db.exec(waiting.order_by(col(File.id)).limit(1)).first()


def is_newest() -> sa.ColumnElement[bool]:
    """Whether an edition is the one readers are handed, which alone is searched."""
    newer = aliased(Edition)
    return ~sa.exists().where(col(newer.title_id) == col(Edition.title_id), col(newer.number) > col(Edition.number))
