"""A portal whose every text, in records and in what people write, is given from outside."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from typing import Any

from sqlmodel import Session as Db
from sqlmodel import select

from api import clock
from api.access.rules import set_ladder
from api.shelf import record_json
from api.shelf.drafts import TitleDraft
from api.shelf.record_rules import LINE, LONGEST, examine
from api.shelf.shelving import add_draft, id_of, publish
from api.tables import (
    AccessKey,
    AccessRequest,
    Audit,
    Comment,
    CommentReport,
    CopyRequest,
    Edition,
    File,
    HouseText,
    Institution,
    Notice,
    NoticeCopy,
    RuleKind,
    Standing,
    Terms,
    Title,
    User,
)
from tests.attacks.readers import Caller
from tests.cast import ADA, CLEO, issuer
from tests.records import RICH
from tests.site import Site

FIXED = {"slug", "kind", "role", "scheme", "pictures"}  # not texts, but choices and the address
GIVEN_A_FORM = {"doi": "10.5555/{}.{}", "funder_doi": "10.13039/{}.{}", "licence_uri": "https://rights.example/{}/{}"}
numbers = count(1)


def leaves(row: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any], str]]:
    """Every text of a plain record: its path as the rules name it, and where it stands."""
    for name, value in row.items():
        if isinstance(value, str) and name not in FIXED:
            yield path + name, row, name
        elif isinstance(value, list):
            for number, each in enumerate(value, start=1):
                yield from leaves(each, f"{path}{name}[{number}].")


def with_payload(payload: str, slug: str) -> tuple[TitleDraft, set[str]]:
    """A record that says the payload wherever the rules let it, and the names of the fields that do."""
    row = record_json.plain(RICH)
    del row["series_issn"]  # each title gets a series of its own
    harmless = {path: (at, name, at[name]) for path, at, name in leaves(row)}
    for number, (at, name, _) in enumerate(harmless.values()):
        said = payload if name == "abstract" else payload.replace("\n", " ")
        at[name] = GIVEN_A_FORM.get(name, "{1}").format(number, said)[: LONGEST.get(name, LINE)]
    row["slug"] = slug
    poisoned = set(harmless)
    while True:
        draft, faults = examine(record_json.read(row))
        if not faults:
            return draft, {path.rpartition(".")[2] for path in poisoned}
        for path in {fault.path for fault in faults}:
            at, name, value = harmless[path]
            assert path in poisoned, f"{path} is refused even without the payload"
            at[name] = value.replace("10.5555/gf", f"10.5555/{slug}")
            poisoned.discard(path)


@dataclass
class Shelf:
    """A portal, who is in it, the titles on its shelf, and the fields that took what they were given."""

    site: Site
    people: dict[str, Caller]
    slugs: list[str] = field(default_factory=list)
    fields: set[str] = field(default_factory=set)

    def shelve(self, payloads: list[str]) -> None:
        with self.site.portal.database.writing() as db:
            for payload in payloads:
                slug = f"poisoned-{next(numbers)}"
                draft, fields = with_payload(payload, slug)
                self.fields |= fields
                self.slugs.append(slug)
                title = add_draft(db, draft)
                set_ladder(db, id_of(title), [RuleKind.SIGNED_IN])
                publish(db, slug)
                self._talk(db, title, payload)
            self._words(db, payloads)

    def _talk(self, db: Db, title: Title, payload: str) -> None:
        title_id, cleo = id_of(title), self.people[CLEO].user_id
        someone = User(name=payload[:200], email=f"{payload[:200]}@x.example")
        db.add(someone)
        db.flush()
        assert someone.id is not None
        file = db.exec(select(File)).first() or File(sha256="0" * 64, size=9, page_count=3)
        db.add(Edition(title_id=title_id, number=1, file=file, note=payload[:200]))
        for standing, who in ((Standing.SHOWN, someone.id), (Standing.HIDDEN, cleo)):
            said = Comment(title_id=title_id, user_id=who, text=payload, standing=standing, reason=payload[:300])
            said.needs_press = True
            db.add(said)
            db.flush()
            said.thread_id = said.id or 0
            db.add(CommentReport(comment_id=said.id or 0, user_id=cleo or 0, reason="other", words=payload[:300]))
        notice = Notice(key=title.slug, title_id=title_id, kind="erratum", words=payload)
        db.add(notice)
        db.flush()
        db.add(NoticeCopy(notice_id=notice.id or 0, user_id=cleo or 0))
        asked = {"issuer": issuer(self.site), "subject": f"{title_id}", "sentence": payload[:500]}
        db.add(AccessRequest(title_id=title_id, user_id=someone.id, **asked))
        db.add(CopyRequest(title_id=title_id, user_id=cleo or 0, words=payload[:500], reply=payload, answer="given"))

    def _words(self, db: Db, payloads: list[str]) -> None:
        whole, now = "\n\n".join(payloads), clock.now()
        later = now + timedelta(days=9)
        cleo = self.people[CLEO].user_id or 0
        for page in ("help", "privacy", "accessibility", "imprint", "for-libraries"):
            db.merge(HouseText(page=page, words=whole))
        db.add(Terms(words=whole))
        for number, payload in enumerate(payloads):
            db.add(Institution(slug=f"house-{next(numbers)}", name=payload[:200]))
            db.add(Audit(action="record-revised", object=payload[:200], words=payload))
            db.add(
                AccessKey(
                    digest=f"{number} {now}",
                    user_id=cleo,
                    name=payload[:80],
                    scope="read",
                    expires_at=later,
                )
            )

    def pages(self, slugs: list[str]) -> dict[str | None, list[str]]:
        """What each of them reads; nobody is None."""
        works = [f"/books/edited/{slug}" for slug in slugs]
        lists = ["/", "/help", "/privacy", "/accessibility", "/imprint", "/for-libraries", "/terms"]
        feeds = ["/feeds/titles.atom", "/opds", "/opds/new?version=1.2", "/onix.xml", "/sitemap.xml"]
        feeds += [f"/oai?verb=ListRecords&metadataPrefix={form}" for form in ("oai_dc", "mods", "marcxml")]
        desk = [
            f"/desk/{page}" for page in ("", "comments", "requests", "copies", "readers?q=x", "audit", "institutions")
        ]
        desk += ["/desk/house", "/desk/house/pages/help", "/desk/usage", "/desk/readiness", "/desk/import"]
        some = slugs[:: max(1, len(slugs) // 15)]
        leaves = ("contents", "notices", "publishing", "file", "comments", "access/readers", "usage", "preview")
        return {
            None: [*works, *(f"{work}/chapters/1" for work in works[::3]), *lists, *feeds]
            + [f"{work}/comments.atom" for work in works[:: max(1, len(works) // 15)]],
            CLEO: [*works, "/account", "/account/keys", "/"],
            ADA: [*(f"/desk/titles/{slug}/record" for slug in slugs), *desk]
            + [f"/desk/titles/{slug}/{leaf}" for slug in some for leaf in leaves],
        }
