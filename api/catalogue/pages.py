"""The catalogue and the pages of titles and chapters, rendered for one viewer; and until when a page stays true."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from markupsafe import Markup

from api.access.policy import Reader, Reason
from api.access.requests import LONGEST as LONGEST_SENTENCE
from api.access.whom import open_to
from api.catalogue.forms import work_of
from api.comments.pages import shown_below
from api.edge.portal import Portal
from api.errors import NotFound
from api.formats.accessibility import accessibility_of
from api.formats.citation import citations
from api.formats.coins import context_object
from api.formats.contents import seat
from api.formats.forms import forms_of
from api.formats.jsonld import in_page
from api.formats.links import short
from api.formats.tags import tags
from api.formats.works import Work
from api.shelf import offers
from api.shelf.offers import Offer
from api.shelf.queries import Leaf, Shelved
from api.signin.next_path import sign_in_url
from api.tables import ReadingPlace


@dataclass(frozen=True)
class Tried:
    """What a reader has just typed into the panel and why it did not do."""

    code: str = ""
    code_fault: str | None = None
    sentence: str = ""
    sentence_fault: str | None = None


NOTHING_TRIED = Tried()


def title_page(
    portal: Portal,
    shelved: Shelved,
    reader: Reader | None,
    *,
    wants_pdf: bool,
    edition: int | None = None,
    reads_from: str | None = None,
    place: ReadingPlace | None = None,
    tried: Tried = NOTHING_TRIED,
) -> str:
    """A landing page. `wants_pdf` is whether the reader came for the file (`?get=pdf`), perhaps of one `edition`.

    With `reads_from` they came to read in the browser; `place` is where they stopped.

    Raises NotFound for an edition there never was.
    """
    record = shelved.record
    offer = offers.whole(record) if edition is None else offers.of_edition(record, edition)
    if offer is None:
        raise NotFound
    if reads_from is not None:
        offer = replace(offer, come_back_to=offers.reader_address(record, reads_from))
    return portal.pages.render(
        "catalogue/title.html",
        **shown_below(portal, shelved.record, reader),
        **_shown(
            portal,
            shelved,
            reader,
            offer,
            wants_pdf=wants_pdf or reads_from is not None,
            starts=wants_pdf,
            place=place,
            tried=tried,
        ),
        **said_of(work_of(portal, shelved), shelved),
        accessibility=accessibility_of(record),
    )


def chapter_page(portal: Portal, shelved: Shelved, reader: Reader | None, address: int, *, wants_pdf: bool) -> str:
    """The page of a chapter. One without a file of its own offers the whole it is in.

    Raises NotFound where no chapter has this address.
    """
    record = shelved.record
    chapter = offers.of_chapter(record, address)
    if chapter is None or chapter.chapter is None:
        raise NotFound
    has_file = chapter.file is not None
    return portal.pages.render(
        "catalogue/chapter.html",
        **_shown(
            portal,
            shelved,
            reader,
            chapter if has_file else offers.whole(record),
            wants_pdf=wants_pdf,
            starts=wants_pdf and has_file,
        ),
        chapter=chapter.chapter,
        accessibility=accessibility_of(record, chapter.chapter),
        seat=seat(record, chapter.chapter),
        **said_of(work_of(portal, shelved, address), shelved),
    )


def panel(portal: Portal, shelved: Shelved, reader: Reader | None) -> str:
    """What stands between a reader and the file, alone: the leaf of the landing page."""
    offer = offers.whole(shelved.record)
    return portal.pages.render("catalogue/_panel.html", **_shown(portal, shelved, reader, offer, wants_pdf=False))


def said_of(work: Work, shelved: Shelved) -> dict[str, Any]:
    """What the page says of the work to machines, and how it is cited."""
    return {
        "absolute_url": work.url,
        "citations": citations(work),
        "forms": forms_of(work),
        "work_path": work.path,
        "tags": tags(work, may_read=shelved.decision.allowed),
        "links": short(work),
        "graph": Markup(in_page(work)),  # noqa: S704 (nothing in it can end the element)
    }


def _shown(
    portal: Portal,
    shelved: Shelved,
    reader: Reader | None,
    offer: Offer,
    *,
    wants_pdf: bool,
    starts: bool = False,
    place: ReadingPlace | None = None,
    tried: Tried = NOTHING_TRIED,
) -> dict[str, Any]:
    """What the page of a title or a chapter shows beside its record. `starts`: a download may begin by itself."""
    is_open = shelved.decision.allowed and offer.file is not None
    return {
        "reader": reader,
        "here": "",
        "record": shelved.record,
        "offer": offer,
        "is_open": is_open,
        "starts_by_itself": starts and is_open and reader is not None,
        "decision": shelved.decision,
        "public_decision": shelved.public_decision,
        "wants_pdf": wants_pdf,
        "place": place,
        "open_to": open_to(shelved.rungs, portal.provider_names),
        "tried": tried,
        "longest_sentence": LONGEST_SENTENCE,
        "ways_in": {str(rung.kind): rung for rung in shelved.rungs},
        "link_lifetime": portal.settings.ticket_lifetime,
        "providers": portal.provider_labels,
        "provider_label": _label(portal, reader),
        "sign_in_url": sign_in_url(offer.come_back_to),
    }


def catalogue_page(portal: Portal, leaf: Leaf, reader: Reader | None, *, is_newest: bool) -> str:
    """A leaf of the catalogue. `is_newest` is whether it is the first one, which the newest title leads."""
    return portal.pages.render(
        "catalogue/catalogue.html",
        reader=reader,
        here="catalogue",
        entries=[(entry, open_to(entry.rungs, portal.provider_names)) for entry in leaf.entries],
        coins={entry.record.id: context_object(work_of(portal, entry)) for entry in leaf.entries},
        is_newest=is_newest,
        last=leaf.last,
    )


def good_until(shelf: Iterable[Shelved], now: datetime) -> datetime | None:
    """The next opening date that would change a page about these titles."""
    waiting = (
        entry.record.opens_at
        for entry in shelf
        if entry.decision.reason is Reason.NOT_OPEN_YET and entry.record.opens_at is not None
    )
    return min((at for at in waiting if at > now), default=None)


def _label(portal: Portal, reader: Reader | None) -> str | None:
    provider = portal.providers.get(reader.provider) if reader is not None else None
    return provider.label if provider is not None else None
