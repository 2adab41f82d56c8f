"""Who may read in the browser, what the reader's links are good for, and the page that is remembered."""

from datetime import timedelta

import httpx2
import pytest
import sqlalchemy as sa
from sqlmodel import select

from api import clock
from api.access.rules import set_ladder
from api.catalogue.memory import PublicPages
from api.tables import Event, EventKind, ReadingPlace, RuleKind, State, Terms, Ticket, User
from tests.cast import ADA, CLEO, make_editor, sign_in
from tests.delivery.test_tickets import change_title
from tests.make import NAMED, Made, give_chapters, new_edition, shelve
from tests.site import Site

JSON = {"accept": "application/json"}


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site)


def someone(site: Site, person: str = CLEO) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def link_of(client: httpx2.Client, made: Made) -> str:
    answer = client.post(f"{made.path}/read", headers=JSON)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["url"])


def requests_counted(site: Site) -> int:
    site.settle()
    site.portal.journal.flush()
    with site.portal.database.reading() as db:
        return len(db.exec(select(Event).where(Event.kind == EventKind.REQUEST)).all())


def test_whoever_may_read_gets_the_page(site: Site, made: Made) -> None:
    page = someone(site).get(f"{made.path}/read")
    assert page.status_code == 200
    assert page.headers["cache-control"] == "private, no-store"
    policy = page.headers["content-security-policy"]
    assert "connect-src 'self';" in policy
    assert "unsafe" not in policy
    assert f'data-link="{made.path}/read"' in page.text
    assert f'<object class="rd-object" data="{made.path}/read.pdf"' in page.text  # without scripts


def test_no_other_page_loads_the_program(site: Site, made: Made) -> None:
    cleo = someone(site)
    assert "pdfjs" in cleo.get(f"{made.path}/read").text
    for address in (made.path, "/", "/account", f"{made.path}?get=read"):
        assert "pdfjs" not in cleo.get(address).text


def test_the_program_is_served_as_scripts_and_its_worker_may_decode_pictures(site: Site) -> None:
    anyone = site.browser()
    program = anyone.get("/static/vendor/pdfjs/pdf.min.mjs")
    assert program.headers["content-type"] == "text/javascript; charset=utf-8"
    assert "wasm" not in program.headers["content-security-policy"]
    worker = anyone.get("/static/vendor/pdfjs/pdf.worker.min.mjs").headers["content-security-policy"]
    assert "script-src 'self' 'wasm-unsafe-eval';" in worker
    assert "Apache License" in anyone.get("/static/vendor/pdfjs/LICENSE").text


@pytest.mark.parametrize(
    ("asked", "kept"), [("", ""), ("?page=57", "&page=57"), ("?page=xii", "&page=xii"), ("?page=%22%3E", "")]
)
def test_signed_out_one_comes_back_to_reading_at_that_page(site: Site, made: Made, asked: str, kept: str) -> None:
    nobody = site.browser()
    answer = nobody.get(f"{made.path}/read{asked}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}?get=read{kept}")
    page = nobody.get(answer.headers["location"])
    back = f"{made.path}/read{kept.replace('&', '?')}"
    assert f'href="/sign-in?next={back.replace("/", "%2F").replace("?", "%3F").replace("=", "%3D")}"' in page.text
    assert "http-equiv" not in page.text
    assert sign_in(nobody, CLEO, back).headers["location"] == back
    assert nobody.get(back).status_code == 200


def test_pages_that_anybody_can_make_up_are_not_kept_in_memory(site: Site, made: Made) -> None:
    pages: PublicPages = site.app.state.public_pages
    for page in ("1", "2", "3"):
        assert site.browser().get(f"{made.path}?get=read&page={page}").status_code == 200
    assert not pages._pages


def test_refusals_are_those_of_the_stable_address(site: Site, made: Made) -> None:
    listed = shelve(site, "listed", rules=[RuleKind.LISTED])
    gone = shelve(site, "gone", state=State.WITHDRAWN)
    draft = shelve(site, "draft", state=State.DRAFT)
    empty = shelve(site, "empty", file=None)
    cleo, program = someone(site), site.program()
    assert cleo.get(f"{listed.path}/read").headers["location"] == f"{listed.path}?get=read"
    assert cleo.get(f"{empty.path}/read").headers["location"] == f"{empty.path}?get=read"
    assert cleo.post(f"{listed.path}/read", headers=JSON).status_code == 403
    assert cleo.get(f"{gone.path}/read").status_code == cleo.post(f"{gone.path}/read").status_code == 410
    assert cleo.get(f"{draft.path}/read").status_code == 404
    assert program.get(f"{made.path}/read").status_code == program.get(f"{made.path}/read.pdf").status_code == 401
    assert program.post(f"{made.path}/read").json()["reason"] == "sign-in-needed"
    assert cleo.get(f"{made.path}/read.pdf", headers={"sec-purpose": "prefetch"}).status_code == 204


