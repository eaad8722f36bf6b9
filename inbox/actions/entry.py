"""What is asked of those who sign in, and the proof that somebody signed in is still the same person."""

import secrets
from collections.abc import Iterable
from datetime import timedelta

from msgspec.structs import replace

from connectors.contract import Clock
from inbox.actions import factors
from inbox.actions.audit import note
from inbox.actions.errors import Forbidden, Invalid
from inbox.actions.lockout import count_proof, forgive
from inbox.actions.passwords import matches
from inbox.model.entry import Ceremony, SignInPolicy
from inbox.model.people import ADMIN, Principal, Session, User
from inbox.model.secrets import Vault, digest
from inbox.store import Store

PROVED_FOR = timedelta(minutes=10)
"""How long after a proof what is delicate may be changed."""

CEREMONY = timedelta(minutes=10)


class ProofNeeded(Forbidden):
    """Show again that it is you: what you want to change is delicate."""

    code = "proof_needed"


async def policy_of(store: Store) -> SignInPolicy:
    """What is asked of those who sign in."""
    return await store.sign_in.get("policy") or SignInPolicy()


async def ask_second_step(
    roles: Iterable[str], session: Session | None, who: Principal, *, store: Store, clock: Clock
) -> list[str]:
    """Ask a second step of these roles, and of no others. The ids of those whose sessions can do less now.

    Raises `Forbidden`, or `Invalid` for an admin who would shut themselves out.
    """
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    before, wanted = await policy_of(store), tuple(dict.fromkeys(roles))
    own = await store.users.get(who.id)
    if own and own.role in wanted and session and not session.is_strong:
        raise Invalid("Set up a second step of your own and sign in with it first, or you would be shut out.")
    await store.sign_in.put(SignInPolicy(second_step_for=wanted))
    told = {"second_step_for": list(wanted)}
    earlier = {"second_step_for": list(before.second_step_for)}
    await note(who, "sign_in.changed", store=store, clock=clock, before=earlier, after=told)
    users = await store.users.list(limit=100_000)
    asked = [user.id for user in users if user.role in wanted]
    spared = [user.id for user in users if user.role not in wanted]
    await store.sessions.change_all({"user_id": {"$in": spared}, "is_limited": True}, is_limited=False)
    await store.sessions.change_all({"user_id": {"$in": asked}, "is_strong": {"$ne": True}}, is_limited=True)
    return asked


async def hold_to_policy(user: User, session_id: str, *, store: Store) -> None:
    """Limit a new session that was opened with less than is asked for. It must be in the store already:
    either this sees the policy, or who changes the policy sees the session."""
    if (await policy_of(store)).asks_second_step_of(user):
        await store.sessions.change_all({"_id": session_id, "is_strong": {"$ne": True}}, is_limited=True)


async def hold_anew(user: User, *, store: Store) -> None:
    """Hold a user's sessions to the policy after their role has changed."""
    asked = (await policy_of(store)).asks_second_step_of(user)
    await store.sessions.change_all({"user_id": user.id, "is_strong": {"$ne": True}}, is_limited=asked)


async def open_ceremony(ceremony: Ceremony, *, store: Store) -> str:
    """Begin something that a browser must finish; the cookie by which it is known. `id` is made here."""
    cookie = secrets.token_urlsafe(32)
    await store.ceremonies.add(replace(ceremony, id=digest(cookie)))
    return cookie


async def prove(
    user: User,
    session: Session,
    *,
    password: str | None = None,
    code: str | None = None,
    vault: Vault,
    store: Store,
    clock: Clock,
) -> None:
    """Show by password or code that it is still oneself. Raises `Invalid` or `TooMany`."""
    if code:
        if not await factors.is_good(user, code, vault=vault, store=store, clock=clock):
            raise Invalid("This code is wrong, or was used already.")
    else:
        key = await count_proof(user, store=store, clock=clock)
        if not await matches(user.password_hash, password or ""):
            raise Invalid("The password is wrong.")
        await forgive((key,), store=store)
    await note_proof(session, store=store, clock=clock)


async def note_proof(session: Session, *, store: Store, clock: Clock) -> None:
    """The holder of this session has just shown who they are."""
    await store.sessions.change(session.id, proved_at=clock())


def is_proved(session: Session, clock: Clock) -> bool:
    """Whether the holder of this session has shown lately who they are."""
    return session.proved_at is not None and clock() - session.proved_at < PROVED_FOR
