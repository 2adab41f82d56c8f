"""What the doctor finds: verdicts, findings, and the house that is looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from api.database import Database
from api.jobs import Periodic
from api.settings import Settings
from storage.store import Store


class Verdict(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True)
class Finding:
    """What was looked at, how it stands, and one sentence about it."""

    check: str
    verdict: Verdict
    words: str


@dataclass(frozen=True)
class House:
    """What is looked at. `fault` says why the database can't be used, `faulty` what of it; then there is none."""

    settings: Settings
    store: Store
    jobs: Sequence[Periodic]
    database: Database | None
    fault: str = ""
    faulty: str = "database"
