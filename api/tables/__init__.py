"""The nouns of the portal. Importing this package makes all of them known to `metadata`."""

from api.tables.access import (
    AccessRequest,
    Answer,
    Grant,
    Institution,
    Invitation,
    Redemption,
    Rule,
    RuleKind,
    Ticket,
    Voucher,
)
from api.tables.base import metadata
from api.tables.catalogue import (
    CatalogueRevision,
    Chapter,
    Contributor,
    Edition,
    File,
    Kind,
    State,
    Title,
)
from api.tables.jobs import Job
from api.tables.keys import AccessKey, KeyScope
from api.tables.limits import Bucket
from api.tables.people import Attempt, Identity, Role, Session, User
from api.tables.usage import AccessType, DailySalt, DataType, Event, EventKind

__all__ = [
    "AccessKey",
    "AccessRequest",
    "AccessType",
    "Answer",
    "Attempt",
    "Bucket",
    "CatalogueRevision",
    "Chapter",
    "Contributor",
    "DailySalt",
    "DataType",
    "Edition",
    "Event",
    "EventKind",
    "File",
    "Grant",
    "Identity",
    "Institution",
    "Invitation",
    "Job",
    "KeyScope",
    "Kind",
    "Redemption",
    "Role",
    "Rule",
    "RuleKind",
    "Session",
    "State",
    "Ticket",
    "Title",
    "User",
    "Voucher",
    "metadata",
]
