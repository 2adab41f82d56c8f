"""One table of every form that a title or a chapter comes in. Routes, links, unAPI and the page read it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from api.formats import bibtex, crossref, csl, jsonld, marc, mods, onix, ris
from api.formats.works import Work


@dataclass(frozen=True)
class Form:
    """One form. Its address is that of the work and `suffix`; `written` puts one work or many into a file.

    `name` is what unAPI and `/export` call it, `label` what the page does. `profile` is the address of an XML form's
    schema. One with `in_unapi` is offered to reference managers there: not all are, as they'd take the poorer one.
    Without `of_lists` a file holds one work only.
    """

    name: str
    label: str
    suffix: str
    media_type: str
    written: Callable[[Sequence[Work]], bytes]
    profile: str | None = None
    of_chapters: bool = True
    in_unapi: bool = False
    is_negotiated: bool = True
    of_lists: bool = True


FORMS: tuple[Form, ...] = (
    Form("bibtex", "BibTeX", ".bib", bibtex.MEDIA_TYPE, bibtex.written, in_unapi=True),
    Form("ris", "RIS", ".ris", ris.MEDIA_TYPE, ris.written),
    Form("csl", "CSL-JSON", ".csl.json", csl.MEDIA_TYPE, csl.written),
    Form("jsonld", "JSON-LD", ".jsonld", jsonld.MEDIA_TYPE, jsonld.written),
    Form("mods", "MODS", ".mods.xml", mods.MEDIA_TYPE, mods.written, profile=mods.SCHEMA),
    Form("marcxml", "MARCXML", ".marcxml", marc.XML_MEDIA_TYPE, marc.written_as_xml, profile=marc.SCHEMA),
    Form("marc", "MARC 21", ".mrc", marc.MEDIA_TYPE, marc.written, is_negotiated=False),
    Form("onix", "ONIX 3.1", ".onix.xml", onix.MEDIA_TYPE, onix.written, profile=onix.NAMESPACE, of_chapters=False),
    Form(
        "crossref",
        "Crossref 5.5.0",
        ".crossref.xml",
        crossref.MEDIA_TYPE,
        crossref.written,
        profile=crossref.SCHEMA,
        of_chapters=False,
        of_lists=False,
    ),
)
BY_NAME = {form.name: form for form in FORMS}


def forms_of(work: Work) -> tuple[Form, ...]:
    """Those that this work comes in."""
    return tuple(form for form in FORMS if form.of_chapters or work.chapter is None)
