"""What a provider vouches for about a person, as far as rules may ask for it: a small, bounded, typed set."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

MOST_AFFILIATIONS = 20
LONGEST_AFFILIATION = 200  # characters
ORCID_ISSUERS = ("https://orcid.org", "https://sandbox.orcid.org")  # their subjects are ORCID iDs
AFFILIATION_CLAIMS = ("eduperson_scoped_affiliation", "affiliation")
NOT_MEMBERS = ("alum", "affiliate")  # eduPerson: connected with the house, but not of it
_ORCID = re.compile(r"(?:https?://(?:sandbox\.)?orcid\.org/)?(\d{4}-\d{4}-\d{4}-\d{3}[\dX])")
_AFFILIATION = re.compile(r"[a-z0-9][a-z0-9._-]*(?:@[a-z0-9][a-z0-9.-]*)?")


@dataclass(frozen=True)
class Vouched:
    """An ORCID iD, and affiliations such as `member@example.edu` or `faculty`, in lower case."""

    orcid: str | None = None
    affiliations: tuple[str, ...] = ()

    def has_affiliation(self, wanted: str) -> bool:
        """Whether `wanted` is vouched for: in full, or as the part before the @ at whichever house."""
        return any(wanted in (each, each.partition("@")[0]) for each in self.affiliations)

    @property
    def houses(self) -> set[str]:
        """The domains of the houses this person is a member of; alumni and affiliates are not members."""
        parts = (each.partition("@") for each in self.affiliations)
        return {domain for role, _, domain in parts if domain and role not in NOT_MEMBERS}

    def as_text(self) -> str:
        return json.dumps({"orcid": self.orcid, "affiliations": self.affiliations})


def vouched_in(issuer: str, claims: Mapping[str, Any]) -> Vouched:
    """What a provider's claims say that is kept. Anything of another shape is left out."""
    own = claims.get("sub") if issuer in ORCID_ISSUERS else None
    affiliations = (value for name in AFFILIATION_CLAIMS for value in _affiliations(claims.get(name)))
    return Vouched(
        orcid_id(own) or orcid_id(claims.get("orcid")), tuple(dict.fromkeys(affiliations))[:MOST_AFFILIATIONS]
    )


def vouched_from(text: str | None) -> Vouched:
    """What `as_text` wrote; nothing where nothing was kept."""
    if text is None:
        return Vouched()
    kept = json.loads(text)
    return Vouched(kept["orcid"], tuple(kept["affiliations"]))


def orcid_id(value: object) -> str | None:
    """The sixteen digits in groups, if the last of them checks the others (ISO 7064, modulo 11-2)."""
    found = _ORCID.fullmatch(value) if isinstance(value, str) and value.isascii() else None
    if found is None:
        return None
    total = 0
    for digit in found[1].replace("-", "")[:15]:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    return found[1] if found[1][-1] == ("X" if check == 10 else str(check)) else None


def affiliation(value: object) -> str | None:
    """One affiliation in lower case, or None for anything else."""
    if not isinstance(value, str) or not value.isascii() or len(value) > LONGEST_AFFILIATION:
        return None
    text = value.strip().lower()
    return text if _AFFILIATION.fullmatch(text) else None


def _affiliations(claim: object) -> list[str]:
    """A claim may be one value or a list of them."""
    values = claim[: 10 * MOST_AFFILIATIONS] if isinstance(claim, list) else [claim]
    return [found for found in map(affiliation, values) if found is not None]
