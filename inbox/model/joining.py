"""Two conversations of a customer on a channel that are one matter: joined, and parted again. Pure.

Nothing that was said moves: the one is closed and points to the other, whose thread shows both by time. So
parting them puts back exactly what was.
"""

from inbox.model.conversation import Conversation, Joined, SpeakerKind, State, Status, Work
from inbox.model.thread import Thread

MOST = 20
"""So many conversations may be joined to one."""


def state_of(conversation: Conversation) -> State:
    """What joining changes of a conversation, as it is."""
    return State(**{name: getattr(conversation, name) for name in State.__struct_fields__})


def join(kept: Thread, given: Thread, by: str) -> None:
    """Close `given` and let `kept` go on for both: also what comes in, and who waits."""
    one, other = kept.conversation, given.conversation
    given.activity("merged_into", by=by)
    kept.activity("merged", by=by, since=other.created_at.isoformat())
    _take_on(kept, other)
    joined = Joined(
        into=one.id,
        by=by,
        at=given.now,
        was=state_of(other),
        kept_was=state_of(one),
        kept_then=state_of(kept.conversation),
        heard=kept.conversation.inbound_seq,
    )
    given.set(
        joined=joined,
        status=Status.RESOLVED,
        resolved_at=given.now,
        snoozed_until=None,
        current=False,
        unread_count=0,
        waiting_since=None,
        turn=None,
        bot_seq=given.conversation.seq,
    )


def _take_on(kept: Thread, other: Conversation) -> None:
    one = kept.conversation
    kept.set(joins=(*one.joins, other.id), current=one.current or other.current)
    if other.waiting_since is None or other.status is Status.RESOLVED:
        return
    kept.set(waiting_since=min(other.waiting_since, one.waiting_since or other.waiting_since))
    kept.set(unread_count=one.unread_count + other.unread_count)
    if one.status is not Status.OPEN:
        kept.open()
    if one.speaker.kind is SpeakerKind.BOT:  # it has not read what was written there
        kept.speaker(SpeakerKind.NOBODY)


def part(kept: Thread, given: Thread, by: str, *, has_place: bool) -> None:
    """Put back what was. The one that was kept goes on as it is, if people have dealt with it since.

    `has_place` is whether the channel would have no current conversation of the customer without them.
    """
    joined = given.conversation.joined
    if joined is None:
        return
    is_untouched = _is_as_it_was(kept.conversation, joined)
    kept.set(joins=tuple(id for id in kept.conversation.joins if id != given.before.id))
    if is_untouched:
        _restore(kept, joined.kept_was)
    is_current = joined.was.current and (has_place or kept.conversation.current)
    if is_current and not joined.kept_was.current:
        kept.set(current=False)
    _restore(given, joined.was)
    given.set(joined=None, current=is_current)
    given.activity("parted", by=by)
    kept.activity("parted", by=by)


def _restore(thread: Thread, state: State) -> None:
    """The state as it was; what was due is due again, and a speaker is another one again."""
    fields = {f: getattr(state, f) for f in State.__struct_fields__ if f not in ("turn", "speaker")}
    now = thread.conversation.speaker
    if (now.kind, now.id) != (state.speaker.kind, state.speaker.id):
        thread.speaker(state.speaker.kind, state.speaker.id, state.speaker.name)
    thread.set(**fields, turn=Work(at=thread.now) if state.turn else None)


def _is_as_it_was(kept: Conversation, joined: Joined) -> bool:
    """Whether neither the customer nor people have done anything there since."""
    fields = ("status", "speaker", "resolved_at", "snoozed_until", "waiting_since", "current")
    same = all(getattr(kept, name) == getattr(joined.kept_then, name) for name in fields)
    return same and kept.inbound_seq == joined.heard
