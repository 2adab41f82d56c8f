"""The kinds of provider: where each is asked, what it shares, and whom its claims make of someone."""

import asyncio
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from pydantic import SecretStr

from api.access.vouched import Vouched
from api.database import Database
from api.settings_parts import ProviderSettings
from api.signin.attempts import Begun
from api.signin.kinds import KINDS, issuer_of
from api.signin.people import Profile, recognise
from api.signin.providers import Provider
from tests.signin.doubles import Relay
from tests.signin.hostile import CLIENT_ID, CLIENT_SECRET, Hostile
from tests.signin.twists import PORTAL, Twist, less, more, refusal, sign_in

TENANT, OTHER = "11111111-2222-3333-4444-555555555555", "99999999-2222-3333-4444-555555555555"
PERSONAL = "9188040d-6c67-4c5b-b112-36a304b66dad"
GOOGLE, ORCID = "https://accounts.google.com", "https://orcid.org"


def microsoft(tenant: str) -> str:
    return f"https://login.microsoftonline.com/{tenant}/v2.0"


def provider_of(hostile: Hostile, kind: Any, issuer: str, asked_at: str | None = None, **given: Any) -> Provider:
    """A provider of `kind` whose fixed address the double stands for; the double calls itself `issuer`."""
    hostile.issuer = issuer
    if kind == "oidc":
        given["issuer"] = issuer
    settings = ProviderSettings(kind=kind, client_id=CLIENT_ID, client_secret=SecretStr(CLIENT_SECRET), **given)
    doubles = {asked_at or issuer: hostile.address, issuer: hostile.address}
    return Provider(kind, settings, PORTAL, Relay(doubles))


def start(provider: Provider) -> dict[str, list[str]]:
    return parse_qs(urlsplit(asyncio.run(provider.start(Begun("s", "n", "v" * 43)))).query)


# Google


def test_google_vouches_for_name_and_verified_address(hostile: Hostile) -> None:
    provider = provider_of(hostile, "google", GOOGLE)
    hostile.twist("claims", more(email_verified=True))
    profile = asyncio.run(sign_in(provider, hostile))
    assert profile == Profile(GOOGLE, "reader-1", "Rea Der", "rea@example.org", True)
    assert (provider.label, provider.shares) == ("Google", "Shares your name and email address")
    assert start(provider)["scope"] == ["openid profile email"]


@pytest.mark.parametrize("kind", ["google", "orcid", "oidc"])
@pytest.mark.parametrize("said", ["true", "True", 1, 1.0, [True], {"true": True}, None, False, ""])
def test_only_a_real_true_verifies_an_address(hostile: Hostile, kind: str, said: object) -> None:
    issuer = {"google": GOOGLE, "orcid": ORCID, "oidc": "https://id.example.edu"}[kind]
    provider = provider_of(hostile, kind, issuer)
    hostile.twist("claims", more(email_verified=said))
    profile = asyncio.run(sign_in(provider, hostile))
    assert hostile.served["claims"] == 1
    assert (profile.email, profile.email_verified) == ("rea@example.org", False)


def test_an_address_that_is_none_is_not_verified(hostile: Hostile) -> None:
    hostile.twist("claims", more(email="rea at example.org", email_verified=True))
    profile = asyncio.run(sign_in(provider_of(hostile, "google", GOOGLE), hostile))
    assert (profile.email, profile.email_verified) == (None, False)
    assert hostile.served["claims"] == 1


@pytest.mark.parametrize(
    ("where", "twist", "code"),
    [
        ("claims", more(iss="accounts.google.com"), "provider-token-issuer"),
        ("metadata", more(issuer="accounts.google.com"), "provider-metadata-issuer"),
        ("callback", more(iss="accounts.google.com"), "callback-issuer"),
    ],
)
def test_googles_old_spelling_is_not_google(hostile: Hostile, where: str, twist: Twist, code: str) -> None:
    provider = provider_of(hostile, "google", GOOGLE)
    hostile.twist(where, twist)
    assert refusal(sign_in(provider, hostile)) == code
    assert hostile.served[where] == 1


# ORCID


