"""usage summaries and librarians

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: summaries
Follows: languages
"""

import sqlalchemy as sa
from alembic import op

revision = "summaries"
down_revision = "languages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("in_browser", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "usage_day",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_over", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_usage_day")),
    )
    op.create_table(
        "usage_day_sum",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("by", sa.String(20), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("value", sa.String(255), nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.Column("starters", sa.Integer(), nullable=False),
        sa.Column("arrivals", sa.Integer(), nullable=False),
        sa.Column("readers", sa.Integer(), nullable=False),
        sa.Column("reads", sa.Integer(), nullable=False),
        sa.Column("downloads", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("title_id", "by", "day", "value", name=op.f("pk_usage_day_sum")),
    )
    op.create_index("ix_usage_day_sum_listed", "usage_day_sum", ["by", "day"])
    op.create_table(
        "usage_most_used",
        sa.Column("days", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("place", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("used", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("days", "place", name=op.f("pk_usage_most_used")),
    )
    op.create_table(
        "summary_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("wants", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_summary_choice_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_summary_choice")),
        sa.UniqueConstraint("user_id", name=op.f("uq_summary_choice_user_id")),
    )
    op.create_table(
        "librarian",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("institution_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(255), nullable=False),
        sa.Column("named_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["institution_id"],
            ["institution.id"],
            name=op.f("fk_librarian_institution_id_institution"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_librarian")),
        sa.UniqueConstraint("institution_id", "issuer", "subject", name=op.f("uq_librarian_institution_id")),
    )
    op.create_index("ix_librarian_reader", "librarian", ["subject", "issuer"])


def downgrade() -> None:
    op.drop_table("librarian")
    op.drop_table("summary_choice")
    op.drop_table("usage_most_used")
    op.drop_table("usage_day_sum")
    op.drop_table("usage_day")
    op.drop_column("event", "in_browser")
