"""Those who sign in: made, checked, let in and out."""

import secrets
from datetime import timedelta

import structlog

from connectors.contract import Clock
from inbox.actions.entry import hold_to_policy
from inbox.actions.errors import AlreadyThere, Invalid
from inbox.actions.lockout import Visit, count_attempt, count_proof, forgive
from inbox.actions.passwords import MOST, hashed, hashed_as_it_is, is_outdated, matches, objection
from inbox.model.ids import new_id
from inbox.model.languages import LANGUAGES
from inbox.model.people import PERMISSIONS, Principal, Role, Session, User
from inbox.model.secrets import FileLinks, digest, new_secret
from inbox.store import Store

log = structlog.get_logger(__name__)

SESSION = timedelta(days=14)
IDLE = timedelta(days=3)
"""How long a session lasts that is not used: a weekend."""
_LEAST_OF_OPERATOR = 10


async def add_user(email: str, name: str, role: str, password: str, *, store: Store, clock: Clock) -> User:
    """Make a user. Raises `Invalid` for a bad address or password, `AlreadyThere` if the address is taken."""
    address = mail_address(email)
    password_hash = await hashed(password, (address, name))
    return await _added(address, name, role, password_hash, store=store, clock=clock)


async def _added(
    address: str, name: str, role: str, password_hash: str, *, store: Store, clock: Clock
) -> User:
    user = User(
        id=new_id(),
        email=address,
        name=name.strip() or address,
        role=role,
        password_hash=password_hash,
        created_at=clock(),
    )
    if not await store.users.add(user):
        raise AlreadyThere(f"There is already a user {user.email}.")
    return user


async def add_known(email: str, name: str, role: str, *, store: Store, clock: Clock) -> User:
    """Make a user whom somebody else vouches for, without a password. Raises as `add_user` does."""
    return await _added(mail_address(email), name, role, "", store=store, clock=clock)


async def set_password(user: User, password: str, *, store: Store) -> None:
    """Give a user a new password and end their sessions. Raises `Invalid`."""
    await store.users.change(user.id, password_hash=await hashed(password, (user.email, user.name)))
    await store.sessions.remove_all({"user_id": user.id})


async def set_language(principal: Principal, language: str | None, *, store: Store) -> None:
    """Choose the language of one's pages; None leaves it to the browser. Raises `Invalid`."""
    if not principal.is_user:
        raise Invalid("Only a person chooses a language.")
    if language is not None and language not in LANGUAGES:
        raise Invalid("The pages do not speak this language.")
    await store.users.set_language(principal.id, language)


async def first_admin(email: str, password: str | None, *, store: Store, clock: Clock) -> str | None:
    """Make the first admin if there is no user yet. Its password if it was made, else None.

    A password that the operator chose is taken even if it is weak, with a warning in the log: an installation
    that does not start helps nobody. Raises `Invalid` if it is shorter than ten characters.
    """
    if await store.users.list(limit=1):
        return None
    chosen, address = password or secrets.token_urlsafe(12), mail_address(email)
    name = address.partition("@")[0].capitalize()
    if len(chosen) < _LEAST_OF_OPERATOR:
        raise Invalid(f"The first admin's password needs {_LEAST_OF_OPERATOR} characters or more.")
    if wrong := objection(chosen, (address, name)):
        log.warning("the first admin's password is weak: change it at /account", why=wrong)
    try:
        password_hash = await hashed_as_it_is(chosen)
        await _added(address, name, Role.ADMIN, password_hash, store=store, clock=clock)
    except AlreadyThere:
        return None
    return chosen


async def sign_in(
    email: str,
    password: str,
    visit: Visit,
    *,
    store: Store,
    clock: Clock,
    tickets: FileLinks | None = None,
) -> User | None:
    """The user, None if the address or the password is wrong.

    Raises `TooMany` after too many failures, see `lockout`. Takes as long for an address that there is not as
    for a wrong password. A hash of an outdated cost is made anew.
    """
    email, user = email.strip().lower(), await user_at(email, store=store)
    keys = await count_attempt(email, user, visit, tickets=tickets, store=store, clock=clock)
    good = await matches(user.password_hash if user else None, password)
    if user is None or user.disabled or not good:
        return None
    await forgive(keys, store=store)
    if is_outdated(user.password_hash):
        await store.users.change(user.id, password_hash=await hashed_as_it_is(password[:MOST]))
    return user


async def user_at(email: str, *, store: Store) -> User | None:
    """Who signs in with this address."""
    return await store.users.first({"email": email.strip().lower()})


async def open_session(
    user: User,
    *,
    store: Store,
    clock: Clock,
    device: str = "",
    address: str = "",
    is_strong: bool = False,
    is_provided: bool = False,
    provider_session: str = "",
) -> str:
    """A new session's cookie for a user who has been let in."""
    cookie, now = new_secret(), clock()
    session = Session(
        id=digest(cookie),
        user_id=user.id,
        csrf=new_secret(),
        created_at=now,
        expires_at=now + IDLE,
        device=device,
        address=address,
        seen_at=now,
        proved_at=now,
        is_strong=is_strong,
        is_provided=is_provided,
        provider_session=provider_session,
    )
    await store.sessions.add(session)
    await hold_to_policy(user, session.id, store=store)
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

    Raises `Invalid` if the present one is wrong or the new one will not do, `TooMany` after many wrong ones.
    """
    key = await count_proof(user, store=store, clock=clock)
    if not await matches(user.password_hash, present):
        raise Invalid("The present password is wrong.")
    await forgive((key,), store=store)
    if present == chosen:
        raise Invalid("This is the password that you have already.")
    await store.users.change(user.id, password_hash=await hashed(chosen, (user.email, user.name)))
    return await store.sessions.remove_all({"user_id": user.id, "_id": {"$ne": session.id}})


def principal_of(user: User, permissions: frozenset[str] | None = None) -> Principal:
    """The user as one who asks; of a role of one's own, `permissions` are what it is made of."""
    may = PERMISSIONS.get(user.role, frozenset()) if permissions is None else permissions
    return Principal(id=user.id, name=user.name, permissions=may)


def mail_address(email: str) -> str:
    """An address as it is kept. Raises `Invalid` for what is none."""
    address = email.strip().lower()
    name, at, host = address.partition("@")
    if not (name and at and "." in host) or len(address) > 254 or any(c.isspace() for c in address):
        raise Invalid(f"“{email}” is no mail address.")
    return address
