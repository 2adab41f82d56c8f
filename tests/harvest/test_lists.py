"""robots.txt, sitemaps, the feed, KBART and ONIX as those who read them meet them."""

from datetime import timedelta
from urllib.robotparser import RobotFileParser
from xml.etree import ElementTree

from api import clock
from api.formats.kbart import COLUMNS
from api.settings import Settings
from api.shelf import shelving
from api.tables import Kind, RuleKind, State
from tests.make import give_chapters, shelve
from tests.site import Site, served

MAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
ONIX = "{http://ns.editeur.org/onix/3.1/reference}"
ATOM = "{http://www.w3.org/2005/Atom}"


def text(site: Site, path: str) -> str:
    answer = site.program().get(path)
    assert answer.status_code == 200
    return answer.text


def test_robots_may_read_pages_and_nobodys_account(site: Site) -> None:
    rules = RobotFileParser()
    rules.parse(text(site, "/robots.txt").splitlines())
    for path in ("/", "/reports/x", "/reports/x.pdf", "/oai", "/reports/x.mods.xml"):
        assert rules.can_fetch("AnyBot", site.url + path)
        assert rules.can_fetch("GPTBot", site.url + path)
    for path in ("/account", "/t/abc/x.pdf", "/desk", "/search?q=x"):
        assert not rules.can_fetch("AnyBot", site.url + path)
    assert rules.site_maps() == [f"{site.url}/sitemap.xml"]


def test_the_switch_closes_pages_to_ai_crawlers_only(settings: Settings) -> None:
    with served(settings.model_copy(update={"ai_crawlers": False})) as site:
        rules = RobotFileParser()
        rules.parse(text(site, "/robots.txt").splitlines())
    assert not rules.can_fetch("GPTBot", "/reports/x")
    assert not rules.can_fetch("ClaudeBot", "/")
    assert rules.can_fetch("Googlebot", "/reports/x")


def test_sitemaps_name_every_public_page_and_each_is_there(site: Site) -> None:
    volume = shelve(site, "volume")
    give_chapters(site, volume, with_file=())
    shelve(site, "draft", state=State.DRAFT)
    shelve(site, "gone", state=State.WITHDRAWN)
    index = ElementTree.fromstring(text(site, "/sitemap.xml"))
    pages = []
    for part in index.iter(f"{MAP}loc"):
        found = ElementTree.fromstring(text(site, (part.text or "").removeprefix(site.url)))
        pages += [(each.text or "").removeprefix(site.url) for each in found.iter(f"{MAP}loc")]
    assert pages == ["/", volume.path, *(f"{volume.path}/chapters/{n}" for n in (1, 2, 3))]
    assert {site.program().get(page).status_code for page in pages} == {200}
    for nowhere in ("titles-77", "titles-9999999", "titles-01", "x"):
        assert site.program().get(f"/sitemaps/{nowhere}.xml").status_code == 404


def test_who_has_it_gets_nothing_again(site: Site) -> None:
    shelve(site)
    for path in ("/sitemap.xml", "/feeds/titles.atom"):
        known = site.program().get(path).headers["etag"]
        assert site.program().get(path, headers={"if-none-match": known}).status_code == 304


def test_the_feed_has_the_newest_titles(site: Site) -> None:
    shelve(site, "first")
    shelve(site, "second", rules=(RuleKind.EVERYONE,))
    shelve(site, "draft", state=State.DRAFT)
    feed = ElementTree.fromstring(text(site, "/feeds/titles.atom"))
    links = [each.get("href") for entry in feed.iter(f"{ATOM}entry") for each in entry.iter(f"{ATOM}link")]
    assert links == [f"{site.url}/reports/second", f"{site.url}/reports/first"]


def test_an_empty_shelf_has_its_lists_too(site: Site) -> None:
    assert len(list(ElementTree.fromstring(text(site, "/feeds/titles.atom")).iter(f"{ATOM}entry"))) == 0
    assert text(site, "/kbart.txt").splitlines() == ["\t".join(COLUMNS)]
    assert ElementTree.fromstring(text(site, "/onix.xml")).find(f"{ONIX}NoProduct") is not None


def test_kbart_is_sorted_and_tells_who_may_read(site: Site) -> None:
    shelve(site, "b", rules=(RuleKind.EVERYONE,))
    shelve(site, "a", kind=Kind.EDITED_VOLUME)
    answer = site.program().get("/kbart.txt")
    assert "_Global_AllTitles_" in answer.headers["content-disposition"]
    header, *rows = [line.split("\t") for line in answer.text.splitlines()]
    assert len(header) == 25
    assert {len(row) for row in rows} == {25}
    told = [dict(zip(header, row, strict=True)) for row in rows]
    assert [(row["title_url"], row["access_type"]) for row in told] == [
        (f"{site.url}/reports/b", "F"),
        (f"{site.url}/books/edited/a", "P"),
    ]


def test_onix_since_a_date_tells_what_changed_and_what_is_gone(site: Site) -> None:
    shelve(site, "kept")
    shelve(site, "gone")
    with site.portal.database.writing() as db:
        shelving.withdraw(db, "gone")
    whole = ElementTree.fromstring(text(site, "/onix.xml"))
    assert [each.text for each in whole.iter(f"{ONIX}NotificationType")] == ["03"]
    today = f"{clock.now():%Y-%m-%d}"
    delta = ElementTree.fromstring(text(site, f"/onix.xml?since={today}"))
    assert [each.text for each in delta.iter(f"{ONIX}NotificationType")] == ["03", "05"]
    tomorrow = f"{clock.now() + timedelta(days=1):%Y-%m-%d}"
    assert "NoProduct" in text(site, f"/onix.xml?since={tomorrow}")
    assert site.program().get("/onix.xml?since=yesterday").status_code in (400, 422)
