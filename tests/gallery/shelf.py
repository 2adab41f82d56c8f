"""The demo with more life in it: a title at every wall, people who talk, ask and come back, and a quarter of use."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session as Db

from api.access import institutions
from api.access.asked import parse
from api.access.rules import set_ladder
from api.database import Database
from api.demo.sheet import cast_fonts
from api.demo.shelve import FILES, HOUSE, shelve
from api.demo.voices import EXAMPLE
from api.demo.volume import make
from api.intake.accept import accept
from api.intake.titlefile import read
from api.migrations import upgrade
from api.settings import Settings
from api.settings_crossref import CrossrefSettings
from api.settings_parts import MailSettings
from api.shelf.drafts import TitleDraft
from api.shelf.shelving import add_draft, id_of, publish
from api.tables import Kind, Title
from storage.local import LocalStore
from tests.gallery.people import live
from tests.records import RICH
from tests.site import Site, free_port, served

WALLS = (  # slug, title, what stands below it, its rules
    ("a-sealed-letter", "A Sealed Letter", "A sample report that a code opens", ("voucher",)),
    ("a-badge-at-the-door", "A Badge at the Door", "A sample report for whom a sign-in vouches", ("claim:orcid",)),
    ("a-house-of-letters", "A House of Letters", "A sample for one house’s addresses", ("email-domain:example.edu",)),
    ("a-campus-gate", "A Campus Gate", "A sample for members alone", ("institution:example-university",)),
    ("a-second-knock", "A Second Knock", "A sample report that was asked for, and refused", ("on-request",)),
    ("a-closed-door", "A Closed Door", "A sample report that nobody may read", ()),
)
PREFIX = "10.5555"


@contextmanager
def open_portal(scratch: Path) -> Iterator[tuple[Site, str]]:
    """The portal on the air, and where its dry run of an import can be seen."""
    settings = Settings(
        _env_file=None,
        demo=True,
        public_url=f"http://localhost:{free_port()}",
        secret_key="kD8s2LqW9xZ4vB7nM1pR6tY3cF5hJ0gA",
        database_url=f"sqlite:///{scratch}/gatefold.db",
        storage={"root": f"{scratch}/files"},
        contact="books@press.example",
        mail=MailSettings(host="127.0.0.1", port=9, sender="books@press.example"),
        crossref=CrossrefSettings(prefix=PREFIX),
    )
    database, store = Database(settings.database_url), LocalStore(settings.storage.root)
    upgrade(database)
    _furnish(database, store)
    shelve(settings, database, store)
    database.close()
    with served(settings) as site:
        yield site, live(site)


def _furnish(database: Database, store: LocalStore) -> None:
    """The titles that the demo has not: older than its own, so that the founding title stays the newest."""
    with database.writing() as db:
        institutions.add(db, HOUSE)
        add_draft(db, replace(RICH, facts=replace(RICH.facts, series_issn=None, isbn=None), identifiers=()))
    with TemporaryDirectory() as name:
        folder = Path(name)
        cast_fonts(folder)
        for slug, title, below, rules in WALLS:
            _bring(database, store, folder, _sample(slug, title, below), rules)
        _bring(database, store, folder, _right_to_left(), ("everyone",))


def _bring(database: Database, store: LocalStore, folder: Path, draft: TitleDraft, rules: tuple[str, ...]) -> None:
    pdf = folder / f"{draft.facts.slug}.pdf"
    make(read(FILES / "an-open-door.toml"), EXAMPLE, folder, pdf)
    accept(pdf, partial(_post, draft=draft, rules=rules), database, store)


def _post(db: Db, draft: TitleDraft, rules: tuple[str, ...]) -> Title:
    title = add_draft(db, draft)
    set_ladder(db, id_of(title), [parse(rule) for rule in rules])
    publish(db, draft.facts.slug)
    return title


def _sample(slug: str, title: str, below: str) -> TitleDraft:
    draft = read(FILES / "a-knock-at-the-door.toml")
    words = f"This is a sample title. {below}: its abstract and its contents are open to all, as for every title."
    facts = replace(draft.facts, slug=slug, title=title, full_title=title, subtitle="", standfirst=below)
    return replace(draft, facts=replace(facts, abstract=words))


def _right_to_left() -> TitleDraft:
    draft = _sample("anhar", "أنهار من ورق", "كيف ينتقل الورق بين الناس")
    facts = replace(
        draft.facts,
        kind=Kind.MONOGRAPH,
        language="ar",
        full_title="أنهار من ورق – الأرشيف والدولة",
        abstract="ما تحمله *المحفوظات* وما تتركه.\n\nوما يبقى بعدها في 12 صفحة من PDF.",
    )
    return replace(draft, facts=facts)
