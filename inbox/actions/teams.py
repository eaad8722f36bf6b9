"""Teams: kept and changed by admins, and the team that a conversation is with.

All raise `Forbidden`, `NotFound`, `Invalid` or `AlreadyThere`.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from inbox.actions import audit
from inbox.actions.access import check_sight_of
from inbox.actions.converse import assign, change
from inbox.actions.desk import Desk, Within
from inbox.actions.errors import AlreadyThere, Invalid, NotFound, StaleEpoch
from inbox.actions.queue_words import SAID
from inbox.actions.rights import hold_to_admin, name_of
from inbox.model.conversation import Conversation, SpeakerKind
from inbox.model.hours import BadHours, Hours, checked
from inbox.model.ids import new_id
from inbox.model.people import WRITE, Principal
from inbox.model.routing import Method
from inbox.model.team import Team, receiving
from inbox.model.thread import Thread
from inbox.store import Store

_MOST = 200
_NAME = 60
_WORDS = 300
_TAG = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_DAY = 86_400
_LONGEST = 7 * 24 * 60
_HELD = 10_000
_OFFICE = Principal(id="teams", name="Parley", permissions=frozenset({WRITE}), is_user=False)


async def save(
    desk: Desk,
    who: Principal,
    *,
    team_id: str | None = None,
    name: str,
    members: Iterable[str] = (),
    languages: Iterable[str] = (),
    hours: Hours | None = None,
    method: str = Method.MANUAL,
    overflow_team_id: str | None = None,
    overflow_minutes: int = 10,
    overflow_in_hours: bool = True,
    skill_minutes: int = 15,
    return_seconds: int = 120,
    tells_place: bool = False,
    closed_words: Mapping[str, str] | None = None,
    is_default: bool = False,
    is_private: bool = False,
) -> Team:
    """Keep a new team, or change the one of `team_id`. If it is the default one, no other is any more."""
    hold_to_admin(who)
    teams = {team.id: team for team in await desk.store.teams.all()}
    if team_id is not None and team_id not in teams:
        raise NotFound("There is no such team.")
    if team_id is None and len(teams) >= _MOST:
        raise Invalid(f"There are {_MOST} teams already.")
    team = Team(
        id=team_id or new_id(),
        name=name_of(name, _NAME),
        members=await _members(desk.store, members),
        languages=tags_of(languages),
        hours=hours_of(hours),
        method=_method(method),
        overflow_team_id=overflow_team_id or None,
        overflow_minutes=overflow_minutes,
        overflow_in_hours=overflow_in_hours,
        skill_minutes=skill_minutes,
        return_seconds=return_seconds,
        tells_place=tells_place,
        closed_words=_closed_words(closed_words or {}),
        is_default=is_default,
        is_private=is_private,
        updated_at=desk.clock(),
    )
    _check_overflow(team, teams)
    if not 1 <= overflow_minutes <= _LONGEST:
        raise Invalid("Overflow comes after 1 minute to a week.")
    if not 0 <= skill_minutes <= _LONGEST:
        raise Invalid("A skill is waited for 0 minutes, which is for ever, to a week.")
    if not 0 <= return_seconds <= _DAY:
        raise Invalid("An agent may be away for 0 seconds to a day.")
    if is_default:
        await desk.store.teams.forget_default(but=team.id)
    keep = desk.store.teams.add if team_id is None else desk.store.teams.swap
    if not await keep(team):
        raise AlreadyThere(f"There is a team {team.name} already, or another was made the default one.")
    before = teams.get(team.id)
    await audit.note_change(who, "team", team.id, before, team, store=desk.store, clock=desk.clock)
    if team.is_private:
        await _free(desk, who, team)
    return team


async def drop(desk: Desk, who: Principal, team_id: str) -> None:
    """Delete a team that has nothing left to do."""
    hold_to_admin(who)
    if left := await desk.store.conversations.count({"team_id": team_id, "status": {"$ne": "resolved"}}):
        raise Invalid(f"{left:,} conversations that are not resolved are with it. Move them first.")
    before = await desk.store.teams.get(team_id)
    if before is None or not await desk.store.teams.remove(team_id):
        raise NotFound("There is no such team.")
    await desk.store.teams.forget_overflow(team_id)
    await audit.note_change(who, "team", team_id, before, None, store=desk.store, clock=desk.clock)


async def move(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    to: Team | None,
    if_still: Callable[[Conversation], bool] = lambda _: True,
    waited: int | None = None,
) -> Conversation:
    """Give a conversation to a team, or to none. One who speaks there goes on speaking.

    Unless that team is private and they may not see it any more: then nobody speaks. If nobody speaks, it
    waits in that team's queue from now on. `waited` are the minutes after which it is moved because nobody
    took it. Raises `StaleEpoch` unless `if_still` holds.
    """

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation
        if not if_still(before):
            raise StaleEpoch("The conversation has changed in the meantime.")
        if before.team_id == (to.id if to else None):
            return
        thread.set(team_id=to.id if to else None)
        if to and to.is_private:
            await _let_go(desk, thread, session, who, to)
        if thread.conversation.speaker.kind is SpeakerKind.NOBODY:
            thread.set(queued_at=thread.now)
        thread.activity("team_changed", by=who.name, team=to.name if to else None, waited=waited)

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def _let_go(desk: Desk, thread: Thread, session: Any, who: Principal, to: Team) -> None:
    """Free it of a colleague who will not see it any more."""
    conversation = thread.conversation
    held_by = {conversation.assignee_id, conversation.speaker.id} - {None}
    for user in await desk.store.users.list({"_id": {"$in": list(held_by)}}):
        try:
            await check_sight_of(user, to.id, store=desk.store, session=session)
        except Invalid:
            inner = desk._replace(within=Within(thread, session))
            await assign(inner, conversation.id, who, to=None)
            return


async def _free(desk: Desk, who: Principal, team: Team) -> None:
    """Let nobody have a conversation of a team that has become private, or that they have left."""

    async def work(thread: Thread, session: Any) -> None:
        if thread.conversation.team_id == team.id:
            await _let_go(desk, thread, session, who, team)

    for conversation_id in await desk.store.seats.held_by_others(team.id, team.members, _HELD):
        await change(desk, conversation_id, _OFFICE, work)


async def team_for(
    store: Store, conversation: Conversation, named: str | None, session: Any = None
) -> Team | None:
    """The team that a handoff of this conversation goes to."""
    teams = await store.teams.all(session)
    return receiving(teams, named=named, present=conversation.team_id, language=conversation.language)


def tags_of(languages: Iterable[str]) -> tuple[str, ...]:
    """Languages as they are kept. Raises `Invalid` if one is no language tag."""
    tags = tuple(dict.fromkeys(tag.strip() for tag in languages if tag.strip()))
    if wrong := [tag for tag in tags if not _TAG.fullmatch(tag)]:
        raise Invalid(f"{wrong[0][:20]} is no language such as it or pt-BR.")
    if len(tags) > 50:
        raise Invalid("50 languages are allowed.")
    return tags


def team_json(team: Team) -> dict[str, Any]:
    """A team as pages and programs see it."""
    kept: dict[str, Any] = msgspec.to_builtins(team)
    return kept


def _check_overflow(team: Team, teams: Mapping[str, Team]) -> None:
    following = team.overflow_team_id
    while following:
        if following not in teams or following == team.id:
            raise Invalid("It must overflow to another team, and from there not come back.")
        following = teams[following].overflow_team_id


def _closed_words(given: Mapping[str, str]) -> dict[str, str]:
    """What is told while nobody is there, by language, as it is kept. Raises `Invalid`."""
    words = {tag: " ".join(text.split()) for tag, text in given.items() if text.strip()}
    if wrong := [tag for tag in words if tag not in SAID]:
        raise Invalid(f"{wrong[0][:20]} is none of the languages: {', '.join(SAID)}.")
    if any(len(text) > _WORDS for text in words.values()):
        raise Invalid(f"What customers are told while nobody is there has at most {_WORDS} characters.")
    return words


def _method(given: str) -> Method:
    try:
        return Method(given)
    except ValueError as error:
        raise Invalid(f"The method must be one of: {', '.join(Method)}.") from error


def hours_of(hours: Hours | None) -> Hours | None:
    """Opening hours as they are kept; None if there are none. Raises `Invalid` if they cannot be read."""
    if hours is None or not hours.rule.strip():
        return None
    try:
        return checked(Hours(hours.rule.strip(), hours.zone.strip() or "UTC", hours.country or None))
    except BadHours as error:
        raise Invalid(str(error)) from error


async def _members(store: Store, ids: Iterable[str]) -> tuple[str, ...]:
    members = tuple(dict.fromkeys(ids))
    known = {
        user.id for user in await store.users.list({"_id": {"$in": list(members)}}, limit=len(members) + 1)
    }
    if unknown := [id for id in members if id not in known]:
        raise Invalid(f"There is no colleague {unknown[0][:40]}.")
    return members
