"""What an OpenID provider says: of itself, of its keys, and of who signs in (OpenID Connect Core 1.0).

It is asked by `connectors.outside`, which calls nothing of our own network. What it says is believed if it is
signed by a key that it publishes, is for us, is fresh, and answers the very question that was asked.
"""

import base64
import hashlib
from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import quote_plus, urlencode, urlsplit

import msgspec
from joserfc import jwk, jwt
from joserfc.errors import JoseError

from connectors.outside import NotCalled, Outside
from inbox.actions.errors import Invalid
from inbox.model.entry import SingleSignOn

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA")
"""Signatures by a key that only the provider has; none by a secret that we share."""

_LONGEST = 2_000

Json = dict[str, Any]


async def discovered(issuer: str, outside: Outside) -> Json:
    """What the provider says of itself (OpenID Connect Discovery 1.0). Raises `Invalid`."""
    at = f"{issuer.rstrip('/')}/.well-known/openid-configuration"
    found = await _fetched(outside, at)
    calls_itself = str(found.get("issuer"))[:200]
    if calls_itself != issuer:
        raise Invalid(f"The provider calls itself {calls_itself}, not {issuer}.")
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        checked(str(found.get(name, "")), outside)
    return found


def hold_to_issuer(provider: Json, said: str | None) -> None:
    """Raise `Invalid` unless it is this provider that gave the code, as far as it says so (RFC 9207).

    A code that another one gave must not be shown to this one, nor ours to another.
    """
    if said is None and provider.get("authorization_response_iss_parameter_supported") is not True:
        return
    if said != provider["issuer"]:
        raise Invalid("Another provider than yours has answered. Try again.")


def checked(address: str, outside: Outside) -> str:
    """An address of the provider: by TLS, or of a network that an operator has opened. Raises `Invalid`."""
    given = address.strip()
    if len(given) > _LONGEST:
        raise Invalid("The provider’s addresses must begin with https://.")
    try:
        outside.check(given)
    except NotCalled as error:
        raise Invalid(str(error)) from error
    if not given.startswith("https://") and not outside.reaches_inside:
        raise Invalid("The provider’s addresses must begin with https://.")
    return given


async def exchanged(
    provider: Json, form: Mapping[str, str], client: tuple[str, str], outside: Outside
) -> Json:
    """What the provider gives for the code in this form; `client` is our id and secret. Raises `Invalid`."""
    return await _fetched(outside, str(provider["token_endpoint"]), form=form, headers=basic(*client))


async def keys_of(provider: Json, outside: Outside) -> Json:
    """The keys by which the provider signs. Raises `Invalid`."""
    return await _fetched(outside, str(provider["jwks_uri"]))


def claims_in(token: str, keys: Json, chosen: SingleSignOn, nonce: str, now: int) -> Json:
    """What the provider says of who signs in. Raises `Invalid` if it told others, or not now."""
    rules = jwt.JWTClaimsRegistry(
        now=now,
        leeway=60,
        iss={"essential": True, "value": chosen.issuer},
        aud={"essential": True, "value": chosen.client_id},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
        nonce={"essential": True, "value": nonce},
    )
    try:
        found = jwt.decode(token, jwk.KeySet.import_key_set(cast(Any, keys)), algorithms=ALGORITHMS)
        rules.validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Invalid("Your provider’s answer does not hold good. Try again.") from error
    claims: Json = found.claims
    audience = claims["aud"]
    if isinstance(audience, list) and len(audience) > 1 and claims.get("azp") != chosen.client_id:
        raise Invalid("Your provider’s answer is for somebody else.")
    return claims


async def completed(
    claims: Json, provider: Json, tokens: Json, outside: Outside, *, also: str | None = None
) -> Json:
    """The claims; what they lack of address, name and the claim `also` is from the provider's userinfo.

    Raises `Invalid`, also if it tells of somebody else.
    """
    lacked = [] if claims.get("email") else ["email", "email_verified", "name"]
    if also and also not in claims:
        lacked.append(also)
    at, token = provider.get("userinfo_endpoint"), tokens.get("access_token")
    if not lacked or not at or not token:
        return claims
    found = await _fetched(outside, checked(str(at), outside), headers={"Authorization": f"Bearer {token}"})
    if found.get("sub") != claims["sub"]:
        raise Invalid("Your provider’s answer is for somebody else.")
    return claims | {name: found.get(name) for name in lacked}


def sent_to(provider: Json, query: Mapping[str, str], endpoint: str = "authorization_endpoint") -> str:
    """The address at the provider to which a browser is sent."""
    address = str(provider[endpoint])
    return address + ("&" if "?" in address else "?") + urlencode(query)


def basic(client_id: str, secret: str) -> dict[str, str]:
    """The header of `client_secret_basic`: each part is form-encoded first (RFC 6749, section 2.3.1)."""
    both = f"{quote_plus(client_id)}:{quote_plus(secret)}"
    return {"Authorization": "Basic " + base64.b64encode(both.encode()).decode()}


def s256(verifier: str) -> str:
    """RFC 7636's code challenge."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).decode().rstrip("=")


async def _fetched(
    outside: Outside,
    url: str,
    *,
    form: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Json:
    """The JSON object at this address, which leads to no other: secrets and keys go no detours."""
    given = {"Accept": "application/json", **(headers or {})}
    body = urlencode(form).encode() if form else None
    if body:
        given["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        answer = await outside.call("POST" if body else "GET", url, headers=given, body=body)
        if answer.status != 200:
            raise Invalid(f"Your provider answers {answer.status} at {urlsplit(url).path}.")
        return msgspec.json.decode(answer.body, type=dict[str, Any])
    except NotCalled as error:
        raise Invalid(f"Your provider was not reached. {error}") from error
    except msgspec.DecodeError as error:
        raise Invalid("Your provider’s answer cannot be read.") from error
