"""GitHub: OAuth 2 without OpenID Connect. Who signed in is what its API says to the bearer of a fresh token."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from api.errors import SignInFailed
from api.signin.asking import json_object, json_of
from api.signin.documents import Metadata
from api.signin.people import Profile
from api.signin.shown import email_address, name

ISSUER = "https://github.com"
EMAIL_SCOPE = "user:email"
API = "https://api.github.com"
CLOSED_TO_US = (403, 404)  # what the API says where the person did not share their addresses

Ask = Callable[[str, str], Awaitable[httpx2.Response]]


@dataclass(frozen=True)
class Accounts:
    """The fixed addresses of an OAuth 2 provider, and how its API is asked who signed in.

    `metadata.issuer` is what its callbacks name (RFC 9207); the identity's issuer is the profile's affair.
    `probe` is an address that answers anyone, for a check of the connection.
    """

    metadata: Metadata
    claims: Callable[[Ask], Awaitable[dict[str, Any]]]
    probe: str


async def claims(ask: Ask) -> dict[str, Any]:
    """`id`, `login` and `name` of the account, and its `emails`; `ask(address, code)` carries the token."""
    user = json_object(await ask(f"{API}/user", "provider-account"), "provider-account")
    answer = await ask(f"{API}/user/emails", "provider-account")
    emails = [] if answer.status_code in CLOSED_TO_US else json_of(answer, "provider-account")
    return {"id": user.get("id"), "login": user.get("login"), "name": user.get("name"), "emails": emails}


def profile(claims: Mapping[str, Any]) -> Profile:
    """The account by its number, which never changes hands as a login can; its primary address if it is verified."""
    number = claims["id"]
    if isinstance(number, bool) or not isinstance(number, int) or number <= 0:
        raise SignInFailed("provider-account")
    email = email_address(_primary(claims["emails"]))
    return Profile(ISSUER, str(number), name(claims["name"]) or name(claims["login"]), email, email is not None)


def _primary(emails: object) -> object:
    if not isinstance(emails, list):
        raise SignInFailed("provider-account")
    primary = [each for each in emails if isinstance(each, dict) and each.get("primary") is True]
    return primary[0].get("email") if len(primary) == 1 and primary[0].get("verified") is True else None


ACCOUNTS = Accounts(
    metadata=Metadata(
        issuer="https://github.com/login/oauth",
        authorization_endpoint="https://github.com/login/oauth/authorize",
        token_endpoint="https://github.com/login/oauth/access_token",  # noqa: S106  an address
        keys_address="",
        userinfo_endpoint=None,
        algorithms=frozenset(),
        token_auth_method="client_secret_post",  # noqa: S106  a method's name
        promises_issuer=False,
    ),
    claims=claims,
    probe=f"{API}/",
)
