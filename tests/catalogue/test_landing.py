"""The landing page: the same public bytes for people and machines, and each state of access in its own words."""

from datetime import timedelta

import pytest
from sqlmodel import Session as Db

from api import clock
from api.access.rules import set_ladder
from api.shelf import queries
from api.tables import RuleKind, State, Title
from tests.cast import ADA, CLEO, make_editor, sign_in
from tests.make import Made, shelve
from tests.site import Site

SIGN_IN = "/sign-in?next=%2Freports%2Frivers-of-paper%3Fget%3Dpdf"


def rename(site: Site, made: Made, full_title: str) -> None:
    with site.portal.database.writing() as db:
        title = db.get(Title, made.id)
        assert title is not None
        title.full_title = full_title


def test_it_is_public_the_same_for_all_and_sets_no_cookie(site: Site) -> None:
    made = shelve(site)
    answers = [site.browser().get(made.path), site.program().get(made.path), site.program().get(f"{made.path}?utm=x")]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    for answer in answers:
        assert answer.headers["cache-control"] == "public, max-age=0, s-maxage=30"
        assert answer.headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
        assert "set-cookie" not in answer.headers
        assert "script-src 'self'" in answer.headers["content-security-policy"]


def test_the_whole_abstract_and_the_publishers_sentence_are_there(site: Site) -> None:
    page = site.browser().get(shelve(site).path).text
    for words in ("What archives carry.", "And what they leave behind.", "Read the entire volume", "Sample Press"):
        assert words in page
    assert page.count(f'href="{SIGN_IN}"') >= 2  # the panel's button, and the link after the sentence


def test_what_is_needed_and_what_one_gets_is_said_before_any_click(site: Site) -> None:
    page = site.browser().get(shelve(site).path).text
    for words in (
        "Free to read, sign-in required",
        "3\u00a0pages",
        "kB",
        "10\u00a0minutes",
        "Example Sign-in",
        "We keep",
    ):
        assert words in page
    assert "Download the PDF</button>" not in page


def test_signed_in_the_panel_offers_the_download_and_the_page_is_private(site: Site) -> None:
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    answer = cleo.get(made.path)
    assert answer.headers["cache-control"] == "private, no-store"
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
    assert "Open to you" in answer.text
    assert f'action="{made.path}/tickets"' in answer.text
    assert "Cleo Specimen" in answer.text
    assert "http-equiv" not in answer.text


def test_who_came_for_the_pdf_gets_it_without_another_click(site: Site) -> None:
    made = shelve(site)
    cleo = site.browser()
    back = sign_in(cleo, CLEO, f"{made.path}?get=pdf")
    assert (back.status_code, back.headers["location"]) == (303, f"{made.path}?get=pdf")
    page = cleo.get(back.headers["location"]).text
    assert f'<meta http-equiv="refresh" content="0; url={made.pdf}">' in page


