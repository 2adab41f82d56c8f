"""What is sent to harm: refused, or kept once and inert, within a second."""

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import quote

import pytest

from api.tables import Moderation
from tests.comments.talk import kept, public_page, say, set_talk, signed_in
from tests.effort import all_threads, at_most
from tests.make import shelve
from tests.site import Site

FORM = {"content-type": "application/x-www-form-urlencoded"}


@pytest.mark.timed
def test_twenty_of_the_same_at_once_are_one(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo = signed_in(site, "cleo")
    clients = [site.browser() for _ in range(20)]
    for client in clients:
        client.cookies.update(cleo.cookies)
        client.get("/healthz")
    with at_most(5, all_threads), ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda client: say(client, made, "The same.").headers.get("location"), clients))
    assert set(answers) == {f"{made.path}#comment-1"}
    assert len(kept(site)) == 1


@pytest.mark.timed
def test_too_much_too_deep_and_not_even_text(site: Site) -> None:
    made = shelve(site)
    set_talk(site.portal.database, made.id, Moderation.AFTER)
    cleo = signed_in(site, "cleo")
    for text, refused in (("x" * (1 << 20), 413), ("[" * 100_000, 413), ("[" * 60_000, 422)):
        with at_most(2, all_threads):
            assert cleo.post(f"{made.path}/comments", content=f"text={text}", headers=FORM).status_code == refused
    for sent, stored in (
        ("a%00b", "ab"),
        ("%ED%A0%80c", None),
        (quote("if \u202eeslaf\u202c: \u2066x\u2069"), "if eslaf: x"),
        ("%FF%FEd", None),
    ):
        answer = cleo.post(f"{made.path}/comments", content=f"text={sent}", headers=FORM)
        assert answer.status_code == 303
        last = kept(site)[-1].text
        assert last.encode()
        assert stored is None or last == stored
    page = public_page(site, made.path)
    assert not set("\x00\u202e\u202c\u2066\u2069") & set(page)


@pytest.mark.parametrize("number", ["0", "-1", "1e3", "99999999999999999999", "٣", "new/", "1%00"])
def test_numbers_that_are_none(site: Site, number: str) -> None:
    made = shelve(site)
    assert site.browser().get(f"{made.path}/comments/{number}").status_code == 404
