"""Who did what: noted by the verbs, read and taken out by admins and auditors.

`note` is called after the deed and before its answer; where data leaves the house, before the data.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import msgspec

from connectors.contract import Clock
from inbox.actions.errors import Forbidden
from inbox.model.audit import START, Break, Entry, Value, differences, small, told
from inbox.model.conversation import Conversation
from inbox.model.people import ADMIN, AUDIT, OPERATOR, Principal
from inbox.model.secrets import digest
from inbox.store import Store, StoreError
from inbox.store.audit import Along

SYSTEM = Principal(id="system", name="Parley", permissions=frozenset(), is_user=False)
"""Who does what nobody asked for just now."""

_READ_AGAIN = timedelta(hours=1)


class Wanted(NamedTuple):
    """Which entries are looked for; what is empty, all."""

    by: str = ""
    what: str = ""
    """A deed such as ``user.added``, or all of a noun: ``user``."""
    target: str = ""
    since: datetime | None = None
    until: datetime | None = None


async def note(
    who: Principal,
    what: str,
    target: str = "",
    *,
    store: Store,
    clock: Clock,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    along: Along | None = None,
) -> Entry:
    """Write down that somebody did something. Values are cut short; secrets are left out by their names.

    Never give it the words, the name or the number of a customer. What `along` writes is there with the
    entry, or neither is, wherever the process is killed. Raises `StoreError`.
    """
    entry = Entry(
        id=0,
        at=clock(),
        kind=kind_of(who),
        by=who.id,
        name=who.name,
        address=who.address,
        program=who.program,
        what=what,
        target=target,
        before=small(before),
        after=small(after),
        prior=START,
        hash="",
    )
    return (await store.audit.append([entry], along=along))[0]


async def note_change(
    who: Principal,
    noun: str,
    key: str,
    before: msgspec.Struct | Mapping[str, Any] | None,
    after: msgspec.Struct | Mapping[str, Any] | None,
    *,
    store: Store,
    clock: Clock,
    along: Along | None = None,
) -> None:
    """Write down that something was added, changed or removed, with what of it is another now.

    Nothing is written where nothing changed, by `along` neither. Raises `StoreError`.
    """
    was, became = differences(told(before), told(after))
    if before is not None and after is not None and not was and not became:
        return
    deed = "added" if before is None else "removed" if after is None else "changed"
    at = f"{noun}:{key}"
    await note(who, f"{noun}.{deed}", at, store=store, clock=clock, before=was, after=became, along=along)


def nobody(address: str, program: str = "") -> Principal:
    """One who is not known: who fails to sign in."""
    return Principal(
        id="", name="", permissions=frozenset(), is_user=False, address=address, program=program[:200]
    )


def kind_of(who: Principal) -> str:
    """What sort of principal somebody is."""
    if who.is_user:
        return "user"
    if who.id in (OPERATOR.id, SYSTEM.id):
        return "system"
    return "token" if who.id else "nobody"


async def note_reading(who: Principal, conversation: Conversation, *, store: Store, clock: Clock) -> None:
    """Write down that an admin reads a conversation that is neither theirs nor their team's.

    Once an hour for each reader and conversation. To be called before it is shown. Raises `StoreError`.
    """
    if not who.may(ADMIN) or conversation.assignee_id == who.id:
        return
    team = await store.teams.get(conversation.team_id) if conversation.team_id else None
    if team and who.id in team.members:
        return
    key = f"read:{who.id}:{conversation.id}"
    if await store.presence.strike(key, clock(), _READ_AGAIN) > 1:
        return
    try:
        await note(who, "conversation.read", f"conversation:{conversation.id}", store=store, clock=clock)
    except StoreError:
        await store.presence.pardon(key)
        raise


async def note_search(
    who: Principal, words: str, found: Iterable[Conversation], *, store: Store, clock: Clock
) -> None:
    """Write down that an admin is shown words of conversations that they looked for by words of theirs.

    Which conversations, and not the words: these may be a customer's name. Once an hour for each reader and
    the same words. To be called before they are shown. Raises `StoreError`.
    """
    shown = [one.id for one in found if one.assignee_id != who.id]
    if not who.may(ADMIN) or not shown:
        return
    key = f"searched:{who.id}:{digest(words.casefold())[:32]}"
    if await store.presence.strike(key, clock(), _READ_AGAIN) > 1:
        return
    try:
        after: dict[str, Value] = {"found": len(shown), "conversations": shown}
        await note(who, "conversations.searched", store=store, clock=clock, after=after)
    except StoreError:
        await store.presence.pardon(key)
        raise


async def page(
    who: Principal, wanted: Wanted, *, before: int | None = None, limit: int, store: Store
) -> list[Entry]:
    """The entries that are looked for, the newest first. Raises `Forbidden`."""
    _may_read(who)
    return await store.audit.page(_query(wanted), before=before, limit=limit)


async def export(who: Principal, wanted: Wanted, *, store: Store, clock: Clock) -> AsyncIterator[Entry]:
    """The entries that are looked for, the oldest first; that they were taken out is the last of the log.

    Raises `Forbidden`.
    """
    _may_read(who)
    asked: dict[str, Value] = {name: str(value) for name, value in wanted._asdict().items() if value}
    await note(who, "audit.exported", store=store, clock=clock, after=asked)
    return store.audit.every(_query(wanted))


async def verify(who: Principal, *, store: Store) -> tuple[int, Break | None]:
    """How many entries are sound, and where the log breaks, None if it does not. Raises `Forbidden`."""
    _may_read(who)
    return await store.audit.verify()


def _may_read(who: Principal) -> None:
    if not who.may(AUDIT):
        raise Forbidden("You are not allowed to do this.")


def _query(wanted: Wanted) -> dict[str, Any]:
    query: dict[str, Any] = {}
    if wanted.by:
        query["by"] = wanted.by
    if wanted.what:
        noun = wanted.what
        query["what"] = noun if "." in noun else {"$gte": f"{noun}.", "$lt": f"{noun}/"}
    if wanted.target:
        query["target"] = wanted.target
    times = {"$gte": wanted.since, "$lt": wanted.until}
    if bounds := {operator: moment for operator, moment in times.items() if moment}:
        query["at"] = bounds
    return query