def test_a_readers_link_shows_the_file_as_often_as_it_likes_and_counts_once(site: Site, made: Made) -> None:
    cleo, anyone = someone(site), site.program()
    link = link_of(cleo, made)
    assert made.file is not None
    for start in (0, 100, 0, 500, 0, 0, 0, 0, 0):
        part = anyone.get(link, headers={"range": f"bytes={start}-{start + 99}"})
        assert (part.status_code, part.content) == (206, made.file[start : start + 100])
    assert part.headers["content-disposition"] == NAMED.replace("attachment", "inline")
    assert part.headers["content-security-policy"] == "frame-ancestors 'self'"
    assert requests_counted(site) == 1
    assert f'href="{made.path}"' in cleo.get("/account").text  # and they hold it from then on


def test_staff_read_drafts_and_are_not_counted(site: Site) -> None:
    make_editor(site)
    draft = shelve(site, "draft", state=State.DRAFT)
    ada = someone(site, ADA)
    assert ada.get(f"{draft.path}/read").status_code == 200
    assert ada.get(link_of(ada, draft)).content == draft.file
    assert requests_counted(site) == 0


def test_a_readers_link_ends_and_the_next_goes_on_uncounted(site: Site, made: Made) -> None:
    now, cleo = clock.now(), someone(site)
    with clock.frozen(now):
        first = link_of(cleo, made)
        assert cleo.get(first, headers={"range": "bytes=0-9"}).status_code == 206
    with clock.frozen(now + timedelta(seconds=600)):
        assert cleo.get(first, headers={"range": "bytes=10-19"}).status_code == 410
        second = link_of(cleo, made)
        assert cleo.get(second, headers={"range": "bytes=10-19"}).status_code == 206
    assert requests_counted(site) == 1


def test_when_access_ends_link_and_renewal_say_so(site: Site, made: Made) -> None:
    cleo = someone(site)
    link = link_of(cleo, made)
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.LISTED])
    assert cleo.get(link).status_code == cleo.post(f"{made.path}/read", headers=JSON).status_code == 403
    change_title(site, made, state=State.WITHDRAWN)
    assert cleo.get(link).status_code == cleo.post(f"{made.path}/read", headers=JSON).status_code == 410


def test_a_new_edition_shows_in_the_next_link(site: Site, made: Made) -> None:
    cleo = someone(site)
    before = cleo.post(f"{made.path}/read", headers=JSON).json()
    new_edition(site, made)
    after = cleo.post(f"{made.path}/read", headers=JSON).json()
    assert before["sha256"] != after["sha256"]
    assert cleo.get(before["url"]).content == made.file


def test_links_for_reading_are_no_download_links(site: Site, made: Made) -> None:
    cleo = someone(site)
    for _ in range(25):
        link_of(cleo, made)
    assert cleo.post(f"{made.path}/tickets", headers=JSON).status_code == 201
    with site.portal.database.writing() as db:
        db.exec(sa.delete(Ticket).where(sa.not_(Ticket.is_inline)))  # type: ignore[arg-type]
    assert "Works until" not in cleo.get("/account").text


def test_open_to_everyone_anybody_reads_and_counts_once(site: Site) -> None:
    opened = shelve(site, "opened", rules=[RuleKind.EVERYONE])
    nobody = site.browser()
    page = nobody.get(f"{opened.path}/read")
    assert page.status_code == 200
    assert "data-remember" not in page.text
    link = link_of(nobody, opened)
    assert link == f"{opened.path}/read.pdf"
    assert opened.file is not None
    for start in (0, 100, 200):
        assert nobody.get(link, headers={"range": f"bytes={start}-{start + 9}"}).content == opened.file[start:][:10]
    assert nobody.get(link).headers["content-disposition"].startswith("inline; ")
    assert requests_counted(site) == 2  # the reader's, and the whole file shown by the browser itself


