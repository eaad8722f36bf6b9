"""Invitations: an admin gives somebody a link, and who has it makes their own account with it, once.

The link goes to them by whatever way the admin chooses; of its secret only the digest is kept. Nobody invites
to more than they may themselves, and an invitation is worth no more than its inviter is by then. All raise
`Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

from collections.abc import Iterable
from datetime import timedelta
from typing import NamedTuple

from msgspec.structs import replace

from connectors.contract import Clock
from inbox.actions import audit
from inbox.actions.errors import ActionRefused, AlreadyThere, Invalid, NotFound
from inbox.actions.passwords import hashed
from inbox.actions.people import mail_address
from inbox.actions.rights import hold_to_admin, may_grant, name_of, permissions_of
from inbox.actions.roles import asking
from inbox.actions.tokens import token_shown_as
from inbox.model.ids import new_id
from inbox.model.invitation import Invitation
from inbox.model.people import ADMIN, OPERATOR, PERMISSIONS, Principal, User
from inbox.model.secrets import digest, new_secret
from inbox.store import Store

SHOWN = 12
"""How much of an invitation's id is shown: it tells two apart, and opens nothing."""

DAYS, LONGEST = 7, 30
_NAME = 100
_MOST = 1000


class Gone(ActionRefused):
    """The link makes no account: it was used, taken back, or its time is over."""

    status = 410
    code = "gone"


class Invited(NamedTuple):
    """What a link leads to."""

    invitation: Invitation
    role: str
    """The role's name."""
    permissions: frozenset[str]


async def invite(
    who: Principal,
    *,
    email: str,
    role: str,
    team_ids: Iterable[str] = (),
    days: int = DAYS,
    store: Store,
    clock: Clock,
) -> tuple[str, Invitation]:
    """Invite somebody: the secret of their link, to be shown once, and what is kept of it.

    A link that the address had before is void.
    """
    hold_to_admin(who)
    address, teams = mail_address(email), tuple(dict.fromkeys(team_ids))
    if not 1 <= days <= LONGEST:
        raise Invalid(f"An invitation holds for 1 to {LONGEST} days.")
    if role not in PERMISSIONS and await store.roles.get(role) is None:
        raise Invalid("There is no such role.")
    may_grant(who, await permissions_of(role, store=store))
    known = {team.id for team in await store.teams.all()}
    if not known.issuperset(teams):
        raise Invalid("There is no such team.")
    if await store.users.first({"email": address}):
        raise AlreadyThere(f"There is already a user {address}.")
    if await store.invitations.count() >= _MOST:
        raise Invalid(f"There are {_MOST} invitations already.")
    secret, now = new_secret(), clock()
    invitation = Invitation(
        id=digest(secret),
        email=address,
        role=str(role),
        team_ids=teams,
        inviter_id=who.id,
        inviter_name=who.name,
        created_at=now,
        expires_at=now + timedelta(days=days),
    )
    await _revoke({"email": address}, who, store=store, clock=clock)
    await store.invitations.add(invitation)
    await audit.note_change(
        who, "invitation", shown(invitation), None, told_of(invitation), store=store, clock=clock
    )
    return secret, invitation


async def all_invitations(who: Principal, *, store: Store) -> list[Invitation]:
    """Every invitation that is remembered, the newest first."""
    hold_to_admin(who)
    return await store.invitations.list(sort="-created_at", limit=_MOST)


async def take_back(who: Principal, shown_id: str, *, store: Store, clock: Clock) -> None:
    """Make the link void of which a list shows this id."""
    hold_to_admin(who)
    for one in await store.invitations.list(limit=_MOST):
        if shown(one) == shown_id and await _revoke({"_id": one.id}, who, store=store, clock=clock):
            return
    raise NotFound("There is no such invitation that is still open.")


async def invited_by(secret: str, *, store: Store, clock: Clock) -> Invited:
    """What a link leads to. Raises `NotFound`, or `Gone` in words for who holds it."""
    found = await store.invitations.get(digest(secret))
    if found is None:
        raise NotFound("There is no such invitation. Perhaps the link was not copied whole.")
    match found.state(clock()):
        case "used":
            raise Gone("This invitation was used already. Whoever used it can sign in.")
        case "revoked":
            raise Gone("This invitation was taken back. Ask for another one.")
        case "expired":
            raise Gone("The time of this invitation is over. Ask for another one.")
    return await _worth(found, store=store, clock=clock)


