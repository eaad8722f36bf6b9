"""Who we are to Google: a service account's tokens, fetched by google-auth and kept until they are old.

google-auth signs and blocks, so it works in a thread; its calls come back to the loop and go out by the one
HTTP session that everything here uses. Asking for a token never sends a message, so whatever goes wrong on
the way, the message was surely not taken.
"""

import asyncio
import re
from collections.abc import Mapping
from typing import Any, Protocol
from urllib.parse import urlsplit

import aiohttp
import msgspec
from google.auth.credentials import TokenState
from google.auth.exceptions import GoogleAuthError
from google.auth.transport import Request, Response
from google.oauth2.service_account import Credentials

from connectors.errors import (
    BadSettings,
    CredentialsRefused,
    ProviderDown,
    SendFailed,
    Throttled,
    Unreachable,
)
from connectors.http import LARGEST_ANSWER, PATIENCE, Answer

SCOPE = "https://www.googleapis.com/auth/rcsbusinessmessaging"
_LONGEST_REASON = 60
_TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")  # RFC 6750, 2.1


class Tokens(Protocol):
    """Gives the bearer token for a call."""

    async def get(self) -> str:
        """A token that should work. Raises `SendFailed` if there is none to be had."""

    def doubt(self, token: str) -> bool:
        """Google refused this token. Whether another one can be had by asking again."""


class FixedToken:
    """A token that was set by hand, for a gateway that speaks as Google but has keys of its own."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def get(self) -> str:
        """Always the same."""
        return self._token

    def doubt(self, token: str) -> bool:
        """There is no other."""
        return False


class ServiceAccount:
    """A Google service account's tokens."""

    def __init__(self, credentials: Credentials, http: aiohttp.ClientSession) -> None:
        self._credentials = credentials
        self._http = http
        self._lock: asyncio.Lock | None = None

    async def get(self) -> str:
        """The kept token; a new one if it is about to end. Many who ask at once cause one call."""
        if self._credentials.token_state is not TokenState.FRESH:
            self._lock = self._lock or asyncio.Lock()
            async with self._lock:
                await self._renew()
        return str(self._credentials.token)

    def doubt(self, token: str) -> bool:
        """Forget the token, unless another has taken its place already."""
        if self._credentials.token == token:
            self._credentials.token = None
        return True

    async def _renew(self) -> None:
        state = self._credentials.token_state
        if state is TokenState.FRESH:
            return
        transport = _Transport(self._http, asyncio.get_running_loop())
        try:
            await asyncio.to_thread(self._credentials.refresh, transport)
        except SendFailed as error:
            if state is TokenState.INVALID or not error.retry:
                raise
        except (GoogleAuthError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise ProviderDown("Google gave no access token.", code="token") from error
        if not re.fullmatch(r"[!-~]+", str(self._credentials.token or "")):
            self._credentials.token = None
            raise ProviderDown("Google gave no access token.", code="token")


def tokens_for(setting: str, *, api_base: str, http: aiohttp.ClientSession) -> Tokens:
    """The tokens for what an admin pasted: a service account's key file, or a token of one word.

    A key's tokens are asked for where the key says, but only on the way to Google. For a base that is not
    Google's they are asked for there, at ``/token``, and signed for there alone: nobody else ever gets a
    token of Google's, nor what would buy one. Raises `BadSettings` without repeating anything.
    """
    given = setting.strip()
    if _TOKEN.fullmatch(given):
        return FixedToken(given)
    try:
        key = msgspec.json.decode(given, type=dict[str, Any])
        is_googles = _is_googles(api_base)
        where = key.get("token_uri") if is_googles else f"{api_base}/token"
        # google-auth always signs for Google, which would take what we show to others.
        claims = {} if is_googles else {"aud": where}
        credentials = Credentials.from_service_account_info(  # type: ignore[no-untyped-call]
            key | {"token_uri": where}, scopes=[SCOPE], additional_claims=claims
        )
        is_address = urlsplit(str(where)).scheme in ("http", "https")
    except (ValueError, TypeError, AttributeError, msgspec.MsgspecError, GoogleAuthError):
        is_address = False
    if not is_address:
        raise BadSettings("RCS's service_account should be the JSON key file that Google Cloud gave you.")
    return ServiceAccount(credentials, http)


def _is_googles(api_base: str) -> bool:
    host = urlsplit(api_base).hostname or ""
    return host == "googleapis.com" or host.endswith(".googleapis.com")


class _Answered(Response):
    """An answer as google-auth wants it."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer

    @property
    def status(self) -> int:
        return self._answer.status

    @property
    def headers(self) -> Mapping[str, str]:
        return self._answer.headers

    @property
    def data(self) -> bytes:
        return self._answer.body


class _Transport(Request):
    """google-auth's calls, made from its thread on our loop. Raises our errors for whatever is no success."""

    def __init__(self, http: aiohttp.ClientSession, loop: asyncio.AbstractEventLoop) -> None:
        self._http, self._loop = http, loop

    def __call__(
        self,
        url: str,
        method: str = "GET",
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        timeout: float | None = None,
        **more: Any,
    ) -> Response:
        asked = self._ask(url, method, body, dict(headers or {}))
        answer = asyncio.run_coroutine_threadsafe(asked, self._loop).result()
        if answer.status != 200:
            raise _refusal(answer)
        return _Answered(answer)

    async def _ask(self, url: str, method: str, body: bytes | None, headers: dict[str, str]) -> Answer:
        try:
            async with self._http.request(
                method, url, data=body, headers=headers, timeout=PATIENCE, allow_redirects=False
            ) as response:
                said = await response.content.read(LARGEST_ANSWER)
                lowered = {name.lower(): value for name, value in response.headers.items()}
                return Answer(status=response.status, headers=lowered, body=said)
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            raise Unreachable(f"Google's sign-in cannot be reached at {urlsplit(url).hostname}.") from error


def _refusal(answer: Answer) -> SendFailed:
    wait = answer.retry_after()
    if answer.status in (400, 401, 403):
        words = "Google does not accept the channel's service account key."
        return CredentialsRefused(words, code=_reason(answer))
    if answer.status == 429:
        return Throttled("Google asks us to slow down.", code="429", retry_after=wait)
    return ProviderDown("Google's sign-in is down for a moment.", code=f"{answer.status}", retry_after=wait)


def _reason(answer: Answer) -> str:
    """OAuth's name for the error (RFC 6749, 5.2), or the status."""
    try:
        name = msgspec.json.decode(answer.body, type=dict[str, Any]).get("error")
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        name = None
    is_name = isinstance(name, str) and name.isidentifier() and len(name) <= _LONGEST_REASON
    return str(name) if is_name else str(answer.status)
