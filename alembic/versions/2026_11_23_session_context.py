"""how strong a provider calls the sign-in that a session began with

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: session_context
Follows: chosen_covers
"""

import sqlalchemy as sa
from alembic import op

revision = "session_context"
down_revision = "chosen_covers"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("session", sa.Column("context", sa.String(length=200), nullable=True))


def downgrade() -> None:
    op.drop_column("session", "context")
