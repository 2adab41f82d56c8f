"""The newest titles as an Atom feed."""

from collections.abc import Sequence
from datetime import UTC, datetime

from api.formats.gate import Gate
from api.formats.library import access_note, gate_of, host_of, local_id
from api.formats.works import Work
from api.formats.xml import NOTHING, Xml, document, element, optional
from api.spoken import language, told

MEDIA_TYPE = "application/atom+xml"
_FIRST_DAY = datetime(2026, 1, 1, tzinfo=UTC)  # what an empty shelf was last changed on
_SINCE = "2026"  # the year from which the host of a tag is meant


def atom(works: Sequence[Work], *, name: str, public_url: str, address: str) -> bytes:
    """A feed of these works called `name`, which is found at `address`."""
    changed = max((work.record.modified_at for work in works if work.record.modified_at), default=_FIRST_DAY)
    return document(
        element(
            "feed",
            {"xmlns": "http://www.w3.org/2005/Atom", "xml:lang": language()},
            element("id", tag(public_url, address)),
            element("title", name),
            element("updated", instant(changed)),
            element("link", {"rel": "self", "type": MEDIA_TYPE, "href": f"{public_url}{address}"}),
            element("link", {"rel": "alternate", "type": "text/html", "href": f"{public_url}/"}),
            element("author", element("name", name)),
            map(_entry, works),
        )
    )


def _entry(work: Work) -> Xml:
    record = work.record
    summary = work.abstract.partition("\n\n")[0] or record.standfirst or ""
    note = "" if gate_of(work) is Gate.OPEN else f" {told(access_note(work))}"
    return element(
        "entry",
        {"xml:lang": work.language},
        element("id", tag(work.public_url, local_id(work))),
        element("title", work.name),
        element("link", {"rel": "alternate", "type": "text/html", "href": work.url}),
        element("updated", instant(record.modified_at or _FIRST_DAY)),
        element("published", instant(record.posted_at)) if record.posted_at is not None else NOTHING,
        (element("author", element("name", person.display)) for person in record.authors or record.editors),
        (element("category", {"term": keyword}) for keyword in record.keywords),
        optional("rights", record.licence),
        element("summary", f"{summary}{note}".strip()),
    )


def tag(public_url: str, name: str) -> str:
    """The name of a feed or an entry, which stays whatever becomes of its address."""
    return f"tag:{host_of(public_url)},{_SINCE}:{name}"


def instant(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
