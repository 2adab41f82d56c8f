"""Titles for tests, shelved by the real rules, with a file that is small and really a PDF."""

import hashlib
import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.access.rules import give_grant, set_ladder
from api.formats.record import WORK_PATHS
from api.shelf.chapters import chapter_at, give_file, newest_edition, number_chapters
from api.tables import Chapter, Contributor, Edition, File, Kind, Origin, RuleKind, State, Title
from tests.cast import issuer
from tests.site import Site

NAMED = "attachment; filename=\"rivers-of-paper.pdf\"; filename*=UTF-8''Rivers%20of%20Paper.pdf"
CHAPTERS = (  # name, printed number, pages; a part has none
    ("What Was Kept", None, ("1", "13")),
    ("Upstream", None, None),
    ("The Source – 源", "1", ("15", "39")),
    ("The Mouth", "2", ("40", "71")),
)


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
    kind: Kind = Kind.REPORT,
    rules: Sequence[RuleKind] = (RuleKind.SIGNED_IN,),
    state: State = State.PUBLISHED,
    opens_at: datetime | None = None,
    file: bytes | None = b"made below",
) -> Made:
    """Put a title on the shelf as its rows stand after intake, with its file in the store."""
    content = pdf() if file == b"made below" else file
    with site.portal.database.writing() as db:
        title = Title(
            slug=slug,
            kind=kind,
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
            db.add(Edition(title_id=title.id, number=1, file=_kept(site, db, content, 3)))
        return Made(title.id, f"{WORK_PATHS[kind]}/{slug}", content)


def new_edition(site: Site, made: Made, number: int = 2, note: str | None = None) -> bytes:
    """Put another file in the place of a title's; its bytes."""
    content = pdf(text=f"Edition {number}")
    with site.portal.database.writing() as db:
        db.add(Edition(title_id=made.id, number=number, file=_kept(site, db, content, 3), note=note))
    return content


def give_chapters(site: Site, made: Made, *, with_file: Sequence[int] = (1,)) -> dict[int, bytes]:
    """A part with two chapters after an introduction; the bytes of those that have a file, by their address."""
    files: dict[int, bytes] = {}
    with site.portal.database.writing() as db:
        for position, (name, number, pages) in enumerate(CHAPTERS, start=1):
            chapter = Chapter(title_id=made.id, position=position, is_part=pages is None, name=name, number=number)
            if pages is not None:
                chapter.first_page, chapter.last_page = pages
            if number == "1":
                author = Contributor(title_id=made.id, position=1, role="author", given="Rea", family="Der")
                chapter.contributors.append(author)
            db.add(chapter)
        number_chapters(db, made.id)
        edition = newest_edition(db, made.id)
        for address in with_file:
            files[address] = pdf(1, text=f"Chapter {address}")
            stored = _kept(site, db, files[address], 1)
            assert edition.id is not None
            chapter_id, file_id = chapter_at(db, made.id, address).id, stored.id
            assert chapter_id is not None
            assert file_id is not None
            give_file(db, chapter_id, edition.id, file_id, Origin.MADE, clock.now())
    return files


def _kept(site: Site, db: Db, content: bytes, pages: int) -> File:
    sha256 = hashlib.sha256(content).hexdigest()
    site.portal.store.put(io.BytesIO(content), sha256, len(content))
    stored = db.exec(select(File).where(File.sha256 == sha256)).first()
    stored = stored or File(sha256=sha256, size=len(content), page_count=pages)
    db.add(stored)
    db.flush()
    return stored


def grant(site: Site, made: Made, subject: str) -> None:
    with site.portal.database.writing() as db:
        assert give_grant(db, made.id, issuer(site), subject)
