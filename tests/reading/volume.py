"""PDFs to read: some pages with printed labels and bookmarks, and as much weight behind them as wanted."""

import io
from datetime import datetime
from functools import cache

import pikepdf
from fpdf import FPDF
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf

FRONT = 2  # pages before the first, printed i and ii
CHAPTERS = (("The Source", FRONT), ("The Mouth", FRONT + 20))  # and the index of the page each begins on


@cache
def volume(pages: int = 40, *, weight: int = 0) -> bytes:
    """`weight` is how many bytes each page has that draw nothing, for those who fetch too much."""
    book = FPDF(format=(148, 210))
    book.set_creation_date(datetime.fromisoformat("2026-01-01T00:00:00+00:00"))
    book.set_font("Times", size=14)
    for number in range(1, pages + 1):
        book.add_page()
        book.cell(text=f"This is sheet {number} of the volume")
    target = io.BytesIO()
    with Pdf.open(io.BytesIO(bytes(book.output()))) as pdf:
        pdf.Root.PageLabels = Dictionary(
            Nums=Array([0, Dictionary(S=Name("/r")), FRONT, Dictionary(S=Name("/D"), St=1)])
        )
        with pdf.open_outline() as outline:
            outline.root.extend(OutlineItem(name, page) for name, page in CHAPTERS if page < pages)
        for page in pdf.pages if weight else ():
            page.contents_add(b"% nothing\n" * (weight // 10))
        pdf.save(target, compress_streams=False, object_stream_mode=pikepdf.ObjectStreamMode.disable)
    return target.getvalue()
