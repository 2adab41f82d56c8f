"""languages

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: languages
Follows: copies
"""

import sqlalchemy as sa
from alembic import op

revision = "languages"
down_revision = "copies"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("user", sa.Column("language", sa.String(35)))
    op.add_column("house", sa.Column("languages", sa.String(400)))
    op.add_column("house", sa.Column("language", sa.String(35)))


def downgrade() -> None:
    op.drop_column("house", "language")
    op.drop_column("house", "languages")
    op.drop_column("user", "language")
