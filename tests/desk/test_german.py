"""The desk in German: its pages are told in the language that the browser prefers."""

import httpx2
from sqlmodel import select

from api.tables import Role, User
from tests.make import Made
from tests.site import Site

OWN_PAGE = "the editor’s own"
WORDS = {
    "/desk": ("Titel, Redaktion", "Bereitschaft", "Erschienen"),
    "/desk/titles/{slug}": ("Was Leserinnen und Leser bekommen:", "die Seite und die Datei, "),
    "/desk/titles/{slug}/publishing": ("Der letzte Teil seiner Adresse", "Verlauf"),
    "/desk/titles/{slug}/notices": ("Denen Bescheid geben, die ihn haben",),
    "/desk/titles/{slug}/preview": ("Vorschau", "Dies ist die Seite am"),
    "/desk/readiness": ("Was Titeln fehlt", "Schreiben Sie"),
    "/desk/outbox": ("E-Mail, Redaktion",),
    "/desk/usage": ("Nutzung",),
    "/desk/readers": ("Konto wird geschlossen",),
    OWN_PAGE: ("Wer das ist", "und das sind Sie"),
    "/desk/staff": ("Die Administration tut alles",),
    "/desk/fair-use": ("Angemessene Nutzung",),
    "/desk/audit": ("Vorgang",),
    "/desk/house": ("Farbe auf hellen Seiten",),
    "/desk/house/pages/imprint": ("Ihre Worte",),
}


def test_the_pages_of_the_desk_speak_german(site: Site, made: Made, editor: httpx2.Client) -> None:
    with site.portal.database.writing() as db:
        ada = db.exec(select(User)).one()
        ada.role = Role.ADMINISTRATOR
        db.add(ada)
        own_page = f"/desk/readers/{ada.id}"
    lacking = []
    for address, words in WORDS.items():
        address = own_page if address == OWN_PAGE else address.format(slug=made.path.rpartition("/")[2])
        page = editor.get(address, headers={"accept-language": "de"})
        assert page.status_code == 200, address
        assert '<html lang="de"' in page.text, address
        lacking += [(address, each) for each in words if each not in page.text]
    assert lacking == []
