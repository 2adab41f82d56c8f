"""the whole record of a title

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: records
Follows: stamps
"""

from contextlib import AbstractContextManager
from typing import Any

import sqlalchemy as sa
from alembic import op
from alembic.operations import BatchOperations

revision = "records"
down_revision = "stamps"
branch_labels = None
depends_on = None

Columns = tuple[tuple[Any, ...], ...]  # name, type and, where it can't be null, default

TITLE = (
    ("publisher_ror", sa.String(9)),
    ("imprint", sa.String()),
    ("institution", sa.String()),
    ("genre", sa.String(100)),
    ("edition_number", sa.Integer()),
    ("edition_statement", sa.String()),
    ("volume", sa.String(20)),
    ("series_id", sa.Integer()),
    ("series_number", sa.String(20)),
    ("pages", sa.Integer()),
    ("front_pages", sa.String(20)),
    ("licence_uri", sa.String()),
    ("rights_holder", sa.String()),
    ("copyright_year", sa.Integer()),
)
TITLE_WITH_DEFAULTS = (
    ("funding", sa.JSON(), "[]"),
    ("modified_at", sa.DateTime(timezone=True), "2026-01-01 00:00:00+00:00"),
    ("version", sa.Integer(), "1"),
)
CHAPTER = (("language", sa.String(35)), ("licence", sa.String()), ("licence_uri", sa.String()))
CHAPTER_WITH_DEFAULTS = (("doi_is_ours", sa.Boolean(), sa.false()), ("abstract", sa.String(), ""))
CONTRIBUTOR = (
    ("particle", sa.String(50)),
    ("suffix", sa.String(50)),
    ("orcid", sa.String(19)),
    ("ror", sa.String(9)),
    ("note", sa.String()),
)


def upgrade() -> None:
    _make_tables()
    with op.batch_alter_table("title", schema=None) as batch_op:
        _add(batch_op, TITLE, TITLE_WITH_DEFAULTS)
        batch_op.create_foreign_key(batch_op.f("fk_title_series_id_series"), "series", ["series_id"], ["id"])
        batch_op.create_index(batch_op.f("ix_title_series_id"), ["series_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_title_modified_at"), ["modified_at"], unique=False)
    op.execute("INSERT INTO series (name) SELECT DISTINCT series FROM title WHERE series IS NOT NULL")
    op.execute("UPDATE title SET series_id = (SELECT id FROM series WHERE series.name = title.series)")
    op.execute("UPDATE title SET modified_at = COALESCE(withdrawn_at, posted_at, created_at)")
    with _chapter(sqlite_autoincrement=True) as batch_op:
        _add(batch_op, CHAPTER, CHAPTER_WITH_DEFAULTS)
    with op.batch_alter_table("contributor", schema=None) as batch_op:
        _add(batch_op, CONTRIBUTOR, (("affiliations", sa.JSON(), "[]"),))


def downgrade() -> None:
    with op.batch_alter_table("contributor", schema=None) as batch_op:
        _drop(batch_op, (*CONTRIBUTOR, ("affiliations",)))
    with _chapter(sqlite_autoincrement=False) as batch_op:
        _drop(batch_op, (*CHAPTER, *CHAPTER_WITH_DEFAULTS))
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_title_modified_at"))
        batch_op.drop_index(batch_op.f("ix_title_series_id"))
        batch_op.drop_constraint(batch_op.f("fk_title_series_id_series"), type_="foreignkey")
        _drop(batch_op, (*TITLE, *TITLE_WITH_DEFAULTS))
    for table in ("record_change", "removed_chapter", "former_address", "subject", "identifier", "wording", "series"):
        op.drop_table(table)


def _chapter(*, sqlite_autoincrement: bool) -> AbstractContextManager[BatchOperations]:
    """The table of chapters, made anew on SQLite, which otherwise gives the id of a removed row again."""
    is_sqlite = op.get_bind().dialect.name == "sqlite"
    return op.batch_alter_table(
        "chapter",
        schema=None,
        recreate="always" if is_sqlite else "auto",
        table_kwargs={"sqlite_autoincrement": sqlite_autoincrement},
    )


def _add(batch_op: BatchOperations, columns: Columns, with_defaults: Columns = ()) -> None:
    for name, kind in columns:
        batch_op.add_column(sa.Column(name, kind, nullable=True))
    for name, kind, default in with_defaults:
        batch_op.add_column(sa.Column(name, kind, server_default=default, nullable=False))


def _drop(batch_op: BatchOperations, columns: Columns) -> None:
    for name, *_ in reversed(columns):
        batch_op.drop_column(name)


def _of_title(table: str, *columns: sa.Column, unique: tuple[str, ...] = ()) -> None:
    """A table whose rows hang on a title and come in an order."""
    constraints = [
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f(f"fk_{table}_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{table}")),
    ]
    if unique:
        constraints.append(sa.UniqueConstraint(*unique, name=op.f(f"uq_{table}_title_id")))
    op.create_table(
        table,
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        *columns,
        *constraints,
    )


def _make_tables() -> None:
    op.create_table(
        "series",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("issn", sa.String(9), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_series")),
        sa.UniqueConstraint("issn", name=op.f("uq_series_issn")),
        sa.UniqueConstraint("name", name=op.f("uq_series_name")),
    )
    _of_title(
        "wording",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("language", sa.String(35), nullable=False),
        sa.Column("title", sa.String(), nullable=True),
        sa.Column("subtitle", sa.String(), nullable=True),
        sa.Column("abstract", sa.String(), nullable=False),
        unique=("title_id", "language"),
    )
    _of_title(
        "identifier",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("value", sa.String(300), nullable=False),
        unique=("title_id", "kind", "value"),
    )
    op.create_index(op.f("ix_identifier_value"), "identifier", ["value"], unique=False)
    _of_title(
        "subject",
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("scheme", sa.String(20), nullable=False),
        sa.Column("code", sa.String(60), nullable=True),
        sa.Column("heading", sa.String(), nullable=True),
    )
    op.create_index(op.f("ix_subject_title_id"), "subject", ["title_id"], unique=False)
    _of_title(
        "record_change",
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_user_id"], ["user.id"], name=op.f("fk_record_change_actor_user_id_user"), ondelete="SET NULL"
        ),
        unique=("title_id", "version"),
    )
    op.create_index(op.f("ix_record_change_actor_user_id"), "record_change", ["actor_user_id"], unique=False)
    op.create_table(
        "former_address",
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("slug", sa.String(120), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("left_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_former_address_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "slug", name=op.f("pk_former_address")),
    )
    op.create_index(op.f("ix_former_address_title_id"), "former_address", ["title_id"], unique=False)
    op.create_table(
        "removed_chapter",
        sa.Column("chapter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("address", sa.Integer(), nullable=True),
        sa.Column("removed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_removed_chapter_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("chapter_id", name=op.f("pk_removed_chapter")),
    )
    op.create_index(op.f("ix_removed_chapter_title_id"), "removed_chapter", ["title_id"], unique=False)
