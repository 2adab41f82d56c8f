"""intake with visible states

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: intake
Follows: keys
"""

import sqlalchemy as sa
from alembic import op

revision = "intake"
down_revision = "keys"
branch_labels = None
depends_on = None

_REFERRED = (
    ("title_id", "title", "CASCADE"),
    ("chapter_id", "chapter", "CASCADE"),
    ("user_id", "user", "SET NULL"),
    ("file_id", "file", "SET NULL"),
    ("edition_id", "edition", "SET NULL"),
)


def upgrade() -> None:
    op.add_column("file", sa.Column("facts", sa.JSON(), nullable=True))
    op.create_table(
        "intake",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("chapter_id", sa.Integer(), nullable=True),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("staged_id", sa.String(32), nullable=False),
        sa.Column("file_name", sa.String(200), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("leased_by", sa.String(100), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("reason", sa.String(300), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=True),
        sa.Column("file_id", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        *(
            sa.ForeignKeyConstraint(
                [column], [f"{table}.id"], name=op.f(f"fk_intake_{column}_{table}"), ondelete=on_delete
            )
            for column, table, on_delete in _REFERRED
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_intake")),
        sa.UniqueConstraint("staged_id", name=op.f("uq_intake_staged_id")),
    )
    for column in ("state", *(column for column, _, _ in _REFERRED)):
        op.create_index(op.f(f"ix_intake_{column}"), "intake", [column], unique=False)


def downgrade() -> None:
    op.drop_table("intake")
    op.drop_column("file", "facts")
