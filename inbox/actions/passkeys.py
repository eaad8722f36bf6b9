"""Passkeys (WebAuthn level 2): a device's key pair in place of a password. The device asks who holds it.

What a browser answers holds good for our own origin, for the challenge that it was given, and once.
"""

import json
from datetime import timedelta
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import webauthn
from webauthn.helpers import base64url_to_bytes, bytes_to_base64url
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from connectors.contract import Clock
from inbox.actions.audit import note
from inbox.actions.entry import open_ceremony
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.factors import hold_to_own
from inbox.model.entry import Ceremony, Passkey
from inbox.model.people import Principal, Session, User
from inbox.model.secrets import digest
from inbox.store import Store

_PATIENCE = timedelta(minutes=5)
_NAME, _MOST = 60, 20
_WRONG = "This passkey is not one that opens an account here."

Json = dict[str, Any]


class Site(NamedTuple):
    """Where we are, as browsers know it: `origin` is what signs, `host` whom a passkey is for."""

    origin: str
    host: str


def site_of(public_url: str) -> Site:
    """The site of that address."""
    parts = urlsplit(public_url)
    return Site(f"{parts.scheme}://{parts.netloc}", parts.hostname or "")


async def begin(user: User, session: Session, site: Site, *, store: Store, clock: Clock) -> Json:
    """What a browser must be told to make a passkey. Raises `Invalid` or `Forbidden`."""
    await hold_to_own(session, store=store)
    present = await store.passkeys.of(user.id)
    if len(present) >= _MOST:
        raise Invalid(f"You have {_MOST} passkeys already.")
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Parley",
        user_id=user.id.encode(),
        user_name=user.email,
        user_display_name=user.name,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[PublicKeyCredentialDescriptor(id=base64url_to_bytes(p.id)) for p in present],
    )
    await store.ceremonies.put(
        Ceremony(
            id=_place(session),
            kind="new_passkey",
            user_id=user.id,
            challenge=bytes_to_base64url(options.challenge),
            expires_at=clock() + _PATIENCE,
        )
    )
    return _plain(options)


async def add(
    user: User,
    session: Session,
    site: Site,
    who: Principal,
    *,
    name: str,
    credential: Json,
    store: Store,
    clock: Clock,
) -> Passkey:
    """Keep the passkey that a browser has made; the session has then shown more than a password.

    Raises `Invalid`.
    """
    challenge = await _challenge(_place(session), "new_passkey", store=store, clock=clock)
    try:
        made = webauthn.verify_registration_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Invalid("The browser’s answer is not what was asked for. Try again.") from error
    passkey = Passkey(
        id=bytes_to_base64url(made.credential_id),
        user_id=user.id,
        name=_named(name),
        public_key=bytes_to_base64url(made.credential_public_key),
        sign_count=made.sign_count,
        created_at=clock(),
    )
    if not await store.passkeys.add(passkey):
        raise Invalid("This passkey is here already.")
    await store.sessions.change(session.id, is_strong=True, is_limited=False)
    await note(who, "factor.added", f"user:{user.id}", store=store, clock=clock, after={"kind": "passkey"})
    return passkey


async def rename(user: User, passkey_id: str, name: str, *, store: Store) -> None:
    """Call one's passkey something else. Raises `NotFound` or `Invalid`."""
    found = await _own(user, passkey_id, store=store)
    await store.passkeys.change(found.id, name=_named(name))


async def remove(user: User, passkey_id: str, who: Principal, *, store: Store, clock: Clock) -> None:
    """Delete one's passkey. Raises `NotFound`."""
    found = await _own(user, passkey_id, store=store)
    await store.passkeys.remove(found.id)
    await note(who, "factor.removed", f"user:{user.id}", store=store, clock=clock, before={"kind": "passkey"})


async def ask(site: Site, *, store: Store, clock: Clock) -> tuple[Json, str]:
    """What a browser must be told to sign in by a passkey, and the cookie by which it is known."""
    options = webauthn.generate_authentication_options(
        rp_id=site.host, user_verification=UserVerificationRequirement.REQUIRED
    )
    challenge = bytes_to_base64url(options.challenge)
    asked = Ceremony(id="", kind="passkey", challenge=challenge, expires_at=clock() + _PATIENCE)
    return _plain(options), await open_ceremony(asked, store=store)


async def user_of(credential: Json, cookie: str, site: Site, *, store: Store, clock: Clock) -> User:
    """Whose passkey has answered. Raises `Invalid`, in the same words whatever is wrong with it."""
    challenge = await _challenge(digest(cookie), "passkey", store=store, clock=clock)
    known = await _known(credential, store=store)
    user = await store.users.get(known.user_id) if known else None
    if known is None or user is None or user.disabled:
        raise Invalid(_WRONG)
    try:
        answered = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=base64url_to_bytes(known.public_key),
            credential_current_sign_count=known.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as error:
        raise Invalid(_WRONG) from error
    if not await store.passkeys.note_use(known, answered.new_sign_count, clock()):
        raise Invalid(_WRONG)
    return user


async def claimed(credential: Json, *, store: Store) -> User | None:
    """Whose passkey an answer says that it is, proved or not."""
    known = await _known(credential, store=store)
    return await store.users.get(known.user_id) if known else None


async def _known(credential: Json, *, store: Store) -> Passkey | None:
    return await store.passkeys.get(str(credential.get("id", ""))[:2000])


def passkey_json(passkey: Passkey) -> Json:
    """A passkey as its owner sees it."""
    return {
        "id": passkey.id,
        "name": passkey.name,
        "created_at": passkey.created_at,
        "used_at": passkey.used_at,
    }


async def _challenge(key: str, kind: str, *, store: Store, clock: Clock) -> bytes:
    asked = await store.ceremonies.take(key)
    if asked is None or asked.kind != kind or asked.expires_at <= clock():
        raise Invalid("That took too long. Try again.")
    return base64url_to_bytes(asked.challenge)


async def _own(user: User, passkey_id: str, *, store: Store) -> Passkey:
    found = await store.passkeys.get(passkey_id)
    if found is None or found.user_id != user.id:
        raise NotFound("There is no such passkey.")
    return found


def _place(session: Session) -> str:
    return f"new_passkey:{session.id}"


def _named(name: str) -> str:
    return " ".join(name.split())[:_NAME] or "Passkey"


def _plain(options: Any) -> Json:
    found: Json = json.loads(webauthn.options_to_json(options))
    return found
