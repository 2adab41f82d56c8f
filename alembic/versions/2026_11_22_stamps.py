"""personal stamps and fair use

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: stamps
Follows: editions
"""

import sqlalchemy as sa
from alembic import op

revision = "stamps"
down_revision = "editions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("title") as batch_op:
        batch_op.add_column(sa.Column("is_stamped", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.create_table(
        "stamped_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("edition_id", sa.Integer(), nullable=True),
        sa.Column("source_sha256", sa.String(64), nullable=False),
        sa.Column("number", sa.String(12), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("claimed_until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_stamped_copy_user_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["edition_id"], ["edition.id"], name=op.f("fk_stamped_copy_edition_id_edition"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stamped_copy")),
        sa.UniqueConstraint("number", name=op.f("uq_stamped_copy_number")),
    )
    with op.batch_alter_table("stamped_copy") as batch_op:
        batch_op.create_index("ix_stamped_copy_reader", ["user_id", "edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stamped_copy_edition_id"), ["edition_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stamped_copy_sha256"), ["sha256"], unique=False)
    op.create_table(
        "fair_use_note",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=True),
        sa.Column("network", sa.String(12), nullable=True),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("allowance", sa.Integer(), nullable=False),
        sa.Column("stage", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["user_id"], ["user.id"], name=op.f("fk_fair_use_note_user_id_user"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fair_use_note")),
    )
    with op.batch_alter_table("fair_use_note") as batch_op:
        batch_op.create_index(batch_op.f("ix_fair_use_note_user_id"), ["user_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fair_use_note_at"), ["at"], unique=False)


def downgrade() -> None:
    op.drop_table("fair_use_note")
    op.drop_table("stamped_copy")
    with op.batch_alter_table("title") as batch_op:
        batch_op.drop_column("is_stamped")
