"""Tells a customer who waits in a team's queue how long it may take: once, where the team wants it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.content import Text
from connectors.events import Purpose
from inbox.actions.converse import Desk, change
from inbox.actions.errors import StaleEpoch
from inbox.actions.queue_words import back_in, place_in
from inbox.model.consent import refused
from inbox.model.conversation import Conversation
from inbox.model.hours import is_open, opens_at
from inbox.model.message import SYSTEM
from inbox.model.people import Principal
from inbox.model.team import Team
from inbox.model.thread import Thread


async def tell_place(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    team: Team,
    place: int,
    if_still: Callable[[Conversation], bool],
) -> Conversation:
    """Tell the place in the queue or, out of the team's hours, when somebody is back.

    Raises `StaleEpoch` if they were told before, or unless `if_still` holds. Who may not be written to counts
    as told.
    """

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation
        if before.told_place or not if_still(before):
            raise StaleEpoch("The conversation has changed in the meantime.")
        thread.set(told_place=True)
        if may_write(before, thread.now):
            thread.carries, thread.link = await desk.carries(before.channel_id), desk.link
            thread.say(SYSTEM, Text(words_for(team, place, before.language, thread.now)))

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


def words_for(team: Team, place: int, language: str | None, now: datetime) -> str:
    """What the customer at that place is told."""
    if team.hours is None or is_open(team.hours, now):
        return place_in(language, place)
    zone = ZoneInfo(team.hours.zone)
    opens = opens_at(team.hours, now)
    return back_in(language, opens.astimezone(zone) if opens else None, now.astimezone(zone))


def may_write(conversation: Conversation, now: datetime) -> bool:
    """Whether we may write to the customer of our own accord: they did not refuse, and the window is open."""
    closes = conversation.window_closes_at
    return refused(conversation.refusals, Purpose.CONVERSATION) is None and (closes is None or now < closes)
