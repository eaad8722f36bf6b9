"""The second step: codes of an authenticator app (RFC 6238), and recovery codes for when it is lost."""

import secrets
from datetime import datetime

import pyotp
import segno

from connectors.contract import Clock
from inbox.actions.audit import note
from inbox.actions.errors import Forbidden, Invalid, NotFound
from inbox.actions.lockout import count_proof, forgive
from inbox.actions.rights import hold_to_admin, may_grant, permissions_of
from inbox.model.entry import Factors
from inbox.model.people import Principal, Session, User
from inbox.model.secrets import Vault, digest
from inbox.store import Store

_ISSUER = "Parley"
_SPAN = 30
_EITHER_SIDE = 1
"""Spans by which a phone's clock may be off."""

_CODES = 10
_ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
_GROUPS, _GROUP = 4, 6


async def factors_of(user_id: str, *, store: Store) -> Factors:
    """What a user signs in with besides a password."""
    return await store.factors.get(user_id) or Factors(id=user_id)


async def hold_to_own(session: Session, *, store: Store) -> None:
    """A password alone sets up nothing for who has a passkey already. Raises `Forbidden`."""
    if session.is_limited and await store.passkeys.of(session.user_id):
        raise Forbidden("You have a passkey. Sign out, and sign in with it.")


async def begin(user: User, session: Session, *, vault: Vault, store: Store) -> dict[str, str]:
    """Propose a secret to an authenticator app: as text, as an address, and as a picture of that.

    Raises `Invalid` if there is an app already, or `Forbidden`.
    """
    await hold_to_own(session, store=store)
    if (await factors_of(user.id, store=store)).totp:
        raise Invalid("You have an authenticator app already. Remove it first.")
    secret = pyotp.random_base32()
    await store.factors.propose(user.id, vault.seal(secret))
    uri = pyotp.TOTP(secret).provisioning_uri(name=user.email, issuer_name=_ISSUER)
    picture = segno.make(uri, error="m", micro=False).svg_data_uri(scale=4, border=4, light="white")
    return {"secret": secret, "uri": uri, "picture": picture}


async def confirm(
    user: User, session: Session, code: str, who: Principal, *, vault: Vault, store: Store, clock: Clock
) -> list[str]:
    """Take the proposed secret once the app has shown its code; recovery codes, to be shown once.

    One's other sessions end: whoever opened them has shown less. Raises `Invalid` or `TooMany`.
    """
    pending = (await factors_of(user.id, store=store)).pending
    if pending is None:
        raise Invalid("Nothing is to be confirmed. Begin again.")
    key = await count_proof(user, store=store, clock=clock)
    step = _step_of(vault.open(pending), code, clock())
    if step is None:
        raise Invalid("This is not the code that the app shows now. Is the phone’s clock right?")
    await forgive((key,), store=store)
    codes = _new_codes()
    if not await store.factors.confirm(user.id, pending, step, _digests(codes)):
        raise Invalid("Another page has begun anew. Begin again.")
    await store.sessions.change(session.id, is_strong=True, is_limited=False)
    await store.sessions.remove_all({"user_id": user.id, "_id": {"$ne": session.id}})
    await note(who, "factor.added", f"user:{user.id}", store=store, clock=clock, after={"kind": "app"})
    return codes


async def renew_codes(user: User, who: Principal, *, store: Store, clock: Clock) -> list[str]:
    """New recovery codes in place of all that are left. Raises `Invalid` without an authenticator app."""
    if not (await factors_of(user.id, store=store)).totp:
        raise Invalid("Recovery codes stand in for an authenticator app, and you have none.")
    codes = _new_codes()
    await store.factors.change(user.id, recovery=list(_digests(codes)))
    await note(who, "recovery_codes.renewed", f"user:{user.id}", store=store, clock=clock)
    return codes


async def remove(user: User, who: Principal, *, store: Store, clock: Clock) -> None:
    """Sign in without an authenticator app from now on. Raises `Invalid` where a second step is asked for."""
    policy = await store.sign_in.get("policy")
    if policy and policy.asks_second_step_of(user):
        raise Invalid("Everybody with your role signs in with a second step.")
    if await store.factors.remove(user.id):
        await note(who, "factor.removed", f"user:{user.id}", store=store, clock=clock, before={"kind": "app"})


async def reset(user_id: str, who: Principal, *, store: Store, clock: Clock) -> None:
    """Take away what a colleague signs in with besides a password, because they lost it; their sessions end.

    Raises `Forbidden` or `NotFound`.
    """
    hold_to_admin(who)
    user = await store.users.get(user_id)
    if user is None:
        raise NotFound("There is no such colleague.")
    may_grant(who, await permissions_of(user.role, store=store))
    had = await store.factors.remove(user_id)
    passkeys = await store.passkeys.remove_all({"user_id": user_id})
    await store.sessions.remove_all({"user_id": user_id})
    await note(
        who,
        "factors.reset",
        f"user:{user_id}",
        store=store,
        clock=clock,
        before={"app": had, "devices": passkeys},
    )


async def is_good(user: User, code: str, *, vault: Vault, store: Store, clock: Clock) -> bool:
    """Whether this is the app's code of now, or a recovery code; it is then used up. Raises `TooMany`."""
    key = await count_proof(user, store=store, clock=clock)
    factors = await factors_of(user.id, store=store)
    if not await _is_taken(factors, code, vault=vault, store=store, now=clock()):
        return False
    await forgive((key,), store=store)
    return True


async def _is_taken(factors: Factors, code: str, *, vault: Vault, store: Store, now: datetime) -> bool:
    if factors.totp is None:
        return False
    step = _step_of(vault.open(factors.totp), code, now)
    if step is not None:
        return await store.factors.take_step(factors.id, step)
    return await store.factors.take_recovery(factors.id, digest(_plain(code)))


def _step_of(secret: str, code: str, now: datetime) -> int | None:
    """The 30 seconds near `now` whose code this is, None if it is none of them."""
    totp, present = pyotp.TOTP(secret), int(now.timestamp()) // _SPAN
    given = "".join(code.split())
    found = None
    for step in range(present - _EITHER_SIDE, present + _EITHER_SIDE + 1):
        if pyotp.utils.strings_equal(given, totp.generate_otp(step)):
            found = step
    return found


def _new_codes() -> list[str]:
    def group() -> str:
        return "".join(secrets.choice(_ALPHABET) for _ in range(_GROUP))

    return ["-".join(group() for _ in range(_GROUPS)) for _ in range(_CODES)]


def _digests(codes: list[str]) -> tuple[str, ...]:
    return tuple(digest(_plain(code)) for code in codes)


def _plain(code: str) -> str:
    return "".join(letter for letter in code.upper() if letter.isalnum())
