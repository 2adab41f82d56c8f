"""Time for what is done in no time where the machine is not busy: no test fails because it is."""

from collections.abc import Iterator
from contextlib import contextmanager

from api import app, database, postgresql
from api.edge import sending
from api.ops import outside, routes
from api.signin import asking
from storage import s3_wire

PATIENCE = 60  # seconds
LIMITS = (
    (app, "SILENCE"),
    (database, "BUSY_TIMEOUT"),
    (postgresql, "POOL_TIMEOUT"),
    (postgresql, "CONNECT_TIMEOUT"),
    (sending, "PATIENCE"),
    (outside, "PATIENCE"),
    (routes, "LONGEST_LOOK"),
    (asking, "TIMEOUT"),
    (s3_wire, "CONNECT_TIMEOUT"),
    (s3_wire, "READ_TIMEOUT"),
)
SHIPPED = {(module, name): getattr(module, name) for module, name in LIMITS}
SHIPPED_OF_SESSIONS = dict(postgresql.SESSION_LIMITS)


def be_patient() -> None:
    """Let the portals of this process wait so long for what they need; a test that means a limit sets it itself."""
    for module, name in LIMITS:
        setattr(module, name, PATIENCE)
    postgresql.SESSION_LIMITS.update(statement_timeout=1000 * PATIENCE, lock_timeout=1000 * PATIENCE)


@contextmanager
def as_shipped() -> Iterator[None]:
    """With the limits that a press's own portal has."""
    for (module, name), seconds in SHIPPED.items():
        setattr(module, name, seconds)
    postgresql.SESSION_LIMITS.update(SHIPPED_OF_SESSIONS)
    try:
        yield
    finally:
        be_patient()
