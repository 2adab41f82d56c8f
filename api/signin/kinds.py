"""The kinds of provider. A new one is an entry of this table: name, address, scopes, what it shares, and a profile."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from api.access.vouched import vouched_in
from api.errors import SignInFailed
from api.settings_parts import PERSONAL_TENANT, ProviderSettings
from api.signin import github, logout_token, strength
from api.signin.people import Profile
from api.signin.shown import email_address, name
from api.spoken import N_

Claims = Mapping[str, Any]
EVERYTHING = "openid profile email"
AFRESH = {"prompt": "login", "max_age": "0"}  # from OpenID Connect Core, section 3.1.2.1
CHOOSE_ACCOUNT = {"prompt": "select_account"}  # the most that can be asked of those who know no fresh sign-in
TENANT_ISSUER = re.compile(r"https://login\.microsoftonline\.com/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})/v2\.0")


@dataclass(frozen=True)
class Kind:
    """One kind of provider.

    `address` is the issuer, with `{issuer}` or `{tenant}` for what the settings name. `shares` says in words what
    the scopes it is given hand over. `profile` turns proven claims into who someone is, or refuses them. `afresh` is
    how it is asked not to let a session that is open there pass for a sign-in.
    """

    label: str | None
    address: str
    scopes: str
    shares: Callable[[str], str]
    profile: Callable[[Claims], Profile]
    afresh: Mapping[str, str] = field(default_factory=lambda: AFRESH)
    accounts: github.Accounts | None = None  # where OAuth 2 alone is spoken: the addresses that say who signed in


def issuer_of(settings: ProviderSettings) -> str | None:
    """The issuer whose word counts; None where only its metadata tells: a tenant named by its domain."""
    issuer = address_of(settings)
    return None if settings.kind == "microsoft" and not TENANT_ISSUER.fullmatch(issuer) else issuer


def address_of(settings: ProviderSettings) -> str:
    """The address below which the provider publishes its metadata."""
    return KINDS[settings.kind].address.format(issuer=settings.issuer, tenant=settings.tenant)


def is_one_tenants(issuer: object) -> bool:
    """Whether `issuer` is Microsoft's name for one organisation."""
    found = TENANT_ISSUER.fullmatch(issuer) if isinstance(issuer, str) else None
    return found is not None and found[1] != PERSONAL_TENANT


def by_scopes(scopes: str) -> str:
    asked = scopes.split()
    shares_name, shares_address = "profile" in asked, "email" in asked
    if shares_name and shares_address:
        return N_("Shares your name and email address")
    if shares_name:
        return N_("Shares your name")
    return N_("Shares your email address") if shares_address else N_("Shares only an account number")


def openid(claims: Claims) -> Profile:
    """The standard claims. An address is verified only where the provider says so with a real `true`."""
    full_name = name(claims.get("name")) or name(
        " ".join(part for part in (claims.get("given_name"), claims.get("family_name")) if isinstance(part, str))
    )
    email = email_address(claims.get("email"))
    is_verified = email is not None and claims.get("email_verified") is True
    return Profile(
        claims["iss"],
        claims["sub"],
        full_name,
        email,
        is_verified,
        vouched=vouched_in(claims["iss"], claims),
        provider_session=logout_token.session_id(claims.get("sid")),
        context=strength.context_in(claims),
    )


def microsoft(claims: Claims) -> Profile:
    """A person of the pinned tenant. Its addresses can be edited by the tenant, so none counts as verified."""
    tenant = TENANT_ISSUER.fullmatch(claims["iss"])
    if tenant is None or claims.get("tid", tenant[1]) != tenant[1]:
        raise SignInFailed("provider-token-tenant")
    return replace(openid(claims), email_verified=False)


KINDS = {
    "google": Kind("Google", "https://accounts.google.com", EVERYTHING, by_scopes, openid, CHOOSE_ACCOUNT),
    "orcid": Kind("ORCID", "https://orcid.org", "openid", lambda _: N_("Shares your name and ORCID iD"), openid),
    "github": Kind(
        "GitHub",
        github.ISSUER,
        github.EMAIL_SCOPE,
        lambda _: N_("Shares your username and email address"),
        github.profile,
        CHOOSE_ACCOUNT,
        accounts=github.ACCOUNTS,
    ),
    "microsoft": Kind(
        "Microsoft",
        "https://login.microsoftonline.com/{tenant}/v2.0",
        EVERYTHING,
        lambda scopes: N_("Work or school account. {shares}", shares=by_scopes(scopes)),
        microsoft,
    ),
    "oidc": Kind(None, "{issuer}", EVERYTHING, by_scopes, openid),
}
