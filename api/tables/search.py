"""What can be searched: the words of each record and of each page of a volume. The databases' own indexes hang on them.

On PostgreSQL the words are a `tsvector` with a GIN index. On SQLite they are text, and an FTS5 table beside each of
these, kept by triggers, is its index. Either index is called `<table>_fts` and is made by the migration.
"""

from enum import IntEnum
from itertools import islice
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlmodel import Field, SQLModel

FTS = "_fts"  # is in the name of each index, and of the tables that SQLite keeps it in
MOST_WORDS = 16_000  # of one row; PostgreSQL tells no more positions apart


class Words(sa.types.TypeDecorator[list[str]]):
    """Folded words in their order (letters and digits only), as each database indexes them. They are not read back."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Any) -> Any:
        return dialect.type_descriptor(postgresql.TSVECTOR() if dialect.name == "postgresql" else sa.Text())

    def process_bind_param(self, value: list[str] | None, dialect: Any) -> str:
        words = list(islice(value or (), MOST_WORDS))
        if dialect.name != "postgresql":
            return " ".join(words)
        places: dict[str, list[str]] = {}
        for place, word in enumerate(words, start=1):
            places.setdefault(word, []).append(str(place))
        return " ".join(f"'{word}':{','.join(at)}" for word, at in places.items())


class Scope(IntEnum):
    """What a row of words stands for; what is found in a lower one comes first."""

    HEADING = 0  # titles and names
    RECORD = 1  # the whole of a title's record, abstract included, without its chapters
    CHAPTER = 2
    INSIDE = 3  # pages of the volume, which are in `PageText`


class SearchEntry(SQLModel, table=True):
    """The words of what is public of a title or a chapter; whether it may be found is asked of the title itself."""

    __tablename__ = "search_entry"

    id: int | None = Field(default=None, primary_key=True)
    title_id: int = Field(foreign_key="title.id", index=True, ondelete="CASCADE")
    chapter_id: int | None = Field(default=None, foreign_key="chapter.id", index=True, ondelete="CASCADE")
    scope: int
    words: list[str] = Field(sa_type=Words)


class PageText(SQLModel, table=True):
    """The text of a page of a stored file. `number` counts from 0, `label` is as printed; a blank page has no row."""

    __tablename__ = "page_text"
    __table_args__ = (sa.UniqueConstraint("file_id", "number"),)

    id: int | None = Field(default=None, primary_key=True)
    file_id: int = Field(foreign_key="file.id", ondelete="CASCADE")
    number: int
    label: str = Field(max_length=20)
    text: str
    words: list[str] = Field(sa_type=Words)
