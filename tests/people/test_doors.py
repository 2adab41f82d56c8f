"""T36, T40: who may open which page of the desk about people; all others get the common 404, the same in every byte."""

import re
from collections.abc import Callable

import httpx2
import pytest

from api.tables import Role, User
from tests.people.conftest import ADA, BEN, CLEO, LIB, ZOE, House

Ask = Callable[[httpx2.Client, House], httpx2.Response]
FOR_STAFF: dict[str, Ask] = {
    "list": lambda client, _: client.get("/desk/readers"),
    "staff": lambda client, _: client.get("/desk/staff"),
    "fair use": lambda client, _: client.get("/desk/fair-use"),
    "reader": lambda client, house: client.get(house.page_of(BEN)),
    "links": lambda client, house: client.post(f"{house.page_of(BEN)}/links/revocation"),
    "give": lambda client, house: client.post(f"{house.page_of(BEN)}/titles", data={"title": "no-such"}),
    "take": lambda client, house: client.post(f"{house.page_of(BEN)}/titles/revocation", data={"title": "no-such"}),
}
FOR_ADMINISTRATORS: dict[str, Ask] = {
    "audit": lambda client, _: client.get("/desk/audit"),
    "audit as CSV": lambda client, _: client.get("/desk/audit.csv"),
    "shut out": lambda client, house: client.post(f"{house.page_of(BEN)}/disabling"),
    "let back": lambda client, house: client.post(f"{house.page_of(BEN)}/enabling"),
    "role": lambda client, house: client.post(f"{house.page_of(BEN)}/role", data={"role": "librarian"}),
}
WORKS = {"give": 422, "take": 404, "links": 303, "shut out": 303, "let back": 303, "role": 303}


def bytes_of(answer: httpx2.Response) -> tuple[int, str]:
    return answer.status_code, re.sub(r"Request [0-9a-f-]+", "", answer.text)


def outsiders(is_for_all_staff: bool) -> list[str | None]:
    return [None, CLEO, LIB] if is_for_all_staff else [None, CLEO, LIB, ADA]


def test_each_address_works_for_whom_it_is_for_and_is_nothing_to_all_others(house: House) -> None:
    for asked, is_for_all_staff in ((FOR_STAFF, True), (FOR_ADMINISTRATORS, False)):
        for who in outsiders(is_for_all_staff):
            client = house.browser(who)
            nowhere = bytes_of(client.get("/desk/nowhere"))
            assert nowhere[0] == 404
            for name, ask in asked.items():
                assert bytes_of(ask(client, house)) == nowhere, (who, name)
        insiders = (ADA, ZOE) if is_for_all_staff else (ZOE,)
        for who in insiders:
            for name, ask in asked.items():
                assert ask(house.browser(who), house).status_code == WORKS.get(name, 200), (who, name)


def test_a_role_that_is_taken_counts_at_the_next_click(house: House) -> None:
    """T40: the role is read from the database for each request."""
    editor, administrator = house.browser(ADA), house.browser(ZOE)
    assert editor.get("/desk/readers").status_code == 200
    with house.site.portal.database.writing() as db:
        db.get_one(User, house.ids[ADA]).role = Role.READER
        db.get_one(User, house.ids[ZOE]).role = Role.EDITOR
    assert all(ask(editor, house).status_code == 404 for ask in FOR_STAFF.values())
    assert all(ask(administrator, house).status_code == 404 for ask in FOR_ADMINISTRATORS.values())


@pytest.mark.parametrize("word", ["0", "abc", "-1", "999999999", "1e3", "99999999999999999999"])
def test_a_number_that_is_nobodys_leads_nowhere(house: House, word: str) -> None:
    administrator = house.browser(ZOE)
    assert administrator.get(f"/desk/readers/{word}").status_code == 404
    assert administrator.post(f"/desk/readers/{word}/disabling").status_code == 404
    assert administrator.post(f"/desk/readers/{word}/role", data={"role": "editor"}).status_code == 404
    assert administrator.post(f"/desk/readers/{word}/titles", data={"title": "x"}).status_code == 404


def test_an_editor_sees_name_and_handle_and_neither_address_nor_what_was_taken(house: House) -> None:
    for path in ("/desk/readers", house.page_of(BEN), "/desk/staff", "/desk/fair-use"):
        page = house.browser(ADA).get(path).text
        assert "xample.org" not in page, path
    page = house.browser(ADA).get(house.page_of(BEN)).text
    assert "Ben Ärmel" in page
    assert "demo:ben" in page
    assert "Titles they hold" not in page
    assert "ben@Example.org" in house.browser(ZOE).get(house.page_of(BEN)).text
    assert "Titles they hold" in house.browser(ZOE).get(house.page_of(BEN)).text
