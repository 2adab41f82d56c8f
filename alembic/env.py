"""Run migrations on the engine that the command line hands over, all of one upgrade in one transaction."""

from typing import Any, Literal

import sqlalchemy as sa
from alembic import context

from api.tables import FTS, metadata


def plain_type(kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write column types in SQLAlchemy's own words, so that old migrations outlive our classes."""
    if kind != "type":
        return False
    if isinstance(item, sa.types.TypeDecorator):
        item = item.impl_instance
    if isinstance(item, sa.DateTime):
        return "sa.DateTime(timezone=True)"
    if isinstance(item, sa.String):
        return f"sa.String({item.length or ''})"
    return False


def is_ours(name: str | None, _kind: str, _parents: Any) -> bool:
    """Whether something is to be compared with the code's tables; search indexes are made by a migration alone."""
    return FTS not in (name or "")


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    render_item=plain_type,
    include_name=is_ours,
    compare_type=True,
)
with context.begin_transaction():
    context.run_migrations()
