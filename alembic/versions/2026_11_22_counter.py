"""counter

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: counter
Follows: harvest
"""

import sqlalchemy as sa
from alembic import op

revision = "counter"
down_revision = "harvest"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("institution", sa.String(120), nullable=True))
    op.add_column("access_key", sa.Column("institution", sa.String(120), nullable=True))
    op.create_table(
        "usage_month",
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("events", sa.Integer(), nullable=False),
        sa.Column("robots", sa.String(64), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=True),
        sa.PrimaryKeyConstraint("month", name=op.f("pk_usage_month")),
    )
    op.create_table(
        "usage_sum",
        sa.Column("institution", sa.String(120), nullable=False),
        sa.Column("month", sa.String(7), nullable=False),
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("chapter_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("data_type", sa.String(20), nullable=False),
        sa.Column("access_type", sa.String(20), nullable=False),
        sa.Column("access_method", sa.String(20), nullable=False),
        sa.Column("yop", sa.String(4), nullable=False),
        sa.Column("total_item_investigations", sa.Integer(), nullable=False),
        sa.Column("total_item_requests", sa.Integer(), nullable=False),
        sa.Column("unique_item_investigations", sa.Integer(), nullable=False),
        sa.Column("unique_item_requests", sa.Integer(), nullable=False),
        sa.Column("unique_title_investigations", sa.Integer(), nullable=False),
        sa.Column("unique_title_requests", sa.Integer(), nullable=False),
        sa.Column("no_license", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint(
            "institution",
            "month",
            "title_id",
            "chapter_id",
            "data_type",
            "access_type",
            "access_method",
            "yop",
            name=op.f("pk_usage_sum"),
        ),
    )


def downgrade() -> None:
    op.drop_table("usage_sum")
    op.drop_table("usage_month")
    op.drop_column("access_key", "institution")
    op.drop_column("event", "institution")
