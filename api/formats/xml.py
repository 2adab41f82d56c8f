"""XML by hand: elements in, escaped text out, without the characters that XML can't carry."""

import re
from collections.abc import Iterable, Mapping

DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
_FORBIDDEN = re.compile(r"[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ESCAPES = {ord(sign): escape for sign, escape in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ("\r", " "))}
_IN_ATTRIBUTES = {**_ESCAPES, ord('"'): "&quot;", ord("\n"): " ", ord("\t"): " "}


class Xml(str):
    """Text that is XML already."""

    __slots__ = ()


NOTHING = Xml("")
Content = str | Mapping[str, str | None] | Iterable[Xml] | None


def clean(text: str) -> str:
    """The text without control characters, half signs and non-characters."""
    return _FORBIDDEN.sub("", text)


def element(name: str, *content: Content) -> Xml:
    """An element. Plain text is escaped, a mapping is its attributes, None is nothing; empty attributes stay away."""
    attributes: list[str] = []
    inner: list[str] = []
    for each in content:
        if isinstance(each, Xml):
            inner.append(each)
        elif isinstance(each, str):
            inner.append(clean(each).translate(_ESCAPES))
        elif isinstance(each, Mapping):
            attributes += [
                f' {key}="{clean(value).translate(_IN_ATTRIBUTES)}"' for key, value in each.items() if value is not None
            ]
        elif each is not None:
            inner.extend(each)
    body = "".join(inner)
    opening = f"<{name}{''.join(attributes)}"
    return Xml(f"{opening}>{body}</{name}>" if body else f"{opening}/>")


def optional(name: str, text: str | None, attributes: Mapping[str, str | None] | None = None) -> Xml:
    """An element for a text, or nothing where there is none."""
    return element(name, attributes, text) if text and clean(text).strip() else NOTHING


def document(root: Xml) -> bytes:
    return f"{DECLARATION}{root}\n".encode()
