"""notices and the outbox

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: outbox
Follows: desk
"""

import sqlalchemy as sa
from alembic import op

revision = "outbox"
down_revision = "desk"
branch_labels = None
depends_on = None

INSTANT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.Column("edition", sa.Integer(), nullable=True),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        _pointer("notice", "title_id", "title"),
        _pointer("notice", "made_by", "user", "SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
        sa.UniqueConstraint("key", name=op.f("uq_notice_key")),
    )
    op.create_index(op.f("ix_notice_title_id"), "notice", ["title_id"])
    op.create_index(op.f("ix_notice_made_by"), "notice", ["made_by"])

    op.create_table(
        "notice_copy",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("notice_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", INSTANT, nullable=True),
        _pointer("notice_copy", "user_id", "user"),
        _pointer("notice_copy", "notice_id", "notice"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice_copy")),
        sa.UniqueConstraint("user_id", "notice_id", name=op.f("uq_notice_copy_user_id")),
    )
    op.create_index(op.f("ix_notice_copy_notice_id"), "notice_copy", ["notice_id"])

    op.create_table(
        "mail_choice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("allowed_at", INSTANT, nullable=False),
        _pointer("mail_choice", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_choice")),
        sa.UniqueConstraint("user_id", name=op.f("uq_mail_choice_user_id")),
    )

    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("user_id", sa.Integer(), nullable=False),
        sa.Column("key", sa.String(80), nullable=False),
        sa.Column("kind", sa.String(20), nullable=False),
        sa.Column("arguments", sa.JSON(), nullable=False),
        sa.Column("state", sa.String(20), nullable=False),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("fault", sa.String(300), nullable=True),
        sa.Column("claim", sa.String(43), nullable=True),
        sa.Column("claimed_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        _pointer("outbox", "user_id", "user"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("user_id", "key", name=op.f("uq_outbox_user_id")),
    )
    op.create_index(op.f("ix_outbox_state"), "outbox", ["state", "due_at"])
    op.create_index(op.f("ix_outbox_made_at"), "outbox", ["made_at"])


def downgrade() -> None:
    for table in ("outbox", "mail_choice", "notice_copy", "notice"):
        op.drop_table(table)


def _pointer(table: str, column: str, other: str, after: str = "CASCADE") -> sa.ForeignKeyConstraint:
    """What becomes of the row when that to which it points is deleted."""
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=after)
