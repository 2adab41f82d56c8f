"""the page a reader was at

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: reading
Follows: desk_indexes
"""

import sqlalchemy as sa
from alembic import op

revision = "reading"
down_revision = "desk_indexes"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_place",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=False),
        sa.Column("label", sa.String(20), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_reading_place_title_id_title"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_reading_place_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reading_place")),
        sa.UniqueConstraint("user_id", "title_id", name=op.f("uq_reading_place_user_id")),
    )
    with op.batch_alter_table("reading_place") as batch_op:
        batch_op.create_index(batch_op.f("ix_reading_place_title_id"), ["title_id"], unique=False)
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.add_column(sa.Column("is_inline", sa.Boolean(), server_default=sa.false(), nullable=False))


def downgrade() -> None:
    with op.batch_alter_table("ticket") as batch_op:
        batch_op.drop_column("is_inline")
    op.drop_table("reading_place")
