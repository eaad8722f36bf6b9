"""Signing in by an organisation's own provider: code flow, PKCE, state and nonce. See `openid`."""

import secrets
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

import msgspec
import structlog

from inbox.actions import openid
from inbox.actions.audit import note
from inbox.actions.entry import open_ceremony
from inbox.actions.errors import Invalid
from inbox.actions.groups import Table, claim_of, groups_in, membership_of
from inbox.actions.rights import hold_to_everything
from inbox.actions.roles import hold_to_newcomers
from inbox.actions.vouched import Office, Vouched, domains_of, session_key, user_of
from inbox.model.entry import Ceremony, SingleSignOn
from inbox.model.people import Principal, User
from inbox.model.secrets import are_same, digest
from inbox.store import Store

log = structlog.get_logger(__name__)

_PATIENCE = timedelta(minutes=10)

Json = dict[str, Any]


class _Asked(msgspec.Struct):
    """What a browser was sent with."""

    state: str
    nonce: str
    verifier: str
    issuer: str
    client_id: str


class Arrived(NamedTuple):
    """Whom a provider has let in."""

    user: User
    to: str
    """Where they wanted to go."""
    provider_session: str
    """By what its session there is known here."""


async def settings_of(store: Store) -> SingleSignOn | None:
    """How people sign in by their organisation's provider; None if they do not."""
    found = await store.single_sign_on.get("settings")
    return found if found and found.is_on else None


async def save(
    office: Office,
    who: Principal,
    *,
    issuer: str,
    client_id: str,
    client_secret: str | None,
    name: str,
    domains: Iterable[str],
    role: str,
    is_on: bool,
    is_only: bool,
    table: Table,
) -> SingleSignOn:
    """Keep how people sign in by their provider, once it has answered. Without a secret, the one before.

    Raises `Forbidden` or `Invalid`.
    """
    hold_to_everything(who)
    await hold_to_newcomers(role, who, store=office.store)
    before = await office.store.single_sign_on.get("settings")
    sealed = office.vault.seal(client_secret) if client_secret else (before.client_secret if before else "")
    kept = SingleSignOn(
        issuer=openid.checked(issuer, office.outside),
        client_id=client_id.strip(),
        client_secret=sealed,
        name=" ".join(name.split())[:40] or "OpenID",
        domains=domains_of(domains),
        role=role,
        is_on=is_on,
        is_only=is_only,
        **msgspec.structs.asdict(await membership_of(table, who, store=office.store)),
    )
    if before and before.issuer != kept.issuer and not client_secret:
        raise Invalid("Another provider has another secret for us. Give it, too.")
    if not (kept.client_id and kept.client_secret):
        raise Invalid("Give the client’s id and its secret, as your provider shows them.")
    if kept.is_on:
        await openid.discovered(kept.issuer, office.outside)
    await office.store.single_sign_on.put(kept)
    became = _told(kept) | ({"credentials": "new"} if client_secret else {})
    await note(
        who,
        "single_sign_on.changed",
        store=office.store,
        clock=office.clock,
        before=_told(before) if before else None,
        after=became,
    )
    return kept


def _told(kept: SingleSignOn) -> Json:
    """What the audit log says of the settings."""
    shown = msgspec.structs.asdict(kept)
    return {name: value for name, value in shown.items() if name not in ("id", "client_secret")}


async def begin(office: Office, to: str, back: str) -> tuple[str, str]:
    """Where to send a browser that wants to go on to `to`, and the cookie by which it is known.

    `back` is the address that the provider sends it back to. Raises `Invalid`.
    """
    chosen = await _chosen(office.store)
    provider = await openid.discovered(chosen.issuer, office.outside)
    state, nonce, verifier = (secrets.token_urlsafe(32) for _ in range(3))
    asked = _Asked(state, nonce, verifier, chosen.issuer, chosen.client_id)
    ceremony = Ceremony(
        id="",
        kind="single_sign_on",
        next=to,
        challenge=msgspec.json.encode(asked).decode(),
        expires_at=office.clock() + _PATIENCE,
    )
    cookie = await open_ceremony(ceremony, store=office.store)
    query = {
        "response_type": "code",
        "client_id": chosen.client_id,
        "redirect_uri": back,
        "scope": _scope(chosen, provider),
        "state": asked.state,
        "nonce": asked.nonce,
        "code_challenge": openid.s256(asked.verifier),
        "code_challenge_method": "S256",
    }
    return openid.sent_to(provider, query), cookie


