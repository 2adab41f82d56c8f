"""Stamped copies over HTTP: one for each reader and edition, the same on every way out, and gone with the account."""

import hashlib
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pypdfium2 as pdfium
import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from api.delivery import stamper
from api.settings import Settings
from api.shelf.shelving import set_stamped
from api.tables import RuleKind, StampedCopy, User
from storage.keys import place
from tests import make
from tests.cast import ADA, BEN, CLEO, make_editor, sign_in
from tests.delivery.test_s3_delivery import storage_on
from tests.make import Made
from tests.s3 import S3Server
from tests.site import Site, served

JSON = {"accept": "application/json"}


def stamped_title(site: Site, **more: object) -> Made:
    made = make.shelve(site, **more)  # type: ignore[arg-type]
    switch(site, "on")
    return made


def switch(site: Site, to: str) -> None:
    with site.portal.database.writing() as db:
        set_stamped(db, "rivers-of-paper", to == "on")


def signed_in(site: Site, person: str = CLEO) -> httpx2.Client:
    client = site.browser()
    sign_in(client, person)
    return client


def copies(site: Site) -> list[StampedCopy]:
    with site.portal.database.reading() as db:
        return list(db.exec(select(StampedCopy).order_by(col(StampedCopy.id))).all())


def in_store(site: Site) -> set[str]:
    root = site.portal.settings.storage.root
    return {path.name for path in root.rglob("*") if path.is_file()}


def first_page(content: bytes) -> str:
    with pdfium.PdfDocument(content) as document:
        return str(document[0].get_textpage().get_text_range())


