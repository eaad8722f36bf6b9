"""How a case goes on: whatever people do, its times stay true."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.content import Text
from inbox.model.case import Promise
from inbox.model.commit import change_of
from inbox.model.conversation import Conversation, SpeakerKind, Status
from inbox.model.following import is_with_people
from inbox.model.message import BOT, Author, AuthorKind
from inbox.model.thread import Thread
from tests.inbox.factories import NOON, a_conversation

AGENT = Author(AuthorKind.AGENT, "marco", "Marco")
ADA = Author(AuthorKind.CONTACT, "ada", "Ada")


def done(conversation: Conversation, minute: int, *deeds: str) -> Conversation:
    """What the conversation becomes by these deeds in one commit."""
    thread = Thread(conversation, NOON + timedelta(minutes=minute))
    for deed in deeds:
        DEEDS[deed](thread)
    return change_of(thread).after


def heard(thread: Thread) -> None:
    if thread.conversation.status is not Status.OPEN:
        thread.reopen()
    thread.hear(ADA, Text("Hello?"))


def resolved(thread: Thread) -> None:
    thread.speaker(SpeakerKind.BOT)
    thread.set(status=Status.RESOLVED, resolved_at=thread.now, waiting_since=None)


DEEDS = {
    "hears": heard,
    "hands over": lambda t: (t.speaker(SpeakerKind.NOBODY), t.set(waiting_since=t.now)),
    "takes over": lambda t: t.speaker(SpeakerKind.AGENT, "marco", "Marco"),
    "answers": lambda t: t.say(AGENT, Text("Hi")),
    "bot answers": lambda t: t.say(BOT, Text("Hi")),
    "hands back": lambda t: (t.speaker(SpeakerKind.BOT), t.set(waiting_since=None)),
    "snoozes": lambda t: t.set(status=Status.SNOOZED),
    "opens": lambda t: t.open(),
    "resolves": resolved,
}


def test_what_the_bot_settles_is_no_case() -> None:
    after = done(a_conversation(), 1, "hears", "bot answers")
    assert (after.case, after.sla) == (None, None)
    assert done(after, 2, "resolves").survey is None


def test_a_case_ends_when_it_is_resolved_and_another_begins_with_the_next_handoff() -> None:
    first = done(done(a_conversation(), 1, "hears"), 2, "hands over")
    over = done(done(first, 10, "takes over", "answers"), 30, "resolves")
    assert over.case is not None and over.case.ended_at == NOON + timedelta(minutes=30)
    assert over.survey is not None
    spans = [(e.promise, e.since, e.until) for e in over.case.ended]
    two, ten, thirty = (NOON + timedelta(minutes=m) for m in (2, 10, 30))
    assert spans == [(Promise.FIRST_RESPONSE, two, ten), (Promise.RESOLUTION, two, thirty)]
    again = done(done(over, 40, "hears"), 41, "hands over")
    assert again.case is not None and again.case.ended_at is None
    assert again.case.began_at == NOON + timedelta(minutes=41)
    assert len(again.case.ended) == 2  # still to be reckoned


@given(st.lists(st.tuples(st.sampled_from(sorted(DEEDS)), st.integers(0, 90)), max_size=30))
def test_whatever_is_done_the_times_of_a_case_stay_true(deeds: list[tuple[str, int]]) -> None:
    now, minute = a_conversation(), 0
    for deed, later in deeds:
        minute += later
        now = done(now, minute, deed)
        case = now.case
        assert (case is not None and case.ended_at is None) == is_with_people(now)
        if case is None:
            continue
        assert (case.snoozed_at is not None) == (is_with_people(now) and now.status is Status.SNOOZED)
        assert all(e.since <= e.until for e in case.ended)
        assert all(s.since <= s.until for s in case.snoozes)
        assert case.first_answered_at is None or case.first_answered_at >= case.began_at
