"""How a provider is asked: within limits of time and size, over no redirect, and one failure for all that breaks."""

import asyncio
import json
import ssl
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, cast

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.httpx_client import AsyncOAuth2Client

from api.errors import SignInFailed
from api.settings_addresses import Network
from api.signin.reach import Checked, addresses_of

TIMEOUT = 5.0  # seconds for one question to a provider, all phases together
LARGEST = 256 * 1024  # bytes of any answer
NOT_PROVEN = "CERTIFICATE_VERIFY_FAILED"  # as OpenSSL says it


class Line:
    """The line to one provider. It keeps nothing of what goes over it.

    It leads to public addresses and those inside `allowed`, unless a `transport` is given.
    """

    def __init__(
        self,
        client_id: str,
        client_secret: str,
        scopes: str,
        redirect_uri: str,
        transport: httpx2.AsyncBaseTransport | None = None,
        allowed: Sequence[Network] = (),
    ) -> None:
        self._given = {
            "client_id": client_id,
            "client_secret": client_secret,
            "scope": scopes,
            "redirect_uri": redirect_uri,
        }
        self._transport = transport
        self._allowed = allowed
        self._tls: ssl.SSLContext | None = None

    def client(self, token_auth_method: str | None = None) -> Any:
        """A client for one sign-in. It follows no redirect and reads no proxy or password from the environment."""
        client = AsyncOAuth2Client(
            **self._given,
            token_endpoint_auth_method=token_auth_method,
            code_challenge_method="S256",
            transport=Limited(self._transport or self._wire()),
            timeout=TIMEOUT,
            follow_redirects=False,
            trust_env=False,
        )
        client.register_compliance_hook("access_token_response", _checked_token_answer)
        return client

    async def get(self, address: str, code: str, *, bearer: str | None = None) -> httpx2.Response:
        """The answer at `address`, whatever its status; SignInFailed(`code`) where there is none that can be read."""
        async with self.client() as client, asking(code):
            headers = {"Accept": "application/json"}
            if bearer is not None:
                headers["Authorization"] = f"Bearer {bearer}"
            answer: httpx2.Response = await client.request("GET", address, withhold_token=True, headers=headers)
        return answer

    async def must_lead_to(self, address: str) -> None:
        """Raise SignInFailed where `address` is none that may be asked, or the name in it is not known."""
        if self._transport is None:
            async with asking("provider-address"):
                await addresses_of(httpx2.URL(address), self._allowed)

    def _wire(self) -> httpx2.AsyncBaseTransport:
        if self._tls is None:
            self._tls = httpx2.create_ssl_context()
        return Checked(httpx2.AsyncHTTPTransport(verify=self._tls), self._allowed)


@asynccontextmanager
async def asking(code: str) -> AsyncIterator[None]:
    """Bound a question to the provider in time, and make one failure of all that its answer can break."""
    try:
        async with asyncio.timeout(TIMEOUT):
            yield
    except (httpx2.TimeoutException, httpx2.ConnectError, TimeoutError) as error:
        raise SignInFailed("provider-certificate" if NOT_PROVEN in str(error) else "provider-unreachable") from error
    except (httpx2.HTTPError, httpx2.InvalidURL, AuthlibBaseError) as error:
        raise SignInFailed(code) from error
    except (ValueError, TypeError, LookupError, ArithmeticError, RecursionError) as error:
        raise SignInFailed(code) from error  # the libraries read a hostile answer before we can


def json_object(response: httpx2.Response, code: str) -> dict[str, Any]:
    """The JSON object of a 200 answer; SignInFailed(`code`) for anything else."""
    document = json_of(response, code)
    if not isinstance(document, dict):
        raise SignInFailed(code)
    return document


def json_of(response: httpx2.Response, code: str) -> Any:
    """The JSON of a 200 answer; SignInFailed(`code`) for anything else."""
    if response.status_code != 200:
        raise SignInFailed(code)
    try:
        return json.loads(response.content)
    except (ValueError, RecursionError) as error:
        raise SignInFailed(code) from error


def _checked_token_answer(response: httpx2.Response) -> httpx2.Response:
    """Authlib takes tokens from an answer of any status; ours have to come with a 200."""
    if response.status_code != 200 and "error" not in response.json():
        raise SignInFailed("provider-exchange")
    return response


class Limited(httpx2.AsyncBaseTransport):
    """A transport that stops at the size limit and takes no compressed answer, which could hide its size."""

    def __init__(self, inner: httpx2.AsyncBaseTransport) -> None:
        self._inner = inner

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        request.headers["accept-encoding"] = "identity"
        answer = await self._inner.handle_async_request(request)
        if answer.headers.get("content-encoding", "identity") != "identity":
            await answer.aclose()
            raise httpx2.DecodingError("the answer is compressed", request=request)
        return httpx2.Response(
            answer.status_code,
            headers=answer.headers,
            stream=_LimitedStream(cast(httpx2.AsyncByteStream, answer.stream)),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._inner.aclose()


class _LimitedStream(httpx2.AsyncByteStream):
    def __init__(self, inner: httpx2.AsyncByteStream) -> None:
        self._inner = inner

    async def __aiter__(self) -> AsyncIterator[bytes]:
        size = 0
        async for chunk in self._inner:
            size += len(chunk)
            if size > LARGEST:
                raise httpx2.ReadError("the answer is too large")
            yield chunk

    async def aclose(self) -> None:
        await self._inner.aclose()
