"""A sign-in provider: the way there, and what the way back proves. Nothing about a reader is kept on it."""

import logging
from collections.abc import Mapping
from functools import partial
from typing import Any

import httpx2
from authlib.integrations.httpx_client import OAuthError
from joserfc.jwk import Key

from api import clock
from api.access.vouched import AFFILIATION_CLAIMS
from api.errors import SignInFailed
from api.settings import Settings
from api.settings_parts import ProviderSettings
from api.signin import idtoken, logout_token, reach
from api.signin.asking import Line, asking, json_object
from api.signin.attempts import Begun, Spent
from api.signin.documents import Kept, Metadata, Outage, read_keys, read_metadata
from api.signin.github import Accounts
from api.signin.kinds import KINDS, Claims, address_of, is_one_tenants, issuer_of
from api.signin.people import Profile

LONGEST_CODE = 4096  # characters
USUAL_SCOPES = {"openid", "profile", "email"}
TALKATIVE = ("authlib", "httpx2", "httpcore2")  # Authlib's debug lines hold tokens and the PKCE verifier
CODE_AT_FAULT = ("invalid_grant", "bad_verification_code")  # the standard's word for it, and GitHub's
NAMES = ("name", "given_name", "family_name")


def providers_from(settings: Settings, transports: Mapping[str, httpx2.AsyncBaseTransport]) -> "dict[str, Provider]":
    """The providers of the settings by id; one that lives in this process is reached by its transport."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return {
        provider_id: Provider(provider_id, given, settings.public_url, transports.get(provider_id))
        for provider_id, given in settings.providers.items()
    }


class Provider:
    """A provider that is asked by authorization code with PKCE.

    Codes of SignInFailed that begin with `provider-` are the provider's fault, the rest come with the callback.
    """

    def __init__(
        self,
        provider_id: str,
        settings: ProviderSettings,
        public_url: str,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self.id = provider_id
        self.settings = settings
        self.kind = KINDS[settings.kind]
        self.scopes = self.kind.scopes if settings.scopes is None else settings.scopes
        self.redirect_uri = f"{public_url}/sign-in/{provider_id}/callback"
        secret = settings.client_secret.get_secret_value()
        allowed = reach.allowed_for(settings)
        self.line = Line(settings.client_id, secret, self.scopes, self.redirect_uri, transport, allowed)
        self._metadata: Kept[Metadata] = Kept(self._fetch_metadata)
        self._keys: Kept[list[Key]] = Kept(self._fetch_keys)

    @property
    def staff_contexts(self) -> frozenset[str]:
        """The names of sign-ins that are strong enough for the desk; empty where none is asked for."""
        return frozenset((self.settings.staff_acr or "").split())

    @property
    def label(self) -> str:
        return self.settings.label or self.kind.label or self.id

    def vouches_for(self, issuer: str) -> bool:
        """Whether identities of this issuer come by this provider."""
        own = issuer_of(self.settings)
        return is_one_tenants(issuer) if own is None else issuer == own

    @property
    def shares(self) -> str:
        """What the provider will hand over, for the page where one is chosen."""
        return self.kind.shares(self.scopes)

    @property
    def is_down(self) -> bool:
        """Whether it is known, from the last half minute, that it gives no answer that would do."""
        return self._metadata.is_down or self._keys.is_down

    @property
    def metadata_address(self) -> str:
        return f"{address_of(self.settings).rstrip('/')}/.well-known/openid-configuration"

    async def start(self, begun: Begun, *, afresh: bool = False, strongly: bool = False) -> str:
        """The address at the provider where the reader signs in; `afresh` even if a session is open there.

        `strongly` asks for a sign-in that is good enough for the desk, where the settings name one.
        """
        asked = {"acr_values": self.settings.staff_acr} if strongly and self.staff_contexts else {}
        metadata = await self._metadata.get()
        async with self.line.client() as client:
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.code_verifier,
                **(self.kind.afresh if afresh else {}),
                **asked,
            )
        return str(address)

    async def finish(self, attempt: Spent, callback: Mapping[str, str]) -> Profile:
        """Who came back, proven by the provider; SignInFailed for every fault on the way."""
        return self.kind.profile(await self.prove(attempt, callback))

    async def prove(self, attempt: Spent, callback: Mapping[str, str]) -> Claims:
        """What the provider says of who came back, proven; SignInFailed for every fault on the way."""
        metadata = await self._metadata.get()
        code = self._code_from(callback, metadata)
        answer = await self._exchange(metadata, code, attempt.code_verifier)
        if self.kind.accounts is not None:
            return await self._account(self.kind.accounts, answer)
        claims = await self._verified(answer, metadata, attempt)
        if metadata.userinfo_endpoint is not None and self._lacks_something(claims):
            claims = await self._userinfo(metadata.userinfo_endpoint, answer, claims) | claims
        return claims

    @property
    def can_sign_out(self) -> bool:
        """Whether the provider, as far as we know it, lets readers sign out there when they come from here."""
        metadata = self._metadata.at_hand
        return metadata is not None and metadata.end_session_endpoint is not None

    def sign_out_address(self, back_to: str) -> str | None:
        """Where a reader signs out at the provider, who then leads to `back_to` (RP-Initiated Logout)."""
        metadata = self._metadata.at_hand
        if metadata is None or metadata.end_session_endpoint is None:
            return None
        asked = {"client_id": self.settings.client_id, "post_logout_redirect_uri": back_to}
        return str(httpx2.URL(metadata.end_session_endpoint).copy_merge_params(asked))

    async def logout_notice(self, token: str) -> logout_token.Notice:
        """Whose sessions the provider says have ended; SignInFailed for a token that does not hold up."""
        if self.kind.accounts is not None:
            raise SignInFailed("logout-not-offered")
        metadata = await self._metadata.get()
        key = await self._key_for(idtoken.header_of(token, metadata.algorithms))
        return logout_token.read(token, key, metadata.algorithms, metadata.issuer, self.settings.client_id, clock.now())

    def _lacks_something(self, claims: Mapping[str, Any]) -> bool:
        """Whether a name is missing, or an affiliation where more was asked for than everyone gives."""
        asked_for_more = set(self.scopes.split()) - USUAL_SCOPES
        lacks_affiliation = bool(asked_for_more) and claims.keys().isdisjoint(AFFILIATION_CLAIMS)
        return claims.keys().isdisjoint(NAMES) or lacks_affiliation

    def _code_from(self, callback: Mapping[str, str], metadata: Metadata) -> str:
        issuer = callback.get("iss")
        if issuer is None and metadata.promises_issuer:
            raise SignInFailed("callback-issuer-missing")
        if issuer is not None and issuer != metadata.issuer:
            raise SignInFailed("callback-issuer")
        if "error" in callback:
            raise SignInFailed("cancelled" if callback["error"] == "access_denied" else "provider-error")
        code = callback.get("code", "")
        if not 1 <= len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
            raise SignInFailed("callback-code")
        return code

    async def _exchange(self, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        async with self.line.client(metadata.token_auth_method) as client, asking("provider-exchange"):
            try:
                answer: dict[str, Any] = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
            except OAuthError as error:
                is_code_at_fault = error.error in CODE_AT_FAULT
                raise SignInFailed("callback-code-refused" if is_code_at_fault else "provider-refused") from error
        return answer

    async def _verified(self, answer: dict[str, Any], metadata: Metadata, attempt: Spent) -> dict[str, Any]:
        token, access_token = answer.get("id_token"), answer.get("access_token")
        key = await self._key_for(idtoken.header_of(token, metadata.algorithms))
        expected = idtoken.Expected(
            issuer=metadata.issuer,
            client_id=self.settings.client_id,
            nonce=attempt.nonce,
            now=clock.now(),
            access_token=access_token if isinstance(access_token, str) else None,
            afresh_since=attempt.afresh_since,
        )
        return idtoken.read(str(token), key, metadata.algorithms, expected)

    async def _key_for(self, header: dict[str, Any]) -> Key:
        key = idtoken.key_for(header, await self._keys.get())
        if key is None:  # the provider may have changed its keys since we asked
            key = idtoken.key_for(header, await self._keys.renewed())
        if key is None:
            raise SignInFailed("provider-token-key")
        return key

    async def _userinfo(self, address: str, answer: dict[str, Any], claims: dict[str, Any]) -> dict[str, Any]:
        response = await self.line.get(address, "provider-userinfo", bearer=_bearer(answer, "provider-userinfo"))
        info = json_object(response, "provider-userinfo")
        if info.get("sub") != claims["sub"]:
            raise SignInFailed("provider-userinfo-subject")
        info.pop("acr", None)  # of that only the signed token tells
        return info

    async def _account(self, accounts: Accounts, answer: dict[str, Any]) -> dict[str, Any]:
        return await accounts.claims(partial(self.line.get, bearer=_bearer(answer, "provider-account")))

    async def _fetch_metadata(self) -> Metadata:
        if self.kind.accounts is not None:
            return self.kind.accounts.metadata
        document = await self._fetch(self.metadata_address, "provider-metadata")
        return read_metadata(document, self.expected_issuer(document))

    def expected_issuer(self, document: Mapping[str, Any]) -> str:
        """The issuer that `document` has to name. Only for a tenant known by its domain does the document say it."""
        issuer = issuer_of(self.settings)
        if issuer is None:
            issuer = str(document.get("issuer"))
            if not is_one_tenants(issuer):
                raise SignInFailed("provider-metadata-issuer")
        return issuer

    async def _fetch_keys(self) -> list[Key]:
        metadata = await self._metadata.get()
        return read_keys(await self._fetch(metadata.keys_address, "provider-keys"))

    async def _fetch(self, address: str, code: str) -> dict[str, Any]:
        try:
            return json_object(await self.line.get(address, code), code)
        except SignInFailed as failure:
            raise Outage(failure.code) from failure


def _bearer(answer: dict[str, Any], code: str) -> str:
    token = answer.get("access_token")
    if not isinstance(token, str) or not token or not token.isascii() or not token.isprintable():
        raise SignInFailed(code)
    return token
