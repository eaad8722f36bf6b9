"""What becomes of who waits in a team's queue: they are told how long it may take, and again when it matters;
and what only somebody absent could answer is opened to all."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from connectors.content import Text
from connectors.events import Purpose
from inbox.actions.converse import Desk, change
from inbox.actions.errors import StaleEpoch
from inbox.actions.queue_words import back_in, place_in
from inbox.actions.quiet import machine_waits_until
from inbox.model.consent import UNDECIDED, refused
from inbox.model.conversation import Conversation
from inbox.model.hours import is_holiday, is_open, opens_at
from inbox.model.message import SYSTEM
from inbox.model.people import Principal
from inbox.model.queue_news import Told, is_due
from inbox.model.routing import Waiting
from inbox.model.seat import is_waived
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

    Raises `StaleEpoch` if that is no news to them, or unless `if_still` holds. Who may not be written to
    counts as told, and who sleeps: that they wait is no news to write at night.
    """

    async def work(thread: Thread, session: Any) -> None:
        before, now = thread.conversation, thread.now
        shown = place_at(team, place, now)
        carries = await desk.carries(before.channel_id)
        is_dear = carries is not None and carries.short_messages
        is_news = is_due(before.told, shown, heard=before.inbound_seq, now=now, is_dear=is_dear)
        if not is_news or not if_still(before):
            raise StaleEpoch("The conversation has changed in the meantime.")
        thread.set(told=Told(now, before.inbound_seq, shown))
        is_quiet = await machine_waits_until(desk, before, session)
        if may_write(before, now) and not is_quiet:
            thread.carries, thread.link = carries, desk.link
            thread.say(SYSTEM, Text(words_for(team, place, before.language, now)))

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


async def waive(
    desk: Desk,
    conversation_id: str,
    who: Principal,
    *,
    team: Team,
    needs: Waiting,
    if_still: Callable[[Conversation], bool],
) -> Conversation:
    """Let anybody of the team take it, though nobody who is there knows what it needs.

    The thread says so and why, and rules hear of it. Raises `StaleEpoch` if that was done, or unless
    `if_still` holds.
    """

    async def work(thread: Thread, session: Any) -> None:
        before = thread.conversation
        if is_waived(before.waived_at, before.queued_at) or not if_still(before):
            raise StaleEpoch("The conversation has changed in the meantime.")
        thread.set(waived_at=thread.now)
        thread.activity(
            "skill_waived",
            team=team.name,
            minutes=team.skill_minutes,
            skills=sorted(needs.skills) or None,
            language=needs.language,
        )

    conversation, _ = await change(desk, conversation_id, who, work)
    return conversation


def place_at(team: Team, place: int, now: datetime) -> int | None:
    """The place as it is told now; None while the team is not there: then it is told when it is back."""
    return place if team.hours is None or is_open(team.hours, now) else None


def words_for(team: Team, place: int, language: str | None, now: datetime) -> str:
    """What the customer at that place is told."""
    if team.hours is None or is_open(team.hours, now):
        return place_in(language, place)
    zone = ZoneInfo(team.hours.zone)
    opens = opens_at(team.hours, now)
    back = opens.astimezone(zone) if opens else None
    free = is_holiday(team.hours, now)
    return back_in(language, back, now.astimezone(zone), is_holiday=free, own=team.closed_words)


def may_write(conversation: Conversation, now: datetime) -> bool:
    """Whether we may write to the customer of our own accord: they did not refuse, and the window is open.

    Who may have asked for no more messages gets none until a colleague has decided.
    """
    closes = conversation.window_closes_at
    if UNDECIDED in conversation.labels:
        return False
    return refused(conversation.refusals, Purpose.CONVERSATION) is None and (closes is None or now < closes)
