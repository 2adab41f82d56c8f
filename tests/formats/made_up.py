"""Fifty works with made-up names, each family of its own, so that no style has to tell two people apart."""

import random
from dataclasses import replace

from api.formats.record import Person
from api.formats.works import Work
from api.tables import Contribution
from tests.formats.samples import CHAPTERS, FILE, HERE, MONOGRAPH, REPORT, VOLUME

TITLES = (
    ("Rivers of Paper", "Archives and Statehood"),
    ("On the way from the sea to the source", None),
    ("Was It Kept?", None),
    ("A “new” order of things", "what archives do"),
    ("Self-rule and state-building", "1990 to 2000"),
    ("كتاب الأنهار – 源", None),
)
GIVEN = ("Ada", "Ada Maria", "Jean-Paul", "María", "Lee A.", "Øyvind", "Nils Peter")


def works(count: int = 50) -> list[Work]:
    return [_work(number) for number in range(count)]


def _work(number: int) -> Work:
    chance = random.Random(number)

    def people(role: Contribution, most: int) -> tuple[Person, ...]:
        return tuple(
            Person(
                given=chance.choice(GIVEN),
                family=f"{'Müller' if chance.random() < 0.2 else 'Sample'}-{number}{role.value[0]}{place}",
                particle=chance.choice((None, None, None, "van der")),
                suffix=chance.choice((None, None, None, "Jr.")),
                role=role,
            )
            for place in range(most)
        )

    title, subtitle = chance.choice(TITLES)
    base = (VOLUME, MONOGRAPH, REPORT, VOLUME)[number % 4]
    record = replace(
        base,
        title=title,
        subtitle=subtitle,
        full_title=f"{title} – {subtitle}" if subtitle else title,
        published=chance.choice(("2022", "2023-05", "2024-05-17")),
        edition_number=chance.choice((None, 1, 2, 3, 11)),
        edition=replace(FILE, number=chance.choice((1, 1, 3))),
        volume=None,
        publisher=chance.choice(("Gatefold Press", "Müller & Söhne, “Verlag”", "Press Inc.")),
        language=chance.choice(("en", "en-GB", "de")),
        doi=f"10.5555/gf.{number}",
        doi_is_ours=chance.random() < 0.5,
    )
    if base is not REPORT and (record.edition_number or 1) > 1:  # alone, pandoc leaves a volume out of MLA
        record = replace(record, volume=chance.choice((None, "2")))
    if not record.doi_is_ours:
        record = replace(record, doi=None)
    many = chance.choice((1, 2, 3, 4, 7, 22))
    if number % 4 == 3:
        line = replace(CHAPTERS[2], number=chance.choice((None, "4")), last_page=chance.choice(("39", "71", "103")))
        line = replace(line, doi=None, doi_is_ours=False, contributors=people(Contribution.AUTHOR, many))
        return Work(replace(record, contributors=people(Contribution.EDITOR, chance.choice((1, 2, 3)))), HERE, line)
    if number % 4 == 2 and chance.random() < 0.5:
        house = Person(name=f"Institute of Records {number}", is_organisation=True)
        return Work(replace(record, contributors=(house,)), HERE)
    role = Contribution.EDITOR if number % 4 == 0 else Contribution.AUTHOR
    return Work(replace(record, contributors=people(role, many)), HERE)
