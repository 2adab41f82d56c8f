"""FAIR Signposting: typed links from a work to its DOI, people, licence, file and forms, as header and as linkset."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from api.formats.forms import Form, forms_of
from api.formats.jsonld import type_of
from api.formats.works import Work, doi_address
from api.tables import State

LINKSET = "application/linkset+json"
ROOM = 3800  # bytes of a header: a whole one stays under 4 kB


@dataclass(frozen=True)
class Link:
    """A link from the work to `href`; what is there has a media type and, if it is XML, a profile."""

    rel: str
    href: str
    type: str | None = None
    profile: str | None = None

    @property
    def header(self) -> str:
        more = "".join(f'; {name}="{value}"' for name, value in self.more.items())
        return f'<{self.href}>; rel="{self.rel}"{more}'

    @property
    def more(self) -> dict[str, str]:
        return {name: value for name, value in (("type", self.type), ("profile", self.profile)) if value}


def links(work: Work) -> list[Link]:
    """Every link of a work. The file may be behind the sign-in; its address is public."""
    record, chapter = work.record, work.chapter
    orcids = dict.fromkeys(person.orcid for person in (*work.authors, *work.editors) if person.orcid)
    file = chapter.file if chapter else record.edition
    found = [
        Link("cite-as", doi_address(work.our_doi)) if work.our_doi else None,
        Link("related", doi_address(work.doi)) if work.doi and not work.our_doi else None,
        Link("type", "https://schema.org/AboutPage"),
        Link("type", f"https://schema.org/{type_of(work)}"),
        Link("license", work.licence_uri) if work.licence_uri else None,
        Link("item", f"{work.url}.pdf", "application/pdf") if file and record.state is not State.WITHDRAWN else None,
        Link("collection", work.public_url + record.path, "text/html") if chapter else None,
        *(Link("describedby", work.url + form.suffix, form.media_type, form.profile) for form in forms_of(work)),
        Link("linkset", f"{work.url}/linkset", LINKSET),
        *(Link("author", f"https://orcid.org/{orcid}") for orcid in orcids),
    ]
    return [link for link in found if link is not None]


def short(work: Work) -> list[Link]:
    """As many as a header has room for: the people come last, and those left out are in the linkset."""
    fitting, room = [], ROOM
    for link in links(work):
        room -= len(link.header.encode()) + 2
        if room < 0:
            break
        fitting.append(link)
    return fitting


def header(links: Iterable[Link]) -> str:
    """The value of a Link header, in ASCII."""
    return ", ".join(link.header for link in links).encode("ascii", "ignore").decode()


def describes(work: Work) -> str:
    """The header of a form: the page that it is about."""
    return Link("describes", work.url, "text/html").header


def of_file(work: Work) -> str:
    """The header of the file itself: the page it belongs to, what it is cited by, and what describes it."""
    found = [
        Link("collection", work.url, "text/html"),
        Link("cite-as", doi_address(work.our_doi)) if work.our_doi else None,
        Link("type", f"https://schema.org/{type_of(work)}"),
        *(Link("describedby", work.url + form.suffix, form.media_type, form.profile) for form in forms_of(work)),
    ]
    return header(link for link in found if link is not None)


def linkset(work: Work) -> bytes:
    """All links of a work, and from each of its forms back to it (RFC 9264)."""
    forward: dict[str, Any] = {"anchor": work.url}
    for link in links(work):
        if link.rel != "linkset":
            forward.setdefault(link.rel, []).append({"href": link.href, **link.more})
    back = [_back(work, form) for form in forms_of(work)]
    if "item" in forward:
        target = [{"href": work.url, "type": "text/html"}]
        known_as = {"cite-as": forward["cite-as"]} if "cite-as" in forward else {}
        back.append({"anchor": f"{work.url}.pdf", "collection": target, **known_as})
    return (json.dumps({"linkset": [forward, *back]}, ensure_ascii=False, indent=1) + "\n").encode()


def _back(work: Work, form: Form) -> dict[str, Any]:
    return {"anchor": work.url + form.suffix, "describes": [{"href": work.url, "type": "text/html"}]}
