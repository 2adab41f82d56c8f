"""what the press says of a file's accessibility, and requests for an accessible copy

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: copies
Follows: deposits
"""

import sqlalchemy as sa
from alembic import op

from api.tables.base import Instant

revision = "copies"
down_revision = "deposits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.add_column(sa.Column("accessibility", sa.JSON(none_as_null=True), nullable=True))
    op.create_table(
        "copy_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("words", sa.String(length=500), nullable=False),
        sa.Column("asked_at", Instant(), nullable=False),
        sa.Column("answer", sa.String(length=20), nullable=True),
        sa.Column("reply", sa.String(length=1000), nullable=False),
        sa.Column("address", sa.String(length=500), nullable=True),
        sa.Column("answered_by", sa.Integer(), nullable=True),
        sa.Column("answered_at", Instant(), nullable=True),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_copy_request_title_id_title"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_copy_request_user_id_user"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["answered_by"], ["user.id"], name=op.f("fk_copy_request_answered_by_user"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_copy_request")),
        sa.UniqueConstraint("title_id", "user_id", name=op.f("uq_copy_request_title_id")),
    )
    for column in ("user_id", "answered_by", "answered_at"):
        op.create_index(op.f(f"ix_copy_request_{column}"), "copy_request", [column])
    is_open = sa.text("answered_at IS NULL")
    op.create_index("ix_copy_request_open", "copy_request", ["id"], sqlite_where=is_open, postgresql_where=is_open)


def downgrade() -> None:
    op.drop_table("copy_request")
    with op.batch_alter_table("title", schema=None) as batch_op:
        batch_op.drop_column("accessibility")
