"""unAPI: which forms a reference manager may ask for, and of what. Version 1, unchanged since 2006."""

from xml.sax.saxutils import quoteattr

from api.formats.forms import BY_NAME, FORMS, Form
from api.formats.works import Work

MEDIA_TYPE = "application/xml"


def formats(work: Work | None = None) -> bytes:
    """The list of forms: of everything here, or of one work."""
    shown = [form for form in FORMS if form.in_unapi and (work is None or work.chapter is None or form.of_chapters)]
    about = f" id={quoteattr(work.url)}" if work else ""
    rows = "".join(
        f"<format name={quoteattr(form.name)} type={quoteattr(form.media_type)}"
        f"{f' docs={quoteattr(form.profile)}' if form.profile else ''}/>"
        for form in shown
    )
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<formats{about}>{rows}</formats>\n'.encode()


def form_called(name: str, work: Work) -> Form | None:
    form = BY_NAME.get(name)
    return form if form is not None and form.in_unapi and (form.of_chapters or work.chapter is None) else None
