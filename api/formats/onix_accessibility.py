"""The accessibility of a product in ONIX: code list 196, with the words beside the code where it asks for some."""

from collections.abc import Iterator

from api.formats.accessibility import accessibility_of
from api.formats.record import TitleRecord
from api.formats.xml import Xml, element, optional

_ACCESSIBILITY = "09"  # of code list 79
_SUMMARY, _UNKNOWN, _ENOUGH_AS_TEXT, _ASSESSED_BY, _ASSESSED_ON = "00", "08", "52", "90", "91"
_CODES = {
    "unlocked": "10",
    "bookmarks": "11",
    "readingOrder": "13",
    "alternativeText": "14",
}


def accessibility(record: TitleRecord) -> Iterator[Xml]:
    """What is known of the file; that nothing is, where nothing is."""
    known = accessibility_of(record)
    if known is None:
        return
    if not known.is_known:
        yield _feature(_UNKNOWN)
        return
    yield _feature(_SUMMARY, known.summary)
    for feature, code in _CODES.items():
        if feature in known.features:
            yield _feature(code)
    if known.is_enough_as_text:
        yield _feature(_ENOUGH_AS_TEXT)
    if known.said.assessed_by:
        yield _feature(_ASSESSED_BY, known.said.assessed_by)
    if known.said.assessed_on:
        yield _feature(_ASSESSED_ON, known.said.assessed_on.replace("-", ""))


def _feature(code: str, words: str | None = None) -> Xml:
    return element(
        "ProductFormFeature",
        element("ProductFormFeatureType", _ACCESSIBILITY),
        element("ProductFormFeatureValue", code),
        optional("ProductFormFeatureDescription", words),
    )
