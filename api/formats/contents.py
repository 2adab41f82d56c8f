"""The contents of a title as an order of reading: where a chapter stands in it."""

from dataclasses import dataclass

from api.formats.record import ContentsLine, TitleRecord


@dataclass(frozen=True)
class Seat:
    """Where a chapter stands: its part, which of how many chapters it is, and its neighbours."""

    part: ContentsLine | None
    place: int
    of: int
    before: ContentsLine | None
    after: ContentsLine | None


def seat(record: TitleRecord, chapter: ContentsLine) -> Seat:
    """The seat of a chapter of this record."""
    chapters = [line for line in record.contents if not line.is_part]
    index = next(place for place, line in enumerate(chapters) if line.address == chapter.address)
    part = None
    for line in record.contents:
        if line.is_part:
            part = line
        elif line.address == chapter.address:
            break
    return Seat(
        part=part,
        place=index + 1,
        of=len(chapters),
        before=chapters[index - 1] if index else None,
        after=chapters[index + 1] if index + 1 < len(chapters) else None,
    )
