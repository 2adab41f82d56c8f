"""Words that stand only in a draft or behind the wall are found at no public address."""

import re

from fastapi.routing import iter_route_contexts
from starlette.routing import Mount

from api.edge.doors import why_open
from api.tables import Kind, RuleKind, State, Title
from tests.make import Made, give_chapters, pdf, shelve
from tests.site import Site

IN_DRAFT, IN_FILE = "Qwertzdraft", "Qwertzfile"
MORE = (
    *("/oai?verb=Identify", "/oai?verb=ListSets", "/oai?verb=ListMetadataFormats"),
    *(f"/oai?verb=ListRecords&metadataPrefix={prefix}" for prefix in ("oai_dc", "mods", "marc21")),
    *("/sitemaps/pages.xml", "/sitemaps/titles-0.xml", "/onix.xml?since=2020-01-01"),
)
LOCATION = re.compile(r'(?:href|src|action)="(/[^"#]*)"|<loc>https?://[^/]+(/[^<]*)</loc>')


def test_no_public_address_says_what_is_walled(site: Site) -> None:
    walled = shelve(site, "walled", kind=Kind.EDITED_VOLUME, file=pdf(text=IN_FILE))
    give_chapters(site, walled)
    shelve(site, "open", rules=(RuleKind.EVERYONE,))
    draft = shelve(site, "draft", kind=Kind.EDITED_VOLUME, state=State.DRAFT, rules=(RuleKind.EVERYONE,))
    give_chapters(site, draft)
    _plant(site, draft)
    seen, waiting = set(), [*_addresses(site, (walled, draft)), *MORE]
    nobody = site.program()
    while waiting:
        path = waiting.pop()
        if path in seen or path.startswith("/static/"):
            continue
        seen.add(path)
        answer = nobody.get(path)
        if path.startswith(draft.path):
            assert answer.status_code in (404, 401), path
        said = answer.content + repr(answer.headers).encode()
        assert IN_DRAFT.encode() not in said, path
        assert IN_FILE.encode() not in said, path
        assert not answer.content.startswith(b"%PDF") or path.startswith("/reports/open"), path
        waiting += [found.replace("&amp;", "&") for pair in LOCATION.findall(answer.text) for found in pair if found]
    assert f"{walled.path}.pdf" in seen
    assert len(seen) > 30


def _plant(site: Site, draft: Made) -> None:
    with site.portal.database.writing() as db:
        title = db.get(Title, draft.id)
        assert title is not None
        for name in ("title", "subtitle", "full_title", "abstract", "standfirst", "publisher", "place", "kicker"):
            setattr(title, name, IN_DRAFT)
        title.chapters[0].name = IN_DRAFT
        title.contributors[0].name = IN_DRAFT


def _addresses(site: Site, made: tuple[Made, ...]) -> list[str]:
    """Every open address that can be asked for, with the parts of these titles put in."""
    found = []
    for route in iter_route_contexts(site.app.routes):
        is_open = not isinstance(route, Mount) and why_open(getattr(route, "endpoint", None)) is not None
        if not is_open or "GET" not in (route.methods or ()):
            continue
        for each in made:
            path = route.path.replace("{slug}", each.path.rpartition("/")[2]).replace("{number}", "1")
            found.append(re.sub(r"\{[^}]*\}", "x", path))
    return found
