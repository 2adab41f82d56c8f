"""Libraries' own programs read what is written here. Run by the validators' Python, with files and schemas."""

import sys
from pathlib import Path


def check(file: Path, schemas: Path) -> list[str]:
    """What is wrong with a file, by the program that its name asks for."""
    if file.suffix == ".mrc":
        from pymarc import MARCReader

        with file.open("rb") as stream:
            return [f"record {n} can’t be read" for n, record in enumerate(MARCReader(stream)) if record is None]
    if file.name.endswith(".onix.xml"):
        from onixcheck import validate

        return [str(error) for error in validate(str(file))]
    from lxml import etree

    schema = schemas / ("marc/MARC21slim.xsd" if file.suffix == ".marcxml" else "oai/oai_all.xsd")
    rules = etree.XMLSchema(etree.parse(schema))
    rules.validate(etree.parse(file))
    return [str(error) for error in rules.error_log]


if __name__ == "__main__":
    faults = [f"{name}: {fault}" for name in sys.argv[2:] for fault in check(Path(name), Path(sys.argv[1]))]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)
