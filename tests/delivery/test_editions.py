"""Editions: the newest under the stable address, each under its own, and tickets for the one they were made for."""

import pytest

from api.tables import RuleKind, State
from tests.cast import CLEO, sign_in
from tests.make import Made, new_edition, shelve
from tests.site import BROWSER, Site


def link(client: object, address: str) -> dict[str, object]:
    answer = client.post(address, headers=BROWSER | {"accept": "application/json"})  # type: ignore[attr-defined]
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


@pytest.fixture
def made(site: Site) -> Made:
    return shelve(site, rules=[RuleKind.EVERYONE])


def test_the_stable_address_is_always_the_newest(site: Site, made: Made) -> None:
    nobody = site.program()
    before = nobody.get(made.pdf)
    newer = new_edition(site, made)
    after = nobody.get(made.pdf, headers={"if-none-match": before.headers["etag"]})
    assert (before.content, after.status_code, after.content) == (made.file, 200, newer)


def test_every_edition_has_an_address_and_a_name_of_its_own(site: Site, made: Made) -> None:
    newer, nobody = new_edition(site, made), site.program()
    for number, content in ((1, made.file), (2, newer)):
        answer = nobody.get(f"{made.path}/editions/{number}.pdf")
        assert (answer.status_code, answer.content) == (200, content)
        assert nobody.head(f"{made.path}/editions/{number}.pdf").headers["etag"] == answer.headers["etag"]
    older = nobody.get(f"{made.path}/editions/1.pdf").headers["content-disposition"]
    assert older.endswith("Rivers%20of%20Paper%20%28version%201%29.pdf")
    assert "version" not in nobody.get(made.pdf).headers["content-disposition"]


def test_a_ticket_is_for_the_edition_it_was_made_for(site: Site) -> None:
    made = shelve(site)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    first = cleo.get(made.pdf).headers["location"]
    newer = new_edition(site, made)
    assert site.program().get(first).content == made.file
    assert site.program().get(cleo.get(made.pdf).headers["location"]).content == newer
    older = link(cleo, f"{made.path}/editions/1/tickets")
    assert site.program().get(str(older["url"])).content == made.file
    assert older["size"] == len(made.file or b"")
    page = cleo.post(f"{made.path}/editions/1/tickets").text
    assert "<dd>1 of 2, " in page
    assert f'action="{made.path}/editions/1/tickets"' in page


def test_who_is_not_admitted_comes_back_to_that_edition(site: Site) -> None:
    made = shelve(site)
    new_edition(site, made)
    address = f"{made.path}/editions/1.pdf"
    nobody = site.browser().get(address)
    assert (nobody.status_code, nobody.headers["location"]) == (303, f"{made.path}?get=pdf&edition=1")
    page = site.browser().get(nobody.headers["location"]).text
    assert f"next={made.path.replace('/', '%2F')}%3Fget%3Dpdf%26edition%3D1" in page
    assert site.program().get(address).status_code == 401
    cleo = site.browser()
    back = sign_in(cleo, CLEO, f"{made.path}?get=pdf&edition=1")
    page = cleo.get(back.headers["location"]).text
    assert f'content="0; url={address}"' in page
    assert "You asked for an earlier version." in page
    assert cleo.get(address, follow_redirects=True).content == made.file


def test_what_closes_the_title_closes_its_older_editions(site: Site) -> None:
    listed = shelve(site, rules=[RuleKind.LISTED])
    gone = shelve(site, "gone", rules=[RuleKind.EVERYONE], state=State.WITHDRAWN)
    draft = shelve(site, "draft", rules=[RuleKind.EVERYONE], state=State.DRAFT)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    assert cleo.get(f"{listed.path}/editions/1.pdf", headers={"accept": "*/*"}).status_code == 403
    assert cleo.get(f"{gone.path}/editions/1.pdf").status_code == 410
    assert cleo.get(f"{draft.path}/editions/1.pdf").status_code == 404
    assert cleo.post(f"{gone.path}/editions/1/tickets").status_code == 410


def test_an_edition_that_never_was_is_not_found(site: Site, made: Made) -> None:
    new_edition(site, made)
    program = site.program()
    for number in ("0", "01", "3", "-1", "1e0", "²", "9999999", "1.0", "%31%2e"):
        assert program.get(f"{made.path}/editions/{number}.pdf").status_code == 404, number
        assert program.post(f"{made.path}/editions/{number}/tickets").status_code == 404, number


def test_the_page_names_the_versions_and_cites_the_newest(site: Site, made: Made) -> None:
    nobody = site.browser()
    assert "Versions" not in nobody.get(made.path).text
    assert "(Version" not in nobody.get(made.path).text
    new_edition(site, made, note="Corrected map on page 57")
    site.app.state.public_pages._asked_at = float("-inf")  # a second has gone by
    page = nobody.get(made.path).text
    assert f'<a href="{made.path}/editions/1.pdf">Version 1</a>' in page
    assert "Corrected map on page 57" in page
    assert "Sample Press. (20" in page
    assert "</cite> (Version 2). " in page
    assert nobody.get(f"{made.path}?get=pdf&edition=7").status_code == 404
    assert nobody.get(f"{made.path}?edition=7").status_code == 200
