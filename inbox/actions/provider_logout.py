"""An OpenID provider tells us that somebody has signed out there (OpenID Connect Back-Channel Logout 1.0)."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

from joserfc import jwk, jwt
from joserfc.errors import JoseError

from inbox.actions import openid
from inbox.actions.audit import note
from inbox.actions.errors import Invalid
from inbox.actions.single_sign_on import settings_of
from inbox.actions.vouched import BY, Office, link_id, session_key
from inbox.model.entry import SingleSignOn, Spent
from inbox.model.people import Principal
from inbox.model.secrets import digest

_EVENT = "http://schemas.openid.net/event/backchannel-logout"
_LEEWAY = timedelta(seconds=60)
_LONGEST = 20_000
_NOT_GOOD = "This is no logout token of our provider for us, or not of now."


async def end_by_provider(office: Office, visitor: Principal, token: str) -> list[str]:
    """End the sessions that a logout token means; whose they were. Raises `Invalid`.

    A token is taken once: sessions end first, so that what is sent again after a failure is heard.
    """
    chosen = await settings_of(office.store)
    if chosen is None or len(token) > _LONGEST:
        raise Invalid(_NOT_GOOD)
    provider = await openid.discovered(chosen.issuer, office.outside)
    keys = await openid.keys_of(provider, office.outside)
    claims = logout_in(token, keys, chosen, office.clock())
    key = digest(f"logout\n{chosen.issuer}\n{claims['jti']}")
    if await office.store.spent.get(key):
        raise Invalid("This logout token was used already.")
    ended = await _end(office, visitor, chosen, claims)
    until = datetime.fromtimestamp(claims["exp"], UTC) + 2 * _LEEWAY
    await office.store.spent.add(Spent(id=key, expires_at=until))
    return ended


def logout_in(token: str, keys: openid.Json, chosen: SingleSignOn, now: datetime) -> dict[str, Any]:
    """What a logout token says, if our provider said it to us and now. Raises `Invalid`.

    An ID token is none, though the same key has signed it: it has a nonce, and no such event.
    """
    rules = jwt.JWTClaimsRegistry(
        now=int(now.timestamp()),
        leeway=int(_LEEWAY.total_seconds()),
        iss={"essential": True, "value": chosen.issuer},
        aud={"essential": True, "value": chosen.client_id},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )
    try:
        found = jwt.decode(token, jwk.KeySet.import_key_set(cast(Any, keys)), algorithms=openid.ALGORITHMS)
        rules.validate(found.claims)
    except (JoseError, ValueError, KeyError, TypeError) as error:
        raise Invalid(_NOT_GOOD) from error
    claims = dict(found.claims)
    events = claims.get("events")
    tells = isinstance(events, dict) and isinstance(events.get(_EVENT), dict)
    told = [claims.get(name) for name in ("sub", "sid") if claims.get(name) is not None]
    if not tells or "nonce" in claims or not told or not all(isinstance(one, str) and one for one in told):
        raise Invalid(_NOT_GOOD)
    return claims


async def _end(office: Office, visitor: Principal, chosen: SingleSignOn, claims: dict[str, Any]) -> list[str]:
    """End one session of the provider, or all of its subject; whose they were."""
    store, query = office.store, dict[str, Any]()
    if "sub" in claims:
        link = await store.sign_in_links.get(link_id(chosen.issuer, claims["sub"]))
        if link is None:
            return []
        query = {"user_id": link.user_id, "is_provided": True}
    if "sid" in claims:
        query["provider_session"] = session_key(chosen.issuer, claims["sid"])
    whose = sorted({session.user_id for session in await store.sessions.list(query)})
    for user_id in whose:
        ended = await store.sessions.remove_all(query | {"user_id": user_id})
        told = {"ended": ended, "by": BY}
        at = f"user:{user_id}"
        await note(visitor, "sessions.ended", at, store=store, clock=office.clock, after=told)
    return whose
