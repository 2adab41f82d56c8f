"""The language of a page: `?lang=`, else the account's, else the browser's; and what follows from it."""

import json
from datetime import date, timedelta

import pytest
from sqlmodel import select

from api import clock, spoken
from api.edge import language, words
from api.edge.language import Offered, chosen, negotiated
from api.notices import faults
from api.spoken import N_, Said, speaking
from api.tables import House, User
from tests.cast import CLEO, sign_in
from tests.effort import at_most
from tests.make import give_chapters, shelve
from tests.site import Site

BOTH = Offered(("en", "de"), "en")
GERMAN = {"accept-language": "de-AT,de;q=0.9,en;q=0.5"}


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ("", "en"),
        ("de", "de"),
        ("DE-at", "de"),
        ("de-AT,de;q=0.9,en;q=0.5", "de"),
        ("en-US,en;q=0.9,de;q=0.8", "en"),
        ("fr,de;q=0.3,en;q=0.2", "de"),
        ("fr", "en"),
        ("*", "en"),
        ("de;q=0,*", "en"),
        ("en;q=0,de;q=0.1", "de"),
        ("de;q=nan", "en"),
        ("de;q=2", "en"),
        ("de;q=-1", "en"),
        ("de;q=", "en"),
        ("de;q=0.5;q=x", "en"),
        (";;;,,,q=1", "en"),
        ("de\x00,\xff\xfe", "en"),
    ],
)
def test_the_browsers_wish_is_heard(header: str, found: str) -> None:
    assert negotiated(header.encode("latin-1"), BOTH) == found


@pytest.mark.timed
def test_hostile_headers_cost_nothing() -> None:
    with at_most(0.5):
        for header in (b"de;q=0.1," * 20_000, b"-" * 100_000, b"a-" * 50_000, b";q=" * 50_000):
            negotiated(header[: language.LONGEST_HEADER], BOTH)


def test_where_none_is_preferred_the_house_speaks_its_own() -> None:
    assert negotiated(b"fr", Offered(("en", "de"), "de")) == "de"
    assert negotiated(b"en", Offered(("de",), "de")) == "de"


def test_an_address_names_only_what_is_offered() -> None:
    assert chosen(b"get=pdf&lang=DE", BOTH) == "de"
    assert chosen(b"lang=fr", BOTH) is None
    assert chosen(b"xlang=de", BOTH) is None
    assert chosen(b"lang=../../etc/passwd", BOTH) is None


def test_a_house_offers_what_it_chose_as_far_as_there_are_catalogues() -> None:
    assert Offered.of(None, None) == Offered(("en", "de"), "en")
    assert Offered.of("de", None) == Offered(("de",), "de")
    assert Offered.of("tlh", "tlh") == Offered(("en", "de"), "en")
    assert Offered.of("en de", "de").default == "de"


def test_a_sentence_is_english_to_programs_and_german_on_a_page() -> None:
    said = N_("{n} minute", "{n} minutes", n=3)
    whole = Said("Open to {whom}", whom=said)
    with speaking("de"):
        assert str(said) == "3 minutes" == json.loads(json.dumps(said))
        assert said.__html__() == "3 Minuten"
        assert spoken.told(whole) == "Open to 3 Minuten"  # the sentence has no translation of its own
        assert N_("{n} minute", "{n} minutes", n=1).told() == "1 Minute"
        assert words.dash(said) == "3 Minuten"  # as the heading of every page about a fault
    assert said.__html__() == "3 minutes"


def test_dates_numbers_and_lists_follow() -> None:
    on = date(2026, 11, 3)
    with speaking("de"):
        assert words.day(on) == "3.\u00a0November\u00a02026"
        assert words.day_short(on) == "03.11.2026"
        assert words.published_date("2022-05") == "Mai\u00a02022"
        assert words.size(4_200_000) == "4,2\u00a0MB"
        assert words.number(1234567) == "1.234.567"
        assert words.pages(1) == "1\u00a0Seite"
        assert words.pages(312) == "312\u00a0Seiten"
        assert words.duration(600) == "10\u00a0Minuten"
        assert words.either(["A", "B", "C"]) == "A, B oder C"
        assert words.listed(["A", "B"]) == "A und B"
        assert words.language_name("zh-Hans") == "Chinesisch"
        assert words.device("Firefox on Linux") == "Firefox auf Linux"


def test_a_german_landing_page(site: Site) -> None:
    made = shelve(site)
    client = site.browser()
    answer = client.get(made.path, headers=GERMAN)
    page = answer.text
    assert answer.headers["content-language"] == "de"
    assert answer.headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
    assert "set-cookie" not in answer.headers
    for sentence in (
        '<html lang="de">',
        "Kostenlos lesen, mit Anmeldung",
        "Anmelden, um den ganzen Bericht zu lesen",
        "3\u00a0Seiten",
        "10\u00a0Minuten",
        "Mit Example Sign-in",
        "Zusammenfassung</h2>",
        "Veröffentlicht am",
        "Zum Inhalt springen",
    ):
        assert sentence in page, sentence
    assert '<h1 lang="en">' in page  # the title speaks its own language
    assert "Sign in" not in page.replace("Example Sign-in", "")
    assert client.get(made.path).headers["content-language"] == "en"


