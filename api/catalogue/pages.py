"""The catalogue and a title's landing page, rendered for one viewer; and until when the page stays true."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from api.access.policy import Reader, Reason
from api.access.requests import LONGEST as LONGEST_SENTENCE
from api.access.whom import open_to
from api.edge.portal import Portal
from api.shelf.queries import Leaf, Shelved


@dataclass(frozen=True)
class Tried:
    """What a reader has just typed into the panel and why it did not do."""

    code: str = ""
    code_fault: str | None = None
    sentence: str = ""
    sentence_fault: str | None = None


NOTHING_TRIED = Tried()


def title_page(
    portal: Portal, shelved: Shelved, reader: Reader | None, *, wants_pdf: bool, tried: Tried = NOTHING_TRIED
) -> str:
    """A landing page. `wants_pdf` is whether the reader came for the file (`?get=pdf`)."""
    record = shelved.record
    return portal.pages.render(
        "catalogue/title.html",
        reader=reader,
        here="",
        record=record,
        decision=shelved.decision,
        public_decision=shelved.public_decision,
        wants_pdf=wants_pdf,
        open_to=open_to(shelved.rungs, portal.provider_names),
        tried=tried,
        longest_sentence=LONGEST_SENTENCE,
        ways_in={str(rung.kind): rung for rung in shelved.rungs},
        link_lifetime=portal.settings.ticket_lifetime,
        providers=portal.provider_labels,
        provider_label=_label(portal, reader),
        sign_in_url=sign_in_url(f"{record.path}?get=pdf"),
        absolute_url=portal.settings.public_url + record.path,
    )


def catalogue_page(portal: Portal, leaf: Leaf, reader: Reader | None, *, is_newest: bool) -> str:
    """A leaf of the catalogue. `is_newest` is whether it is the first one, which the newest title leads."""
    return portal.pages.render(
        "catalogue/catalogue.html",
        reader=reader,
        here="catalogue",
        entries=[(entry, open_to(entry.rungs, portal.provider_names)) for entry in leaf.entries],
        is_newest=is_newest,
        last=leaf.last,
    )


def sign_in_url(come_back_to: str) -> str:
    return f"/sign-in?next={quote(come_back_to, safe='')}"


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
