"""a title's history and its planned publication

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: desk
Follows: records
"""

import sqlalchemy as sa
from alembic import op

revision = "desk"
down_revision = "records"
branch_labels = None
depends_on = None

SEEN = """
    INSERT INTO title_event (title_id, number, what, at, words)
    SELECT id, 1, 'published', posted_at, '' FROM title WHERE posted_at IS NOT NULL
"""
TAKEN_BACK = """
    INSERT INTO title_event (title_id, number, what, at, words)
    SELECT id, CASE WHEN posted_at IS NULL THEN 1 ELSE 2 END, 'withdrawn', withdrawn_at, ''
    FROM title WHERE withdrawn_at IS NOT NULL
"""


def upgrade() -> None:
    op.create_table(
        "title_event",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("title_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("what", sa.String(20), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_user_id", sa.Integer(), nullable=True),
        sa.Column("words", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["actor_user_id"], ["user.id"], name=op.f("fk_title_event_actor_user_id_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_title_event_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_title_event")),
        sa.UniqueConstraint("title_id", "number", name=op.f("uq_title_event_title_id")),
    )
    with op.batch_alter_table("title_event", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_title_event_actor_user_id"), ["actor_user_id"], unique=False)
    op.create_table(
        "scheduled_publication",
        sa.Column("title_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by"], ["user.id"], name=op.f("fk_scheduled_publication_made_by_user"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["title_id"], ["title.id"], name=op.f("fk_scheduled_publication_title_id_title"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("title_id", name=op.f("pk_scheduled_publication")),
    )
    with op.batch_alter_table("scheduled_publication", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_scheduled_publication_due_at"), ["due_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_scheduled_publication_made_by"), ["made_by"], unique=False)
    op.execute(SEEN)
    op.execute(TAKEN_BACK)


def downgrade() -> None:
    op.drop_table("scheduled_publication")
    op.drop_table("title_event")
