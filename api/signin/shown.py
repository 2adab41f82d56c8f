"""Names, addresses and claims from outside, made fit to be shown: printable, and short or not at all."""

import json
from collections.abc import Mapping
from typing import Any

LONGEST_NAME, LONGEST_EMAIL = 200, 254  # characters
JOINERS = "\u200c\u200d"  # format characters that some scripts need inside names


def name(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = "".join(each if each.isprintable() or each in JOINERS else " " for each in value)
    return " ".join(words.split())[:LONGEST_NAME].strip() or None


def email_address(value: object) -> str | None:
    if not isinstance(value, str) or not 3 <= len(value) <= LONGEST_EMAIL:
        return None
    return value if "@" in value and value.isprintable() and " " not in value else None


def as_json(claims: Mapping[str, Any]) -> str:
    """Claims as they came; characters that don't print stand as escapes, so that nothing hides or turns around."""
    text = json.dumps(claims, indent=2, ensure_ascii=False)
    return "".join(each if each.isprintable() or each == "\n" else json.dumps(each)[1:-1] for each in text)


def quoted(value: object) -> str:
    """A short piece of what a provider said, for a sentence about it."""
    text = as_json({"": value}).partition(":")[2].strip(" \n}") if not isinstance(value, str) else f"“{value}”"
    return "".join(each if each.isprintable() else "?" for each in text)[:LONGEST_NAME]
