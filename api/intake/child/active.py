"""Active content, wherever in the file it stands: every object is looked at, whatever leads to it."""

import re
from collections.abc import Callable, Iterable, Iterator

import pikepdf

_NAMES = (
    rb"JavaScript|JS|Launch|SubmitForm|ImportData|GoToE|EF|EmbeddedFile|FileAttachment|RichMedia\w*"
    rb"|Rendition|Screen|Movie|Sound|3D|GoTo3DView|XFA"
)
_BY_ACTION = {
    "/JavaScript": "JavaScript",
    "/Launch": "Launch",
    "/SubmitForm": "SubmitForm",
    "/ImportData": "ImportData",
    "/GoToE": "EmbeddedFile",
    "/Rendition": "RichMedia",
    "/Movie": "RichMedia",
    "/Sound": "RichMedia",
    "/RichMediaExecute": "RichMedia",
    "/GoTo3DView": "RichMedia",
}
_BY_KIND = {
    "/FileAttachment": "EmbeddedFile",
    "/RichMedia": "RichMedia",
    "/Screen": "RichMedia",
    "/Movie": "RichMedia",
    "/Sound": "RichMedia",
    "/3D": "RichMedia",
}
_BY_KEY = {"/JS": "JavaScript", "/EF": "EmbeddedFile", "/XFA": "XFA"}


def walk(pdf: pikepdf.Pdf, roles: Iterable[str], visit: Callable[[pikepdf.Dictionary], None]) -> set[str]:
    """The kinds of active content in the file. On the way `visit` gets each dictionary where one of `roles` stands.

    The names are first looked for in an object as it is written, which is quick; what has one is then taken apart.
    """
    wanted = b"|".join(re.escape(pikepdf.Name(role).unparse()[1:]) for role in roles)
    screen, found = re.compile(rb"/(?:%s|%s)(?!\w)" % (_NAMES, wanted)), set[str]()
    for each in pdf.objects:
        body = each.stream_dict if isinstance(each, pikepdf.Stream) else each
        if isinstance(body, pikepdf.Dictionary | pikepdf.Array) and screen.search(body.unparse(resolved=True)):
            for dictionary in _dictionaries(body):
                found |= set(_kinds(dictionary))
                visit(dictionary)
    return found


def _dictionaries(root: pikepdf.Object) -> Iterator[pikepdf.Dictionary]:
    """The object and what is written inside it; what it only refers to comes by itself."""
    waiting = [root]
    while waiting:
        each = waiting.pop()
        if isinstance(each, pikepdf.Dictionary):
            yield each
            inner = list(each.values())
        else:
            inner = list(each)
        waiting += [
            child for child in inner if isinstance(child, pikepdf.Dictionary | pikepdf.Array) and not child.is_indirect
        ]


def _kinds(dictionary: pikepdf.Dictionary) -> Iterator[str]:
    for key, table in (("/S", _BY_ACTION), ("/Subtype", _BY_KIND)):
        value = dictionary.get(key)
        if isinstance(value, pikepdf.Name) and str(value) in table:
            yield table[str(value)]
    if dictionary.get("/Type") == pikepdf.Name.EmbeddedFile:
        yield "EmbeddedFile"
    for key, kind in _BY_KEY.items():
        if key in dictionary:
            yield kind
