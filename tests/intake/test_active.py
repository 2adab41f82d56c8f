"""Active content and protection are refused by name, wherever in the file they hide; what only looks alike is not."""

import io
from collections.abc import Callable
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name, OutlineItem, Pdf, Stream, String

from api.errors import Invalid
from api.intake.child import insides
from api.intake.pdf import inspect
from tests.intake.made import Change, changed

Maker = Callable[..., Path]


def found(change: Change, **how: object) -> list[str]:
    """What is active in a PDF that was made so; looked at right here, for the child would say the same."""
    kinds: list[str] = insides.look(io.BytesIO(changed(change, **how))).get("found", [])
    return kinds


@pytest.fixture
def refusal(pdf: Maker) -> Callable[..., str]:
    """The words that a PDF is refused with after the child has looked at it."""

    def refusal(change: Change, **how: object) -> str:
        with pytest.raises(Invalid) as refused, pdf(changed(change, **how)).open("rb") as source:
            inspect(source)
        return refused.value.message

    return refusal


Refusal = Callable[..., str]


def script(**more: object) -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=String("app.alert(1)"), **more)


def action(kind: str, **more: object) -> Dictionary:
    return Dictionary(S=Name(f"/{kind}"), **more)


def annotation(pdf: Pdf, **fields: object) -> None:
    fields = {"Type": Name.Annot, "Subtype": Name.Link, "Rect": Array([0, 0, 9, 9])} | fields
    pdf.pages[0].Annots = Array([pdf.make_indirect(Dictionary(**fields))])


def at_document(pdf: Pdf) -> None:
    pdf.Root.OpenAction = script()


def at_closing(pdf: Pdf) -> None:
    pdf.Root.AA = Dictionary(WC=script())


def at_page(pdf: Pdf) -> None:
    pdf.pages[0].AA = Dictionary(O=pdf.make_indirect(script()))


def at_link(pdf: Pdf) -> None:
    annotation(pdf, A=script())


def after_another_action(pdf: Pdf) -> None:
    annotation(pdf, A=action("GoTo", D=Array([pdf.pages[0].obj, Name.Fit]), Next=Array([script()])))


def in_the_names(pdf: Pdf) -> None:
    names = pdf.make_indirect(Dictionary(Names=Array([String("init"), pdf.make_indirect(script())])))
    pdf.Root.Names = Dictionary(JavaScript=names)


def in_a_field_without_a_place(pdf: Pdf) -> None:
    field = pdf.make_indirect(Dictionary(FT=Name.Tx, T=String("a"), AA=Dictionary(C=script())))
    pdf.Root.AcroForm = Dictionary(Fields=Array([field]))


def at_a_bookmark(pdf: Pdf) -> None:
    with pdf.open_outline() as outline:
        outline.root.append(OutlineItem("Contents", action=script()))


def in_a_stream(pdf: Pdf) -> None:
    code = pdf.make_indirect(Stream(pdf, b"app.alert(1)"))
    pdf.Root.OpenAction = pdf.make_indirect(Dictionary(S=Name.JavaScript, JS=code))


def in_the_dictionary_of_a_stream(pdf: Pdf) -> None:
    stream = Stream(pdf, b"")
    stream.PieceInfo = Dictionary(Inner=Array([Array([script()])]))
    pdf.pages[0].Thumb = pdf.make_indirect(stream)


@pytest.mark.parametrize(
    "hidden",
    [
        at_document,
        at_closing,
        at_page,
        at_link,
        after_another_action,
        in_the_names,
        in_a_field_without_a_place,
        at_a_bookmark,
        in_a_stream,
        in_the_dictionary_of_a_stream,
    ],
)
def test_a_program_is_found_wherever_it_is(hidden: Change) -> None:
    assert found(hidden) == ["JavaScript"]


def test_a_program_is_refused(refusal: Refusal) -> None:
    assert refusal(at_link) == "The PDF holds a program (JavaScript); store it without, as PDF/A for instance."


def test_a_program_in_a_packed_object_is_found() -> None:
    packed = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
    assert found(in_the_names, **packed) == ["JavaScript"]


