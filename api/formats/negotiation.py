"""Which form of a work an Accept header asks for: its page unless something else is wanted more."""

from dataclasses import dataclass
from functools import lru_cache

from api.edge.accept import best
from api.formats.citation import APA, STYLES
from api.formats.forms import FORMS, Form

PAGE = "text/html"
CITATION = "text/x-bibliography"
REMEMBERED = 512  # headers; browsers send a handful of different ones


@dataclass(frozen=True)
class Asked:
    """The page, one of the forms, or a citation in one of the styles."""

    form: Form | None = None
    style: str | None = None

    @property
    def is_page(self) -> bool:
        return self.form is None and self.style is None


@lru_cache(maxsize=REMEMBERED)
def asked_for(accept: str, is_chapter: bool) -> Asked | None:
    """What the header asks for; None where nothing that is offered here will do."""
    found = best(accept, offered(is_chapter))
    if found is None:
        return None
    if found.media_type == CITATION:
        style = found.parameters.get("style", APA)
        return Asked(style=style) if style in STYLES else None
    return Asked(form=next((form for form in _forms(is_chapter) if form.media_type == found.media_type), None))


def offered(is_chapter: bool) -> tuple[str, ...]:
    """The media types that a title, or a chapter, can be had in."""
    return (PAGE, *dict.fromkeys(form.media_type for form in _forms(is_chapter)), CITATION)


def _forms(is_chapter: bool) -> list[Form]:
    return [form for form in FORMS if form.is_negotiated and (form.of_chapters or not is_chapter)]
