"""The bill of materials against the schema of CycloneDX. Run by the validators' own Python, with the bill's path."""

import json
import sys
from pathlib import Path

import cyclonedx
import jsonschema
from referencing import Registry, Resource

SCHEMAS = Path(cyclonedx.__file__).parent / "schema" / "_res"
HOME = "http://cyclonedx.org/schema/"  # where the schemas say that they are, and look for each other
NAMES = [f"{name}.SNAPSHOT.schema.json" for name in ("bom-1.6", "spdx", "jsf-0.82")]

read = {name: json.loads((SCHEMAS / name).read_text()) for name in NAMES}
known = Registry().with_resources((HOME + name, Resource.from_contents(each)) for name, each in read.items())
check = jsonschema.Draft7Validator(read[NAMES[0]], registry=known)
bill = json.loads(Path(sys.argv[1]).read_text())
print("\n".join(f"{fault.json_path}: {fault.message[:200]}" for fault in check.iter_errors(bill)))
