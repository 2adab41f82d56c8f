"""Somebody whom nobody knows follows every link there is, and finds no word of a draft and none from behind the wall.

Words that stand nowhere else are planted in every text of a draft and in the pages of files that are not open to all.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from html import unescape
from urllib.parse import urldefrag, urlencode, urljoin, urlsplit

import httpx2
import pypdfium2
import pytest
from sqlmodel import select

from api import clock
from api.formats.accessible import Said
from api.formats.forms import FORMS
from api.formats.record import About, ContentsLine, Funding, Identified, Person, Worded
from api.harvest.oai import FORMATS
from api.shelf import search_index
from api.shelf.shelving import add_draft, publish
from api.tables import IdentifierKind, Kind, RuleKind, State, SubjectScheme, Title
from tests.make import give_chapters, pdf, shelve
from tests.records import RICH
from tests.site import Site

DRAFT, WALLED, OPEN = "kumquatdraft", "persimmonwall", "medlaropen"
BESIDE = "hedgerow"  # stands beside each of them inside files, so that a search for it would show them
ADDRESS = re.compile(
    r"""(?:href|src|action|content)\s*=\s*["']([^"'<>]+)|(https?://[^\s"'<>\\),;]+)|[",](/[a-z][^"\s]*)\""""
)
SEEDS = (
    "/",
    "/robots.txt",
    "/sitemap.xml",
    "/feeds/titles.atom",
    "/opds",
    "/opds2",
    "/opds/authentication",
    "/onix.xml",
    "/onix.xml?since=2020-01-01",
    "/kbart.txt",
    "/unapi",
    "/counter/r51/status",
    "/api/v1/openapi.json",
    "/api/v1/titles",
    "/healthz",
    "/readyz",
    "/account",
    "/desk",
)
MOST = 900  # addresses


def written(word: str) -> type[RICH]:  # type: ignore[valid-type]
    """A draft with the word in each of its texts, and nowhere a word of the published ones."""
    facts = replace(
        RICH.facts,
        slug="a-secret",
        doi="10.5555/gf.secret",
        isbn="9781402894626",
        series_issn=None,
        published="2031-01-01",
        **dict.fromkeys(("title", "full_title", "kicker", "standfirst", "abstract", "call_to_read"), word),
        **dict.fromkeys(("publisher", "imprint", "institution", "place", "genre", "series", "subtitle"), word),
        **dict.fromkeys(("edition_statement", "rights_holder", "licence"), word),
    )
    person = Person(given=word, family=word, note=word)
    return replace(
        RICH,
        facts=facts,
        contributors=(person,),
        wordings=(Worded("fr", word, word, word),),
        identifiers=(Identified(IdentifierKind.REPORT_NUMBER, word),),
        subjects=(About(SubjectScheme.KEYWORD, heading=word),),
        funding=(Funding(word),),
        accessibility=(Said(word, assessed_by=word),),
        contents=(ContentsLine(word, number="1", first_page="1", abstract=word, contributors=(person,)),),
    )


def plant(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, written(DRAFT))
        add_draft(db, RICH)
        publish(db, "rivers")
    tomorrow, secret = clock.now() + timedelta(days=1), pdf(text=WALLED)
    shelve(site, "walled", kind=Kind.EDITED_VOLUME, file=secret)
    shelve(site, "listed", rules=(RuleKind.LISTED,), file=secret)
    shelve(site, "closed", rules=(), file=secret)
    shelve(site, "to-come", rules=(RuleKind.EVERYONE,), opens_at=tomorrow, file=secret)
    shelve(site, "withdrawn", rules=(RuleKind.EVERYONE,), state=State.WITHDRAWN, file=secret)
    shelve(site, "unseen", kind=Kind.MONOGRAPH, rules=(RuleKind.EVERYONE,), state=State.DRAFT, file=secret)
    parts = shelve(site, "parts", kind=Kind.EDITED_VOLUME, file=pdf(text=WALLED))
    give_chapters(site, parts)
    shelve(site, "open", kind=Kind.MONOGRAPH, rules=(RuleKind.EVERYONE,), file=pdf(text=OPEN))
    with site.portal.database.writing() as db:
        for title in db.exec(select(Title)).all():
            search_index.put(db, title)
            for edition in title.editions:
                search_index.put_pages(db, edition.file, [f"{OPEN if title.slug == 'open' else WALLED} {BESIDE}"])


def guesses() -> Iterator[str]:
    """Addresses that no page leads to."""
    works = ("/books/edited/a-secret", "/books/mono/unseen", "/books/edited/walled", "/reports/closed")
    for work in works:
        tails = ["", ".pdf", "?get=pdf", "/read", "/linkset", "/chapters/1", "/chapters/1.pdf", "/editions/1.pdf"]
        for tail in [*tails, *(form.suffix for form in FORMS)]:
            yield work + tail
        slug = work.rpartition("/")[2]
        yield from (f"/covers/{slug}{tail}" for tail in (".svg", ".png", "/preview.png", "/small.webp"))
        yield from (f"/desk/titles/{slug}", f"/desk/deposits/{slug}", f"/api/v1/titles/{slug}")
        yield from (f"/export?{urlencode({'ids': slug, 'format': form.name})}" for form in FORMS)
        yield f"/unapi?{urlencode({'id': work, 'format': 'bibtex'})}"
    for verb in ("Identify", "ListSets", "ListMetadataFormats"):
        yield f"/oai?verb={verb}"
    for prefix in FORMATS:
        yield f"/oai?verb=ListRecords&metadataPrefix={prefix}"
        yield f"/oai?verb=ListIdentifiers&metadataPrefix={prefix}"
        yield from (
            f"/oai?verb=GetRecord&metadataPrefix={prefix}&identifier=oai:localhost:title-{n}" for n in range(1, 11)
        )
    for word in (DRAFT, WALLED, OPEN, BESIDE, "Rivers"):
        yield f"/search?q={word}"
        yield f"/api/v1/titles?q={word}"
        yield f"/opds/search?query={word}"


def crawled(client: httpx2.Client, site: Site, *, follows: bool) -> Iterator[tuple[str, httpx2.Response]]:
    """Every answer on the way, from the seeds and the guesses on, each address once; of pictures, one of each kind."""
    waiting, seen = [*SEEDS, *guesses()], set[str]()
    while waiting:
        address = urldefrag(urljoin(f"{site.url}/", waiting.pop(0)))[0]
        parts = urlsplit(address)
        if f"{parts.scheme}://{parts.netloc}" != site.url or address in seen or parts.path.startswith("/static/"):
            continue
        if parts.path.endswith(".png") and "/open" not in parts.path and "secret" not in parts.path:
            continue
        seen.add(address)
        assert len(seen) < MOST
        answer = client.get(address)
        yield address, answer
        if not follows:
            continue
        waiting += [answer.headers[name] for name in ("location", "content-location") if name in answer.headers]
        waiting += re.findall(r"<([^>]+)>;", answer.headers.get("link", ""))
        if not answer.headers.get("content-type", "").startswith(("image/", "application/pdf")):
            waiting += [urljoin(address, unescape("".join(found))) for found in ADDRESS.findall(answer.text)]


def said(answer: httpx2.Response) -> str:
    """Everything an answer says, the words of a PDF included."""
    head = " ".join(f"{name} {value}" for name, value in answer.headers.items())
    if answer.headers.get("content-type", "").startswith("application/pdf"):
        document = pypdfium2.PdfDocument(answer.content)
        return head + " ".join(page.get_textpage().get_text_range() for page in document)
    return head + answer.text


def test_nobody_finds_what_is_not_for_them(site: Site, engine: str) -> None:
    if engine != "sqlite":
        pytest.skip("once is enough: no engine has addresses of its own")
    plant(site)
    reached, found = set[str](), dict[str, list[str]]()
    for client, follows in ((site.browser(), True), (site.program(), False)):
        for address, answer in crawled(client, site, follows=follows):
            reached.add(address.removeprefix(site.url))
            words = said(answer).replace(unescape(urlsplit(address).query), "").lower()
            for word in (DRAFT, WALLED, OPEN):
                if word in words and word not in address.lower():
                    found.setdefault(word, []).append(address)
            assert "a-secret" not in words or "a-secret" in address
            assert answer.status_code < 500, address
    assert {"/books/mono/open.pdf", "/books/edited/rivers", "/books/edited/parts/chapters/1.ris"} <= reached
    assert {"/covers/open/preview.png", "/books/edited/rivers.crossref.xml", "/oai?verb=ListSets"} <= reached
    inside = [f"{site.url}/api/v1/titles?q={BESIDE}"]
    inside += [f"{site.url}/books/mono/open{tail}" for tail in (".pdf", "/read.pdf")]
    inside += [f"{site.url}/search?q={BESIDE}"]
    places = {word: sorted(set(addresses)) for word, addresses in found.items()}
    assert places == {OPEN: inside}  # the crawl does read inside files, and so do its searches
