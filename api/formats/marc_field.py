"""One field of a MARC 21 record."""

from dataclasses import dataclass

Subfields = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Field:
    """A control field has a text, any other field its two indicators and its subfields."""

    tag: str
    content: str | Subfields
    first: str = " "
    second: str = " "


def field(tag: str, indicators: str, *subfields: tuple[str, str | None]) -> Field:
    """A field with those subfields that have something to say."""
    said = tuple((code, value) for code, value in subfields if value)
    return Field(tag, said, indicators[0], indicators[1])
