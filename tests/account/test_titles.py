"""My titles: what a reader has taken, which edition, and whether a newer one is here."""

from datetime import timedelta

from sqlmodel import select

from api import clock
from api.tables import Holding, State, Title
from tests import make
from tests.cast import sign_in
from tests.site import Site


def holdings(site: Site) -> list[Holding]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(Holding).order_by(Holding.id)))


def test_a_title_stands_there_once_a_transfer_has_begun(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    link = cleo.get(report.pdf).headers["location"]
    assert "Nothing yet" in cleo.get("/account").text
    assert holdings(site) == []
    site.program().head(link)
    site.program().get(link, headers={"range": "bytes=10-20"})
    assert holdings(site) == []
    assert site.program().get(link).status_code == 200
    page = cleo.get("/account").text
    assert "Rivers of Paper" in page
    assert "Works until" in page
    assert f'action="{report.path}/tickets"' in page
    assert "is here" not in page


def test_taking_it_again_is_one_row_with_the_last_time(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    for hours in (0, 1):
        with clock.frozen(clock.now() + timedelta(hours=hours)):
            cleo.get(cleo.get(report.pdf).headers["location"])
    (holding,) = holdings(site)
    assert holding.taken_at - clock.now() > timedelta(minutes=59)


def test_a_newer_edition_is_named_and_each_taken_one_is_a_row(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    cleo.get(cleo.get(report.pdf).headers["location"])
    make.new_edition(site, report)
    page = cleo.get("/account").text
    assert f'action="{report.path}/editions/1/tickets"' in page
    assert '<td data-l="Version">1 <span class="tag">2 is here</span></td>' in page
    cleo.get(cleo.get(report.pdf).headers["location"])
    page = cleo.get("/account").text
    assert '<td data-l="Version">2</td>' in page
    assert "/editions/" not in page
    assert page.count("/account/removals") == 1
    assert len(holdings(site)) == 2


def test_it_says_what_can_not_be_had_any_more(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    cleo.get(cleo.get(report.pdf).headers["location"])
    with site.portal.database.writing() as db:
        db.get_one(Title, report.id).opens_at = clock.now() + timedelta(days=1)
    page = cleo.get("/account").text
    assert "Not open to you now" in page
    assert "Make a new link" not in page
    with site.portal.database.writing() as db:
        db.get_one(Title, report.id).state = State.WITHDRAWN
    assert "Withdrawn" in cleo.get("/account").text
    with site.portal.database.writing() as db:
        db.get_one(Title, report.id).state = State.DRAFT
    assert "Rivers of Paper" not in cleo.get("/account").text


def test_a_link_that_is_used_up_works_no_more(site: Site) -> None:
    report = make.shelve(site)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    link = cleo.get(report.pdf).headers["location"]
    for _ in range(5):
        assert cleo.get(link).status_code == 200
    page = cleo.get("/account").text
    assert "Works until" not in page
    assert "Make a new link" in page


def test_a_reader_removes_a_title_of_their_own_only(site: Site) -> None:
    report, other = make.shelve(site), make.shelve(site, "another")
    cleo, ben = site.browser(), site.browser()
    for client, person in ((cleo, "cleo"), (ben, "ben")):
        sign_in(client, person)
        for title in (report, other):
            client.get(client.get(title.pdf).headers["location"])
    gone = cleo.post("/account/removals", data={"title": report.id})
    assert (gone.status_code, gone.headers["location"]) == (303, "/account")
    assert len(holdings(site)) == 3
    assert report.path not in cleo.get("/account").text
    assert report.path in ben.get("/account").text
    assert cleo.post("/account/removals", data={"title": "x"}).status_code == 400
    assert site.browser().post("/account/removals", data={"title": other.id}).status_code == 401


def test_a_chapter_alone_is_not_held(site: Site) -> None:
    report = make.shelve(site)
    make.give_chapters(site, report)
    cleo = site.browser()
    sign_in(cleo, "cleo")
    assert cleo.get(cleo.get(f"{report.path}/chapters/1.pdf").headers["location"]).status_code == 200
    assert holdings(site) == []
    assert "Nothing yet" in cleo.get("/account").text
    assert cleo.get("/account/export.json").json()["links"][0]["chapter"] == "What Was Kept"
