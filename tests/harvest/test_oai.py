"""OAI-PMH as a harvester meets it: every verb, every error, pages, deletions, and edits in between."""

from datetime import timedelta

import pytest

from api import clock
from api.harvest import oai
from api.shelf import harvest, shelving
from api.shelf.harvest import EVERYTHING
from api.tables import Kind, RemovedChapter, RuleKind, State, Title
from tests.harvest.harvester import OAI, Harvester, fault_of, name_of, token_of
from tests.make import Made, give_chapters, shelve
from tests.site import Site

DC = "{http://purl.org/dc/elements/1.1/}"


@pytest.fixture
def harvester(site: Site) -> Harvester:
    return Harvester(site.program())


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages of two entries."""
    monkeypatch.setattr(oai, "PAGE", 2)


def shelve_some(site: Site) -> dict[str, Made]:
    volume = shelve(site, "volume", kind=Kind.EDITED_VOLUME)
    give_chapters(site, volume, with_file=())
    return {
        "volume": volume,
        "open": shelve(site, "open", kind=Kind.MONOGRAPH, rules=(RuleKind.EVERYONE,)),
        "draft": shelve(site, "draft", state=State.DRAFT),
        "report": shelve(site, "report"),
    }


def change(site: Site, made: Made, words: str = "Changed") -> None:
    with site.portal.database.writing() as db:
        title = db.get(Title, made.id)
        assert title is not None
        title.title = words


def test_identify(site: Site, harvester: Harvester) -> None:
    said = harvester.ask(verb="Identify").find(f"{OAI}Identify")
    assert said is not None
    assert said.findtext(f"{OAI}baseURL") == f"{site.url}/oai"
    assert said.findtext(f"{OAI}deletedRecord") == "persistent"
    assert said.findtext(f"{OAI}granularity") == "YYYY-MM-DDThh:mm:ssZ"
    assert said.findtext(f"{OAI}adminEmail") == "postmaster@localhost.invalid"


def test_lists_titles_and_chapters_and_never_a_draft(site: Site, harvester: Harvester) -> None:
    made = shelve_some(site)
    listed = harvester.names()
    assert listed == [
        f"title-{made['volume'].id}",
        *[name for name in listed if name.startswith("chapter-")],
        f"title-{made['open'].id}",
        f"title-{made['report'].id}",
    ]
    assert len(listed) == 6
    assert harvester.names(verb="ListRecords") == listed
    for name in listed:
        one = harvester.ask(verb="GetRecord", metadataPrefix="mods", identifier=f"oai:localhost:{name}")
        assert [name_of(each) for each in one.iter(f"{OAI}header")] == [name]


def test_a_post_is_a_get(site: Site, harvester: Harvester) -> None:
    shelve_some(site)
    asked = {"verb": "ListIdentifiers", "metadataPrefix": "oai_dc"}
    answer = harvester.answer(harvester.client.post("/oai", data=asked))
    assert len(list(answer.iter(f"{OAI}header"))) == 6


def test_a_list_of_several_pages_is_whole(site: Site, harvester: Harvester, small_pages: None) -> None:
    shelve_some(site)
    listed = harvester.names()
    assert len(listed) == len(set(listed)) == 6
    first = harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    token = token_of(first)
    assert (token.get("completeListSize"), token.get("cursor")) == ("6", "0")
    assert token.get("expirationDate") > first.findtext(f"{OAI}responseDate", "")
    pages = [harvester.ask(verb="ListIdentifiers", resumptionToken=token.text) for _ in range(2)]
    names = [[name_of(each) for each in page.iter(f"{OAI}header")] for page in pages]
    assert names[0] == names[1] == listed[2:4], "a token that is asked again gives the same page"
    last = harvester.ask(verb="ListIdentifiers", resumptionToken=token_of(pages[0]).text)
    assert not token_of(last).text


def test_an_edit_during_a_harvest_loses_nothing(site: Site, harvester: Harvester, small_pages: None) -> None:
    made = shelve_some(site)
    before = harvester.names()
    first = harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc")
    change(site, made["volume"])
    seen = [name_of(each) for each in first.iter(f"{OAI}header")]
    token = token_of(first)
    while token is not None and token.text:
        answer = harvester.ask(verb="ListIdentifiers", resumptionToken=token.text)
        seen += [name_of(each) for each in answer.iter(f"{OAI}header")]
        token = token_of(answer)
    assert set(seen) == set(before)
    assert seen[-4] == f"title-{made['volume'].id}", "what was changed is told again, at the end"


def test_what_was_withdrawn_is_told_as_deleted_with_its_chapters(site: Site, harvester: Harvester) -> None:
    made = shelve_some(site)
    chapters = [name for name in harvester.names() if name.startswith("chapter-")]
    with site.portal.database.writing() as db:
        shelving.withdraw(db, "volume")
    gone = [name for name in harvester.names() if name.startswith("-")]
    assert gone == [f"-title-{made['volume'].id}", *[f"-{name}" for name in chapters]]
    one = harvester.ask(verb="GetRecord", metadataPrefix="oai_dc", identifier=f"oai:localhost:{chapters[0]}")
    assert one.find(f".//{OAI}metadata") is None


def test_a_chapter_taken_out_is_told_as_deleted(site: Site, harvester: Harvester) -> None:
    made = shelve_some(site)["volume"]
    with site.portal.database.writing() as db:
        chapter = db.get(Title, made.id).chapters[0]  # type: ignore[union-attr]
        db.add(RemovedChapter(chapter_id=chapter.id, title_id=made.id))
        db.delete(chapter)
        chapter_id = chapter.id
    assert f"-chapter-{chapter_id}" in harvester.names()
    assert f"-chapter-{chapter_id}" in harvester.names(set="chapters")


def test_sets_hold_what_they_say(site: Site, harvester: Harvester) -> None:
    made = {name: each.id for name, each in shelve_some(site).items()}
    told = [each.text for each in harvester.ask(verb="ListSets").iter(f"{OAI}setSpec")]
    fixed = ["books", "books:edited", "books:monographs", "reports", "papers", "chapters"]
    assert told == [*fixed, "access:open", "access:controlled", "lang:en"]
    assert harvester.names(set="books") == [f"title-{made['volume']}", f"title-{made['open']}"]
    assert harvester.names(set="books:edited") == [f"title-{made['volume']}"]
    assert harvester.names(set="reports") == [f"title-{made['report']}"]
    assert len(harvester.names(set="chapters")) == 3
    assert harvester.names(set="access:open") == [f"title-{made['open']}"]
    assert len(harvester.names(set="access:controlled")) == 5
    assert len(harvester.names(set="lang:en")) == 6
    for header in harvester.headers():
        for spec in header.iter(f"{OAI}setSpec"):
            assert name_of(header) in harvester.names(set=spec.text or "")


def test_a_span_of_dates(site: Site, harvester: Harvester) -> None:
    made = shelve_some(site)
    with site.portal.database.writing() as db:
        db.connection().exec_driver_sql(
            f"UPDATE title SET modified_at = '2026-03-04 05:06:07.5+00:00' WHERE id = {made['report'].id}"
        )
    name = [f"title-{made['report'].id}"]
    assert harvester.names(until="2026-03-04") == name
    assert harvester.names(from_="2026-03-04", until="2026-03-04") == name
    assert harvester.names(from_="2026-03-04T05:06:07Z", until="2026-03-04T05:06:07Z") == name
    assert harvester.fault(verb="ListRecords", metadataPrefix="oai_dc", until="2026-03-03") == "noRecordsMatch"
    assert name[0] not in harvester.names(from_="2026-03-04T05:06:08Z")
    assert harvester.ask(verb="Identify").findtext(f".//{OAI}earliestDatestamp") == "2026-03-04T05:06:07Z"


FAR = f"oai:localhost:title-{'9' * 18}"
LIST = {"verb": "ListRecords", "metadataPrefix": "oai_dc"}


ERRORS: list[tuple[dict[str, str], str]] = [
    ({}, "badVerb"),
    ({"verb": "Delete"}, "badVerb"),
    ({"verb": "Identify", "set": "x"}, "badArgument"),
    ({"verb": "ListRecords"}, "badArgument"),
    ({**LIST, "from": "2026-02-30"}, "badArgument"),
    ({**LIST, "from": "2026-02-03T04:05Z"}, "badArgument"),
    ({**LIST, "from": "2026-02-03", "until": "2026-02-02"}, "badArgument"),
    ({**LIST, "from": "2026-02-03", "until": "2026-02-03T00:00:00Z"}, "badArgument"),
    ({**LIST, "until": "9999-12-31", "set": "no such set"}, "badArgument"),
    ({**LIST, "resumptionToken": "x"}, "badArgument"),
    ({**LIST, "metadataPrefix": "bad prefix"}, "badArgument"),
    ({**LIST, "metadataPrefix": "jats"}, "cannotDisseminateFormat"),
    ({**LIST, "set": "nonsense"}, "noRecordsMatch"),
    ({**LIST, "set": "series:77"}, "noRecordsMatch"),
    ({**LIST, "from": "2999-01-01"}, "noRecordsMatch"),
    ({"verb": "ListSets", "resumptionToken": "x"}, "badResumptionToken"),
    ({"verb": "ListRecords", "resumptionToken": "é.ü"}, "badResumptionToken"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "title 1"}, "badArgument"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "title-1"}, "idDoesNotExist"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:localhost:title-99"}, "idDoesNotExist"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": FAR}, "idDoesNotExist"),
    ({"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": "oai:elsewhere:title-1"}, "idDoesNotExist"),
    ({"verb": "ListMetadataFormats", "identifier": "oai:localhost:title-99"}, "idDoesNotExist"),
]  # fmt: skip


def test_each_error_is_the_protocols_own(site: Site, harvester: Harvester) -> None:
    shelve(site)
    for asked, code in ERRORS:
        answer = harvester.ask(**asked)
        assert fault_of(answer) == code, asked
        request = answer.find(f"{OAI}request")
        assert request is not None
        assert (request.attrib == {}) == (code in ("badVerb", "badArgument"))


def test_a_crooked_question_has_no_verb(harvester: Harvester) -> None:
    for query in ("verb=Identify&verb=Identify", "verb=Identify&" * 30, "verb=%ff%00", "&&&=&;"):
        assert fault_of(harvester.answer(harvester.client.get(f"/oai?{query}"))) == "badVerb"


def test_a_repeated_argument(harvester: Harvester) -> None:
    answer = harvester.client.get("/oai?verb=ListRecords&metadataPrefix=oai_dc&metadataPrefix=oai_dc")
    assert fault_of(harvester.answer(answer)) == "badArgument"


def test_a_form_of_another_kind_says_nothing(harvester: Harvester) -> None:
    assert fault_of(harvester.answer(harvester.client.post("/oai", json={"verb": "Identify"}))) == "badVerb"


def test_a_draft_is_no_record(site: Site, harvester: Harvester) -> None:
    draft = shelve(site, state=State.DRAFT)
    asked = {"verb": "GetRecord", "metadataPrefix": "oai_dc", "identifier": f"oai:localhost:title-{draft.id}"}
    assert harvester.fault(**asked) == "idDoesNotExist"


def test_a_token_that_is_bent_or_of_another_verb(site: Site, harvester: Harvester, small_pages: None) -> None:
    shelve_some(site)
    token = token_of(harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc")).text
    words, _, digest = token.partition(".")
    bent = [
        f"{words[:-1]}{'A' if words[-1] != 'A' else 'B'}.{digest}",
        f"{words}.{digest[:-1]}",
        words,
        digest,
        "",
        "." * 3000,
    ]
    for each in bent:
        assert harvester.fault(verb="ListIdentifiers", resumptionToken=each) == "badResumptionToken"
    assert harvester.fault(verb="ListRecords", resumptionToken=token) == "badResumptionToken"


def test_an_old_token_is_told_so(site: Site, harvester: Harvester, small_pages: None) -> None:
    shelve_some(site)
    token = token_of(harvester.ask(verb="ListIdentifiers", metadataPrefix="oai_dc")).text
    clock.set_offset(timedelta(days=2, seconds=1))
    try:
        assert harvester.fault(verb="ListIdentifiers", resumptionToken=token) == "badResumptionToken"
    finally:
        clock.set_offset(timedelta(0))


def test_an_opening_moves_a_title_to_the_open_ones(site: Site) -> None:
    later = clock.now() + timedelta(hours=1)
    shelve(site, "later", rules=(RuleKind.EVERYONE,), opens_at=later)
    shelve(site, "closed", rules=())
    shelve(site, "mixed", rules=(RuleKind.LISTED, RuleKind.EVERYONE))
    with site.portal.database.reading() as db:
        for now in (clock.now(), later):
            for entry in harvest.page(db, EVERYTHING, None, 10, now):
                is_open = entry.shelved.public_decision.is_open_to_all
                wanted = harvest.Wanted(is_open=is_open)
                assert entry.mark in [each.mark for each in harvest.page(db, wanted, None, 10, now)]
                assert entry.mark not in [
                    each.mark for each in harvest.page(db, harvest.Wanted(is_open=not is_open), None, 10, now)
                ]
