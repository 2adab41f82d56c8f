"""what is typed at the desk

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: drafts_at_desk
Follows: desk_readers
"""

import sqlalchemy as sa
from alembic import op

revision = "drafts_at_desk"
down_revision = "desk_readers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "typed_draft",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=True),
        sa.Column("place", sa.String(40), nullable=False),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("fields", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["user.id"], name=op.f("fk_typed_draft_user_id_user"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_typed_draft_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_typed_draft")),
        sa.UniqueConstraint("user_id", "place", name=op.f("uq_typed_draft_user_id")),
    )
    with op.batch_alter_table("typed_draft", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_typed_draft_title_id"), ["title_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_typed_draft_at"), ["at"], unique=False)
    op.create_index(op.f("ix_title_created_at"), "title", ["created_at"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("ix_title_created_at"), "title")
    op.drop_table("typed_draft")
