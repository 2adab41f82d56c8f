"""Sitemaps: which pages there are and when each last changed, for search engines."""

from collections.abc import Iterable
from datetime import UTC, datetime

from api.formats.xml import Xml, document, element, optional

MEDIA_TYPE = "application/xml"
_NAMESPACE = {"xmlns": "http://www.sitemaps.org/schemas/sitemap/0.9"}
Place = tuple[str, datetime | None]


def sitemap(places: Iterable[Place]) -> bytes:
    """The addresses of pages with their last change."""
    return document(element("urlset", _NAMESPACE, (_dated("url", place) for place in places)))


def sitemap_index(places: Iterable[Place]) -> bytes:
    """The addresses of sitemaps."""
    return document(element("sitemapindex", _NAMESPACE, (_dated("sitemap", place) for place in places)))


def _dated(name: str, place: Place) -> Xml:
    address, at = place
    changed = f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}" if at is not None else None
    return element(name, element("loc", address), optional("lastmod", changed))
