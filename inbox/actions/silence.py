"""Resolving what a customer has left: what admins set, and doing it. Raises `Forbidden` or `Invalid`."""

from collections.abc import Mapping
from typing import Any

import msgspec
import structlog

from connectors.content import Activity, Text
from connectors.events import DeliveryStatus
from inbox.actions import audit, converse, triage
from inbox.actions.desk import Desk, Within
from inbox.actions.errors import ActionRefused, Forbidden, Invalid
from inbox.actions.queueing import may_write
from inbox.actions.quiet import held_until
from inbox.actions.replies import values_of
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Conversation
from inbox.model.message import SYSTEM
from inbox.model.people import ADMIN, WRITE, Principal
from inbox.model.replies import BadReply, check, fill_in
from inbox.model.setback import setback_id
from inbox.model.silence import MOST_HOURS, SILENCE, Patience, Silence, may_end, silent_since
from inbox.model.thread import Thread
from inbox.store import Conflict, Store, StoreError

log = structlog.get_logger(__name__)

PARLEY = Principal(id=SILENCE, name="Parley", permissions=frozenset({WRITE}), is_user=False)
_LATEST = 50
_FAREWELL = 1_000


async def present(store: Store) -> Silence:
    """What is set; nothing is resolved until an admin wants it."""
    return await store.silences.get(SILENCE) or Silence()


async def save(
    desk: Desk,
    who: Principal,
    *,
    is_on: bool,
    everywhere: Patience,
    channels: Mapping[str, Patience],
    teams: Mapping[str, Patience],
) -> Silence:
    """Say after how long what is resolved."""
    if not who.may(ADMIN):
        raise Forbidden("You are not allowed to do this.")
    for at in channels:
        if await desk.store.channels.get(at) is None:
            raise Invalid(f"There is no channel {at[:50]}.")
    for at in teams:
        if await desk.store.teams.get(at) is None:
            raise Invalid(f"There is no team {at[:50]}.")
    wanted = Silence(
        is_on=is_on,
        everywhere=_checked(everywhere),
        channels={at: _checked(patience) for at, patience in channels.items()},
        teams={at: _checked(patience) for at, patience in teams.items()},
    )
    before = await present(desk.store)
    await desk.store.silences.put(wanted)
    await audit.note_change(who, "silence", wanted.id, before, wanted, store=desk.store, clock=desk.clock)
    return wanted


async def close(desk: Desk, ids: list[str], silence: Silence) -> int:
    """Resolve those of these whose customers have been silent for long enough. How many it were.

    Several processes at once do no harm, nor one that is killed: each is one commit.
    """
    now, done = desk.clock(), 0
    aside = await desk.store.setbacks.aside(SILENCE, now) if ids else {}
    for conversation_id in ids:
        if aside.get(conversation_id, False):
            continue
        try:
            done += await _close(desk, conversation_id, silence)
            if conversation_id in aside:
                await desk.store.setbacks.settle(setback_id(SILENCE, conversation_id))
        except (StoreError, Conflict):
            raise
        except Exception as error:  # one conversation's trouble is not the others'
            log.error("conversation set aside", duty=SILENCE, conversation=conversation_id, exc_info=error)
            await desk.store.setbacks.note(SILENCE, conversation_id, error, now)
    return done


async def _close(desk: Desk, conversation_id: str, silence: Silence) -> bool:
    async def work(session: Any) -> tuple[Commit, bool]:
        before = await desk.store.conversations.get(conversation_id, session)
        if before is None or not await _is_over(desk, before, silence, session):
            return Commit(), False
        thread = Thread(before, desk.clock())
        await _end(desk, thread, session, silence.patience_for(before))
        return Commit(conversations=[change_of(thread)]), True

    commit, is_done = await desk.store.change(work)
    desk.bus.publish(commit)
    return is_done


async def _is_over(desk: Desk, conversation: Conversation, silence: Silence, session: Any) -> bool:
    """Whether it is time, nobody waits for us, and nothing is still to be said to them.

    With a farewell it waits for the end of their quiet hours.
    """
    patience = silence.patience_for(conversation)
    span = patience.of(conversation.speaker.kind)
    if not silence.is_on or span is None or not may_end(conversation):
        return False
    latest, _ = await desk.store.messages.page(
        conversation.id, before_seq=None, limit=_LATEST, session=session
    )
    since = silent_since(conversation, latest)
    if since is None or since + span > desk.clock():
        return False
    if await desk.store.scheduled.of(conversation.id, limit=1, session=session):
        return False
    return not patience.farewell or await held_until(desk, conversation, session) is None


async def _end(desk: Desk, thread: Thread, session: Any, patience: Patience) -> None:
    """Say farewell, label and resolve it, as one change."""
    inner, before = desk._replace(within=Within(thread, session)), thread.before
    if patience.farewell and may_write(before, thread.now):
        text = fill_in(patience.farewell, values_of(before, PARLEY))
        thread.carries, thread.link = await desk.carries(before.channel_id), desk.link
        thread.say(SYSTEM, Text(text))
    if patience.label:
        try:
            await triage.label(inner, before.id, PARLEY, add=[patience.label])
        except ActionRefused:  # it has as many as it may have: that is no reason to leave it open
            log.info("no room for a label", conversation=before.id)
    await converse.resolve(inner, before.id, PARLEY)
    epoch = thread.conversation.speaker.epoch
    thread.keep([m for m in thread.added if m.status == DeliveryStatus.QUEUED and m.epoch < epoch])
    _say_why(thread, patience.of(before.speaker.kind))


def _say_why(thread: Thread, span: Any) -> None:
    """Have the line that says that it was resolved say why."""
    line = next(m for m in reversed(thread.added) if _is_end(m.content))
    assert isinstance(line.content, Activity)
    hours = int(span.total_seconds() // 3600)
    thread.change(line, content=Activity(line.content.event, {**line.content.details, "silent_hours": hours}))


def _is_end(content: Any) -> bool:
    return isinstance(content, Activity) and content.event == "resolved"


def _checked(patience: Patience) -> Patience:
    """As it is kept. Raises `Invalid`."""
    for hours in (patience.people_hours, patience.bot_hours):
        if hours is not None and not 1 <= hours <= MOST_HOURS:
            raise Invalid("Wait for 1 hour to a year.")
    farewell = patience.farewell.strip()
    if farewell:
        if len(farewell) > _FAREWELL:
            raise Invalid(f"A farewell has at most {_FAREWELL:,} characters.")
        try:
            check(farewell)
        except BadReply as error:
            raise Invalid(str(error)) from error
    label = triage.clean_label(patience.label) if patience.label and patience.label.strip() else None
    return msgspec.structs.replace(patience, farewell=farewell, label=label)
