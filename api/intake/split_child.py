"""The child that cuts a chapter out of a PDF: the PDF on its standard input, the chapter into the file it was given.

It is run as a script, isolated from the portal, so it imports nothing of it; its limits are those of `pdf_child.py`.
What is copied is named here, page by page: everything else, and all that leads out of the chapter, stays behind.
"""

import json
import os
import runpy
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
from pikepdf import Array, Dictionary, Name, Object, Pdf

PAGE_KEYS = {
    "/Type", "/Parent", "/Resources", "/MediaBox", "/CropBox", "/BleedBox", "/TrimBox", "/ArtBox", "/Contents",
    "/Rotate", "/Group", "/UserUnit",
}  # fmt: skip
INHERITED = ("/Resources", "/MediaBox", "/CropBox", "/Rotate")
MARKS = {
    "/Text", "/FreeText", "/Line", "/Square", "/Circle", "/Polygon", "/PolyLine", "/Highlight", "/Underline",
    "/Squiggly", "/StrikeOut", "/Stamp", "/Caret", "/Ink",
}  # fmt: skip
MARK_LEADS = ("/P", "/Parent", "/Popup", "/IRT", "/A", "/AA", "/StructParent", "/OC")
WEB = ("http://", "https://", "mailto:")
DEEPEST, MOST_BOOKMARKS = 15, 5000


class Refused(Exception):
    """Why there is no chapter, as the parent knows it."""

    def __init__(self, reason: str, **more: Any) -> None:
        super().__init__(reason)
        self.answer = {"refused": reason} | more


def main() -> None:
    asked = json.loads(sys.argv[1])
    runpy.run_path(str(Path(__file__).with_name("pdf_child.py")))["give_up"](**asked["limits"])
    try:
        answer = cut(asked)
    except Refused as refusal:
        answer = refusal.answer
    except MemoryError:
        answer = {"refused": "memory"}
    except pikepdf.PdfError:
        answer = {"refused": "damaged"}
    print(json.dumps(answer), flush=True)
    os._exit(0)


