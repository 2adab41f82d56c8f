"""Libraries' own programs read what is written here. Run by the validators' Python, with files and schemas."""

import sys
from functools import cache
from pathlib import Path
from typing import Any


def check(file: Path, schemas: Path) -> list[str]:
    """What is wrong with a file, by the program that its name asks for."""
    if file.suffix == ".mrc":
        from pymarc import MARCReader

        with file.open("rb") as stream:
            return [f"record {n} can’t be read" for n, record in enumerate(MARCReader(stream)) if record is None]
    if file.name.endswith(".onix.xml"):
        from onixcheck import validate

        return [str(error) for error in validate(str(file))]
    if file.name.endswith(".crossref.xml"):
        return [f"{error.path}: {error.reason}" for error in crossref().iter_errors(file)]
    from lxml import etree

    schema = schemas / ("marc/MARC21slim.xsd" if file.suffix == ".marcxml" else "oai/oai_all.xsd")
    rules = etree.XMLSchema(etree.parse(schema))
    rules.validate(etree.parse(file))
    return [str(error) for error in rules.error_log]


@cache
def crossref() -> Any:
    """Crossref's rules use XSD 1.1, which lxml does not know."""
    import commonmeta
    from xmlschema import XMLSchema11

    folder = Path(commonmeta.__file__).parent / "resources" / "crossref"
    elsewhere = {
        "http://www.w3.org/XML/1998/namespace": str(folder / "xml.xsd"),
        "http://www.w3.org/1998/Math/MathML": str(folder / "standard-modules" / "mathml3" / "mathml3.xsd"),
    }
    return XMLSchema11(str(folder / "crossref5.5.0.xsd"), allow="local", locations=elsewhere)


if __name__ == "__main__":
    faults = [f"{name}: {fault}" for name in sys.argv[2:] for fault in check(Path(name), Path(sys.argv[1]))]
    print("\n".join(faults))
    sys.exit(1 if faults else 0)
