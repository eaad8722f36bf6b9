"""The list of conversations: which ones, in which order, from where on."""

import base64
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple

import msgspec
from aiohttp import web

from inbox.actions.access import hidden_from
from inbox.actions.errors import Invalid
from inbox.actions.triage import clean_label
from inbox.http.bodies import choice, number
from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.people import Principal
from inbox.model.profile import wanted_words
from inbox.model.routing import PRIORITIES
from inbox.model.said import Excerpt, excerpt, said_in
from inbox.model.words import query_words
from inbox.store import CHANGES_KEPT, Store
from inbox.store.findings import TooCommon

TABS = ("all", "mine", "unassigned", "bot")
_STATUSES = ("open", "resolved", "snoozed", "any")
_OVERLAP = timedelta(seconds=10)
_REMEMBERED = timedelta(seconds=CHANGES_KEPT * 0.9)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


_FOUND = 400
"""In how many messages what is looked for is taken into account, the newest."""


_FEW = 100
"""Conversations of a language that are looked at one by one."""

_CALLED = 200
"""How many customers of a name are looked for."""

COUNTED = 1_000
"""A tab's conversations are counted up to here: to count a shop's hundred thousand would take the longer the
more there are, and is asked for whenever one changes."""


class Match(NamedTuple):
    """Where a conversation has what was looked for."""

    message_id: str | None
    """None where it is the customer's name or address."""
    seq: int | None
    """Its place in the conversation."""
    excerpt: Excerpt | None


NOWHERE = Match(None, None, None)


class Listing(NamedTuple):
    """One page of the list."""

    items: list[Conversation]
    next_cursor: str | None
    matches: dict[str, Match]
    """By conversation, when something was looked for."""


def tab_query(
    tab: str, agent_id: str, status: str = "open", hidden: frozenset[str] = frozenset()
) -> dict[str, Any]:
    """The store's question for a tab, without the conversations of the teams in `hidden`."""
    query: dict[str, Any] = {"status": {"$in": list(Status)} if status == "any" else status}
    if hidden:
        query["team_id"] = {"$nin": sorted(hidden)}
    if tab == "mine":
        return query | {"assignee_id": agent_id}
    if tab == "unassigned":
        people = [SpeakerKind.NOBODY, SpeakerKind.AGENT]
        return query | {"assignee_id": None, "speaker.kind": {"$in": people}}
    return query | {"speaker.kind": SpeakerKind.BOT if tab == "bot" else {"$in": list(SpeakerKind)}}


async def counts(store: Store, agent_id: str, hidden: frozenset[str] = frozenset()) -> dict[str, int]:
    """How many open conversations each tab has, as far as they see them; `COUNTED` is that many or more."""
    return {
        tab: await store.conversations.count(tab_query(tab, agent_id, hidden=hidden), up_to=COUNTED)
        for tab in TABS
    }


async def counts_of(store: Store, agents: Mapping[str, frozenset[str]]) -> dict[str, dict[str, int]]:
    """The counts of several agents, each with the teams that are hidden from them.

    At the price of one for all from whom the same is hidden: only `mine` differs.
    """
    shared: dict[frozenset[str], dict[str, int]] = {}
    for hidden in set(agents.values()):
        shared[hidden] = {
            tab: await store.conversations.count(tab_query(tab, "", hidden=hidden), up_to=COUNTED)
            for tab in TABS
            if tab != "mine"
        }
    mine = await store.conversations.count_by_assignee(set(agents))
    return {one: {**shared[hidden], "mine": min(mine.get(one, 0), COUNTED)} for one, hidden in agents.items()}


async def listing(
    request: web.Request, principal: Principal, store: Store, limit: int, now: datetime
) -> Listing:
    """The page of the list that the request's query asks for. Raises `Invalid`."""
    tab, status = choice(request, "tab", TABS), choice(request, "status", _STATUSES)
    hidden = await hidden_from(principal, store=store)
    query = tab_query(tab, principal.id, status, hidden)
    if channel_id := request.query.get("channel_id"):
        query["channel_id"] = channel_id
    if team_id := request.query.get("team"):
        query["team_id"] = {"$in": []} if team_id in hidden else team_id
    if label := request.query.get("label"):
        query["labels"] = clean_label(label)
    if request.query.get("priority"):
        query["priority"] = choice(request, "priority", PRIORITIES)
    if language := request.query.get("language"):
        query |= await _in_language(language[:35], store)
    if agent := request.query.get("assignee"):
        is_theirs = tab in ("all", "bot") or (tab == "mine" and agent == principal.id)
        query["assignee_id"] = agent[:64] if is_theirs else {"$in": []}
    minutes = number(request, "waiting", None, least=0, most=525_600)
    if minutes is not None:
        query["waiting_since"] = {"$lte": now - timedelta(minutes=minutes), "$type": "date"}
    words = request.query.get("q", "").strip()[:100]
    found: dict[str, str] = {}
    if words:
        customers = await _called(words, store)
        try:
            hits = await messages_with(words, store, _FOUND)
        except Invalid:
            if not customers:
                raise
            hits = []
        for finding_id, conversation_id in hits:  # the newest first
            found.setdefault(conversation_id, finding_id)
        query["$or"] = [{"_id": {"$in": list(found)}}, {"contact_id": {"$in": customers}}]
    sort = choice(request, "sort", ("newest", "waiting", "due", "priority"))
    waiting, due = minutes is not None or sort == "waiting", minutes is None and sort == "due"
    cursor = request.query.get("cursor")
    after = open_cursor(cursor) if cursor else None
    if sort == "priority" and not waiting:
        items, following = await _by_priority(query, after, limit, store)
        return Listing(items, following, await _matches(items, found, words, store))
    items = await store.conversations.page(query, waiting=waiting, due=due, after=after, limit=limit + 1)
    if len(items) <= limit:
        return Listing(_in_order(items, waiting or due), None, await _matches(items, found, words, store))
    last = items[limit - 1]
    at = last.waiting_since if waiting else last.listed_at
    if due and last.level:
        at = last.level.breach_at
    return Listing(
        _in_order(items[:limit], waiting or due),
        cursor_of(at or last.created_at, last.id),
        await _matches(items[:limit], found, words, store),
    )


