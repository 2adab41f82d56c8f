"""Finding words with PostgreSQL: tsvector, tsquery."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY
from sqlmodel import col

from api.formats.terms import Term, Terms
from api.tables import PageText, SearchEntry

Ids = sa.Select[Any]


def ids(rows: type[SearchEntry] | type[PageText], terms: Terms, within: tuple[int, int] | None = None) -> Ids:
    """The ids of the rows that hold all terms; `within` is the first and the last id that are looked at."""
    wanted = sa.cast(sa.literal(" & ".join(map(_phrase, terms)), sa.String), TSQUERY)
    found: Ids = sa.select(col(rows.id).label("id")).where(col(rows.words).op("@@")(wanted))
    return found if within is None else found.where(col(rows.id).between(*within))


def _phrase(term: Term) -> str:
    """Words are letters and digits, so between quotes nothing in them has a meaning."""
    words = " <-> ".join(f"'{word}'" for word in term.words)
    return f"({words}{':*' if term.is_beginning else ''})"
