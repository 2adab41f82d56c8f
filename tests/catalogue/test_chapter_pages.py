"""The page of a chapter: what it is, where it stands, what stands before its file; public and from memory."""

from api.catalogue.memory import Key, key_of, template_of
from api.spoken import Hearer
from api.tables import Chapter, Kind, RuleKind, State, Title
from tests.cast import CLEO, sign_in
from tests.make import give_chapters, shelve
from tests.site import Site


def test_it_says_what_it_is_and_where_it_stands(site: Site) -> None:
    made = shelve(site, kind=Kind.EDITED_VOLUME)
    give_chapters(site, made, with_file=[2])
    page = site.browser().get(f"{made.path}/chapters/2").text
    for words in (
        "The Source\u00a0– 源",
        "By Rea Der",
        "Pages 15–39",
        "In this volume",
        f'<a href="{made.path}">Rivers of Paper</a>',
        "Chapter 2 of 3 in the contents, in the part <q>Upstream</q>",
        f'rel="prev" href="{made.path}/chapters/1"',
        f'rel="next" href="{made.path}/chapters/3"',
        "Sign in to read this chapter",
        "1\u00a0page</dd>",
        f'<link rel="canonical" href="{site.url}{made.path}/chapters/2">',
        "Der, R. (20",
        f"{site.url}{made.path}/chapters/2</a>",
        f"next={made.path.replace('/', '%2F')}%2Fchapters%2F2%3Fget%3Dpdf",
    ):
        assert words in page, words
    assert "It has no PDF of its own" not in page


def test_anonymous_pages_come_from_memory_and_know_their_route(site: Site) -> None:
    made = shelve(site)
    give_chapters(site, made)
    nobody, address = site.browser(), f"{made.path}/chapters/1"
    first = nobody.get(address)
    with site.portal.database.writing() as db:
        for chapter in db.get_one(Title, made.id).chapters:
            chapter.name = f"{chapter.name} (revised)"
    site.app.state.public_pages._asked_at = float("inf")  # no second goes by
    again = nobody.get(address, headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    site.app.state.public_pages._asked_at = float("-inf")  # a second has gone by
    assert "(revised)" in nobody.get(address).text
    assert first.headers["cache-control"] == "public, max-age=0, s-maxage=30"
    cleo = site.browser()
    sign_in(cleo, CLEO)
    private = cleo.get(address)
    assert private.headers["cache-control"] == "private, no-store"
    assert f'action="{address}/tickets"' in private.text
    assert "Read this chapter" in private.text
    assert "http-equiv" not in private.text


def test_a_page_in_memory_has_the_name_of_its_route_and_one_key() -> None:
    assert template_of("/reports/a/chapters/3") == "/reports/{slug}/chapters/{number}"
    assert template_of("/books/edited/chapters") == "/books/edited/{slug}"
    assert template_of("/") == "/"
    assert key_of("/reports/a/chapters/3", b"get=pdf&edition=2", Hearer()) == Key(
        "/reports/a/chapters/3", wants_pdf=True
    )
    assert key_of("/reports/a", b"get=pdf&edition=2", Hearer()) == Key("/reports/a", wants_pdf=True, edition=2)
    assert (
        key_of("/reports/a", b"edition=2", Hearer())
        == key_of("/reports/a", b"edition=02&get=pd", Hearer())
        == Key("/reports/a")
    )


def test_a_chapter_without_a_file_offers_the_whole(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    give_chapters(site, made, with_file=[])
    page = site.browser().get(f"{made.path}/chapters/2").text
    assert "It has no PDF of its own. It is in the PDF of the whole report, pages 15–39." in page
    assert f'href="{made.path}.pdf"' in page
    assert "Read the full report" in page


def test_the_contents_lead_to_the_chapters_and_parts_lead_nowhere(site: Site) -> None:
    made = shelve(site)
    give_chapters(site, made)
    page = site.browser().get(made.path).text
    assert [f'href="{made.path}/chapters/{number}"' in page for number in (1, 2, 3, 4)] == [True, True, True, False]
    assert ">Upstream</a>" not in page


def test_an_address_stays_when_the_contents_change(site: Site) -> None:
    from api.shelf.chapters import number_chapters

    made = shelve(site)
    give_chapters(site, made)
    with site.portal.database.writing() as db:
        title = db.get_one(Title, made.id)
        title.chapters.append(Chapter(position=0, name="A Foreword"))
        number_chapters(db, made.id)
    assert "A Foreword" in site.browser().get(f"{made.path}/chapters/4").text
    page = site.browser().get(f"{made.path}/chapters/1").text
    assert "What Was Kept" in page
    assert "Chapter 2 of 4" in page


def test_a_withdrawn_titles_chapter_is_a_tombstone_too(site: Site) -> None:
    made = shelve(site, state=State.WITHDRAWN)
    give_chapters(site, made)
    page = site.browser().get(f"{made.path}/chapters/1").text
    assert "The press has withdrawn this report" in page
    assert 'content="noindex"' in page
    assert "SHA-256" not in page
