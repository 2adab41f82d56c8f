"""what the desk lists titles, readers let in, requests, links and mails by

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: desk_indexes
Follows: counter
"""

import sqlalchemy as sa
from alembic import op

revision = "desk_indexes"
down_revision = "counter"
branch_labels = None
depends_on = None

ADDED = (  # name, table, columns
    ("ix_grant_listed", "grant", ["title_id", "id"]),
    ("ix_grant_reader", "grant", ["subject", "issuer", "title_id"]),
    ("ix_invitation_listed", "invitation", ["title_id", "id"]),
    ("ix_ticket_live", "ticket", ["edition_id", "expires_at"]),
    ("ix_outbox_listed", "outbox", ["state", "id"]),
    ("ix_outbox_key", "outbox", ["key", "state"]),
    ("ix_holding_edition", "holding", ["edition_id", "user_id"]),
    ("ix_notice_copy_told", "notice_copy", ["notice_id", "user_id"]),
    ("ix_notice_copy_seen", "notice_copy", ["notice_id", "seen_at"]),
)
OPEN = (("ix_access_request_open", ["id"]), ("ix_access_request_open_of_title", ["title_id", "id"]))
COVERED = (  # by one of those
    ("ix_ticket_edition_id", "ticket", "edition_id"),
    ("ix_holding_edition_id", "holding", "edition_id"),
    ("ix_notice_copy_notice_id", "notice_copy", "notice_id"),
)


def upgrade() -> None:
    for name, table, columns in ADDED:
        op.create_index(name, table, columns)
    is_open = sa.text("decided_at IS NULL")
    for name, columns in OPEN:
        op.create_index(name, "access_request", columns, sqlite_where=is_open, postgresql_where=is_open)
    for name, table, _ in COVERED:
        op.drop_index(name, table)
    op.drop_index("ix_title_state", "title")
    op.create_index("ix_title_state", "title", ["state", "created_at", "id"])


def downgrade() -> None:
    op.drop_index("ix_title_state", "title")
    op.create_index("ix_title_state", "title", ["state"])
    for name, table, column in COVERED:
        op.create_index(name, table, [column])
    for name, _ in OPEN:
        op.drop_index(name, "access_request")
    for name, table, _ in ADDED:
        op.drop_index(name, table)
