"""Which conversations somebody may see: all, but those of private teams that they are not in.

Supervisors and admins see these too. What somebody may not see is to them as if it were not there.
"""

from collections.abc import Iterable
from typing import Any

from connectors.contract import Clock
from inbox.actions.audit import note_reading
from inbox.actions.errors import Invalid, NotFound
from inbox.actions.roles import asking
from inbox.model.conversation import Conversation
from inbox.model.people import ADMIN, SUPERVISE, Principal, User
from inbox.store import Store


def sees_all(who: Principal) -> bool:
    """Whether no team is hidden from them. Rules, routing and Parley itself are nobody to hide from."""
    is_asked_for = who.is_user or who.id.startswith("token:")
    return who.may(ADMIN) or who.may(SUPERVISE) or not is_asked_for


async def hidden_from(who: Principal, *, store: Store, session: Any = None) -> frozenset[str]:
    """Ids of the teams whose conversations they may not see."""
    if sees_all(who):
        return frozenset()
    return await store.teams.hidden_from(who.id, session)


async def check_seen(
    who: Principal, conversation: Conversation, *, store: Store, session: Any = None
) -> None:
    """Raise `NotFound` if they may not see a conversation."""
    if conversation.team_id is None or sees_all(who):
        return
    if conversation.team_id in await hidden_from(who, store=store, session=session):
        raise NotFound("There is no such conversation.")


async def check_sight_of(
    user: User | None, team_id: str | None, *, store: Store, session: Any = None
) -> None:
    """Raise `Invalid` unless a colleague may see the conversations of a team: nobody answers unseen ones."""
    who = await asking(user, store=store) if user and team_id else None
    if user and who and team_id in await hidden_from(who, store=store, session=session):
        raise Invalid(f"{user.name} is not in the private team that this conversation is with.")


async def seen(who: Principal, conversation_id: str, *, store: Store, session: Any = None) -> Conversation:
    """A conversation that they may see. Raises `NotFound`."""
    conversation = await store.conversations.get(conversation_id, session)
    if conversation is None:
        raise NotFound("There is no such conversation.")
    await check_seen(who, conversation, store=store, session=session)
    return conversation


async def all_seen(
    who: Principal, conversations: Iterable[Conversation], *, store: Store, session: Any = None
) -> list[Conversation]:
    """Those of the conversations that they may see."""
    hidden = await hidden_from(who, store=store, session=session)
    return [one for one in conversations if one.team_id not in hidden]


async def opened(who: Principal, conversation_id: str, *, store: Store, clock: Clock) -> Conversation:
    """The conversation, to be shown to somebody who reads; an admin's look is noted before.

    Raises `NotFound`.
    """
    conversation = await seen(who, conversation_id, store=store)
    await note_reading(who, conversation, store=store, clock=clock)
    return conversation
