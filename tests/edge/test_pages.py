"""Words, addresses of static files, and the templates as a whole."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from api.access.policy import Decision, NextStep, Reason
from api.catalogue.pages import NOTHING_TRIED, said_of
from api.edge import words
from api.edge.pages import Pages, by_part, lang
from api.formats.accessibility import accessibility_of
from api.formats.cover import cover, ink, strip
from api.formats.record import ContentsLine, EditionRecord, Person, TitleRecord
from api.formats.works import Work
from api.shelf.offers import whole
from api.shelf.queries import Shelved
from api.tables import Kind, State

WEB = Path(__file__).parents[2] / "web"
LANDING_PAGE_LIMIT = 60_000  # bytes, gzip, everything a first visit fetches
NOON = datetime(2026, 11, 3, 12, 5, tzinfo=UTC)


@pytest.fixture(scope="module")
def pages() -> Pages:
    return Pages(WEB, {"cover": cover, "ink": ink, "strip": strip})


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (4_200_000, "4.2 MB"),
        (99_940_000, "99.9 MB"),
        (123_400_000, "123 MB"),
        (2_500_000_000, "2.5 GB"),
        (3_000_000_000_000, "3000 GB"),
    ],
)
def test_sizes(count: int, said: str) -> None:
    assert plain(words.size(count)) == said


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (600, "10 minutes"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (5400, "90 minutes"),
        (86_400, "24 hours"),
        (125, "125 seconds"),
    ],
)
def test_durations(seconds: int, said: str) -> None:
    assert plain(words.duration(seconds)) == said


@pytest.mark.parametrize(
    ("published", "said"), [("2022", "2022"), ("2022-05", "May 2022"), ("2022-05-07", "7 May 2022")]
)
def test_a_works_own_date(published: str, said: str) -> None:
    assert plain(words.published_date(published)) == said


def test_instants_are_shown_in_utc() -> None:
    late = datetime(2026, 11, 3, 23, 30, tzinfo=timezone(timedelta(hours=-2)))
    assert words.day(late) == "4\u00a0November\u00a02026"
    assert words.day_short(date(2026, 9, 4)) == "4\u00a0Sep\u00a02026"
    assert words.clock_time(late) == "01:30"
    assert words.iso(late) == "2026-11-04T01:30:00Z"


@pytest.mark.parametrize(
    ("people", "said"),
    [
        ([], ""),
        (["A"], "A"),
        (["A", "B"], "A and B"),
        (["A", "B", "C"], "A, B and C"),
    ],
)
def test_names(people: list[str], said: str) -> None:
    assert words.names(Person(name=name) for name in people) == said
    assert words.either(people) == said.replace(" and ", " or ")


def test_small_words() -> None:
    assert words.dash("Relations – Rivals") == "Relations\u00a0– Rivals"
    assert words.kind_name(Kind.EDITED_VOLUME) == "Edited volume"
    assert {words.kind_word(kind) for kind in Kind} == {"volume", "book", "report", "paper"}
    assert words.language_name("de-CH") == "German"
    assert words.language_name("qaa") == "qaa"
    assert words.blocks_of_8("0123456789abcdef") == "01234567 89abcdef"
    assert plain(words.pages(1)) == "1 page"


@pytest.mark.parametrize(
    ("first", "last", "said"), [("1", "13", "1–13"), ("15", None, "15"), ("xi", "xi", "xi"), (None, None, "")]
)
def test_printed_pages(first: str | None, last: str | None, said: str) -> None:
    assert words.page_range(ContentsLine("A chapter", first_page=first, last_page=last)) == said


def test_contents_by_part() -> None:
    preface, one, chapter, two = (
        ContentsLine("Preface"),
        ContentsLine("One", is_part=True),
        ContentsLine("A chapter"),
        ContentsLine("Two", is_part=True),
    )
    assert by_part([preface, one, chapter, two]) == [(None, [preface]), (one, [chapter]), (two, [])]
    assert by_part([]) == []


def test_static_addresses_change_with_the_bytes(tmp_path: Path) -> None:
    (tmp_path / "static").mkdir()
    (tmp_path / "static" / "a.css").write_text("a{}")
    before = Pages(tmp_path, {}).static("a.css")
    assert re.fullmatch(r"/static/a\.css\?v=[0-9a-f]{12}", before)
    (tmp_path / "static" / "a.css").write_text("b{}")
    assert Pages(tmp_path, {}).static("a.css") != before
    with pytest.raises(KeyError):
        Pages(tmp_path, {}).static("missing.css")


def test_a_portal_that_serves_keeps_its_templates_while_newer_ones_take_their_place(tmp_path: Path) -> None:
    (tmp_path / "templates").mkdir()
    template = tmp_path / "templates" / "a.html"
    template.write_text("This version")
    begun = Pages(tmp_path, {})
    template.write_text("{{ what_only_the_next_version_has }}")
    assert begun.environment.get_template("a.html").render() == "This version"
    assert Pages(tmp_path, {}).environment.get_template("a.html").filename == str(template)


def test_all_templates_compile_and_are_short(pages: Pages) -> None:
    names = pages.environment.list_templates()
    assert "catalogue/title.html" in names
    for name in names:
        pages.environment.get_template(name)
        text = (WEB / "templates" / name).read_text()
        assert len(text.splitlines()) <= 120, name
        assert not re.search(
            r"\sstyle=|<style|\son[a-z]+=|<script(?![^>]* (src=|type=\"application/ld\+json\"))", text
        ), name


def test_a_missing_word_is_a_fault_not_a_gap(pages: Pages) -> None:
    with pytest.raises(UndefinedError):
        pages.render("errors/error.html")


def title(**given: object) -> TitleRecord:
    facts: dict[str, object] = {
        "id": 1,
        "slug": "sample",
        "kind": Kind.REPORT,
        "state": State.PUBLISHED,
        "title": "Sample <b>",
        "full_title": "Sample <b> – a report",
        "abstract": "First.\n\nSecond & last.",
        "call_to_read": "Read the entire report here as a PDF.",
        "posted_at": NOON,
        "edition": EditionRecord(1, 1, NOON, 312, 4_200_000, "ab" * 32, "application/pdf"),
    }
    return TitleRecord(**(facts | given))  # type: ignore[arg-type]


def landing(pages: Pages, record: TitleRecord, decision: Decision, *, wants_pdf: bool = False) -> str:
    return pages.render(
        "catalogue/title.html",
        record=record,
        offer=whole(record),
        is_open=decision.allowed and record.edition is not None,
        starts_by_itself=False,
        decision=decision,
        wants_pdf=wants_pdf,
        talk=None,
        open_to=None,
        ways_in={},
        tried=NOTHING_TRIED,
        place=None,
        longest_sentence=500,
        accessibility=accessibility_of(record),
        link_lifetime=600,
        providers=["Example Sign-in", "ORCID"],
        provider_label=None,
        sign_in_url="/sign-in?next=%2Freports%2Fsample%3Fget%3Dpdf",
        **said_of(Work(record, "https://press.example"), Shelved(record, decision, decision, ())),
    )


SIGN_IN = Decision(False, Reason.SIGN_IN_NEEDED, NextStep.SIGN_IN)


def test_a_landing_page_says_what_stands_between(pages: Pages) -> None:
    page = plain(landing(pages, title(), SIGN_IN))
    for said in (
        "Free to read, sign-in required",
        "Sign in to read the full report",
        "312 pages",
        "4.2 MB",
        "10 minutes",
        "With Example Sign-in or ORCID. No new password.",
        "Sample &lt;b&gt; – a report",
        "Second &amp; last.",
    ):
        assert said in page
    assert "Download the PDF</a>" not in page
    assert "http-equiv" not in page


@pytest.mark.parametrize(
    ("record", "reason", "said"),
    [
        (title(opens_at=datetime(2027, 3, 1, tzinfo=UTC)), Reason.NOT_OPEN_YET, "Opens on 1 March 2027"),
        (title(), Reason.CLOSED, "The press has set no date"),
        (title(state=State.WITHDRAWN), Reason.WITHDRAWN, "The press has withdrawn this report"),
        (title(edition=None), Reason.SIGN_IN_NEEDED, "The PDF is not here yet"),
    ],
)
def test_refusals_have_words_of_their_own(pages: Pages, record: TitleRecord, reason: Reason, said: str) -> None:
    page = plain(landing(pages, record, Decision(False, reason, NextStep.NONE), wants_pdf=True))
    assert said in page
    assert "Read the entire report" not in page
    assert "btn" not in page
    assert 'tabindex="-1" autofocus' in page
    assert ('content="noindex"' in page) == (record.state is State.WITHDRAWN)


def test_an_open_title_is_a_plain_link(pages: Pages) -> None:
    page = landing(pages, title(), Decision(True, Reason.EVERYONE, NextStep.READ, 1))
    assert 'href="/reports/sample.pdf"' in page
    assert "/tickets" not in page


def test_other_languages_are_marked(pages: Pages) -> None:
    assert lang(title(language="en-GB")) == ""
    assert '<h1 lang="de">' in landing(pages, title(language="de"), SIGN_IN)
    assert '<h1 lang="ar" dir="rtl">' in landing(pages, title(language="ar"), SIGN_IN)
    assert lang(title(language="qaa")) == ' lang="qaa"'


def test_a_landing_page_is_light(pages: Pages) -> None:
    page = landing(pages, title(abstract="A sentence of an abstract. " * 100), SIGN_IN)
    fetched = re.findall(r'(?:href|src)="/static/([^"?]+)', page)
    assert len(fetched) + 1 <= 8
    font = (WEB / "static/fonts/newsreader-base.woff2").stat().st_size
    texts = [page.encode(), *((WEB / "static" / name).read_bytes() for name in fetched if "fonts/" not in name)]
    assert font + sum(len(gzip.compress(text)) for text in texts) <= LANDING_PAGE_LIMIT