def test_who_came_for_the_pdf_without_access_sees_the_panel_and_nothing_starts(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    nobody = site.browser()
    signed_out = nobody.get(f"{made.path}?get=pdf")
    assert "http-equiv" not in signed_out.text
    assert "autofocus" in signed_out.text
    assert "autofocus" not in nobody.get(made.path).text
    assert signed_out.headers["cache-control"].startswith("public")


@pytest.mark.parametrize(
    ("rules", "extra", "words"),
    [
        ([RuleKind.LISTED], {}, "Open to named readers"),
        ([], {}, "closed"),
        ([RuleKind.SIGNED_IN], {"opens_at": timedelta(days=30)}, "Not open yet"),
        ([RuleKind.SIGNED_IN], {"state": State.WITHDRAWN}, "The press has withdrawn this report"),
        ([RuleKind.SIGNED_IN], {"file": None}, "In preparation"),
        ([RuleKind.EVERYONE], {}, "Download the PDF"),
    ],
)
def test_each_state_of_access_has_its_own_words(site: Site, rules, extra, words) -> None:
    if "opens_at" in extra:
        extra = {"opens_at": clock.now() + extra["opens_at"]}
    made = shelve(site, rules=rules, **extra)
    page = site.browser().get(made.path)
    assert page.status_code == 200
    assert words.lower() in page.text.lower()
    assert "What archives carry." in page.text


def test_a_withdrawn_title_leaves_a_tombstone_that_is_not_indexed(site: Site) -> None:
    page = site.browser().get(shelve(site, state=State.WITHDRAWN).path)
    assert page.status_code == 200
    assert '<meta name="robots" content="noindex">' in page.text


def test_staff_see_drafts_and_nobody_else_does(site: Site) -> None:
    make_editor(site)
    made = shelve(site, state=State.DRAFT)
    ada, cleo = site.browser(), site.browser()
    sign_in(ada, ADA)
    sign_in(cleo, CLEO)
    assert ada.get(made.path).status_code == 200
    assert cleo.get(made.path).status_code == 404
    assert site.browser().get(made.path).status_code == 404


@pytest.mark.parametrize("suffix", [".x", "/x.css", ";x.js", "/", "%2e", "%0a", "%00", "%00.pdf", ".pdf/x", ".PDF"])
def test_an_unknown_suffix_is_not_the_page(site: Site, suffix: str) -> None:
    made = shelve(site)
    assert site.browser().get(made.path + suffix).status_code == 404


def test_the_wrong_kind_in_the_address_is_not_found(site: Site) -> None:
    shelve(site)
    for base in ("/books/edited", "/books/mono", "/papers"):
        assert site.browser().get(f"{base}/rivers-of-paper").status_code == 404


def test_an_edit_shows_once_the_shelf_is_asked_again(site: Site) -> None:
    made = shelve(site)
    nobody = site.browser()
    before = nobody.get(made.path)
    assert nobody.get(made.path, headers={"if-none-match": before.headers["etag"]}).status_code == 304
    rename(site, made, "Rivers of Ink")
    site.app.state.public_pages._asked_at = float("-inf")  # a second has gone by
    after = nobody.get(made.path, headers={"if-none-match": before.headers["etag"]})
    assert after.status_code == 200
    assert "Rivers of Ink" in after.text


def test_within_a_second_the_page_comes_from_memory(site: Site) -> None:
    made = shelve(site)
    nobody = site.browser()
    pages = site.app.state.public_pages
    nobody.get(made.path)
    pages._asked_at = float("inf")  # the second never ends
    rename(site, made, "Rivers of Ink")
    assert "Rivers of Paper" in nobody.get(made.path).text


def test_a_page_is_as_old_as_the_question_however_late_the_answer_came(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, nobody, late = shelve(site), site.browser(), list[float]()
    answered, ticks = queries.revision, clock.ticks

    def answered_late(db: Db) -> int:
        revision = answered(db)
        late[:] = [1.0]
        return revision

    monkeypatch.setattr(clock, "ticks", lambda: ticks() + sum(late))
    monkeypatch.setattr(queries, "revision", answered_late)
    assert "Rivers of Paper" in nobody.get(made.path).text
    rename(site, made, "Rivers of Ink")
    assert "Rivers of Ink" in nobody.get(made.path).text


def test_a_change_of_rules_is_a_change_of_the_page(site: Site) -> None:
    made = shelve(site)
    nobody = site.browser()
    assert "sign-in required" in nobody.get(made.path).text
    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.EVERYONE])
    site.app.state.public_pages._asked_at = float("-inf")
    assert "sign-in required" not in nobody.get(made.path).text


def test_a_page_ends_with_its_opening_date(site: Site) -> None:
    now = clock.now()
    opens_at = now + timedelta(seconds=10)
    made = shelve(site, opens_at=opens_at)
    nobody = site.browser()
    with clock.frozen(now):
        page = nobody.get(made.path)
        assert "Not open yet" in page.text
        assert page.headers["cache-control"] == "public, max-age=0, s-maxage=10"
    with clock.frozen(opens_at - timedelta(seconds=1)):
        assert "Not open yet" in nobody.get(made.path).text
    with clock.frozen(opens_at):
        assert "Not open yet" not in nobody.get(made.path).text


def test_head_has_the_headers_and_no_body(site: Site) -> None:
    made = shelve(site)
    for _ in range(2):
        answer = site.browser().head(made.path)
        assert answer.status_code == 200
        assert int(answer.headers["content-length"]) > 1000
        assert answer.content == b""
