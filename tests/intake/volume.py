"""A volume as a press would bring it: printed labels, bookmarks, links of every kind, marks and inherited boxes."""

import io

import pikepdf
from pikepdf import Array, Dictionary, Name, Pdf

ROMAN, ARABIC = 3, 9  # pages: i to iii, then 1 to 9


def volume(*, labels: bool = True, twice: bool = False, active: bool = False) -> bytes:
    """Twelve pages. The page printed as 4 carries the links; `twice` labels an appendix from 1 on again; an `active`
    one has programs and would be refused at the door.
    """
    pdf = Pdf.new()
    font = pdf.make_indirect(Dictionary(Type=Name.Font, Subtype=Name.Type1, BaseFont=Name.Helvetica))
    for number in range(ROMAN + ARABIC):
        content = b"BT /F1 20 Tf 40 300 Td (page %d) Tj ET" % number
        page = Dictionary(Type=Name.Page, Contents=pdf.make_stream(content))
        pdf.pages.append(pikepdf.Page(pdf.make_indirect(page)))
    root = pdf.Root.Pages  # what a page doesn't say itself it has from here
    root.MediaBox = Array([0, 0, 300, 400])
    root.Resources = Dictionary(Font=Dictionary(F1=font))
    for page in pdf.pages:
        for key in ("/MediaBox", "/Resources"):
            if key in page.obj:
                del page.obj[key]
    if labels:
        again = [9, Dictionary(S=Name.D)] if twice else []
        roman, arabic = Dictionary(S=Name.r), Dictionary(S=Name.D, St=1)
        pdf.Root.PageLabels = Dictionary(Nums=Array([0, roman, ROMAN, arabic, *again]))
    pdf.Root.Lang = "de-AT"
    _bookmarks(pdf)
    _links(pdf)
    if active:
        program = Dictionary(S=Name.JavaScript, JS="app.alert(1)")
        pdf.Root.OpenAction = program
        at(pdf, 4).AA = Dictionary(O=program)
        box = Array([10, 10, 50, 50])
        at(pdf, 4).Annots.append(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, A=program))
    made = io.BytesIO()
    pdf.save(made, deterministic_id=True)
    return made.getvalue()


def at(pdf: Pdf, printed: int) -> pikepdf.Object:
    """The page printed with that number."""
    return pdf.pages[ROMAN + printed - 1].obj


def _bookmarks(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        part = pikepdf.OutlineItem("Part outside", ROMAN)
        chapter = pikepdf.OutlineItem("The chapter", ROMAN + 3)
        chapter.children.append(pikepdf.OutlineItem("A section", ROMAN + 4, "XYZ", left=10, top=200))
        chapter.children.append(pikepdf.OutlineItem("What follows", ROMAN + 7))
        part.children.append(chapter)
        outline.root.append(part)


def _links(pdf: Pdf) -> None:
    pdf.Root.Names = Dictionary(
        Dests=Dictionary(
            Names=Array(["inside", Array([at(pdf, 6), Name.Fit]), "outside", Array([at(pdf, 9), Name.Fit])])
        )
    )
    box = Array([10, 10, 50, 50])

    def link(**more: object) -> Dictionary:
        return pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Link, Rect=box, **more))

    field = pdf.make_indirect(Dictionary(Type=Name.Annot, Subtype=Name.Widget, Rect=box, FT=Name.Tx, T="a field"))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))
    note = Dictionary(Type=Name.Annot, Subtype=Name.Highlight, Rect=box, Contents="mark", P=at(pdf, 4))
    at(pdf, 4).Annots = Array(
        [
            link(Dest=Array([at(pdf, 5), Name.XYZ, 0, 100, 0])),
            link(Dest=Array([at(pdf, 9), Name.Fit])),
            link(A=Dictionary(S=Name.GoTo, D=pikepdf.String("inside"))),
            link(A=Dictionary(S=Name.GoTo, D=pikepdf.String("outside"))),
            link(A=Dictionary(S=Name.URI, URI="https://doi.org/10.1000/182")),
            link(A=Dictionary(S=Name.URI, URI="file:///etc/passwd")),
            link(A=Dictionary(S=Name.GoToR, F="other.pdf", D=Array([0, Name.Fit]))),
            pdf.make_indirect(note),
            field,
        ]
    )
    at(pdf, 4).B = Array([Dictionary(P=at(pdf, 9))])
