"""what the desk lists notes of fair use by

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: fair_use_listed
Follows: summaries
"""

from alembic import op

revision = "fair_use_listed"
down_revision = "summaries"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_fair_use_note_listed", "fair_use_note", ["at", "id"])
    op.drop_index("ix_fair_use_note_at", "fair_use_note")


def downgrade() -> None:
    op.create_index("ix_fair_use_note_at", "fair_use_note", ["at"])
    op.drop_index("ix_fair_use_note_listed", "fair_use_note")