def as_orcid(hostile: Hostile, **names: Any) -> Provider:
    """ORCID's ways: the secret in the form, names in parts, no address."""
    provider = provider_of(hostile, "orcid", ORCID)
    hostile.takes_secret_in_form = True
    hostile.twist("metadata", more(token_endpoint_auth_methods_supported=["client_secret_post"]))
    hostile.twist(
        "claims",
        lambda given: less("email")(less("name")(given)) | {"sub": "0000-0002-1825-0097"} | names,
    )
    return provider


@pytest.mark.parametrize(
    ("names", "shown"),
    [
        ({"given_name": "Rea", "family_name": "Der"}, "Rea Der"),
        ({"given_name": "Rea", "family_name": None}, "Rea"),
        ({"family_name": "Der"}, "Der"),
        ({"name": "R. Der", "given_name": "Rea"}, "R. Der"),
        ({"name": None, "given_name": "Rea", "family_name": "Der"}, "Rea Der"),
        ({"given_name": ["Rea"], "family_name": {"Der": 1}}, None),
        ({"given_name": "  ", "family_name": "\u202e"}, None),
    ],
)
def test_orcid_without_an_address_and_with_names_in_parts(
    hostile: Hostile, names: dict[str, Any], shown: str | None
) -> None:
    provider = as_orcid(hostile, **names)
    profile = asyncio.run(sign_in(provider, hostile))
    assert profile == Profile(ORCID, "0000-0002-1825-0097", shown, None, False, Vouched("0000-0002-1825-0097"))
    assert (hostile.served["metadata"], hostile.served["claims"], hostile.asked["/userinfo"]) == (1, 1, 0)


def test_orcid_without_any_name_is_asked_for_one(hostile: Hostile) -> None:
    provider = as_orcid(hostile)
    hostile.twist("userinfo", more(sub="0000-0002-1825-0097", name=None, given_name="Rea"))
    assert asyncio.run(sign_in(provider, hostile)).name == "Rea"
    assert hostile.served["userinfo"] == 1


def test_orcid_is_asked_for_nothing_but_who(hostile: Hostile) -> None:
    provider = as_orcid(hostile)
    assert start(provider)["scope"] == ["openid"]
    assert (provider.label, provider.shares) == ("ORCID", "Shares your name and ORCID iD")


# Microsoft


def as_microsoft(hostile: Hostile, tenant: str = TENANT, known_as: str = TENANT) -> Provider:
    return provider_of(hostile, "microsoft", microsoft(tenant), microsoft(known_as), tenant=known_as)


@pytest.mark.parametrize("known_as", [TENANT, "example.edu"])
def test_microsoft_knows_people_of_one_tenant(hostile: Hostile, known_as: str) -> None:
    provider = as_microsoft(hostile, known_as=known_as)
    hostile.twist("claims", more(tid=TENANT))
    profile = asyncio.run(sign_in(provider, hostile))
    assert profile == Profile(microsoft(TENANT), "reader-1", "Rea Der", "rea@example.org", False)
    assert provider.shares == "Work or school account. Shares your name and email address"
    assert hostile.asked["/.well-known/openid-configuration"] == 1


@pytest.mark.parametrize("said", [True, "true", 1])
def test_an_address_at_microsoft_is_never_verified(hostile: Hostile, said: object) -> None:
    provider = as_microsoft(hostile)
    hostile.twist("claims", more(email="dean@example.edu", email_verified=said, tid=TENANT))
    profile = asyncio.run(sign_in(provider, hostile))
    assert (profile.email, profile.email_verified) == ("dean@example.edu", False)
    assert hostile.served["claims"] == 1


