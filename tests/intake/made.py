"""PDFs made for the tests of the intake: bare ones to hang something on, and a volume as a press makes it."""

import io
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, OutlineItem, Stream, String

Change = Callable[[pikepdf.Pdf], None]
XMP = """<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about=""
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:pdfuaid="http://www.aiim.org/pdfua/ns/id/" pdfuaid:part="1">
<dc:title><rdf:Alt><rdf:li xml:lang="x-default">Rivers of Paper</rdf:li></rdf:Alt></dc:title>
<dc:creator><rdf:Seq><rdf:li>Ada Sample</rdf:li><rdf:li>Ben Sample</rdf:li></rdf:Seq></dc:creator>
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">What archives carry.</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>archives</rdf:li><rdf:li>rivers</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="w"?>"""


def changed(change: Change, pages: int = 1, **how: Any) -> bytes:
    """A PDF of blank pages after `change` has been at it."""
    with pikepdf.new() as pdf:
        for _ in range(pages):
            pdf.add_blank_page(page_size=(300, 400))
        change(pdf)
        out = io.BytesIO()
        pdf.save(out, fix_metadata_version=False, **how)
        return out.getvalue()


def volume() -> bytes:
    """Two roman pages, then eight arabic ones; three chapters, one with a section; tagged; one page without text."""
    made = FPDF(format=(148, 210))
    made.set_creation_date(datetime(2022, 5, 17, tzinfo=UTC))
    made.set_font("Times", size=12)
    for number in range(10):
        made.add_page()
        if number != 9:
            made.cell(text=f"Some words of page {number} of this volume")
    return rewritten(bytes(made.output()), _furnish)


def rewritten(data: bytes, change: Change) -> bytes:
    with pikepdf.open(io.BytesIO(data)) as pdf:
        change(pdf)
        out = io.BytesIO()
        pdf.save(out)
        return out.getvalue()


def _furnish(pdf: pikepdf.Pdf) -> None:
    roman, arabic = Dictionary(S=Name.r), Dictionary(S=Name.D, St=1)
    pdf.Root.PageLabels = Dictionary(Nums=Array([0, roman, 2, arabic]))
    with pdf.open_outline() as outline:
        first = OutlineItem("I. The Source", 2)
        first.children.append(OutlineItem("A section", 3))
        outline.root += [first, OutlineItem("II. The Stream", 5), OutlineItem("III. The\x07 Sea", 8)]
    pdf.Root.Lang = String("en-GB")
    pdf.Root.ViewerPreferences = Dictionary(DisplayDocTitle=True)
    pdf.Root.MarkInfo = Dictionary(Marked=True)
    tree = pdf.make_indirect(Dictionary(Type=Name.StructTreeRoot, RoleMap=Dictionary(Plate=Name.Figure)))
    tree.K = Array(
        [
            pdf.make_indirect(Dictionary(Type=Name.StructElem, P=tree, S=role, **words))
            for role, words in (
                (Name.Figure, {"Alt": String("A river")}),
                (Name.Figure, {"Alt": String(" ")}),
                (Name.Plate, {"ActualText": String("A map")}),
                (Name.P, {"Alt": String("no figure")}),
            )
        ]
    )
    pdf.Root.StructTreeRoot = tree
    pdf.Root.Metadata = with_xmp(pdf, XMP.encode())
    pdf.trailer.Info = pdf.make_indirect(
        Dictionary(Title=String("untitled.indd"), CreationDate=String("D:20220517101500+02'00'"))
    )


def with_xmp(pdf: pikepdf.Pdf, packet: bytes) -> Stream:
    stream = Stream(pdf, packet)
    stream.Type, stream.Subtype = Name.Metadata, Name.XML
    return stream
