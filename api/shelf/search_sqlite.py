"""Finding words with SQLite: FTS5."""

from typing import Any

import sqlalchemy as sa

from api.formats.terms import Term, Terms
from api.tables import FTS, PageText, SearchEntry

Ids = sa.Select[Any]


def ids(rows: type[SearchEntry] | type[PageText], terms: Terms, within: tuple[int, int] | None = None) -> Ids:
    """The ids of the rows that hold all terms; `within` is the first and the last id that are looked at."""
    name = f"{rows.__tablename__}{FTS}"
    index = sa.table(name, sa.column("rowid", sa.Integer))
    holds = sa.literal_column(name).op("MATCH")(" AND ".join(map(_phrase, terms)))
    found: Ids = sa.select(index.c.rowid.label("id")).where(holds)
    return found if within is None else found.where(index.c.rowid.between(*within))


def _phrase(term: Term) -> str:
    """Words are letters and digits, so between quotes nothing in them has a meaning."""
    return f'"{" ".join(term.words)}"{" *" if term.is_beginning else ""}'
