"""What many verbs ask first: whether somebody may, whether they may give that to others, what a name is."""

from collections.abc import Iterable

from inbox.actions.errors import Forbidden, Invalid
from inbox.model.people import ADMIN, PERMISSIONS, SCOPES, Principal
from inbox.store import Store


async def permissions_of(role: str, *, store: Store) -> frozenset[str]:
    """What a role may do; of one that there is not, nothing."""
    if role in PERMISSIONS:
        return PERMISSIONS[role]
    kept = await store.roles.get(role)
    return frozenset(kept.permissions) & frozenset(SCOPES) if kept else frozenset()


def hold_to_admin(who: Principal) -> None:
    """Raise `Forbidden` unless they may change the settings."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")


def may_grant(who: Principal, permissions: Iterable[str]) -> None:
    """Raise `Forbidden` if they lack one of the permissions that they give or take."""
    if missing := sorted(frozenset(permissions) - who.permissions):
        raise Forbidden(f"You have no “{missing[0]}” yourself: you can neither give nor take it.")


def hold_to_everything(who: Principal) -> None:
    """Raise `Forbidden` unless they may whatever anybody may: who chooses by whose word people are let in
    can come in as anybody."""
    hold_to_admin(who)
    may_grant(who, SCOPES)


def name_of(given: str, most: int) -> str:
    """A name as it is kept, without needless spaces. Raises `Invalid` if it will not do."""
    name = " ".join(given.split())
    if not name or len(name) > most or not name.isprintable():
        raise Invalid(f"A name has 1 to {most} printable characters.")
    return name
