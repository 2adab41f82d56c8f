"""usage events

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: usage
Follows: limits
"""

import sqlalchemy as sa
from alembic import op

revision = "usage"
down_revision = "limits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "daily_salt",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("salt", sa.String(43), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_daily_salt")),
    )
    op.create_table(
        "event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("happened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("data_type", sa.String(20), nullable=True),
        sa.Column("items", sa.Integer(), nullable=False),
        sa.Column("access_type", sa.String(20), nullable=True),
        sa.Column("access_method", sa.String(20), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("delivery", sa.String(20), nullable=True),
        sa.Column("provider", sa.String(40), nullable=True),
        sa.Column("user_key", sa.String(64), nullable=False),
        sa.Column("is_robot", sa.Boolean(), nullable=False),
        sa.Column("agent", sa.String(200), nullable=False),
        sa.Column("referrer_host", sa.String(255), nullable=True),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_event_edition_id_edition")),
        sa.ForeignKeyConstraint(["title_id"], ["title.id"], name=op.f("fk_event_title_id_title")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    with op.batch_alter_table("event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_event_happened_at"), ["happened_at"], unique=False)


def downgrade() -> None:
    op.drop_table("event")
    op.drop_table("daily_salt")
