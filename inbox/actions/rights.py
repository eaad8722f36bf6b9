"""What many verbs ask first: whether somebody may, whether they may give that to others, what a name is."""

from collections.abc import Iterable

from inbox.actions.errors import Forbidden, Invalid
from inbox.model.people import ADMIN, Principal


def hold_to_admin(who: Principal) -> None:
    """Raise `Forbidden` unless they may change the settings."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")


def may_grant(who: Principal, permissions: Iterable[str]) -> None:
    """Raise `Forbidden` if they lack one of the permissions that they give or take."""
    if missing := sorted(frozenset(permissions) - who.permissions):
        raise Forbidden(f"You have no “{missing[0]}” yourself: you can neither give nor take it.")


def name_of(given: str, most: int) -> str:
    """A name as it is kept, without needless spaces. Raises `Invalid` if it will not do."""
    name = " ".join(given.split())
    if not name or len(name) > most or not name.isprintable():
        raise Invalid(f"A name has 1 to {most} printable characters.")
    return name
