"""The nouns of the portal. Importing this package makes all of them known to `metadata`."""

from api.tables.access import (
    AccessRequest,
    Answer,
    Grant,
    Holding,
    Institution,
    Invitation,
    Redemption,
    Rule,
    RuleKind,
    Ticket,
    Voucher,
)
from api.tables.account import Erasure, LogoutToken, MergeOffer, SignIn, SignInOutcome
from api.tables.audit import Audit
from api.tables.base import metadata
from api.tables.catalogue import (
    CatalogueRevision,
    Chapter,
    ChapterFile,
    Contributor,
    Edition,
    File,
    Kind,
    Origin,
    State,
    Title,
)
from api.tables.desk import TypedDraft
from api.tables.history import Happening, ScheduledPublication, TitleEvent
from api.tables.house import House, HouseText, Terms, TermsAcceptance
from api.tables.intake import Intake, IntakeState
from api.tables.jobs import Job
from api.tables.keys import AccessKey, KeyScope
from api.tables.limits import Bucket
from api.tables.notices import MailChoice, MailState, Notice, NoticeCopy, NoticeKind, OutgoingMail
from api.tables.people import Attempt, Identity, Purpose, Role, Session, User
from api.tables.reading import ReadingPlace
from api.tables.record import (
    Contribution,
    FormerAddress,
    Identifier,
    IdentifierKind,
    RecordChange,
    RemovedChapter,
    Series,
    Subject,
    SubjectScheme,
    Wording,
)
from api.tables.stamps import FairUseNote, StampedCopy
from api.tables.uploads import Upload
from api.tables.usage import AccessType, DailySalt, DataType, Event, EventKind, UsageMonth, UsageSum

__all__ = [
    "AccessKey",
    "AccessRequest",
    "AccessType",
    "Answer",
    "Attempt",
    "Audit",
    "Bucket",
    "CatalogueRevision",
    "Chapter",
    "ChapterFile",
    "Contribution",
    "Contributor",
    "DailySalt",
    "DataType",
    "Edition",
    "Erasure",
    "Event",
    "EventKind",
    "FairUseNote",
    "File",
    "FormerAddress",
    "Grant",
    "Happening",
    "Holding",
    "House",
    "HouseText",
    "Identifier",
    "IdentifierKind",
    "Identity",
    "Institution",
    "Intake",
    "IntakeState",
    "Invitation",
    "Job",
    "KeyScope",
    "Kind",
    "LogoutToken",
    "MailChoice",
    "MailState",
    "MergeOffer",
    "Notice",
    "NoticeCopy",
    "NoticeKind",
    "Origin",
    "OutgoingMail",
    "Purpose",
    "ReadingPlace",
    "RecordChange",
    "Redemption",
    "RemovedChapter",
    "Role",
    "Rule",
    "RuleKind",
    "ScheduledPublication",
    "Series",
    "Session",
    "SignIn",
    "SignInOutcome",
    "StampedCopy",
    "State",
    "Subject",
    "SubjectScheme",
    "Terms",
    "TermsAcceptance",
    "Ticket",
    "Title",
    "TitleEvent",
    "TypedDraft",
    "Upload",
    "UsageMonth",
    "UsageSum",
    "User",
    "Voucher",
    "Wording",
    "metadata",
]
