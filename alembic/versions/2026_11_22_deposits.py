"""DOI deposits

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: deposits
Follows: search
"""

import sqlalchemy as sa
from alembic import op

revision = "deposits"
down_revision = "search"
branch_labels = None
depends_on = None


INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "deposit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("batch", sa.String(100), nullable=False),
        sa.Column("stamp", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("document", sa.Text(), nullable=False),
        sa.Column("dois", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("polls", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(300), nullable=True),
        sa.Column("claim", sa.String(43), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.Column("answer", sa.Text(), nullable=True),
        sa.Column("report", sa.Text(), nullable=True),
        sa.Column("reported_at", INSTANT, nullable=True),
        sa.Column("results", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_deposit_title_id_title"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["made_by"], ["user.id"], name=op.f("fk_deposit_made_by_user"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deposit")),
        sa.UniqueConstraint("batch", name=op.f("uq_deposit_batch")),
    )
    op.create_index(op.f("ix_deposit_state"), "deposit", ["state", "due_at"])
    op.create_index("ix_deposit_of_title", "deposit", ["title_id", "id"])
    op.create_index(op.f("ix_deposit_made_by"), "deposit", ["made_by"])
    op.create_index("ix_title_doi_is_ours", "title", ["doi_is_ours", "id"])
    op.create_index("ix_chapter_doi_is_ours", "chapter", ["doi_is_ours", "title_id"])


def downgrade() -> None:
    op.drop_index("ix_chapter_doi_is_ours", "chapter")
    op.drop_index("ix_title_doi_is_ours", "title")
    op.drop_table("deposit")
