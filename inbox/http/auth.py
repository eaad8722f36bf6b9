"""Who asks: a signed-in browser by its cookie, a program by its bearer token."""

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web
from msgspec.structs import replace

from inbox.actions.entry import ProofNeeded, is_proved
from inbox.actions.errors import Forbidden
from inbox.actions.people import session_of
from inbox.actions.roles import asking
from inbox.actions.sessions import note_seen
from inbox.actions.tokens import holder_of
from inbox.model.devices import device_of
from inbox.model.people import Principal, Session, User
from inbox.model.secrets import are_same
from inbox.parts import PARTS, Parts
from inbox.settings import Settings

_SAFE = ("GET", "HEAD", "OPTIONS")


class NotSignedIn(web.HTTPUnauthorized):
    """Nobody is signed in, or the token is void."""


def cookie_name(settings: Settings) -> str:
    """The session cookie's name: bound to the host where there is TLS."""
    return "__Host-parley" if is_https(settings) else "parley"


def is_https(settings: Settings) -> bool:
    """Whether browsers reach us by TLS."""
    return settings.public_url.startswith("https://")


def set_cookie(response: web.StreamResponse, name: str, value: str, settings: Settings, age: int) -> None:
    """A cookie that no script can read and no other site can send."""
    response.set_cookie(
        name, value, max_age=age, path="/", httponly=True, samesite="Lax", secure=is_https(settings)
    )


async def signed_in(
    request: web.Request, parts: Parts, *, limited: bool = False
) -> tuple[User, Session] | None:
    """The user behind the session cookie, or None; with `limited`, also one of whom more is asked first."""
    cookie = request.cookies.get(cookie_name(parts.settings))
    found = await session_of(cookie, store=parts.store, clock=parts.clock) if cookie else None
    if found:
        await note_seen(found[1], address_of(request), store=parts.store, clock=parts.clock)
    return None if found and found[1].is_limited and not limited else found


async def who(request: web.Request) -> Principal:
    """Who asks. Raises `NotSignedIn`, or `Forbidden` if a browser's request lacks its CSRF token."""
    parts = request.app[PARTS]
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        holder = await holder_of(token.strip(), store=parts.store, clock=parts.clock)
        if holder is None:
            raise NotSignedIn(text="This token is not valid.")
        return coming_from(holder, request)
    user, _ = await _browser(request)
    return coming_from(await asking(user, store=parts.store), request)


async def person(
    request: web.Request, *, limited: bool = False, proved: bool = False
) -> tuple[User, Session, Principal]:
    """The user who asks, and the session. Raises as `who` does, and `Forbidden` for a program.

    With `limited` also one of whom more is asked first; with `proved` only one who has shown lately that it
    is them, else it raises `ProofNeeded`.
    """
    if request.headers.get("Authorization"):
        await who(request)
        raise Forbidden("Only a person can do this.")
    user, session = await _browser(request, limited=limited)
    if proved:
        _hold_to_proof(session, request)
    return user, session, coming_from(await asking(user, store=request.app[PARTS].store), request)


async def allowed_surely(request: web.Request, permission: str) -> Principal:
    """Who asks, if they may and, being a person, have shown lately that it is them.

    Raises `NotSignedIn`, `Forbidden` or `ProofNeeded`.
    """
    principal = await allowed(request, permission)
    if principal.is_user:
        _, session = await _browser(request)
        _hold_to_proof(session, request)
    return principal


def _hold_to_proof(session: Session, request: web.Request) -> None:
    if not is_proved(session, request.app[PARTS].clock):
        raise ProofNeeded("Show once more that it is you.")


async def _browser(request: web.Request, *, limited: bool = False) -> tuple[User, Session]:
    found = await signed_in(request, request.app[PARTS], limited=True)
    if found is None:
        raise NotSignedIn(text="Sign in first.")
    user, session = found
    if session.is_limited and not limited:
        raise Forbidden("Your role signs in with a second step. Set it up at /account first.")
    given = request.headers.get("X-CSRF-Token", "")
    if request.method not in _SAFE and not are_same(given, session.csrf):
        raise Forbidden("The page is out of date. Load it again.")
    return user, session


def coming_from(principal: Principal, request: web.Request) -> Principal:
    """The principal, with the address and the program that this request comes from."""
    return replace(principal, address=address_of(request), program=_agent(request)[:200])


def device_in(request: web.Request) -> str:
    """What the browser that asks calls itself, in a person's words."""
    return device_of(_agent(request))


def _agent(request: web.Request) -> str:
    return request.headers.get("User-Agent", "").encode("utf-8", "replace").decode()


async def allowed(request: web.Request, permission: str) -> Principal:
    """Who asks, if they may. Raises `NotSignedIn` or `Forbidden`."""
    principal = await who(request)
    if not principal.may(permission):
        raise Forbidden("You are not allowed to do this.")
    return principal


def address_of(request: web.Request) -> str:
    """The client's network address; behind a trusted proxy, the one that it forwards."""
    settings = request.app[PARTS].settings
    peer = request.remote or "unknown"
    if not settings.trusted_proxies:
        return peer
    said = ",".join(request.headers.getall("X-Forwarded-For", ()))  # a proxy may add a line of its own
    for hop in (peer, *reversed(said.split(","))):
        try:
            address = ipaddress.ip_address(hop.strip())
        except ValueError:
            break
        peer = str(address)
        if not any(address in network for network in settings.trusted_proxies):
            break
    return peer


def is_this_machine(address: str) -> bool:
    """Whether a network address is the machine's own."""
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def is_same_site(request: web.Request) -> bool:
    """Whether a form was posted from our own pages, by the browser's own word."""
    origin = request.headers.get("Origin")
    if origin in (None, "null"):
        return origin is None
    hosts = {request.host, urlsplit(request.app[PARTS].settings.public_url).netloc}
    return urlsplit(origin).netloc in hosts