async def finish(
    office: Office, visitor: Principal, cookie: str, query: Mapping[str, str], back: str
) -> Arrived:
    """Who has come back from the provider. Raises `Invalid` with what to do.

    `visitor` is whoever asks, as far as they are known: nobody. Whom the provider vouches for and we refuse
    is in the audit log.
    """
    ceremony = await office.store.ceremonies.take(digest(cookie))
    if ceremony is None or ceremony.kind != "single_sign_on" or ceremony.expires_at <= office.clock():
        raise Invalid("That took too long. Try again.")
    asked = msgspec.json.decode(ceremony.challenge, type=_Asked)
    if not are_same(query.get("state", ""), asked.state):
        raise Invalid("The answer is not to what this browser asked. Try again.")
    if "code" not in query:
        raise Invalid("Your provider did not let you in.")
    chosen = await _chosen(office.store)
    if (chosen.issuer, chosen.client_id) != (asked.issuer, asked.client_id):
        raise Invalid("Another provider is used here since you began. Try again.")
    claims = await _claims_for(office, chosen, asked, query, back)
    vouched = Vouched(
        issuer=chosen.issuer,
        subject=str(claims["sub"]),
        email=str(claims.get("email") or ""),
        is_verified=claims.get("email_verified") is True,
        name=str(claims.get("name") or ""),
        groups=groups_in(claims, chosen),
    )
    user, sid = await user_of(vouched, chosen, visitor, office), claims.get("sid")
    return Arrived(user, ceremony.next, session_key(chosen.issuer, sid) if isinstance(sid, str) else "")


async def leaving(office: Office, back: str) -> str | None:
    """Where a browser signs out of the provider (OpenID Connect RP-Initiated Logout 1.0), to come `back`.

    None if that is nowhere, or the provider does not answer: who wants to leave us is not held up by it.
    """
    chosen = await settings_of(office.store)
    if chosen is None:
        return None
    try:
        provider = await openid.discovered(chosen.issuer, office.outside)
        if not provider.get("end_session_endpoint"):
            return None
        openid.checked(str(provider["end_session_endpoint"]), office.outside)
    except Invalid as error:
        log.warning("provider not left", why=str(error))
        return None
    query = {
        "client_id": chosen.client_id,
        "post_logout_redirect_uri": back,
        "state": secrets.token_urlsafe(16),
    }
    return openid.sent_to(provider, query, "end_session_endpoint")


async def _claims_for(
    office: Office, chosen: SingleSignOn, asked: _Asked, query: Mapping[str, str], back: str
) -> Json:
    """What the provider says of who holds the code in this query. Raises `Invalid`."""
    provider = await openid.discovered(chosen.issuer, office.outside)
    openid.hold_to_issuer(provider, query.get("iss"))
    form = {
        "grant_type": "authorization_code",
        "code": query["code"],
        "redirect_uri": back,
        "code_verifier": asked.verifier,
    }
    client = chosen.client_id, office.vault.open(chosen.client_secret)
    tokens = await openid.exchanged(provider, form, client, office.outside)
    keys = await openid.keys_of(provider, office.outside)
    now = int(office.clock().timestamp())
    claims = openid.claims_in(str(tokens.get("id_token", "")), keys, chosen, asked.nonce, now)
    return await openid.completed(claims, provider, tokens, office.outside, also=claim_of(chosen))


def _scope(chosen: SingleSignOn, provider: Json) -> str:
    """What is asked for: groups too, of a provider that knows the word; others refuse it."""
    known = provider.get("scopes_supported")
    asks_groups = bool(chosen.groups) and isinstance(known, list) and "groups" in known
    return "openid email profile groups" if asks_groups else "openid email profile"


async def _chosen(store: Store) -> SingleSignOn:
    chosen = await settings_of(store)
    if chosen is None:
        raise Invalid("There is no single sign-on here.")
    return chosen
