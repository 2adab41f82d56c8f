"""usage summaries and librarians

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: summaries
Follows: languages
"""

revision = "summaries"
down_revision = "languages"
branch_labels = None
depends_on = None


def upgrade() -> None:
    pass


def downgrade() -> None:
    pass