def cut(asked: dict[str, Any]) -> dict[str, Any]:
    source = pikepdf.open(sys.stdin.buffer, suppress_warnings=True, access_mode=pikepdf.AccessMode.stream)
    has_labels = "/PageLabels" in source.Root
    labels = [label_of(page) for page in source.pages] if has_labels else []
    first = place_of(asked["first"], labels, len(source.pages))
    last = place_of(asked["last"], labels, len(source.pages))
    if last < first:
        raise Refused("backwards")
    places: dict[Any, int] = {page.objgen: place for place, page in enumerate(source.pages)}
    chapter = Chapter(source, first, last, places)
    chapter.copy_pages()
    chapter.copy_labels(has_labels)
    chapter.copy_bookmarks()
    chapter.describe(asked["title"], asked["authors"], asked["language"])
    with os.fdopen(asked["to"], "wb", closefd=False) as to:
        chapter.new.remove_unreferenced_resources()
        chapter.new.save(to, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return {"first": first, "last": last, "by_position": not has_labels}


def place_of(wanted: str, labels: list[str], pages: int) -> int:
    """The index of the page that is printed as `wanted`; by plain numbers where the PDF has no labels."""
    if not labels:
        if not (wanted.isascii() and wanted.isdigit()):
            raise Refused("no-number", page=wanted)
        if not 1 <= int(wanted[:9]) <= pages:
            raise Refused("beyond", page=wanted, pages=pages)
        return int(wanted) - 1
    for said in (str, str.casefold):
        found = [place for place, label in enumerate(labels) if said(label.strip()) == said(wanted)]
        if len(found) > 1:
            raise Refused("ambiguous", page=wanted, places=[place + 1 for place in found[:3]])
        if found:
            return found[0]
    raise Refused("no-label", page=wanted, labels=[labels[0], labels[-1]])


def label_of(page: Any) -> str:
    return str(page.label)


class Chapter:
    """The new PDF, and what of the old one leads where in it."""

    def __init__(self, source: Pdf, first: int, last: int, places: dict[Any, int]) -> None:
        self.source, self.first, self.last, self.places = source, first, last, places
        self.new = Pdf.new()
        self.names = named_destinations(source)

    def copy_pages(self) -> None:
        kept: list[list[Any]] = []
        for place in range(self.first, self.last + 1):
            page = self.source.pages[place].obj
            kept.append(list(self._kept_annotations(page)))
            for key in INHERITED:
                if key not in page and (value := inherited(page, key)) is not None:
                    page[key] = value
            for other in [str(key) for key in page if str(key) not in PAGE_KEYS]:
                del page[other]
            self.new.pages.append(self.source.pages[place])
        for place, annotations in enumerate(kept):
            if annotations:
                page = self.new.pages[place].obj
                page.Annots = Array([self._copied(page, *annotation) for annotation in annotations])

    def _kept_annotations(self, page: Object) -> Iterator[tuple[Object, Any]]:
        """Each with where it leads: a destination in the chapter, an address of the web, or None for a plain mark."""
        annotations = page.get("/Annots")
        for each in annotations if isinstance(annotations, Array) else ():
            if not isinstance(each, Dictionary):
                continue
            kind = str(each.get("/Subtype", ""))
            if kind == "/Link":
                leads = self._leads(each)
                if leads is not None:
                    yield each, leads
            elif kind in MARKS:
                yield each, None

    def _leads(self, link: Object) -> Any:
        action = link.get("/A")
        if isinstance(action, Dictionary):
            if action.get("/S") == Name.URI:
                address = str(action.get("/URI", ""))
                return address if address.lower().startswith(WEB) else None
            return self.destination(action.get("/D")) if action.get("/S") == Name.GoTo else None
        return self.destination(link.get("/Dest"))

    def _copied(self, page: Object, annotation: Object, leads: Any) -> Object:
        if leads is None:
            for key in MARK_LEADS:
                if key in annotation:
                    del annotation[key]
            copy = self.new.copy_foreign(
                annotation if annotation.is_indirect else self.source.make_indirect(annotation)
            )
            copy.P = page
            return copy
        link = Dictionary(Type=Name.Annot, Subtype=Name.Link, P=page, Border=Array([0, 0, 0]))
        for key in ("/Rect", "/QuadPoints", "/Border", "/C", "/H", "/F", "/Contents"):
            if (value := plain(annotation.get(key))) is not None:
                link[key] = value
        if isinstance(leads, str):
            link.A = Dictionary(S=Name.URI, URI=leads)
        else:
            link.Dest = self._array(leads)
        return self.new.make_indirect(link)

    def destination(self, wanted: Any, depth: int = 0) -> tuple[int, list[Any]] | None:
        """The page in the chapter and the view that a destination leads to; None if it leads out of it."""
        if isinstance(wanted, Dictionary):
            wanted = wanted.get("/D")
        if isinstance(wanted, Array) and len(wanted):
            page, *view = wanted
            place = self.places.get(page.objgen) if isinstance(page, Dictionary) else page
            if isinstance(place, int) and self.first <= place <= self.last:
                return place - self.first, [part for each in view if (part := plain(each)) is not None or each is None]
        elif isinstance(wanted, Name | pikepdf.String) and depth == 0:
            return self.destination(self.names.get(str(wanted)), 1)
        return None

    def _array(self, leads: tuple[int, list[Any]]) -> Array:
        place, view = leads
        return Array([self.new.pages[place].obj, *(view or [Name.Fit])])

    def copy_labels(self, has_labels: bool) -> None:
        """The same words for the same pages; plain numbers go on from where the pages stood."""
        if not has_labels:
            labels = {0: Dictionary(S=Name.D, St=self.first + 1)}
        else:
            labels = {}
            ranges = sorted(pikepdf.NumberTree(self.source.Root.PageLabels).items())
            for start, style in ranges:
                if start > self.last or not isinstance(style, Dictionary):
                    continue
                label = Dictionary()
                if isinstance(style.get("/S"), Name):
                    label.S = style.S
                if isinstance(style.get("/P"), pikepdf.String):
                    label.P = str(style.P)
                began = style.get("/St", 1)
                label.St = (began if isinstance(began, int) else 1) + max(0, self.first - start)
                labels[max(0, start - self.first)] = label  # of those before the chapter the last one counts
        numbers: list[Any] = [part for place in sorted(labels) for part in (place, labels[place])]
        self.new.Root.PageLabels = Dictionary(Nums=Array(numbers))

    def copy_bookmarks(self) -> None:
        left = [MOST_BOOKMARKS]
        with self.source.open_outline(max_depth=DEEPEST) as old:
            items = self._bookmarks(old.root, left)
        if items:
            with self.new.open_outline() as outline:
                outline.root.extend(items)
            self.new.Root.PageMode = Name.UseOutlines

    def _bookmarks(self, old: list[Any], left: list[int]) -> list[Any]:
        """Those that lead into the chapter; what stands below one that doesn't moves up to its place."""
        items: list[Any] = []
        for each in old:
            if left[0] <= 0:
                break
            left[0] -= 1
            wanted = each.destination
            if wanted is None and isinstance(each.action, Dictionary) and each.action.get("/S") == Name.GoTo:
                wanted = each.action.get("/D")
            leads = self.destination(pikepdf.String(wanted) if isinstance(wanted, str) else wanted)
            below = self._bookmarks(each.children, left)
            if leads is None:
                items.extend(below)
            else:
                item = pikepdf.OutlineItem(each.title, self._array(leads))
                item.children.extend(below)
                items.append(item)
        return items

    def describe(self, title: str, authors: list[str], language: str) -> None:
        own = self.source.Root.get("/Lang")
        language = str(own) if isinstance(own, pikepdf.String) and str(own) else language
        root = self.new.Root
        root.Lang = language
        root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
        for key in ("/OCProperties", "/OutputIntents"):
            if key in self.source.Root:
                value = self.source.Root[key]
                root[key] = self.new.copy_foreign(value if value.is_indirect else self.source.make_indirect(value))
        self.new.docinfo["/Title"] = title
        if authors:
            self.new.docinfo["/Author"] = ", ".join(authors)
        with self.new.open_metadata(set_pikepdf_as_editor=False, update_docinfo=False) as metadata:
            metadata["dc:title"] = title
            metadata["dc:language"] = {language}
            if authors:
                metadata["dc:creator"] = authors


def named_destinations(source: Pdf) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if isinstance(old := source.Root.get("/Dests"), Dictionary):
        found |= dict(old.items())
    names = source.Root.get("/Names")
    if isinstance(names, Dictionary) and isinstance(names.get("/Dests"), Dictionary):
        found |= {str(key): value for key, value in pikepdf.NameTree(names.Dests).items()}
    return found


def inherited(page: Object, key: str) -> Any:
    above = page.get("/Parent")
    for _ in range(100):
        if not isinstance(above, Dictionary):
            return None
        if key in above:
            return above[key]
        above = above.get("/Parent")
    return None


def plain(value: Any) -> Any:
    """A number, a word, a text or a list of them, by itself; None for whatever could lead to something else."""
    if isinstance(value, Array):
        parts = [plain(each) for each in value]
        return None if any(part is None for part in parts) else Array(parts)
    if isinstance(value, Name):
        return Name(str(value))
    if isinstance(value, pikepdf.String):
        return pikepdf.String(str(value))
    return value if isinstance(value, int | float) or type(value).__name__ == "Decimal" else None


if __name__ == "__main__":
    main()
