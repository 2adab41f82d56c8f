"""The preview: the reader's own page, for readers of every kind, now and later, and nothing in it does anything."""

import re
from datetime import timedelta
from typing import Any

import httpx2
import pytest
from sqlmodel import select

from api import clock
from api.access import institutions
from api.access.asked import AskedRule
from api.access.institutions import House
from api.access.rules import set_ladder
from api.catalogue.preview import inert
from api.shelf import shelving
from api.tables import Event, RuleKind, State, Ticket, User
from tests.cast import BEN, CLEO, sign_in
from tests.make import give_chapters, grant, shelve
from tests.site import Site

SLUG = "rivers-of-paper"
PAGE = f"/desk/titles/{SLUG}/preview"
MAIN = re.compile(r'<main id="main">(.*)</main>', re.DOTALL)
TARGET = re.compile(r'(?:href|action)="[^"]*"')


def seen(client: httpx2.Client, who: str = "nobody", at: str = "", **more: str) -> str:
    answer = client.get(PAGE, params={"as": who, "at": at, **more})
    assert answer.status_code == 200, answer.text
    assert answer.headers["cache-control"] == "private, no-store"
    return answer.text


def main(page: str) -> str:
    """What stands on the page, whatever leads where."""
    found = MAIN.search(page)
    assert found is not None
    return TARGET.sub("", found[1])


def later(days: int) -> str:
    return (clock.now() + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M")


def test_nobody_and_a_reader_see_in_the_preview_what_they_see(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=(RuleKind.LISTED,))
    give_chapters(site, made)
    assert main(seen(editor)) == main(site.browser().get(made.path).text)
    grant(site, made, BEN)
    for person in (BEN, CLEO):
        client = site.browser()
        sign_in(client, person)
        theirs = main(client.get(made.path).text)
        with site.portal.database.reading() as db:
            name = db.exec(select(User.name).order_by(User.id.desc())).first()  # type: ignore[union-attr]
        assert name is not None
        unnamed = theirs.replace(f"Posted as {name}.", "Posted without a name, because your account has none.")
        assert main(seen(editor, f"person:demo:{person}")) == unnamed.replace(name, f"demo:{person}")


def test_a_draft_looks_as_it_will_once_it_is_published(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, state=State.DRAFT)
    page = seen(editor)
    assert "this is how it would look if it were published now" in page
    assert "Sign in to read the full report" in page
    assert "Download the PDF" in seen(editor, "signed-in")
    assert site.browser().get(made.path).status_code == 404
    with site.portal.database.writing() as db:
        shelving.publish(db, SLUG)
    assert main(seen(editor)) == main(site.browser().get(made.path).text)
    cleo = site.browser()
    sign_in(cleo, CLEO)
    with site.portal.database.writing() as db:
        shelving.withdraw(db, SLUG)
    assert main(seen(editor, "signed-in")) == main(cleo.get(made.path).text)


def test_a_planned_draft_is_nothing_before_its_instant_and_a_page_after(site: Site, editor: httpx2.Client) -> None:
    shelve(site, state=State.DRAFT)
    with site.portal.database.writing() as db:
        shelving.schedule(db, SLUG, clock.now() + timedelta(days=5))
    assert "Readers get “There is no page here”" in seen(editor, at=later(2))
    for page in (seen(editor), seen(editor, at=later(6))):
        assert "Sign in to read the full report" in page
        assert "would look" not in page


def test_a_time_to_come_opens_what_opens_then(site: Site, editor: httpx2.Client) -> None:
    shelve(site, opens_at=clock.now() + timedelta(days=5))
    assert "Not open yet" in seen(editor, "signed-in")
    assert "Not open yet" in seen(editor, "signed-in", later(2))
    assert "Download the PDF" in seen(editor, "signed-in", later(6))


def test_members_of_an_institution(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site)
    with site.portal.database.writing() as db:
        for slug in ("here", "elsewhere"):
            institutions.add(db, House(slug, slug.title(), domains=(f"{slug}.example",)))
        set_ladder(db, made.id, [AskedRule(RuleKind.INSTITUTION, "here")])
    assert "Download the PDF" in seen(editor, "institution:here")
    assert "Download the PDF" not in seen(editor, "institution:elsewhere")
    assert "Download the PDF" not in seen(editor, "signed-in")
    assert '<option value="institution:here" selected>a member of Here</option>' in seen(editor, "institution:here")


def test_nobody_elses_data_is_shown(site: Site, editor: httpx2.Client) -> None:
    shelve(site)
    ben = site.browser()
    sign_in(ben, BEN)
    with site.portal.database.reading() as db:
        user = db.exec(select(User).order_by(User.id.desc())).first()  # type: ignore[union-attr]
    assert user is not None
    assert user.name is not None
    page = seen(editor, "person", person=f"demo:{BEN}")
    assert user.name not in page
    assert user.email is None or user.email not in page
    assert f"Signed in as demo:{BEN}" in page


def test_nothing_is_counted_and_everything_leads_back(site: Site, editor: httpx2.Client) -> None:
    made = shelve(site, rules=(RuleKind.VOUCHER, RuleKind.ON_REQUEST))
    page = seen(editor, "signed-in")
    bar, _, below = page.partition('<header class="top">')
    assert 'aria-label="Preview"' in bar
    assert "<title>Preview: Rivers of Paper" in bar
    back = f"{PAGE}?as=signed-in&amp;at="
    led = re.findall(r'<(?:a|form)\b[^>]*?\s(?:href|action)="([^"]*)"', below)
    assert set(led) <= {back, "#main"} | {each for each in led if each.startswith(("#", "https://"))}
    assert f'method="post" action="{back}"' in below
    answer = editor.post(f"{PAGE}?as=signed-in&at=", data={"code": "X"})
    assert (answer.status_code, answer.headers["location"]) == (303, f"{PAGE}?as=signed-in&at=")
    site.settle()
    site.portal.journal.flush()
    with site.portal.database.reading() as db:
        assert db.exec(select(Event).where(Event.title_id == made.id)).all() == []
        assert db.exec(select(Ticket)).all() == []


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"as": "everybody"}, "Choose whose eyes"),
        ({"as": "nobody:x"}, "Choose whose eyes"),
        ({"as": "institution:none"}, "There is no such institution."),
        ({"as": "person", "person": "demo:none"}, "Nobody of that name"),
        ({"as": "person", "person": "\x00"}, "Nobody of that name"),
        ({"as": "person"}, "Nobody of that name"),
        ({"at": "tomorrow"}, "Write the time as"),
        ({"at": "2001-01-01T00:00"}, "a time to come"),
        ({"at": "0001-01-01T00:00+14:00"}, "Write the time as"),
    ],
)
def test_what_can_not_be_shown_is_said(site: Site, editor: httpx2.Client, asked: dict[str, Any], words: str) -> None:
    shelve(site)
    answer = editor.get(PAGE, params=asked)
    assert answer.status_code == 422
    assert words in answer.text
    assert 'role="alert"' in answer.text


def test_links_are_led_back_whatever_their_order_of_attributes() -> None:
    page = (
        '<a class="x>y" href="/a">a</a><a href="https://orcid.org/1">b</a><form action="http://here/x" method="post">'
    )
    assert inert(page, "/p?a=1&b=2", "http://here") == (
        '<a class="x>y" href="/p?a=1&amp;b=2">a</a><a href="https://orcid.org/1">b</a>'
        '<form action="/p?a=1&amp;b=2" method="post">'
    )