async def accept(
    secret: str, visitor: Principal, *, name: str, password: str, store: Store, clock: Clock
) -> User:
    """Make the account that a link is for. Raises as `invited_by` does, and `Invalid` or `AlreadyThere`."""
    found = await invited_by(secret, store=store, clock=clock)
    called = name_of(name, _NAME)
    password_hash = await hashed(password, (found.invitation.email, called))
    made = await _accept(
        found.invitation, called, password_hash, visitor, by="invitation", store=store, clock=clock
    )
    if made is None:  # somebody was faster, or it was taken back while the password was weighed
        await invited_by(secret, store=store, clock=clock)
        raise Gone("This invitation was used already. Whoever used it can sign in.")
    return made


async def accept_known(
    email: str, name: str, visitor: Principal, *, by: str, store: Store, clock: Clock
) -> User | None:
    """Make the account of an address that somebody else vouches for, if it is invited; None if it is not."""
    found = await store.invitations.of(email, clock())
    if found is None:
        return None
    try:
        await _worth(found, store=store, clock=clock)
    except Gone:
        return None
    return await _accept(found, name.strip() or email, "", visitor, by=by, store=store, clock=clock)


async def _accept(
    found: Invitation,
    name: str,
    password_hash: str,
    visitor: Principal,
    *,
    by: str,
    store: Store,
    clock: Clock,
) -> User | None:
    """The account, None if the invitation was used or taken back meanwhile."""
    user = User(
        id=new_id(),
        email=found.email,
        name=name,
        role=found.role,
        password_hash=password_hash,
        created_at=clock(),
    )
    accepted = await store.invitations.accept(found.id, user, found.team_ids, clock())
    if accepted is None:
        raise AlreadyThere("There is an account of this address already: sign in with it.")
    if not accepted:
        return None
    told = {"role": user.role, "by": by, "invitation": shown(found), "invited_by": found.inviter_name}
    who = replace(visitor, id=user.id, name=user.name, is_user=True)
    await audit.note(who, "user.added", f"user:{user.id}", store=store, clock=clock, after=told)
    return user


async def _worth(found: Invitation, *, store: Store, clock: Clock) -> Invited:
    """What an invitation gives today: nothing that its inviter could not give now. Raises `Gone`."""
    kept = await store.roles.get(found.role) if found.role not in PERMISSIONS else None
    if found.role not in PERMISSIONS and kept is None:
        raise Gone("The role that you were invited to is gone. Ask for another invitation.")
    permissions = await permissions_of(found.role, store=store)
    inviter = await _inviter(found, store=store, clock=clock)
    if inviter is None or not inviter.may(ADMIN) or not permissions <= inviter.permissions:
        raise Gone("Whoever invited you may not do so any more. Ask for another invitation.")
    return Invited(found, kept.name if kept else found.role.capitalize(), permissions)


async def _inviter(found: Invitation, *, store: Store, clock: Clock) -> Principal | None:
    """Who invited, as they are today; None if they are gone."""
    if found.inviter_id == OPERATOR.id:
        return OPERATOR
    if found.inviter_id.startswith("token:"):
        return await token_shown_as(found.inviter_id.removeprefix("token:"), store=store, clock=clock)
    user = await store.users.get(found.inviter_id)
    return None if user is None or user.disabled else await asking(user, store=store)


async def _revoke(query: dict[str, object], who: Principal, *, store: Store, clock: Clock) -> bool:
    revoked = await store.invitations.revoke(query, clock())
    for one in revoked:
        await audit.note_change(who, "invitation", shown(one), told_of(one), None, store=store, clock=clock)
    return bool(revoked)


def shown(invitation: Invitation) -> str:
    """By which a list and the audit log name it."""
    return invitation.id[:SHOWN]


def told_of(invitation: Invitation) -> dict[str, object]:
    """What the audit log tells of an invitation."""
    return {
        "email": invitation.email,
        "role": invitation.role,
        "teams": invitation.team_ids,
        "expires_at": invitation.expires_at,
    }