@pytest.mark.parametrize("known_as", [TENANT, "example.edu"])
@pytest.mark.parametrize(
    ("twist", "code"),
    [
        (more(tid=OTHER), "provider-token-tenant"),
        (more(tid=None), "provider-token-tenant"),
        (more(tid=[TENANT]), "provider-token-tenant"),
        (more(tid=TENANT.replace("1", "\u0661")), "provider-token-tenant"),
        (more(tid=OTHER, iss=microsoft(OTHER)), "provider-token-issuer"),
        (more(tid=PERSONAL, iss=microsoft(PERSONAL)), "provider-token-issuer"),
        (more(iss=microsoft("common")), "provider-token-issuer"),
        (more(iss=microsoft("example.edu")), "provider-token-issuer"),
        (more(iss=f"https://sts.windows.net/{TENANT}/"), "provider-token-issuer"),
    ],
)
def test_another_tenants_token_is_refused(hostile: Hostile, known_as: str, twist: Twist, code: str) -> None:
    provider = as_microsoft(hostile, known_as=known_as)
    hostile.twist("claims", twist)
    assert refusal(sign_in(provider, hostile)) == code
    assert hostile.served["claims"] == 1


@pytest.mark.parametrize("known_as", [TENANT, "example.edu"])
@pytest.mark.parametrize(
    "issuer",
    [
        microsoft("{tenantid}"),
        microsoft("common"),
        microsoft("example.edu"),
        microsoft(PERSONAL),
        microsoft(TENANT) + "/",
        microsoft(TENANT).replace("https", "http"),
        f"https://login.microsoftonline.com.evil.example/{TENANT}/v2.0",
        f"https://sts.windows.net/{TENANT}/",
        None,
        [microsoft(TENANT)],
    ],
)
def test_metadata_of_no_one_tenant_is_refused(hostile: Hostile, known_as: str, issuer: object) -> None:
    provider = as_microsoft(hostile, known_as=known_as)
    hostile.twist("metadata", more(issuer=issuer))
    assert refusal(sign_in(provider, hostile)) == "provider-metadata-issuer"
    assert hostile.served["metadata"] == 1


def test_metadata_of_another_tenant_is_refused_where_the_tenant_is_named(hostile: Hostile) -> None:
    provider = as_microsoft(hostile)
    hostile.twist("metadata", more(issuer=microsoft(OTHER)))
    assert refusal(sign_in(provider, hostile)) == "provider-metadata-issuer"
    assert hostile.served["metadata"] == 1


def test_one_subject_of_two_tenants_is_two_people(hostile: Hostile, database: Database) -> None:
    people = set()
    for tenant in (TENANT, OTHER):
        hostile.twist("claims", more(tid=tenant))
        profile = asyncio.run(sign_in(as_microsoft(hostile, tenant, tenant), hostile))
        assert profile.subject == "reader-1"
        with database.writing() as db:
            people.add(recognise(db, "microsoft", profile).user_id)
    assert len(people) == 2


# Any


@pytest.mark.parametrize(
    ("scopes", "words"),
    [
        (None, "Shares your name and email address"),
        ("openid profile email", "Shares your name and email address"),
        ("openid profile", "Shares your name"),
        ("openid email", "Shares your email address"),
        ("openid", "Shares only an account number"),
    ],
)
def test_what_is_asked_is_what_is_said(hostile: Hostile, scopes: str | None, words: str) -> None:
    issuer = "https://id.example.edu"
    provider = provider_of(hostile, "oidc", issuer, scopes=scopes)
    assert provider.shares == words


@pytest.mark.parametrize(
    ("given", "issuer"),
    [
        ({"kind": "google"}, GOOGLE),
        ({"kind": "orcid"}, ORCID),
        ({"kind": "github"}, "https://github.com"),
        ({"kind": "microsoft", "tenant": TENANT.upper()}, microsoft(TENANT)),
        ({"kind": "microsoft", "tenant": "example.edu"}, None),
        ({"kind": "oidc", "issuer": "https://id.example.edu/{tenant}"}, "https://id.example.edu/{tenant}"),
    ],
)
def test_the_issuer_is_known_without_asking(given: dict[str, Any], issuer: str | None) -> None:
    assert issuer_of(ProviderSettings(client_id="x", client_secret=SecretStr("y"), **given)) == issuer


def test_setting_up_is_written_down_for_each_kind() -> None:
    page = (Path(__file__).parents[2] / "docs" / "sign-in.md").read_text()
    for kind in KINDS:
        id_there = "campus" if kind == "oidc" else kind
        assert f"`https://books.example.org/sign-in/{id_there}/callback`" in page
        assert f"GATEFOLD_PROVIDERS__{id_there.upper()}__KIND={kind}\n" in page
