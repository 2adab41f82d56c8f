"""Text that would be script, in every field that takes text and read back by everyone: it stays text.

Pages are read by a browser's own parser. What harmless words give rise to is known from reading them first;
another element, attribute, kind of address or script can only come from a payload.
"""

import json
import re
from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, BrowserContext

from api.formats.record import About, ContentsLine, Person
from api.shelf.shelving import add_draft, publish
from api.tables import SubjectScheme
from tests.attacks.payloads import MARK, PAYLOADS
from tests.attacks.poisoned import Shelf
from tests.attacks.readers import Caller, callers
from tests.journeys.conftest import chromium  # noqa: F401
from tests.records import RICH
from tests.site import Site

PLAIN = "A *plain* **word**, [a link](https://plain.example)\n\n- one\n\n1. two\n\n> three"
OF_LONG_LISTS = {"resumptionToken"} | {f"resumptionToken {x}" for x in ("completeListSize", "cursor", "expirationDate")}
READ = """async paths => {
    const seen = new Set(), odd = [];
    const address = /^(href|src|action|formaction|data|poster|xlink:href|srcset|cite|background|ping|manifest)$/i;
    const look = (root, path) => {
        for (const at of root.querySelectorAll('*')) {
            seen.add(at.localName);
            for (const { name, value } of at.attributes) {
                seen.add(`${at.localName} ${name}`);
                if (/^on/i.test(name)) odd.push(`${path}: ${at.outerHTML.slice(0, 200)}`);
                if (address.test(name) && !/^(https?:|mailto:|[/?#]|$)/i.test(value.replace(/[\\x00-\\x20]/g, '')))
                    odd.push(`${path}: ${name}=${value.slice(0, 200)}`);
            }
            if (at.localName === 'script' && at.type === 'application/ld+json') {
                const walk = (key, value) => {
                    if (value && typeof value === 'object') for (const k in value) walk(k, value[k]);
                    else if (/^(@id|url|license|sameAs|contentUrl|image)$/.test(key) && !/^(https?:|#|_:)/.test(value))
                        odd.push(`${path}: ${key} ${value}`);
                };
                walk('', JSON.parse(at.textContent));
            } else if (at.localName === 'script' && at.textContent.trim()) odd.push(`${path}: ${at.textContent}`);
            if (at.localName === 'template') look(at.content, path);
        }
    };
    for (const path of paths) {
        const answer = await fetch(path, { headers: { accept: 'text/html,application/xml;q=0.9,*/*;q=0.8' } });
        const kind = answer.headers.get('content-type'), text = await answer.text();
        if (![200, 404, 422].includes(answer.status)) odd.push(`${path}: ${answer.status}`);
        if (kind.includes('html')) look(new DOMParser().parseFromString(text, 'text/html'), path);
        else if (kind.includes('xml')) {
            const tree = new DOMParser().parseFromString(text, 'application/xml');
            const fault = tree.querySelector('parsererror');
            if (fault) odd.push(`${path}: ${fault.textContent.slice(0, 300)}`);
            look(tree, path);
            for (const part of tree.querySelectorAll('[type=html]'))
                look(new DOMParser().parseFromString(part.textContent, 'text/html'), path);
        }
    }
    return [[...seen], odd];
}"""
STIR = """() => {
    for (const at of document.querySelectorAll('*'))
        for (const what of ['focus', 'focusin', 'mouseover', 'pointerover', 'toggle', 'load', 'error', 'click'])
            if (what !== 'click' || at.href?.startsWith('java')) at.dispatchEvent(new Event(what));
}"""


@pytest.fixture
def engine() -> str:
    """What is written is the same on both; how it is kept is tested elsewhere."""
    return "sqlite"


@pytest.fixture
def shelf(site: Site) -> Shelf:
    found = Shelf(site, callers(site))
    found.shelve([PLAIN, PLAIN])
    return found


def asked_with(words: str) -> list[str]:
    """Addresses that carry words which the answer's page shows or sends along."""
    said = quote(words, safe="")
    return [f"/search?q={said}", f"/sign-in?next=/{said}", f"/no-such-page/{said}"]


