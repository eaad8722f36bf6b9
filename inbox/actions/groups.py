"""What people may do by the groups that their organisation's provider says they are in.

A table of an admin's says which group gives which role. It is held to at each sign-in by the provider, and
makes and unmakes no admin: that is done here alone.
"""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from typing import Any, NamedTuple

from connectors.contract import Clock
from inbox.actions.audit import note_change
from inbox.actions.entry import hold_anew
from inbox.actions.errors import Invalid
from inbox.actions.rights import permissions_of
from inbox.actions.roles import hold_to_newcomers
from inbox.model.entry import GroupRole, Membership
from inbox.model.people import ADMIN, Principal, User
from inbox.store import Store

_MOST = 50
_LONGEST = 256
_USUAL = "groups"


class _ChangedMeanwhile(Exception):
    """Somebody gave them another role at this moment: that one stays."""


class Table(NamedTuple):
    """Which group gives which role, as an admin writes it."""

    rows: Iterable[tuple[str, str]]
    told_by: str
    is_needed: bool


async def membership_of(table: Table, who: Principal, *, store: Store) -> Membership:
    """The table as it is kept. Raises `Forbidden` or `Invalid`."""
    rows = tuple(GroupRole(group.strip(), role) for group, role in table.rows)
    if len(rows) > _MOST:
        raise Invalid(f"Name {_MOST} groups or fewer.")
    for row in rows:
        if not 0 < len(row.group) <= _LONGEST:
            raise Invalid(f"A group’s name has 1 to {_LONGEST} characters.")
        await hold_to_newcomers(row.role, who, store=store)
    if len({row.group for row in rows}) < len(rows):
        raise Invalid("A group stands there twice.")
    told_by = table.told_by.strip()
    if len(told_by) > _LONGEST:
        raise Invalid(f"What tells the groups has {_LONGEST} characters or fewer.")
    if table.is_needed and not rows:
        raise Invalid("Name the groups whose people may sign in.")
    return Membership(groups=rows, groups_from=told_by, needs_group=table.is_needed)


def claim_of(chosen: Membership) -> str | None:
    """The claim of an OpenID provider that tells the groups; None where nothing depends on them."""
    return (chosen.groups_from or _USUAL) if chosen.groups else None


def groups_in(claims: Mapping[str, Any], chosen: Membership) -> tuple[str, ...]:
    """Of the groups that an OpenID provider tells, those that the table names. Raises `Invalid`.

    Entra ID tells none of who is in more than 200, but a place to ask at, which is not called.
    """
    claim = claim_of(chosen)
    if claim is None:
        return ()
    told, elsewhere = claims.get(claim), claims.get("_claim_names")
    if told is None and isinstance(elsewhere, dict) and claim in elsewhere:
        raise Invalid("You are in more groups than your provider tells. Ask an admin to have it tell fewer.")
    return named(told if isinstance(told, list) else [told], chosen)


def named(told: Iterable[object], chosen: Membership) -> tuple[str, ...]:
    """Those groups that the table names: of no others anything is kept."""
    known = {row.group for row in chosen.groups}
    return tuple(dict.fromkeys(each for each in told if isinstance(each, str) and each in known))


async def role_by(groups: Iterable[str], chosen: Membership, otherwise: str, *, store: Store) -> str | None:
    """The role that somebody of these groups has, or `otherwise`; None if it is an admin's by now.

    Raises `Invalid` if they are in none, and one is asked for.
    """
    held = frozenset(groups)
    for row in chosen.groups:
        if row.group in held and (permissions := await permissions_of(row.role, store=store)):
            return None if ADMIN in permissions else row.role
    if chosen.needs_group:
        raise Invalid("You are in none of the groups that may sign in here. Ask an admin.")
    return None if ADMIN in await permissions_of(otherwise, store=store) else otherwise


async def hold_to_role(
    user: User, role: str | None, visitor: Principal, *, by: str, store: Store, clock: Clock
) -> User:
    """The user, with the role that their groups give. An admin stays one, and nobody becomes one."""
    if role in (None, user.role) or ADMIN in await permissions_of(user.role, store=store):
        return user

    async def change(session: Any) -> None:
        if not await store.users.change_role(user.id, user.role, str(role), session=session):
            raise _ChangedMeanwhile

    was, became = {"role": user.role}, {"role": role, "by": by}
    with suppress(_ChangedMeanwhile):
        await note_change(visitor, "user", user.id, was, became, store=store, clock=clock, along=change)
    after = await store.users.get(user.id) or user
    await hold_anew(after, store=store)
    return after
