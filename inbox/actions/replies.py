"""Saved replies: kept, changed, and filled in for a conversation.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from inbox.actions import audit
from inbox.actions.access import check_seen
from inbox.actions.converse import Desk
from inbox.actions.errors import AlreadyThere, Forbidden, Invalid, NotFound
from inbox.model.conversation import Conversation
from inbox.model.ids import new_id
from inbox.model.people import READ, WRITE, Principal
from inbox.model.replies import BadReply, SavedReply, check, fill_in

_SHORTCUT = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_MOST = 2_000


async def save(
    desk: Desk,
    who: Principal,
    *,
    reply_id: str | None = None,
    shortcut: str,
    title: str,
    text: str,
    folder: str = "",
    language: str | None = None,
    team_ids: Iterable[str] = (),
) -> SavedReply:
    """Keep a new reply, or change the one of `reply_id`. No two have the same shortcut and language."""
    _may(who, WRITE)
    if not _SHORTCUT.fullmatch(shortcut):
        raise Invalid("A shortcut has 1 to 40 lower case letters, digits, hyphens and underscores.")
    if not title.strip() or len(title) > 100 or len(folder) > 100:
        raise Invalid("A reply has a title of 1 to 100 characters, and a folder's name as long at most.")
    try:
        check(text)
    except BadReply as error:
        raise Invalid(str(error)) from error
    teams = tuple(dict.fromkeys(team_ids))
    if unknown := set(teams) - {team.id for team in await desk.store.teams.all()}:
        raise Invalid(f"There is no team {sorted(unknown)[0][:40]}.")
    if reply_id is None and await desk.store.replies.count() >= _MOST:
        raise Invalid(f"There are {_MOST:,} saved replies already.")
    reply = SavedReply(
        id=reply_id or new_id(),
        shortcut=shortcut,
        title=" ".join(title.split()),
        text=text.strip(),
        folder=" ".join(folder.split()),
        language=language or None,
        team_ids=teams,
        author_id=who.id,
        updated_at=desk.clock(),
    )
    before = await desk.store.replies.get(reply.id)
    if reply_id is not None and before is None:
        raise NotFound("There is no such reply.")
    keep = desk.store.replies.add if reply_id is None else desk.store.replies.swap
    if not await keep(reply):
        raise AlreadyThere(f"There is a reply /{shortcut} already.")
    await audit.note_change(who, "saved_reply", reply.id, before, reply, store=desk.store, clock=desk.clock)
    return reply


async def drop(desk: Desk, who: Principal, reply_id: str) -> None:
    """Delete a reply."""
    _may(who, WRITE)
    before = await desk.store.replies.get(reply_id)
    if before is None or not await desk.store.replies.remove(reply_id):
        raise NotFound("There is no such reply.")
    await audit.note_change(who, "saved_reply", reply_id, before, None, store=desk.store, clock=desk.clock)


async def filled(desk: Desk, who: Principal, reply_id: str, conversation_id: str) -> str:
    """The text of a reply for a conversation, to be looked at before it is sent."""
    _may(who, READ)
    reply = await desk.store.replies.get(reply_id)
    conversation = await desk.store.conversations.get(conversation_id)
    if reply is None or conversation is None:
        raise NotFound("There is no such reply, or no such conversation.")
    await check_seen(who, conversation, store=desk.store)
    try:
        return fill_in(reply.text, values_of(conversation, who))
    except BadReply as error:
        raise Invalid(str(error)) from error


def values_of(conversation: Conversation, who: Principal) -> dict[str, Any]:
    """What can be filled in; see `inbox.model.replies.NAMES`."""
    contact = conversation.contact
    return {
        "contact": {
            "name": contact.name,
            "first_name": _first(contact.name),
            "address": contact.address or "",
        },
        "agent": {"name": who.name, "first_name": _first(who.name)},
        "conversation": {"id": conversation.id, "channel": conversation.channel_kind},
        "slots": {k: v for k, v in conversation.bot.slots.items() if isinstance(v, str | int | float)},
    }


def reply_json(reply: SavedReply) -> dict[str, Any]:
    """A reply as pages and programs see it."""
    kept: dict[str, Any] = msgspec.to_builtins(reply)
    return kept


def _first(name: str) -> str:
    return name.split(" ")[0]


def _may(who: Principal, permission: str) -> None:
    if not who.may(permission):
        raise Forbidden("You are not allowed to do this.")
