"""OPDS 2.0 feeds and authentication documents against their schemas. Run by the validators' Python, with the folder."""

import json
import re
import sys
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT7

READIUM = "https://readium.org/webpub-manifest/schema/"
SPECS = "https://specs.opds.io/schema/"
DRAFTS = "https://drafts.opds.io/schema/"
NAMES = {"opds2-": SPECS, "draft-": DRAFTS}
GROUP = re.compile(r"\(\?<(?=[A-Za-z])")  # JavaScript names its groups otherwise than Python


def schema(file: Path) -> dict[str, Any]:
    text = GROUP.sub("(?P<", file.read_text())
    found: dict[str, Any] = json.loads(text)
    return found


def registry(folder: Path) -> Registry[Any]:
    pairs = []
    for file in folder.glob("readium/**/*.json"):
        pairs.append((f"{READIUM}{file.relative_to(folder / 'readium')}", schema(file)))
    for file in folder.glob("*.json"):
        begin = next((begin for begin in NAMES if file.name.startswith(begin)), "")
        if begin:
            pairs.append((f"{NAMES[begin]}{file.stem.removeprefix(begin)}.schema.json", schema(file)))
    resources = [(address, Resource(contents=found, specification=DRAFT7)) for address, found in pairs]
    known: Registry[Any] = Registry().with_resources(resources)
    return known


def main(folder: Path, files: list[Path]) -> int:
    known, faults = registry(folder), []
    for file in files:
        kind = "opds-auth.json" if "authentication" in file.name else "opds2-feed.json"
        validator = Draft7Validator(
            schema(folder / kind), registry=known, format_checker=Draft7Validator.FORMAT_CHECKER
        )
        for fault in validator.iter_errors(json.loads(file.read_text())):
            faults.append(f"{file.name}: {fault.json_path}: {fault.message[:200]}")
    print("\n".join(faults))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), [Path(name) for name in sys.argv[2:]]))
