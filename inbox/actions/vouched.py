"""Whose account a provider's word opens: found, linked, or made. The same for each kind of provider."""

from collections.abc import Iterable
from typing import NamedTuple

import msgspec

from connectors.contract import Clock
from connectors.outside import Outside
from inbox.actions.audit import note
from inbox.actions.errors import AlreadyThere, Invalid
from inbox.actions.groups import hold_to_role, role_by
from inbox.actions.invitations import accept_known
from inbox.actions.people import add_known
from inbox.actions.refusals import note_refusal
from inbox.model.entry import SamlSignOn, SignInLink, SingleSignOn
from inbox.model.people import Principal, User
from inbox.model.secrets import Vault, digest
from inbox.store import Store

BY = "single sign-on"


class Office(NamedTuple):
    """What single sign-on works with."""

    store: Store
    clock: Clock
    vault: Vault
    outside: Outside


class Vouched(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a provider says it has let in. Each `subject` of an `issuer` is one person for ever."""

    issuer: str
    subject: str
    email: str
    is_verified: bool
    """Whether the provider stands for the address."""
    name: str
    groups: tuple[str, ...] = ()
    """Those of the provider's groups that they are in and that the table of roles names."""

    @property
    def link(self) -> str:
        """The id under which it is kept whose account this is."""
        return link_id(self.issuer, self.subject)


def link_id(issuer: str, subject: str) -> str:
    """The id under which it is kept whose account a provider's subject is."""
    return digest(f"{issuer}\n{subject}")


def domains_of(given: Iterable[str]) -> tuple[str, ...]:
    """The domains of whose addresses a provider may speak, as they are kept."""
    return tuple(dict.fromkeys(one.strip().lower().lstrip("@") for one in given if one.strip()))


def session_key(issuer: str, sid: str) -> str:
    """By what a provider's session (`sid`) is known here."""
    return digest(f"session\n{issuer}\n{sid}")


async def user_of(
    vouched: Vouched, chosen: SingleSignOn | SamlSignOn, visitor: Principal, office: Office
) -> User:
    """The user whom a provider means, made or linked if need be.

    Raises `Invalid` with what to do. Whom the provider vouches for and we refuse is in the audit log.
    """
    try:
        return await _user_of(vouched, chosen, visitor, office)
    except Invalid as error:
        await note_refusal(
            visitor,
            BY,
            store=office.store,
            clock=office.clock,
            about=vouched.subject,
            why=str(error),
            subject=vouched.subject,
        )
        raise


async def _user_of(
    vouched: Vouched, chosen: SingleSignOn | SamlSignOn, visitor: Principal, office: Office
) -> User:
    store = office.store
    link = await store.sign_in_links.get(vouched.link)
    user = await store.users.get(link.user_id) if link else None
    role = await role_by(vouched.groups, chosen, chosen.role, store=store)
    if user is None:
        user = await _by_address(vouched, chosen, role, visitor, office)
        now = office.clock()
        kept = SignInLink(id=vouched.link, issuer=vouched.issuer, user_id=user.id, created_at=now)
        if not user.disabled:
            await store.sign_in_links.put(kept)
    if user.disabled:
        raise Invalid("You may not sign in here. Ask an admin.")
    if not chosen.groups:
        return user
    return await hold_to_role(user, role, visitor, by=BY, store=store, clock=office.clock)


async def _by_address(
    vouched: Vouched, chosen: SingleSignOn | SamlSignOn, role: str | None, visitor: Principal, office: Office
) -> User:
    """The user of the address that the provider has verified, made with the role if its domain is ours."""
    email = vouched.email.strip().lower()
    if not email or not vouched.is_verified:
        raise Invalid("Your provider has not verified your mail address.")
    domain = email.rpartition("@")[2]
    if chosen.domains and domain not in chosen.domains:
        raise Invalid("Addresses of your domain may not sign in here. Ask an admin.")
    user = await office.store.users.first({"email": email})
    if user is None:
        user = await accept_known(
            email, vouched.name[:100], visitor, by=BY, store=office.store, clock=office.clock
        )
    if user is None and chosen.domains and role:
        user = await _made(email, vouched.name, role, visitor, office)
    if user is None:
        raise Invalid("There is no account for your address. Ask an admin.")
    return user


async def _made(email: str, name: str, role: str, visitor: Principal, office: Office) -> User | None:
    """A new user, or the one whom another browser has just made of the same person."""
    try:
        user = await add_known(email, name[:100], role, store=office.store, clock=office.clock)
    except AlreadyThere:
        return await office.store.users.first({"email": email})
    told = {"role": role, "by": BY}
    await note(visitor, "user.added", f"user:{user.id}", store=office.store, clock=office.clock, after=told)
    return user
