"""Those who sign in: made, checked, let in and out."""

import asyncio
import secrets
from datetime import timedelta
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec.structs import replace

from connectors.contract import Clock
from inbox.actions.errors import AlreadyThere, Invalid, TooMany
from inbox.model.ids import new_id
from inbox.model.people import PERMISSIONS, Principal, Role, Session, User
from inbox.model.secrets import digest, new_secret
from inbox.store import Store

SESSION = timedelta(days=14)
_STRIKES_FREE = 5
_MEMORY = timedelta(minutes=15)
_LEAST_PASSWORD = 10

_hasher = PasswordHasher()


@cache
def _nobody() -> str:
    """The hash of a password that nobody has: checking it takes as long as checking somebody's."""
    return _hasher.hash("nobody has this password")


async def add_user(email: str, name: str, role: Role, password: str, *, store: Store, clock: Clock) -> User:
    """Make a user. Raises `Invalid` for a bad address or password, `AlreadyThere` if the address is taken."""
    user = User(
        id=new_id(),
        email=_address(email),
        name=name.strip() or email,
        role=role,
        password_hash=await hashed(password),
        created_at=clock(),
    )
    if not await store.users.add(user):
        raise AlreadyThere(f"There is already a user {user.email}.")
    return user


async def set_password(user: User, password: str, *, store: Store) -> None:
    """Give a user a new password and end their sessions. Raises `Invalid`."""
    await store.users.put(replace(user, password_hash=await hashed(password)))
    await store.sessions.remove_all({"user_id": user.id})


async def first_admin(email: str, password: str | None, *, store: Store, clock: Clock) -> str | None:
    """Make the first admin if there is no user yet. Its password if it was made, else None."""
    if await store.users.list(limit=1):
        return None
    chosen = password or secrets.token_urlsafe(12)
    try:
        await add_user(
            email, email.partition("@")[0].capitalize(), Role.ADMIN, chosen, store=store, clock=clock
        )
    except AlreadyThere:
        return None
    return chosen


async def hashed(password: str) -> str:
    """The argon2id hash. Raises `Invalid` if the password is too short."""
    if len(password) < _LEAST_PASSWORD:
        raise Invalid(f"A password needs {_LEAST_PASSWORD} characters or more.")
    if len(password) > 1000:
        raise Invalid("A password may have at most 1,000 characters.")
    return await asyncio.to_thread(_hasher.hash, password)


async def sign_in(
    email: str, password: str, address: str, *, store: Store, clock: Clock, device: str = ""
) -> tuple[User, str] | None:
    """The user and a new session's cookie; None if the address or the password is wrong.

    Raises `TooMany` after five failures in a quarter of an hour, counted by account and by network address.
    An attempt counts before it is looked at, so that many at once get no further. Takes as long for an
    unknown address as for a wrong password.
    """
    email = email.strip().lower()
    account, origin = f"login:{digest(email)}", f"login-from:{address}"
    for key, limit in ((account, _STRIKES_FREE), (origin, _STRIKES_FREE * 6)):
        if await store.presence.strike(key, clock(), _MEMORY) > limit:
            raise TooMany("Too many attempts. Wait a quarter of an hour.")
    user = await store.users.first({"email": email})
    known = user.password_hash if user else _nobody()
    good = await asyncio.to_thread(_matches, known, password[:1000])
    if user is None or user.disabled or not good:
        return None
    await store.presence.pardon(account)
    await store.presence.pardon(origin, 1)
    return user, await open_session(user, store=store, clock=clock, device=device, address=address)


async def open_session(user: User, *, store: Store, clock: Clock, device: str = "", address: str = "") -> str:
    """A new session's cookie for a user who has been let in."""
    cookie, now = new_secret(), clock()
    session = Session(
        id=digest(cookie),
        user_id=user.id,
        csrf=new_secret(),
        created_at=now,
        expires_at=now + SESSION,
        device=device,
        address=address,
        seen_at=now,
    )
    await store.sessions.add(session)
    return cookie


async def session_of(cookie: str, *, store: Store, clock: Clock) -> tuple[User, Session] | None:
    """Who holds this cookie, None if it is void."""
    session = await store.sessions.get(digest(cookie))
    if session is None or session.expires_at <= clock():
        return None
    user = await store.users.get(session.user_id)
    return (user, session) if user and not user.disabled else None


async def sign_out(session: Session, *, store: Store) -> None:
    """End a session."""
    await store.sessions.remove(session.id)


async def change_password(
    user: User, session: Session, present: str, chosen: str, *, store: Store, clock: Clock
) -> int:
    """Give oneself a new password; the number of one's other sessions that ended with it.

    Raises `Invalid` if the present one is wrong or the new one will not do, `TooMany` after five wrong ones.
    """
    key = f"password:{user.id}"
    if await store.presence.strike(key, clock(), _MEMORY) > _STRIKES_FREE:
        raise TooMany("Too many attempts. Wait a quarter of an hour.")
    if not await asyncio.to_thread(_matches, user.password_hash, present[:1000]):
        raise Invalid("The present password is wrong.")
    await store.presence.pardon(key)
    await store.users.put(replace(user, password_hash=await hashed(chosen)))
    return await store.sessions.remove_all({"user_id": user.id, "_id": {"$ne": session.id}})


def principal_of(user: User) -> Principal:
    """The user as one who asks."""
    return Principal(id=user.id, name=user.name, permissions=PERMISSIONS[user.role])


def _matches(known: str, password: str) -> bool:
    try:
        return _hasher.verify(known, password)
    except (VerificationError, InvalidHashError):
        return False


def _address(email: str) -> str:
    address = email.strip().lower()
    name, at, host = address.partition("@")
    if not (name and at and "." in host) or len(address) > 254 or any(c.isspace() for c in address):
        raise Invalid(f"“{email}” is no mail address.")
    return address
