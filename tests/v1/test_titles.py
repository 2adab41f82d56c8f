"""The catalogue and a title's record, as programs get them."""

from datetime import timedelta

from sqlmodel import select

from api import clock
from api.shelf.shelving import add_draft, publish
from api.tables import Chapter, Contributor, Kind, RuleKind, State, Title
from api.v1 import shapes
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.make import grant, shelve
from tests.records import RICH
from tests.site import Site
from tests.v1.conftest import WithKey

TITLES = "/api/v1/titles"


def slugs(answer: shapes.Leaf) -> list[str]:
    return [each.slug for each in answer.titles]


def listed(site: Site, address: str = TITLES) -> shapes.Leaf:
    answer = site.program().get(address)
    assert answer.status_code == 200, answer.text
    return shapes.Leaf.model_validate_json(answer.text)


def test_published_titles_newest_first(site: Site) -> None:
    start = clock.now()
    for days, slug in enumerate(["oldest", "older", "newest"]):
        with clock.frozen(start + timedelta(days=days)):
            shelve(site, slug)
    shelve(site, "a-draft", state=State.DRAFT)
    shelve(site, "gone", state=State.WITHDRAWN)
    leaf = listed(site)
    assert slugs(leaf) == ["newest", "older", "oldest"]
    assert leaf.next is None


def test_a_title_in_the_list_says_what_the_catalogue_says(site: Site) -> None:
    made = shelve(site)
    (summary,) = listed(site).titles
    assert summary.kind is Kind.REPORT
    assert summary.full_title == "Rivers of Paper"
    assert [(who.role, who.name, who.is_organisation) for who in summary.contributors] == [
        ("author", "Sample Press", True)
    ]
    assert summary.links == shapes.Links(
        record=f"{site.url}{TITLES}/rivers-of-paper", page=f"{site.url}{made.path}", pdf=f"{site.url}{made.pdf}"
    )
    assert (summary.access.allowed, summary.access.reason, summary.access.next_step) == (
        False,
        "sign-in-needed",
        "sign-in",
    )


