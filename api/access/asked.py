"""A rule as a person writes it, `KIND` or `KIND:ARGUMENT`, checked; every fault is a sentence."""

import re
from dataclasses import dataclass

from api.access.vouched import affiliation, orcid_id
from api.errors import Invalid
from api.tables import RuleKind

DOMAIN = re.compile(r"(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]")
LONGEST_EMAIL = 254  # characters (RFC 5321)
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
_PROVIDER = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
EXAMPLES = {
    RuleKind.EMAIL_DOMAIN: "email-domain:example.org",
    RuleKind.CLAIM: "claim:orcid, claim:affiliation=member@example.edu or claim:provider=campus",
    RuleKind.INSTITUTION: "institution:example-university",
}


@dataclass(frozen=True)
class AskedRule:
    """A rule for a title's ladder."""

    kind: RuleKind
    argument: str | None = None

    def __str__(self) -> str:
        return self.kind if self.argument is None else f"{self.kind}:{self.argument}"


def parse(text: str) -> AskedRule:
    """The rule that `text` asks for, or Invalid."""
    word, colon, given = text.strip().partition(":")
    try:
        kind = RuleKind(word)
    except ValueError:
        raise Invalid(f"“{word}” is no kind of rule; there are: {', '.join(RuleKind)}.") from None
    if kind not in EXAMPLES:
        if colon:
            raise Invalid(f"The rule {kind} stands alone, without “:{given}”.")
        return AskedRule(kind)
    argument = _argument(kind, given.strip())
    if argument is None:
        raise Invalid(f"“{text}” does not say whom it means; write {EXAMPLES[kind]}.")
    return AskedRule(kind, argument)


def _argument(kind: RuleKind, given: str) -> str | None:
    if kind is RuleKind.EMAIL_DOMAIN:
        return domain(given)
    if kind is RuleKind.INSTITUTION:
        return given if _SLUG.fullmatch(given) else None
    return _claim(given)


def domain(given: str) -> str | None:
    """A domain in lower case; one with other letters than ASCII is written in its `xn--` form."""
    text = given.strip().removeprefix("@").lower() if given.isascii() else ""
    return text if DOMAIN.fullmatch(text) else None


def normal_address(given: str) -> str | None:
    """An address in lower case, or None for what is none. Only ASCII: look-alike letters are other people."""
    text = given.strip().lower()
    local, at, host = text.rpartition("@")
    is_plain = given.isascii() and text.isprintable() and not set(local) & set(' "(),:;<>@[\\]')
    return text if at and local and is_plain and len(text) <= LONGEST_EMAIL and domain(host) == host else None


def _claim(given: str) -> str | None:
    name, _, value = given.partition("=")
    if name == "orcid":
        wanted = orcid_id(value)
        return "orcid" if not value and given == "orcid" else f"orcid={wanted}" if wanted else None
    if name == "affiliation":
        wanted = affiliation(value)
        return f"affiliation={wanted}" if wanted else None
    if name == "provider" and _PROVIDER.fullmatch(value):
        return f"provider={value}"
    return None
