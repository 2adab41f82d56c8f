"""Chapters' own PDFs: the contract's table of answers once more, and tickets that open one chapter and no more."""

import pytest

from api.tables import RuleKind, State
from tests.cast import BEN, CLEO, sign_in
from tests.delivery.test_editions import link
from tests.make import give_chapters, grant, new_edition, shelve
from tests.site import Site


@pytest.mark.parametrize("client", ["browser", "program"])
def test_open_to_everyone_the_bytes_come_at_once(site: Site, client: str) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    files = give_chapters(site, made, with_file=[1, 2])
    for address in (1, 2):
        answer = getattr(site, client)().get(f"{made.path}/chapters/{address}.pdf")
        assert (answer.status_code, answer.content) == (200, files[address])
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-disposition"] == (
        'attachment; filename="rivers-of-paper-chapter-2.pdf"; '
        "filename*=UTF-8''1%20The%20Source%20%E2%80%93%20%E6%BA%90%20%E2%80%93%20Rivers%20of%20Paper.pdf"
    )


def test_admitted_readers_get_a_link_to_the_chapter_and_no_more(site: Site) -> None:
    made = shelve(site)
    files = give_chapters(site, made)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    path = cleo.get(f"{made.path}/chapters/1.pdf").headers["location"]
    assert path.endswith("/rivers-of-paper-chapter-1.pdf")
    assert site.program().get(path).content == files[1]
    assert site.program().get(path.replace("-chapter-1", "")).status_code == 404
    issued = link(cleo, f"{made.path}/chapters/1/tickets")
    assert (issued["size"], issued["filename"]) == (len(files[1]), "rivers-of-paper-chapter-1.pdf")
    page = cleo.post(f"{made.path}/chapters/1/tickets").text
    assert f'action="{made.path}/chapters/1/tickets"' in page
    assert "To share the chapter" in page
    assert "What Was Kept – Rivers of Paper.pdf" in page


def test_who_is_not_admitted_hears_it_as_for_the_title(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.LISTED])
    give_chapters(site, made)
    address = f"{made.path}/chapters/1.pdf"
    nobody = site.browser().get(address)
    assert (nobody.status_code, nobody.headers["location"]) == (303, f"{made.path}/chapters/1?get=pdf")
    assert site.program().get(address).status_code == 401
    cleo, ben = site.browser(), site.browser()
    sign_in(cleo, CLEO)
    assert cleo.get(address).headers["location"] == f"{made.path}/chapters/1?get=pdf"
    assert "You are not on the list" in cleo.get(f"{made.path}/chapters/1?get=pdf").text
    assert cleo.get(address, headers={"accept": "*/*"}).status_code == 403
    grant(site, made, BEN)
    back = sign_in(ben, BEN, f"{made.path}/chapters/1?get=pdf")
    assert f'content="0; url={address}"' in ben.get(back.headers["location"]).text


def test_a_link_ends_with_the_titles_access(site: Site) -> None:
    made = shelve(site)
    give_chapters(site, made)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    path = cleo.get(f"{made.path}/chapters/1.pdf").headers["location"]
    from api.access.rules import set_ladder

    with site.portal.database.writing() as db:
        set_ladder(db, made.id, [RuleKind.LISTED])
    assert site.program().get(path).status_code == 403


def test_a_chapter_without_a_file_is_in_preparation(site: Site) -> None:
    made = shelve(site)
    give_chapters(site, made)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    for client in (cleo, site.browser()):
        answer = client.get(f"{made.path}/chapters/2.pdf")
        assert (answer.status_code, answer.headers["location"]) == (303, f"{made.path}/chapters/2?get=pdf")
    page = cleo.get(f"{made.path}/chapters/2?get=pdf").text
    assert "It has no PDF of its own." in page
    assert "http-equiv" not in page
    assert f'action="{made.path}/tickets"' in page
    assert site.program().get(f"{made.path}/chapters/2.pdf").status_code == 404


def test_after_a_new_edition_an_older_chapter_file_says_so(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    files = give_chapters(site, made)
    new_edition(site, made)
    answer = site.program().get(f"{made.path}/chapters/1.pdf")
    assert answer.content == files[1]
    assert answer.headers["content-disposition"].endswith("%20%28version%201%29.pdf")
    assert "This file is from version 1." in site.browser().get(f"{made.path}/chapters/1").text


def test_what_hides_or_withdraws_the_title_does_it_to_its_chapters(site: Site) -> None:
    for state, page_status, file_status in ((State.WITHDRAWN, 200, 410), (State.DRAFT, 404, 404)):
        made = shelve(site, state.value, rules=[RuleKind.EVERYONE], state=state)
        give_chapters(site, made)
        assert site.browser().get(f"{made.path}/chapters/1").status_code == page_status
        assert site.browser().get(f"{made.path}/chapters/1.pdf").status_code == file_status
        assert site.browser().post(f"{made.path}/chapters/1/tickets").status_code == file_status


def test_a_chapter_that_is_not_there_is_not_found(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    give_chapters(site, made)
    nobody = site.browser()
    for number in ("0", "01", "4", "x", "1%00", "²", "99999999", "1/2", "1.pdf"):
        for suffix in ("", ".pdf"):
            if number + suffix != "1.pdf":
                assert nobody.get(f"{made.path}/chapters/{number}{suffix}").status_code == 404, number
    assert nobody.get(f"{made.path}/chapters").status_code == 404


def test_head_ranges_and_prefetches_are_answered_as_for_the_whole(site: Site) -> None:
    made = shelve(site, rules=[RuleKind.EVERYONE])
    files = give_chapters(site, made)
    program, address = site.program(), f"{made.path}/chapters/1.pdf"
    assert int(program.head(address).headers["content-length"]) == len(files[1])
    part = program.get(address, headers={"range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, files[1][5:10])
    assert program.get(address, headers={"sec-purpose": "prefetch"}).status_code == 204