def test_each_language_has_its_bytes_in_memory_and_its_own_etag(site: Site) -> None:
    made, client = shelve(site), site.browser()
    english, german, named = (
        client.get(made.path),
        client.get(made.path, headers=GERMAN),
        client.get(f"{made.path}?lang=de"),
    )
    etags = {answer.headers["etag"] for answer in (english, german, named)}
    assert len(etags) == 3  # the links of a page whose address names the language name it as well
    for answer, headers in ((english, {}), (german, GERMAN)):
        again = client.get(made.path, headers={**headers, "if-none-match": answer.headers["etag"]})
        assert again.status_code == 304
        assert again.headers["vary"] == "Accept, Accept-Encoding, Accept-Language, Cookie"
    stale = client.get(made.path, headers={**GERMAN, "if-none-match": english.headers["etag"]})
    assert (stale.status_code, stale.text) == (200, german.text)
    assert client.get(made.path, headers={"accept-language": "de"}).content == german.content


def test_the_language_that_an_address_names_wins_and_goes_along(site: Site) -> None:
    made, client = shelve(site), site.browser()
    give_chapters(site, made)
    page = client.get(f"{made.path}?lang=de").text
    assert '<html lang="de">' in page
    assert '<a class="mark" href="/?lang=de">' in page
    assert f'href="{made.path}/chapters/1?lang=de"' in page
    assert f'href="{made.path}.bib"' in page
    assert 'href="/sign-in?next=' in page
    assert "&amp;lang=de" in page
    assert '<span aria-current="true" lang="de">Deutsch</span>' in page
    assert '<a rel="alternate" href="?lang=en" hreflang="en" lang="en">English</a>' in page
    for tag in ("de", "en"):
        assert f'<link rel="alternate" hreflang="{tag}" href="{site.url}{made.path}?lang={tag}">' in page
    assert f'hreflang="x-default" href="{site.url}{made.path}"' in page
    assert f'<link rel="canonical" href="{site.url}{made.path}">' in page
    assert "?lang=de" not in client.get(made.path, headers=GERMAN).text.split("<footer")[0].replace(
        '?lang=de">\n<link', ""
    )


def test_feeds_and_calendars_speak_it_and_what_programs_read_does_not(site: Site) -> None:
    made, later = shelve(site), shelve(site, "later", opens_at=clock.now() + timedelta(days=9))
    program = site.program()
    program.headers.update(GERMAN)
    for path, said in (
        ("/opds", "<title>Neueste Titel</title>"),
        ("/opds/new", "Wer sich kostenlos anmeldet, kann die Datei herunterladen."),
        ("/opds/authentication", "Melden Sie sich mit einem Konto an"),
        ("/feeds/titles.atom", "Wer sich kostenlos anmeldet"),
        (f"{later.path}.ics", "SUMMARY:Rivers of Paper ist zu lesen"),
        (f"{made.path}/comments.atom", "<title>Kommentare zu Rivers of Paper</title>"),
    ):
        answer = program.get(path)
        assert said in answer.text, path
        assert "Accept-Language" in answer.headers["vary"], path
    assert "Readers sign in, free of charge" in program.get(f"{made.path}.mods.xml").text


def test_scripts_of_our_pages_are_told_in_it_and_programs_in_english(site: Site) -> None:
    script = {**GERMAN, "accept": "application/json", "sec-fetch-site": "same-origin"}
    program = site.program()
    told = program.get("/reports/none/read.pdf", headers=script)
    assert told.json()["detail"].startswith("Hier ist keine Seite. ")
    assert told.headers["content-language"] == "de"
    assert told.json()["title"] == "Not Found"
    for path, headers in (("/reports/none/read.pdf", GERMAN), ("/api/v1/titles/none", script)):
        assert program.get(path, headers=headers).json()["detail"].startswith("There is no page here. "), path
    refused = program.post("/sign-out", headers={**GERMAN, "sec-fetch-site": "cross-site"})
    assert (refused.status_code, refused.text[:34]) == (403, "Dieses Formular kam von einer ande")


def test_what_is_kept_in_english_is_told_again() -> None:
    for kept, german in (
        (faults.TURNED_OFF, "Für dieses Konto sind E-Mails abgestellt."),
        (faults.OUT_OF_REACH.format(why="no {route}"), "Der Mailserver ist nicht zu erreichen: no {route}."),
        ("100 % {other} words", "100 % {other} words"),
    ):
        with speaking("de"):
            assert faults.in_words(str(kept)).told() == german
        assert faults.in_words(str(kept)) == kept


def test_the_accounts_language_counts_more_than_the_browsers(site: Site) -> None:
    made, cleo = shelve(site), site.browser()
    sign_in(cleo, CLEO)
    assert "As your browser prefers" in cleo.get("/account").text
    saved = cleo.post("/account/language", data={"tag": "de"})
    assert (saved.status_code, saved.headers["location"]) == (303, "/account#language")
    assert "Offen für Sie" in cleo.get(made.path, headers={"accept-language": "en"}).text
    assert "Open to you" in cleo.get(f"{made.path}?lang=en").text
    assert "Ihr Link ist bereit" in cleo.post(f"{made.path}/tickets").text
    assert cleo.get("/account/export.json").json()["account"]["language"] == "de"
    assert cleo.post("/account/language", data={"tag": "tlh"}).status_code == 400
    cleo.post("/account/language", data={"tag": ""})
    assert "Open to you" in cleo.get(made.path, headers={"accept-language": "en"}).text
    with site.portal.database.reading() as db:
        assert db.exec(select(User)).one().language is None


def test_a_house_may_speak_one_language_only(site: Site) -> None:
    made, client = shelve(site), site.browser()
    with site.portal.database.writing() as db:
        db.add(House(languages="de"))
    client.get(made.path)
    site.portal.renew_face()
    answer = client.get(made.path, headers={"accept-language": "en"})
    assert answer.headers["content-language"] == "de"
    assert "hreflang" not in answer.text
