"""what the desk finds readers and acts by

Old code goes on running while this is applied, and for a while after. So: add before you use, stop using
before you drop, never rename in one step, and give new columns a default that old code can live with.

Revision: desk_readers
Follows: house
"""

import unicodedata

import sqlalchemy as sa
from alembic import op

revision = "desk_readers"
down_revision = "house"
branch_labels = None
depends_on = None

AT_ONCE = 1000
AUDIT = ("action", "actor_user_id", "object", "user_id")
STATES = ("disabled", "closing")
user = sa.table(
    "user",
    sa.column("id", sa.Integer()),
    sa.column("name", sa.String()),
    sa.column("name_key", sa.LargeBinary()),
    sa.column("last_name_key", sa.LargeBinary()),
)
identity = sa.table(
    "identity",
    sa.column("id", sa.Integer()),
    sa.column("email", sa.String()),
    sa.column("email_key", sa.LargeBinary()),
)


def upgrade() -> None:
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.add_column(sa.Column("name_key", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("last_name_key", sa.LargeBinary(), nullable=True))
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.add_column(sa.Column("email_key", sa.LargeBinary(), nullable=True))
    _fill(user, user.c.name, _of_name)
    _fill(identity, identity.c.email, _of_address)
    op.create_index("ix_user_name_key", "user", ["name_key", "id"])
    op.create_index("ix_user_last_name_key", "user", ["last_name_key", "id"])
    op.create_index("ix_user_role", "user", ["role", "id"])
    for state in STATES:
        is_so = sa.text(f"{state}_at IS NOT NULL")
        op.create_index(f"ix_user_is_{state}", "user", ["id"], sqlite_where=is_so, postgresql_where=is_so)
    op.create_index("ix_identity_handle", "identity", ["subject", "provider"])
    op.create_index("ix_identity_email_key", "identity", ["email_key", "id"])
    for column in AUDIT:
        op.create_index(f"ix_audit_by_{column}", "audit", [column, "at"])


def downgrade() -> None:
    for column in AUDIT:
        op.drop_index(f"ix_audit_by_{column}", "audit")
    for name in ("email_key", "handle"):
        op.drop_index(f"ix_identity_{name}", "identity")
    for name in ("name_key", "last_name_key", "role", *(f"is_{state}" for state in STATES)):
        op.drop_index(f"ix_user_{name}", "user")
    with op.batch_alter_table("identity", schema=None) as batch_op:
        batch_op.drop_column("email_key")
    with op.batch_alter_table("user", schema=None) as batch_op:
        batch_op.drop_column("last_name_key")
        batch_op.drop_column("name_key")


def _fill(table, read, keys_of) -> None:
    """Give the rows that are there their keys, so many at a time."""
    connection, last = op.get_bind(), 0
    while True:
        rows = connection.execute(
            sa.select(table.c.id, read).where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE)
        ).all()
        for row_id, words in rows:
            if words:
                connection.execute(sa.update(table).where(table.c.id == row_id).values(keys_of(words)))
        if len(rows) < AT_ONCE:
            return
        last = rows[-1][0]


def _of_name(name):
    plain = "".join(each for each in unicodedata.normalize("NFKD", name) if not unicodedata.combining(each))
    key = " ".join(plain.casefold().split())[:320].encode(errors="replace")
    first, _, last = key.rpartition(b" ")
    return {"name_key": key or None, "last_name_key": last if first else None}


def _of_address(address):
    local, _, domain = address.strip().lower().rpartition("@")
    return {"email_key": f"{domain}@{local}"[:320].encode(errors="replace")}
