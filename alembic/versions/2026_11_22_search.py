"""what can be searched, and searches that are counted

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: search
Follows: comments
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "search"
down_revision = "comments"
branch_labels = None
depends_on = None

INDEXED = ("search_entry", "page_text")
PARTS = (  # of an FTS5 index: its words stand in `{0}`, and triggers tell it of every change there
    "CREATE VIRTUAL TABLE {0}_fts USING fts5(words, content='{0}', content_rowid='id', "
    "tokenize='unicode61 remove_diacritics 0')",
    "CREATE TRIGGER {0}_fts_ai AFTER INSERT ON {0} BEGIN "
    "INSERT INTO {0}_fts (rowid, words) VALUES (new.id, new.words); END",
    "CREATE TRIGGER {0}_fts_ad AFTER DELETE ON {0} BEGIN "
    "INSERT INTO {0}_fts ({0}_fts, rowid, words) VALUES ('delete', old.id, old.words); END",
    "CREATE TRIGGER {0}_fts_au AFTER UPDATE OF words ON {0} BEGIN "
    "INSERT INTO {0}_fts ({0}_fts, rowid, words) VALUES ('delete', old.id, old.words); "
    "INSERT INTO {0}_fts (rowid, words) VALUES (new.id, new.words); END",
)


def upgrade() -> None:
    is_postgresql = op.get_bind().dialect.name == "postgresql"
    words = postgresql.TSVECTOR() if is_postgresql else sa.Text()
    op.create_table(
        "search_entry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("scope", sa.Integer(), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_search_entry_title_id_title"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["chapter_id"], ["chapter.id"], name=op.f("fk_search_entry_chapter_id_chapter"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_search_entry")),
    )
    op.create_index(op.f("ix_search_entry_title_id"), "search_entry", ["title_id"])
    op.create_index(op.f("ix_search_entry_chapter_id"), "search_entry", ["chapter_id"])
    op.create_table(
        "page_text",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("file_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(20), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("words", words, nullable=False),
        sa.ForeignKeyConstraint(["file_id"], ["file.id"], name=op.f("fk_page_text_file_id_file"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_page_text")),
        sa.UniqueConstraint("file_id", "number", name=op.f("uq_page_text_file_id")),
    )
    for table in INDEXED:
        if is_postgresql:
            op.create_index(f"{table}_fts", table, ["words"], postgresql_using="gin")
        else:
            for part in PARTS:
                op.execute(part.format(table))
    op.add_column("title", sa.Column("shows_lines", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("file", sa.Column("read_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("what", sa.String(16), nullable=True))
    op.add_column("usage_sum", sa.Column("searches_platform", sa.Integer(), server_default="0", nullable=False))


def downgrade() -> None:
    for table, column in (
        ("usage_sum", "searches_platform"),
        ("event", "what"),
        ("file", "read_at"),
        ("title", "shows_lines"),
    ):
        with op.batch_alter_table(table) as batch_op:
            batch_op.drop_column(column)
    for table in INDEXED:
        if op.get_bind().dialect.name == "sqlite":
            op.execute(f"DROP TABLE {table}_fts")
        op.drop_table(table)