def test_a_program_under_a_name_in_disguise_is_refused(pdf: Maker) -> None:
    data = changed(at_document, static_id=True).replace(b"/JavaScript", b"/#4aavaScr#69pt")
    data = data.replace(b"/JS", b"/#4AS")
    assert b"JavaScript" not in data
    with pytest.raises(Invalid, match="JavaScript"), pdf(data).open("rb") as source:
        inspect(source)


def embedded(pdf: Pdf) -> Dictionary:
    stream = pdf.make_indirect(Stream(pdf, b"MZ"))
    return Dictionary(Type=Name.Filespec, F=String("a.exe"), EF=Dictionary(F=stream))


@pytest.mark.parametrize(
    ("hidden", "named"),
    [
        (lambda pdf: annotation(pdf, A=action("Launch", F=String("calc.exe"))), "Launch"),
        (lambda pdf: annotation(pdf, A=action("SubmitForm", F=String("http://example.org"))), "SubmitForm"),
        (lambda pdf: annotation(pdf, A=action("ImportData", F=String("a.fdf"))), "ImportData"),
        (lambda pdf: annotation(pdf, A=action("GoToE", T=Dictionary())), "EmbeddedFile"),
        (lambda pdf: annotation(pdf, Subtype=Name.FileAttachment, FS=embedded(pdf)), "EmbeddedFile"),
        (lambda pdf: setattr(pdf.Root, "AF", Array([pdf.make_indirect(embedded(pdf))])), "EmbeddedFile"),
        (
            lambda pdf: pdf.attachments.__setitem__("a.txt", pikepdf.AttachedFileSpec(pdf, b"hello")),
            "EmbeddedFile",
        ),
        (lambda pdf: annotation(pdf, Subtype=Name.RichMedia), "RichMedia"),
        (lambda pdf: annotation(pdf, Subtype=Name.Screen), "RichMedia"),
        (lambda pdf: annotation(pdf, Subtype=Name.Movie), "RichMedia"),
        (lambda pdf: annotation(pdf, Subtype=Name("/3D")), "RichMedia"),
        (lambda pdf: annotation(pdf, A=action("Rendition")), "RichMedia"),
        (lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(XFA=Array([]))), "XFA"),
    ],
    ids=str,
)
def test_other_active_content_is_found(hidden: Change, named: str) -> None:
    assert found(hidden) == [named]


def test_all_that_is_active_is_named_at_once(refusal: Refusal) -> None:
    def much(pdf: Pdf) -> None:
        at_document(pdf)
        annotation(pdf, A=action("Launch"), Subtype=Name.Screen)

    assert refusal(much) == (
        "The PDF holds a program (JavaScript), a command to start another program (Launch) and a film, a sound or a "
        "model (RichMedia); store it without, as PDF/A for instance."
    )


def words(pdf: Pdf) -> None:
    pdf.Root.Lang = String("/JavaScript /Launch /EF")
    pdf.Root.Names = Dictionary(EmbeddedFiles=Dictionary(Names=Array([])), JavaScript=Dictionary(Names=Array([])))


@pytest.mark.parametrize(
    "harmless",
    [
        words,
        lambda pdf: annotation(pdf, A=action("URI", URI=String("https://example.org"))),
        lambda pdf: annotation(pdf, A=action("GoTo", D=String("chapter-1"))),
        lambda pdf: setattr(pdf.Root, "AcroForm", Dictionary(Fields=Array([]))),
        lambda pdf: setattr(pdf.Root, "OpenAction", Array([pdf.pages[0].obj, Name.Fit])),
    ],
    ids=["words alone", "a link", "a jump", "a form", "an opening view"],
)
def test_what_only_looks_alike_is_let_in(pdf: Maker, harmless: Change) -> None:
    with pdf(changed(harmless)).open("rb") as source:
        assert inspect(source).page_count == 1


def test_a_pdf_that_only_its_owner_may_print_is_refused_as_encrypted(refusal: Refusal) -> None:
    locked = pikepdf.Encryption(owner="owner", user="", allow=pikepdf.Permissions(extract=False))
    assert refusal(lambda pdf: None, encryption=locked) == (
        "The PDF is encrypted, to restrict what may be done with it; store it without that protection."
    )
    needs_it = pikepdf.Encryption(owner="owner", user="user")
    assert refusal(lambda pdf: None, encryption=needs_it) == ("The PDF needs a password to open; store it without one.")