async def _by_priority(
    query: dict[str, Any], after: tuple[datetime, str] | None, limit: int, store: Store
) -> tuple[list[Conversation], str | None]:
    """The most pressing first and of each priority the newest; and the cursor of what follows.

    Each priority is asked for by itself: there are few, and each has its order in an index.
    """
    at, _, key = after[1].partition(":") if after else (PRIORITIES[0], "", "")
    if at not in PRIORITIES:
        raise Invalid("This cursor is not one of ours.")
    wanted = [query["priority"]] if "priority" in query else PRIORITIES[PRIORITIES.index(at) :]
    items: list[Conversation] = []
    for priority in wanted:
        start = (after[0], key) if after and priority == at else None
        asked, room = query | {"priority": priority}, limit + 1 - len(items)
        items += await store.conversations.page(asked, after=start, limit=room)
        if len(items) > limit:
            last = items[limit - 1]
            return items[:limit], cursor_of(last.listed_at or last.created_at, f"{last.priority}:{last.id}")
    return items, None


async def _in_language(language: str, store: Store) -> dict[str, Any]:
    """The store's question for a language. Those of one that few write are named: to look for them among all
    takes the longer the more there are."""
    few = await store.conversations.in_language(language, _FEW + 1)
    return {"language": language} | ({"_id": {"$in": few}} if len(few) <= _FEW else {})


async def _matches(
    items: list[Conversation], found: dict[str, str], words: str, store: Store
) -> dict[str, Match]:
    """Where each of these conversations has what was looked for."""
    if not words:
        return {}
    wanted = [found[c.id] for c in items if c.id in found]
    said = {m.conversation_id: m for m in await store.findings.messages_of(wanted)}
    return {
        c.id: Match(m.id, m.seq, excerpt(said_in(m.content), words)) if (m := said.get(c.id)) else NOWHERE
        for c in items
    }


async def messages_with(words: str, store: Store, limit: int, at: str | None = None) -> list[tuple[str, str]]:
    """Messages with these words, everywhere or in one conversation, as `Findings.find`. Raises `Invalid`."""
    try:
        return await store.findings.find(*query_words(words), conversation_id=at, limit=limit)
    except TooCommon as error:  # which is not to say that nobody wrote them
        raise Invalid(
            "These words are too common to be found together in time. Add a rarer one, or a number."
        ) from error


async def _called(words: str, store: Store) -> list[str]:
    """Ids of the customers who go by these words, those that changed last."""
    wanted = wanted_words(*query_words(words))
    return await store.contacts.called(wanted, _CALLED) if wanted else []


def _in_order(items: list[Conversation], is_exact: bool) -> list[Conversation]:
    """The rows of a page by the second, where the store knows only the minute."""
    if is_exact:
        return items
    return sorted(items, key=lambda c: c.last_message.at if c.last_message else c.created_at, reverse=True)


async def changes(cursor: str | None, store: Store, now: datetime, limit: int = 200) -> dict[str, Any]:
    """What changed since the cursor, and the next one. The caller makes JSON of the items.

    Commits become visible a little out of the order of their times, so a cursor that is up to date lies ten
    seconds back: the same conversation may come twice, and is known by its `rev`. A cursor from before what
    is remembered is answered with `reset`: load anew.
    """
    safe = now - _OVERLAP
    if not cursor:
        return {"items": [], "cursor": cursor_of(safe, ""), "more": False}
    moment, key = open_cursor(cursor)
    if moment < now - _REMEMBERED:
        return {"items": [], "cursor": cursor_of(safe, ""), "more": False, "reset": True}
    items, last = await store.conversations.changed_since(moment, key, limit)
    if last:
        return {"items": items, "cursor": cursor_of(*last), "more": True}
    return {"items": items, "cursor": cursor_of(max(moment, safe), ""), "more": False}


def cursor_of(moment: datetime, key: str) -> str:
    """A place in a list, opaque to the caller."""
    millis = (moment - _EPOCH) // timedelta(milliseconds=1)  # floats would be off by one now and then
    return base64.urlsafe_b64encode(msgspec.json.encode([millis, key])).decode().rstrip("=")


def open_cursor(cursor: str) -> tuple[datetime, str]:
    """The place that `cursor_of` wrote. Raises `Invalid`."""
    try:
        raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        millis, key = msgspec.json.decode(raw, type=tuple[int, str])
        return _EPOCH + timedelta(milliseconds=millis), key
    except (ValueError, OverflowError, OSError, msgspec.DecodeError) as error:
        raise Invalid("This cursor is not one of ours.") from error