def test_the_copy_names_its_reader_and_the_ticket_describes_it(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    ticket = cleo.post(f"{made.path}/tickets", headers=JSON).json()
    answer = cleo.get(ticket["url"])
    assert answer.content != made.file
    assert (ticket["size"], ticket["sha256"]) == (len(answer.content), hashlib.sha256(answer.content).hexdigest())
    assert answer.headers["etag"] == f'"{ticket["sha256"]}"'
    (copy,) = copies(site)
    text = first_page(answer.content)
    for words in ("Cleo Specimen", "Rivers of Paper", f"{copy.made_at:%B %Y}", copy.number):
        assert words in text
    with pdfium.PdfDocument(answer.content) as document:
        assert copy.number in document[2].get_textpage().get_text_range()


def test_it_is_made_once_and_each_reader_has_one(site: Site) -> None:
    made = stamped_title(site)
    cleo, ben = signed_in(site), signed_in(site, BEN)
    files = [client.get(client.get(made.pdf).headers["location"]).content for client in (cleo, cleo, ben)]
    assert files[0] == files[1] != files[2]
    assert "Ben Example" in first_page(files[2])
    assert len({copy.number for copy in copies(site)}) == 2
    assert len(in_store(site)) == 3


def test_ranges_and_resuming_go_on_in_the_same_copy(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    link = cleo.get(made.pdf).headers["location"]
    begun = cleo.get(link, headers={"range": "bytes=0-999"})
    etag = begun.headers["etag"]
    rest = cleo.get(link, headers={"range": "bytes=1000-", "if-range": etag})
    assert (begun.status_code, rest.status_code) == (206, 206)
    content = begun.content + rest.content
    assert f'"{hashlib.sha256(content).hexdigest()}"' == etag
    assert cleo.get(link, headers={"if-none-match": etag}).status_code == 304


def test_of_many_requests_at_once_one_makes_it(site: Site) -> None:
    made = stamped_title(site, file=make.pdf(40))
    cleo, ben = signed_in(site), signed_in(site, BEN)
    found: list[tuple[int, str]] = []

    def ask(reader: httpx2.Client) -> None:
        with httpx2.Client(base_url=site.url, cookies=reader.cookies, headers=JSON, timeout=120) as client:
            answer = client.post(f"{made.path}/tickets")
            found.append((answer.status_code, answer.json().get("sha256")))

    threads = [threading.Thread(target=ask, args=(reader,)) for reader in (cleo, cleo, cleo, cleo, ben)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in found} == {201}
    assert len(copies(site)) == 2
    assert {sha256 for _, sha256 in found} == {copy.sha256 for copy in copies(site)}
    assert len(in_store(site)) == 3


def test_no_transaction_is_open_while_a_copy_is_made(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """A writer gets its turn in the middle of it."""
    made = stamped_title(site)
    real, wrote = stamper.stamp, []

    def slow(*given: object) -> None:
        with site.portal.database.writing() as db:
            db.connection().execute(sa.update(User).values(name=col(User.name)))
        wrote.append(True)
        real(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(stamper, "stamp", slow)
    assert signed_in(site).get(made.pdf).status_code == 303
    assert wrote == [True]


def test_the_pages_say_so(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    assert "carries your name" in cleo.get(made.path).text
    assert "Each reader’s copy carries their name" in site.browser().get(made.path).text
    page = cleo.post(f"{made.path}/tickets").text
    (copy,) = copies(site)
    assert copy.sha256 is not None
    assert "At the foot of each page stand your name" in page
    assert "SHA-256 of your copy" in page
    assert copy.sha256[:8] in page
    switch(site, "off")
    assert "carries your name" not in cleo.get(made.path).text
    assert "your name" not in cleo.post(f"{made.path}/tickets").text


def test_head_describes_the_readers_copy(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    head = cleo.head(made.pdf)
    (copy,) = copies(site)
    assert (head.headers["content-length"], head.headers["etag"]) == (str(copy.size), f'"{copy.sha256}"')


def test_links_that_are_out_follow_the_setting(site: Site) -> None:
    made = make.shelve(site)
    cleo = signed_in(site)
    link = cleo.get(made.pdf).headers["location"]
    assert cleo.get(link).content == made.file
    switch(site, "on")
    assert "Cleo Specimen" in first_page(cleo.get(link).content)
    switch(site, "off")
    assert cleo.get(link).content == made.file


def test_staff_get_the_file_as_the_press_gave_it(site: Site) -> None:
    make_editor(site)
    made = stamped_title(site)
    ada = signed_in(site, ADA)
    assert ada.get(ada.get(made.pdf).headers["location"]).content == made.file
    assert copies(site) == []


def test_what_is_open_to_everyone_is_not_stamped(site: Site) -> None:
    made = stamped_title(site, rules=[RuleKind.EVERYONE])
    assert site.program().get(made.pdf).content == made.file
    assert copies(site) == []


def test_it_can_be_taken_out_and_the_account_page_says_why(site: Site) -> None:
    made = stamped_title(site)
    cleo = signed_in(site)
    cleo.get(cleo.get(made.pdf).headers["location"])
    (copy,) = copies(site)
    (found,) = cleo.get("/account/export.json").json()["stamped_copies"]
    assert (found["title"], found["number"], found["sha256"]) == ("Rivers of Paper", copy.number, copy.sha256)
    assert "Copies with your name" in cleo.get("/account").text


def test_the_store_itself_hands_out_the_copy(settings: Settings, s3_server: S3Server, s3_keys: None) -> None:
    with served(settings.model_copy(update={"storage": storage_on(s3_server)})) as site:
        made = stamped_title(site)
        cleo = signed_in(site)
        ticket = cleo.post(f"{made.path}/tickets", headers=JSON).json()
        sent_on = cleo.get(ticket["url"])
        assert sent_on.status_code == 303
        content = httpx2.get(sent_on.headers["location"]).content
        assert hashlib.sha256(content).hexdigest() == ticket["sha256"]
        assert "Cleo Specimen" in first_page(content)


@pytest.fixture
def before_nginx(settings: Settings) -> Iterator[Site]:
    storage = settings.storage.model_copy(update={"delivery": "x-accel"})
    with served(settings.model_copy(update={"storage": storage})) as running:
        yield running


def test_nginx_hands_out_the_copy(before_nginx: Site) -> None:
    made = stamped_title(before_nginx)
    cleo = signed_in(before_nginx)
    where = cleo.get(cleo.get(made.pdf).headers["location"]).headers["x-accel-redirect"]
    (copy,) = copies(before_nginx)
    assert copy.sha256 is not None
    assert where == "/_files/" + "/".join(place(copy.sha256))
    path = Path(before_nginx.portal.settings.storage.root, *place(copy.sha256))
    assert "Cleo Specimen" in first_page(path.read_bytes())
