"""Terms of use: each version is asked about once."""

import pytest
from sqlmodel import select

from api.errors import Conflict, Invalid
from api.signin import terms
from api.tables import Audit, User
from tests.cast import CLEO, make_editor, sign_in
from tests.site import Site


def in_force(site: Site, words: str) -> None:
    with site.portal.database.writing() as db:
        editor = db.exec(select(User).where(User.role == "editor")).one()
        assert editor.id is not None
        terms.put_in_force(db, words, by=editor.id)


@pytest.fixture
def editor(site: Site) -> None:
    make_editor(site)


def test_without_terms_there_is_no_page(site: Site) -> None:
    assert site.browser().get("/terms").status_code == 404


@pytest.mark.usefixtures("editor")
def test_a_reader_accepts_and_goes_on(site: Site) -> None:
    in_force(site, "Read **well**.")
    cleo = site.browser()
    sign_in(cleo, CLEO)
    page = cleo.get("/terms?next=/help").text
    assert "<strong>well</strong>" in page
    assert "Accept and go on" in page
    answer = cleo.post("/terms/acceptance", data={"version": 1, "next": "/help"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/help")
    assert cleo.post("/terms/acceptance", data={"version": 1}).status_code == 303
    assert "You have accepted" in cleo.get("/terms").text
    assert [each["version"] for each in cleo.get("/account/export.json").json()["terms_accepted"]] == [1]


@pytest.mark.usefixtures("editor")
def test_a_new_version_is_asked_about_anew_and_an_old_one_is_not_accepted(site: Site) -> None:
    in_force(site, "One.")
    cleo = site.browser()
    sign_in(cleo, CLEO)
    cleo.post("/terms/acceptance", data={"version": 1})
    in_force(site, "Two.")
    assert "Accept and go on" in cleo.get("/terms").text
    assert cleo.post("/terms/acceptance", data={"version": 1}).status_code == 409
    assert cleo.post("/terms/acceptance", data={"version": 2}).status_code == 303


@pytest.mark.usefixtures("editor")
def test_the_same_words_are_no_new_version_and_empty_words_ask_nobody(site: Site) -> None:
    in_force(site, "One.")
    in_force(site, " One. ")
    with site.portal.database.reading() as db:
        current = terms.in_force(db)
        assert current is not None
        assert current.version == 1
        assert len(db.exec(select(Audit).where(Audit.action == "terms-changed")).all()) == 1
    in_force(site, "")
    assert site.browser().get("/terms").status_code == 404


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize("words", ["x" * 50_001, "a\x00b"])
def test_terms_that_are_none_are_refused(site: Site, words: str) -> None:
    with pytest.raises(Invalid):
        in_force(site, words)


@pytest.mark.usefixtures("editor")
def test_nobody_can_accept_and_next_stays_here(site: Site) -> None:
    in_force(site, "One.")
    nobody = site.browser()
    assert nobody.post("/terms/acceptance", data={"version": 1}).status_code in (401, 303)
    assert "Accept and go on" not in nobody.get("/terms").text
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.post("/terms/acceptance", data={"version": 1, "next": "https://evil.example/"})
    assert answer.headers["location"] == "/"


def test_accepting_what_is_not_in_force_is_a_conflict(site: Site) -> None:
    with pytest.raises(Conflict), site.portal.database.writing() as db:
        terms.accept(db, 1, 7)
