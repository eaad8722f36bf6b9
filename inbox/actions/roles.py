"""Roles: what each may do, those that admins make themselves, and who has which.

Nobody grants what they do not have, and nobody takes the last admin away. All raise `Forbidden`, `NotFound`,
`Invalid` or `AlreadyThere`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.errors import AlreadyThere, Invalid, NotFound
from inbox.actions.people import principal_of
from inbox.actions.rights import hold_to_admin, may_grant, name_of, permissions_of
from inbox.model.ids import new_id
from inbox.model.people import ADMIN, PERMISSIONS, READ, SCOPES, WRITE, KeptRole, Principal, User
from inbox.store import Store

_NAME = 40
_MOST = 50


async def asking(user: User, *, store: Store) -> Principal:
    """The user as one who asks. Whose role is gone may do nothing."""
    return principal_of(user, await permissions_of(user.role, store=store))


async def all_roles(who: Principal, *, store: Store) -> list[dict[str, Any]]:
    """Every role, with what it may do and how many have it."""
    hold_to_admin(who)
    kept = await store.roles.list(sort="name", limit=_MOST)
    number: dict[str, int] = {}
    for user in await store.users.list(limit=100_000):
        number[user.role] = number.get(user.role, 0) + 1
    found = [(role, str(role).capitalize(), may, True) for role, may in PERMISSIONS.items()]
    found += [(role.id, role.name, frozenset(role.permissions), False) for role in kept]
    return [
        {
            "id": str(role),
            "name": name,
            "permissions": [p for p in SCOPES if p in may],
            "built_in": is_built_in,
            "users": number.get(role, 0),
        }
        for role, name, may, is_built_in in found
    ]


async def hold_to_newcomers(role: str, who: Principal, *, store: Store) -> None:
    """Raises `Invalid` or `Forbidden` unless somebody may have this role by a provider's word alone."""
    if role not in [each["id"] for each in await all_roles(who, store=store)]:
        raise Invalid(f"There is no role {role}.")
    permissions = await permissions_of(role, store=store)
    if ADMIN in permissions:
        raise Invalid("Whoever is new may not be an admin from the start.")
    may_grant(who, permissions)


async def save_role(
    who: Principal,
    *,
    role_id: str | None = None,
    name: str,
    permissions: Iterable[str],
    store: Store,
    clock: Clock,
) -> KeptRole:
    """Keep a new role, or change the one of `role_id`; whoever has it may do so from now on."""
    hold_to_admin(who)
    before = await store.roles.get(role_id) if role_id else None
    if role_id is not None and before is None:
        raise NotFound("There is no such role, or it is one that cannot be changed.")
    if role_id is None and await store.roles.count() >= _MOST:
        raise Invalid(f"There are {_MOST} roles already.")
    role = KeptRole(
        id=role_id or new_id(),
        name=name_of(name, _NAME),
        permissions=_chosen(who, permissions),
        updated_at=clock(),
    )
    may_grant(who, before.permissions if before else ())
    if before and ADMIN in before.permissions and ADMIN not in role.permissions:
        others = [one for one in await _admin_roles(store) if one != role.id]
        if not await store.users.first({"role": {"$in": others}, "disabled": False}):
            raise Invalid("Nobody would be left who is an admin.")
    keep = store.roles.add if before is None else store.roles.swap
    if not await keep(role):
        raise AlreadyThere(f"There is a role {role.name} already.")
    await audit.note_change(who, "role", role.id, before, role, store=store, clock=clock)
    return role


async def drop_role(who: Principal, role_id: str, *, store: Store, clock: Clock) -> None:
    """Delete a role that nobody has."""
    hold_to_admin(who)
    before = await store.roles.get(role_id)
    if before is None:
        raise NotFound("There is no such role, or it is one that cannot be deleted.")
    may_grant(who, before.permissions)
    if await store.users.first({"role": role_id}):
        raise Invalid("Somebody has this role. Give them another one first.")
    if await _is_given_by_a_provider(role_id, store=store):
        raise Invalid("Single sign-on gives this role. Choose another one there first.")
    await store.roles.remove(role_id)
    await audit.note_change(who, "role", role_id, before, None, store=store, clock=clock)


async def change_user(
    who: Principal,
    user_id: str,
    *,
    role: str | None = None,
    disabled: bool | None = None,
    store: Store,
    clock: Clock,
) -> User:
    """Give a colleague another role, or let them in no longer, or again."""
    hold_to_admin(who)
    user = await store.users.get(user_id)
    if user is None:
        raise NotFound("There is no such colleague.")
    fields: dict[str, Any] = {}
    if role is not None:
        if role not in PERMISSIONS and await store.roles.get(role) is None:
            raise Invalid("There is no such role.")
        may_grant(who, await permissions_of(role, store=store))
        fields["role"] = str(role)
    if disabled is not None:
        fields["disabled"] = disabled
    may_grant(who, await permissions_of(user.role, store=store))
    admins = await _admin_roles(store)

    async def change(session: Any) -> None:
        if not await store.users.change_one(user_id, fields, admins=admins, session=session):
            raise Invalid("Nobody would be left who is an admin.")

    was, became = _told(user), {**_told(user), **fields}
    await audit.note_change(who, "user", user_id, was, became, store=store, clock=clock, along=change)
    if disabled:
        await store.sessions.remove_all({"user_id": user_id})
    return await store.users.get(user_id) or user


async def having(role_id: str, *, store: Store) -> list[str]:
    """Ids of the users with a role."""
    return [user.id for user in await store.users.list({"role": role_id}, limit=100_000)]


def _told(user: User) -> Mapping[str, Any]:
    return {"role": user.role, "disabled": user.disabled}


async def _admin_roles(store: Store) -> list[str]:
    """The roles that make an admin."""
    kept = await store.roles.list(limit=_MOST)
    made = [role.id for role in kept if ADMIN in role.permissions]
    return [str(role) for role, may in PERMISSIONS.items() if ADMIN in may] + made


async def _is_given_by_a_provider(role_id: str, *, store: Store) -> bool:
    kept = await store.single_sign_on.get("settings"), await store.saml_sign_on.get("settings")
    return any(role_id in (one.role, *(row.role for row in one.groups)) for one in kept if one)


def _chosen(who: Principal, permissions: Iterable[str]) -> tuple[str, ...]:
    given = frozenset(permissions)
    if unknown := sorted(given - frozenset(SCOPES)):
        raise Invalid(f"There is no permission “{unknown[0][:40]}”.")
    if not given:
        raise Invalid("A role needs a permission.")
    if WRITE in given and READ not in given:
        raise Invalid("Who may write to customers must be able to read what they wrote.")
    may_grant(who, given)
    return tuple(permission for permission in SCOPES if permission in given)
