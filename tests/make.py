"""Titles for tests, shelved by the real rules, with a file that is small and really a PDF."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlmodel import select

from api import clock
from api.access.rules import give_grant, set_ladder
from api.tables import Contributor, Edition, File, Kind, RuleKind, State, Title
from tests.cast import issuer
from tests.site import Site

NAMED = "attachment; filename=\"rivers-of-paper.pdf\"; filename*=UTF-8''Rivers%20of%20Paper.pdf"


@cache
def pdf(pages: int = 3, text: str = "Sample") -> bytes:
    """A PDF of so many pages, the same bytes every time."""
    from fpdf import FPDF

    volume = FPDF(format=(148, 210))
    volume.set_creation_date(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    volume.set_font("Times", size=14)
    for number in range(1, pages + 1):
        volume.add_page()
        volume.cell(text=f"{text}, page {number}")
    return bytes(volume.output())


@dataclass(frozen=True)
class Made:
    """A shelved title: its id, its address and the bytes of its file (None while in preparation)."""

    id: int
    path: str
    file: bytes | None

    @property
    def pdf(self) -> str:
        return f"{self.path}.pdf"


def shelve(
    site: Site,
    slug: str = "rivers-of-paper",
    *,
    rules: Sequence[RuleKind] = (RuleKind.SIGNED_IN,),
    state: State = State.PUBLISHED,
    opens_at: datetime | None = None,
    file: bytes | None = b"made below",
) -> Made:
    """Put a report on the shelf as its rows stand after intake, with its file in the store."""
    content = pdf() if file == b"made below" else file
    with site.portal.database.writing() as db:
        title = Title(
            slug=slug,
            kind=Kind.REPORT,
            state=state,
            title="Rivers of Paper",
            full_title="Rivers of Paper",
            abstract="What archives carry.\n\nAnd what they leave behind.",
            call_to_read="Read the entire volume “Rivers of Paper” here as a PDF.",
            opens_at=opens_at,
            posted_at=clock.now(),
        )
        title.contributors.append(Contributor(position=1, role="author", name="Sample Press", is_organisation=True))
        db.add(title)
        db.flush()
        assert title.id is not None
        set_ladder(db, title.id, rules)
        if content is not None:
            sha256 = hashlib.sha256(content).hexdigest()
            site.portal.store.put(io.BytesIO(content), sha256, len(content))
            stored = db.exec(select(File).where(File.sha256 == sha256)).first()
            stored = stored or File(sha256=sha256, size=len(content), page_count=3)
            db.add(Edition(title_id=title.id, number=1, file=stored))
        return Made(title.id, f"/reports/{slug}", content)


def grant(site: Site, made: Made, subject: str) -> None:
    with site.portal.database.writing() as db:
        assert give_grant(db, made.id, issuer(site), subject)
