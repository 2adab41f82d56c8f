"""A sign-in provider: the way there, and what the way back proves. Nothing about a reader is kept on it."""

import asyncio
import logging
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
from joserfc.jwk import Key

from api import clock
from api.access.vouched import AFFILIATION_CLAIMS, vouched_in
from api.errors import SignInFailed
from api.settings import ProviderSettings, Settings
from api.signin import idtoken
from api.signin.attempts import Begun, Spent
from api.signin.documents import Kept, Limited, Metadata, json_object, read_keys, read_metadata
from api.signin.people import Profile

TIMEOUT = 5.0  # seconds for one question to a provider, all phases together
LONGEST_CODE = 4096  # characters
LONGEST_NAME, LONGEST_EMAIL = 200, 254  # characters
USUAL_SCOPES = {"openid", "profile", "email"}
JOINERS = "\u200c\u200d"  # format characters that some scripts need inside names
TALKATIVE = ("authlib", "httpx2", "httpcore2")  # Authlib's debug lines hold tokens and the PKCE verifier


def providers_from(settings: Settings, transports: Mapping[str, httpx2.AsyncBaseTransport]) -> "dict[str, Provider]":
    """The providers of the settings by id; one that lives in this process is reached by its transport."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.WARNING)
    return {
        provider_id: Provider(provider_id, given, settings.public_url, transports.get(provider_id))
        for provider_id, given in settings.providers.items()
    }


class Provider:
    """An OpenID Connect provider, by authorization code with PKCE.

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
        self.redirect_uri = f"{public_url}/sign-in/{provider_id}/callback"
        self._transport = transport
        self._tls: ssl.SSLContext | None = None
        self._metadata: Kept[Metadata] = Kept(self._fetch_metadata)
        self._keys: Kept[list[Key]] = Kept(self._fetch_keys)

    @property
    def label(self) -> str:
        return self.settings.label or self.id

    @property
    def shares(self) -> str:
        """What the provider will hand over, for the page where one is chosen."""
        scopes = self.settings.scopes.split()
        given = [words for scope, words in (("profile", "name"), ("email", "email address")) if scope in scopes]
        return f"Shares your {' and '.join(given)}" if given else "Shares only an account number"

    async def start(self, begun: Begun) -> str:
        """The address at the provider where the reader signs in."""
        metadata = await self._metadata.get()
        async with self._client(metadata) as client:
            address, _ = client.create_authorization_url(
                metadata.authorization_endpoint,
                state=begun.state,
                nonce=begun.nonce,
                code_verifier=begun.code_verifier,
            )
        return str(address)

    async def look_up(self) -> None:
        """Fetch what it publishes about itself; SignInFailed where nobody could sign in with that."""
        await self._keys.get()

    async def finish(self, attempt: Spent, callback: Mapping[str, str]) -> Profile:
        """Who came back, proven by the provider; SignInFailed for every fault on the way."""
        metadata = await self._metadata.get()
        code = self._code_from(callback, metadata)
        async with self._client(metadata) as client:
            answer = await self._exchange(client, metadata, code, attempt.code_verifier)
            claims = await self._verified(answer, metadata, attempt.nonce)
            if metadata.userinfo_endpoint is not None and self._lacks_something(claims):
                claims = await self._userinfo(client, metadata.userinfo_endpoint, answer, claims) | claims
        return Profile(
            issuer=self.settings.issuer,
            subject=claims["sub"],
            name=_display_name(claims.get("name")),
            email=_display_email(claims.get("email")),
            email_verified=claims.get("email_verified") is True,
            vouched=vouched_in(self.settings.issuer, claims),
        )

    def _lacks_something(self, claims: Mapping[str, Any]) -> bool:
        """Whether a name is missing, or an affiliation where more was asked for than everyone gives."""
        asked_for_more = set(self.settings.scopes.split()) - USUAL_SCOPES
        return "name" not in claims or (bool(asked_for_more) and claims.keys().isdisjoint(AFFILIATION_CLAIMS))

    def _code_from(self, callback: Mapping[str, str], metadata: Metadata) -> str:
        issuer = callback.get("iss")
        if issuer is None and metadata.promises_issuer:
            raise SignInFailed("callback-issuer-missing")
        if issuer is not None and issuer != self.settings.issuer:
            raise SignInFailed("callback-issuer")
        if "error" in callback:
            raise SignInFailed("cancelled" if callback["error"] == "access_denied" else "provider-error")
        code = callback.get("code", "")
        if not 1 <= len(code) <= LONGEST_CODE or not code.isascii() or not code.isprintable():
            raise SignInFailed("callback-code")
        return code

    async def _exchange(self, client: Any, metadata: Metadata, code: str, verifier: str) -> dict[str, Any]:
        async with _asking("provider-exchange"):
            try:
                answer: dict[str, Any] = await client.fetch_token(
                    metadata.token_endpoint,
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=verifier,
                )
            except OAuthError as error:
                is_code_at_fault = error.error == "invalid_grant"
                raise SignInFailed("callback-code-refused" if is_code_at_fault else "provider-refused") from error
        return answer

    async def _verified(self, answer: dict[str, Any], metadata: Metadata, nonce: str) -> dict[str, Any]:
        token, access_token = answer.get("id_token"), answer.get("access_token")
        header = idtoken.header_of(token, metadata.algorithms)
        key = idtoken.key_for(header, await self._keys.get())
        if key is None:  # the provider may have changed its keys since we asked
            key = idtoken.key_for(header, await self._keys.renewed())
        if key is None:
            raise SignInFailed("provider-token-key")
        expected = idtoken.Expected(
            issuer=self.settings.issuer,
            client_id=self.settings.client_id,
            nonce=nonce,
            now=clock.now(),
            access_token=access_token if isinstance(access_token, str) else None,
        )
        return idtoken.read(str(token), key, metadata.algorithms, expected)

    async def _userinfo(
        self, client: Any, address: str, answer: dict[str, Any], claims: dict[str, Any]
    ) -> dict[str, Any]:
        async with _asking("provider-userinfo"):
            bearer = {"Authorization": f"Bearer {answer['access_token']}"}
            response = await client.request("GET", address, withhold_token=True, headers=bearer)
        info = json_object(response, "provider-userinfo")
        if info.get("sub") != claims["sub"]:
            raise SignInFailed("provider-userinfo-subject")
        return info

    async def _fetch_metadata(self) -> Metadata:
        address = f"{self.settings.issuer.rstrip('/')}/.well-known/openid-configuration"
        return read_metadata(await self._fetch(address, "provider-metadata"), self.settings.issuer)

    async def _fetch_keys(self) -> list[Key]:
        metadata = await self._metadata.get()
        return read_keys(await self._fetch(metadata.keys_address, "provider-keys"))

    async def _fetch(self, address: str, code: str) -> dict[str, Any]:
        async with self._client() as client, _asking(code):
            response = await client.request("GET", address, withhold_token=True)
        return json_object(response, code)

    def _client(self, metadata: Metadata | None = None) -> Any:
        """A client for one sign-in. It follows no redirect and reads no proxy or password from the environment."""
        client = AsyncOAuth2Client(
            client_id=self.settings.client_id,
            client_secret=self.settings.client_secret.get_secret_value(),
            token_endpoint_auth_method=metadata.token_auth_method if metadata else None,
            scope=self.settings.scopes,
            redirect_uri=self.redirect_uri,
            code_challenge_method="S256",
            transport=Limited(self._transport or httpx2.AsyncHTTPTransport(verify=self._tls_context())),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )
        client.register_compliance_hook("access_token_response", _checked_token_answer)
        return client

    def _tls_context(self) -> ssl.SSLContext:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context()
        return self._tls


def _checked_token_answer(response: httpx2.Response) -> httpx2.Response:
    """Authlib takes tokens from an answer of any status; ours have to come with a 200."""
    if response.status_code != 200 and "error" not in response.json():
        raise SignInFailed("provider-exchange")
    return response


@asynccontextmanager
async def _asking(code: str) -> AsyncIterator[None]:
    """Bound a question to the provider in time, and make one failure of all that its answer can break."""
    try:
        async with asyncio.timeout(TIMEOUT):
            yield
    except (httpx2.TimeoutException, httpx2.ConnectError, TimeoutError) as error:
        raise SignInFailed("provider-unreachable") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, AuthlibBaseError) as error:
        raise SignInFailed(code) from error
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise SignInFailed(code) from error  # the libraries read a hostile answer before we can


def _display_name(value: object) -> str | None:
    if not isinstance(value, str):
        return None
    words = "".join(each if each.isprintable() or each in JOINERS else " " for each in value)
    return " ".join(words.split())[:LONGEST_NAME].strip() or None


def _display_email(value: object) -> str | None:
    if not isinstance(value, str) or not 3 <= len(value) <= LONGEST_EMAIL:
        return None
    return value if "@" in value and value.isprintable() and " " not in value else None