def context_of(chromium: Browser, site: Site, who: Caller | None, **more: Any) -> BrowserContext:  # noqa: F811
    context = chromium.new_context(base_url=site.url, **more)
    context.set_default_timeout(300_000)
    if who is not None and who.cookie:
        context.add_cookies([{"name": "gatefold", "value": who.cookie, "url": site.url}])
    return context


def test_what_is_typed_stays_text_for_everyone(chromium: Browser, shelf: Shelf) -> None:  # noqa: F811
    """Every page and feed in which it is shown has the elements and attributes of harmless words, and no others."""
    windows = {}
    for name, paths in shelf.pages(shelf.slugs).items():
        page = context_of(chromium, shelf.site, shelf.people.get(name or "")).new_page()
        page.goto("/robots.txt")
        known, odd = page.evaluate(READ, [*paths, *asked_with("plain")])
        assert not odd
        windows[name] = page, set(known)
    shelf.shelve(list(PAYLOADS))
    assert {"title", "abstract", "family", "name", "note", "heading", "value", "funder", "licence_uri"} <= shelf.fields
    everything = OF_LONG_LISTS.union(*(known for _, known in windows.values()))
    for name, paths in shelf.pages(shelf.slugs[2:]).items():
        page, _ = windows[name]
        asked = [path for number, each in enumerate(PAYLOADS) for path in asked_with(each)[: 1 if number % 4 else 3]]
        strange = [*paths, *asked] if name is None else paths
        seen, odd = page.evaluate(READ, strange)
        assert not odd, "\n".join(odd[:20])
        assert set(seen) <= everything, sorted(set(seen) - everything)
        page.context.close()


def test_files_for_programs_hold_it_as_a_value(shelf: Shelf) -> None:
    shelf.shelve(list(PAYLOADS))
    anyone = shelf.site.browser()

    def export(form: str) -> str:
        answer = anyone.get("/export", params={"format": form, "ids": ",".join(shelf.slugs)})
        assert answer.status_code == 200, answer.text[:300]
        return answer.text

    names = [each["title"] for each in json.loads(export("csl"))]
    assert sum(MARK in name for name in names) >= len(PAYLOADS) - 20
    assert len(json.loads(export("jsonld"))["@graph"]) >= len(PAYLOADS)
    bibtex = export("bibtex")
    assert len(re.findall(r"^@", bibtex, re.MULTILINE)) == len(shelf.slugs)
    depth = 0
    for sign in bibtex:  # BibTeX counts those after a backslash too
        depth += (sign == "{") - (sign == "}")
        assert depth >= 0
    assert depth == 0
    ris = export("ris")
    assert all(re.match(r"[A-Z][A-Z0-9]  - ", line) for line in ris.splitlines() if line)
    assert len(re.findall(r"^ER  - *\r?$", ris, re.MULTILINE)) == len(shelf.slugs)


def test_a_page_of_nothing_else_runs_nothing(chromium: Browser, shelf: Shelf) -> None:  # noqa: F811
    """With the page's policy switched off, whatever is on it touched, and nothing fetched from anywhere else."""
    texts = [each for each in PAYLOADS if not set("\x01\t\n") & set(each)]
    draft = replace(
        RICH,
        contributors=tuple(Person(given=each, family=each, note=each) for each in texts),
        contents=tuple(ContentsLine(each, abstract=each) for each in texts),
        subjects=tuple(About(SubjectScheme.KEYWORD, heading=each) for each in texts[:200]),
    )
    draft = replace(draft, facts=replace(draft.facts, abstract="\n\n".join(texts)[:20_000], series_issn=None))
    with shelf.site.portal.database.writing() as db:
        add_draft(db, draft)
        publish(db, "rivers")
    context = context_of(chromium, shelf.site, None, bypass_csp=True)
    page = context.new_page()
    found: list[str] = []
    page.on("dialog", lambda dialog: found.append(dialog.message))
    page.on("request", lambda request: found.append(request.url) if MARK in request.url else None)
    page.goto("/books/edited/rivers", wait_until="load")
    page.evaluate(STIR)
    assert page.evaluate(f"window.{MARK}") is None
    assert found == []
    assert page.locator("body").inner_text().count(MARK) > len(PAYLOADS)
    context.close()