def test_without_scripts_the_browser_shows_the_file_itself(site: Site, made: Made) -> None:
    cleo = someone(site)
    answer = cleo.get(f"{made.path}/read.pdf")
    assert answer.status_code == 303
    shown = cleo.get(answer.headers["location"])
    assert (shown.status_code, shown.content) == (200, made.file)
    assert shown.headers["content-disposition"].startswith("inline; ")
    head = cleo.head(f"{made.path}/read.pdf")
    assert (head.status_code, head.headers["content-length"]) == (200, str(len(shown.content)))


def test_terms_of_use_come_first_and_lead_back_to_the_page(site: Site, made: Made) -> None:
    with site.portal.database.writing() as db:
        db.add(Terms(words="Read well."))
    cleo = someone(site)
    answer = cleo.get(f"{made.path}/read?page=2")
    assert answer.headers["location"] == f"/terms?next={made.path.replace('/', '%2F')}%2Fread%3Fpage%3D2"
    refused = cleo.post(f"{made.path}/read", headers=JSON)
    assert (refused.status_code, refused.json()["reason"]) == (403, "terms-not-accepted")


def test_the_page_is_remembered_and_forgotten(site: Site, made: Made) -> None:
    cleo = someone(site)
    assert cleo.post(f"{made.path}/read/page", data={"page": 3, "label": "xii"}).status_code == 204
    assert cleo.post(f"{made.path}/read/page", data={"page": 2, "label": "xi"}).status_code == 204
    assert "carry on from page xi<" in cleo.get(made.path).text
    assert 'data-start="2"' in cleo.get(f"{made.path}/read").text
    (kept,) = cleo.get("/account/export.json").json()["reading"]
    assert (kept["title"], kept["page"], kept["printed"]) == ("Rivers of Paper", 2, "xi")
    assert f'href="{made.path}/read"' in cleo.get("/account").text
    assert "carry on" not in someone(site, "ben").get(made.path).text
    assert cleo.post("/account/places", data={"title": made.id}).status_code == 303
    assert "carry on" not in cleo.get(made.path).text
    assert cleo.get("/account/export.json").json()["reading"] == []


def test_it_goes_with_the_account(site: Site, made: Made) -> None:
    cleo = someone(site)
    cleo.post(f"{made.path}/read/page", data={"page": 1})
    with site.portal.database.writing() as db:
        db.exec(sa.delete(User))
    with site.portal.database.reading() as db:
        assert db.exec(select(ReadingPlace)).all() == []


def test_what_can_be_no_page_is_not_kept(site: Site, made: Made) -> None:
    cleo = someone(site)
    for said in ({"page": 4}, {"page": 0}, {"page": "x"}, {}):
        assert cleo.post(f"{made.path}/read/page", data=said, headers=JSON).status_code == 400
    assert place_of_cleo(site) is None
    for label, kept in (("<b>", "<b>"), ("x" * 21, None), ("\x00", None)):
        cleo.post(f"{made.path}/read/page", data={"page": 3, "label": label})
        assert place_of_cleo(site) == (3, kept)
        assert "<b>" not in cleo.get(made.path).text


def place_of_cleo(site: Site) -> tuple[int, str | None] | None:
    with site.portal.database.reading() as db:
        place = db.exec(select(ReadingPlace)).one_or_none()
    return (place.page, place.label) if place is not None else None


def test_only_who_may_read_has_a_page_kept(site: Site) -> None:
    listed = shelve(site, "listed", rules=[RuleKind.LISTED])
    assert someone(site).post(f"{listed.path}/read/page", data={"page": 1}, headers=JSON).status_code == 403
    assert site.program().post(f"{listed.path}/read/page", data={"page": 1}).status_code == 401


def test_chapters_lead_into_the_reader_where_one_may_read(site: Site, made: Made) -> None:
    give_chapters(site, made)
    nobody, cleo = site.browser(), someone(site)
    way_in = f'href="{made.path}/read?page=15"'
    for address in (made.path, f"{made.path}/chapters/2"):
        assert way_in not in nobody.get(address).text
        assert way_in in cleo.get(address).text
    assert 'href="?page=15" data-page="15"' in cleo.get(f"{made.path}/read").text


def test_the_button_is_for_those_who_may_read(site: Site, made: Made) -> None:
    assert "Read in the browser" in someone(site).get(made.path).text
    assert "Read in the browser" not in site.browser().get(made.path).text