def test_a_long_catalogue_is_walked_by_its_next_links(site: Site) -> None:
    start, made = clock.now() - timedelta(days=10), 0
    with site.portal.database.writing() as db:
        for number in range(230):
            at = start + timedelta(days=number // 60)  # many of one instant, on both sides of an answer's end
            slug = f"report-{number}"
            db.add(Title(slug=slug, kind=Kind.REPORT, state=State.PUBLISHED, title=slug, full_title=slug, posted_at=at))
            made += 1
    seen: list[str] = []
    lengths: list[int] = []
    address: str | None = TITLES
    while address is not None:
        leaf = listed(site, address)
        seen += slugs(leaf)
        lengths.append(len(leaf.titles))
        if leaf.next is not None and len(lengths) == 1:  # a new title and a withdrawal lose nothing
            shelve(site, "brand-new")
            with site.portal.database.writing() as db:
                db.exec(select(Title).where(Title.slug == seen[-1])).one().state = State.WITHDRAWN
        address = leaf.next
    assert lengths == [100, 100, 30]
    assert seen == [f"report-{number}" for number in reversed(range(made))]


def test_a_place_in_the_list_that_is_none(site: Site) -> None:
    shelve(site)
    shelve(site, "a-draft", state=State.DRAFT)
    with site.portal.database.writing() as db:
        db.exec(select(Title).where(Title.slug == "a-draft")).one().posted_at = None
    for after in ("no-such-title", "a-draft", "", "UPPER", "a%00b", "x" * 200, "' or 1=1"):
        answer = site.program().get(f"{TITLES}?after={after}")
        assert answer.status_code == 400, after
        assert answer.headers["content-type"] == "application/problem+json"
        shapes.Problem.model_validate_json(answer.text)


def test_unknown_parameters_change_nothing(site: Site) -> None:
    shelve(site)
    assert listed(site, f"{TITLES}?page=7&access_token=gf_x") == listed(site)


def test_the_whole_public_record(site: Site) -> None:
    made = shelve(site)
    with site.portal.database.writing() as db:
        title = db.get_one(Title, made.id)
        title.doi, title.doi_is_ours, title.published = "10.1000/182", True, "2026-05"
        chapter = Chapter(position=1, number="1", name="Upstream", first_page="1", last_page="24")
        chapter.contributors.append(
            Contributor(title_id=made.id, position=1, role="author", given="Ana", family="Sample")
        )
        title.chapters.append(chapter)
    answer = site.program().get(f"{TITLES}/rivers-of-paper")
    assert answer.status_code == 200
    record = shapes.Title.model_validate_json(answer.text)
    assert record.abstract == ["What archives carry.", "And what they leave behind."]
    assert [(line.number, line.name, line.first_page, line.authors) for line in record.contents] == [
        ("1", "Upstream", "1", ["Ana Sample"])
    ]
    assert record.identifiers == shapes.Identifiers(doi="10.1000/182", doi_is_ours=True, isbn=None, others=[])
    assert record.published == "2026-05"
    assert record.edition is not None
    assert made.file is not None
    assert (record.edition.size, record.edition.pages) == (len(made.file), 3)
    assert site.program().get(made.pdf).status_code == 401
    assert record.state is State.PUBLISHED


def test_before_its_opening_a_title_says_when(site: Site) -> None:
    now = clock.now().replace(microsecond=0)
    opens_at = now + timedelta(seconds=10)
    with clock.frozen(now):
        shelve(site, opens_at=opens_at)
        answer = site.program().get(f"{TITLES}/rivers-of-paper")
    record = shapes.Title.model_validate_json(answer.text)
    assert (record.access.reason, record.access.next_step) == ("not-open-yet", "wait")
    assert record.access.opens_at == opens_at
    life = int(answer.headers["cache-control"].partition("s-maxage=")[2])
    assert life == 10  # no shared cache keeps it longer than it is true


def test_a_title_without_a_file_has_no_link_to_one(site: Site) -> None:
    shelve(site, file=None)
    record = shapes.Title.model_validate_json(site.program().get(f"{TITLES}/rivers-of-paper").text)
    assert record.edition is None
    assert record.links.pdf is None


def test_a_withdrawn_title_is_a_tombstone(site: Site) -> None:
    shelve(site, state=State.WITHDRAWN)
    answer = site.program().get(f"{TITLES}/rivers-of-paper")
    assert answer.status_code == 200
    record = shapes.Title.model_validate_json(answer.text)
    assert record.state is State.WITHDRAWN
    assert (record.access.reason, record.access.next_step) == ("withdrawn", "none")
    assert record.edition is None
    assert record.links.pdf is None


def test_a_draft_is_the_common_404_for_all_but_staff(site: Site, with_key: WithKey) -> None:
    shelve(site, "a-draft", state=State.DRAFT)
    make_editor(site)
    for asker in (site.program(), site.browser(), with_key(CLEO)):
        draft, unknown = asker.get(f"{TITLES}/a-draft"), asker.get(f"{TITLES}/no-such-title")
        assert draft.status_code == unknown.status_code == 404
        assert draft.content == unknown.content
        assert draft.headers["content-type"] == "application/problem+json"
    ada = with_key(ADA).get(f"{TITLES}/a-draft")
    assert shapes.Title.model_validate_json(ada.text).state is State.DRAFT
    assert slugs(shapes.Leaf.model_validate_json(with_key(ADA).get(TITLES).text)) == []


def test_an_address_that_names_nothing(site: Site) -> None:
    for slug in ("UPPER", "a%00b", "..%2f..", "x" * 300, "é"):
        assert site.program().get(f"{TITLES}/{slug}").status_code == 404, slug
    assert site.program().get(f"{TITLES}/").status_code == 404


def test_access_is_told_to_whoever_asks(site: Site, with_key: WithKey) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    grant(site, made, BEN)
    told = {}
    for person in (BEN, CLEO):
        answer = with_key(person).get(f"{TITLES}/rivers-of-paper")
        assert answer.headers["cache-control"] == "private, no-store"
        told[person] = shapes.Title.model_validate_json(answer.text).access
    assert (told[BEN].allowed, told[BEN].reason, told[BEN].next_step) == (True, "listed", "read")
    assert (told[CLEO].allowed, told[CLEO].reason, told[CLEO].next_step) == (False, "not-listed", "none")


def test_a_session_counts_as_on_the_pages(site: Site) -> None:
    shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(TITLES)
    assert answer.headers["cache-control"] == "private, no-store"
    assert shapes.Leaf.model_validate_json(answer.text).titles[0].access.allowed


def test_for_nobody_in_particular_it_may_be_kept_a_while(site: Site) -> None:
    shelve(site)
    for address in (TITLES, f"{TITLES}/rivers-of-paper"):
        answer = site.program().get(address)
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=30"
        assert answer.headers["vary"] == "Cookie, Authorization"
        unchanged = site.program().get(address, headers={"if-none-match": answer.headers["etag"]})
        assert (unchanged.status_code, unchanged.content) == (304, b"")
        assert unchanged.headers["etag"] == answer.headers["etag"]
        with site.portal.database.writing() as db:
            db.exec(select(Title)).one().title += "!"
        changed = site.program().get(address, headers={"if-none-match": answer.headers["etag"]})
        assert changed.status_code == 200


def test_other_ways_of_asking(site: Site) -> None:
    shelve(site)
    for address in (TITLES, f"{TITLES}/rivers-of-paper", "/api/v1/openapi.json"):
        got, head = site.program().get(address), site.program().head(address)
        assert (head.status_code, head.content) == (200, b"")
        assert head.headers["content-length"] == got.headers["content-length"]
        assert head.headers.get("etag") == got.headers.get("etag")
        for method in ("OPTIONS", "POST", "DELETE"):
            answer = site.program().request(method, address)
            assert answer.status_code == 405
            assert set(answer.headers["allow"].split(", ")) == {"GET", "HEAD"}


def test_it_is_json_whatever_is_accepted(site: Site) -> None:
    shelve(site)
    browser = site.browser()
    assert browser.get(TITLES).headers["content-type"] == "application/json"
    for answer in (browser.get(f"{TITLES}/nothing"), browser.get("/api/v2"), browser.post(f"{TITLES}/nothing/tickets")):
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"


def test_a_rich_record_is_said_in_full(site: Site) -> None:
    with site.portal.database.writing() as db:
        add_draft(db, RICH)
        publish(db, "rivers")
    record = shapes.Title.model_validate_json(site.program().get(f"{TITLES}/rivers").text)
    assert [(who.role, who.name, who.orcid) for who in record.contributors][:2] == [
        ("editor", "Ada Sample", "0000-0002-1825-0097"),
        ("translator", "Ludwig van der Muster Jr.", None),
    ]
    assert record.contributors[0].affiliations[0].ror == "02mhbdp94"
    assert record.abstract == ["What archives carry.", "And what they leave."]
    assert (record.wordings[0].language, record.wordings[0].abstract) == ("de", ["Was Archive tragen."])
    assert record.series == "Studies in Record Keeping"
    assert record.in_series is not None
    assert (record.in_series.issn, record.in_series.number) == ("2049-3630", "7")
    assert [each.value for each in record.identifiers.others] == ["9781402894626", "R-12"]
    assert (record.contents[1].language, record.contents[1].abstract) == ("fr", ["On hands."])
    assert record.funding[0].award == "SF-7"
    assert record.modified_at is not None
