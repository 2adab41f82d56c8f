"""The sorts of rule that an editor chooses from: how each is called, what it asks for, and how that is read."""

from dataclasses import dataclass

from api.access.asked import AskedRule, parse
from api.errors import Invalid
from api.spoken import N_, Said
from api.tables import RuleKind

MOST_RULES = 40  # of one title
LONGEST_ARGUMENT = 260  # characters; a claim's name comes before it


@dataclass(frozen=True)
class Sort:
    """One sort. `claim` is what a rule's argument begins with; without a `field` the sort stands alone.

    `fault` is what to say to an argument that does not do.
    """

    name: str
    words: str
    kind: RuleKind
    claim: str = ""
    field: str = ""
    hint: str = ""
    fault: str = ""


_ALL = (
    Sort("everyone", N_("Everyone, without signing in"), RuleKind.EVERYONE),
    Sort("signed-in", N_("Whoever signs in"), RuleKind.SIGNED_IN),
    Sort(
        "institution",
        N_("Members of an institution"),
        RuleKind.INSTITUTION,
        field=N_("Institution"),
        hint=N_("Institutions are described on their own page of the desk."),
        fault=N_("Choose an institution."),
    ),
    Sort(
        "email-domain",
        N_("People with an address at a domain"),
        RuleKind.EMAIL_DOMAIN,
        field=N_("Domain"),
        hint=N_("Such as example.org. Exactly this domain counts, and only addresses that a sign-in has verified."),
        fault=N_("Write a domain such as example.org."),
    ),
    Sort(
        "affiliation",
        N_("People with an affiliation"),
        RuleKind.CLAIM,
        "affiliation=",
        field=N_("Affiliation"),
        hint=N_("As their sign-in vouches for it: faculty, at any house, or member@example.edu, at this one."),
        fault=N_("Write an affiliation such as faculty or member@example.edu."),
    ),
    Sort(
        "provider",
        N_("People who sign in with one provider"),
        RuleKind.CLAIM,
        "provider=",
        field=N_("Provider"),
        hint=N_("One of the ways to sign in here."),
        fault=N_("Choose a provider."),
    ),
    Sort("orcid", N_("People with an ORCID iD"), RuleKind.CLAIM, "orcid"),
    Sort(
        "one-orcid",
        N_("The owner of one ORCID iD"),
        RuleKind.CLAIM,
        "orcid=",
        field=N_("ORCID iD"),
        hint=N_("Sixteen digits in groups, such as 0000-0002-1825-0097."),
        fault=N_("Write an ORCID iD such as 0000-0002-1825-0097; its last digit checks the others."),
    ),
    Sort("listed", N_("Named readers"), RuleKind.LISTED),
    Sort("voucher", N_("Readers with a code"), RuleKind.VOUCHER),
    Sort("on-request", N_("Readers who ask, once you have said yes"), RuleKind.ON_REQUEST),
)
SORTS = {sort.name: sort for sort in _ALL}


def rule_of(sort: Sort, argument: str) -> AskedRule:
    """The rule that an editor asks for, or Invalid with what to write instead."""
    given = argument.strip()
    if sort.field and (not given or len(given) > LONGEST_ARGUMENT):
        raise Invalid(sort.fault)
    if sort.kind in (RuleKind.CLAIM, RuleKind.INSTITUTION, RuleKind.EMAIL_DOMAIN):
        try:
            return parse(f"{sort.kind}:{sort.claim}{given if sort.field else ''}")
        except Invalid as fault:
            raise Invalid(sort.fault) from fault
    return AskedRule(sort.kind)


def sort_of(rule: AskedRule) -> tuple[Sort, str]:
    """The sort of a rule, and what was written for it."""
    argument = rule.argument or ""
    fitting = (each for each in _ALL if each.kind is rule.kind and argument.startswith(each.claim))
    sort = max(fitting, key=lambda each: len(each.claim))
    return sort, argument[len(sort.claim) :]


def in_words(rule: AskedRule) -> str:
    """A rule as a line: “Members of an institution: example-university”."""
    sort, argument = sort_of(rule)
    return Said("{sort}: {argument}", sort=sort.words, argument=argument) if argument else sort.words
