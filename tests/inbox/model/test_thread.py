"""What a conversation becomes while it is changed."""

from datetime import timedelta

import pytest

from connectors.content import Activity, Document, Note, Reaction, Text
from inbox.model.conversation import Speaker, SpeakerKind, Status
from inbox.model.message import BOT, SYSTEM, Author, AuthorKind
from inbox.model.thread import Thread
from tests.inbox.factories import NOON, a_conversation

CUSTOMER = Author(AuthorKind.CONTACT, "c", "Ada")
MARCO = Author(AuthorKind.AGENT, "m", "Marco")
BY_AGENT = Speaker(SpeakerKind.AGENT, "m", "Marco", 4)


def test_everything_done_at_once_has_one_rev() -> None:
    thread = Thread(a_conversation(rev=7, seq=3), NOON)
    first, second = thread.hear(CUSTOMER, Text("Hi")), thread.say(BOT, Text("Hello"))
    assert (first.rev, second.rev, thread.conversation.rev) == (8, 8, 8)
    assert (first.seq, second.seq, thread.conversation.seq) == (4, 5, 5)


def test_what_is_not_touched_is_not_changed() -> None:
    conversation = a_conversation(rev=7)
    thread = Thread(conversation, NOON)
    assert not thread.is_changed
    assert thread.conversation is conversation


def test_a_customer_who_asks_makes_a_turn_due_while_the_bot_speaks() -> None:
    thread = Thread(a_conversation(), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    assert thread.conversation.turn.at == NOON
    assert thread.conversation.waiting_since == NOON
    assert thread.conversation.unread_count == 1


@pytest.mark.parametrize("turn", "\u202e\u202d\u2067\u200f")
def test_a_files_name_turns_nothing_around(turn: str) -> None:
    """It would be read as a picture's, `exe.png`, and saved as what it is."""
    thread = Thread(a_conversation(), NOON)
    said = thread.hear(CUSTOMER, Document(filename=f"photo{turn}gnp.exe", mime_type="application/pdf"))
    assert isinstance(said.content, Document) and said.content.filename == "photo gnp.exe"


def test_a_reaction_of_ours_is_no_answer() -> None:
    thread = Thread(a_conversation(speaker=BY_AGENT), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    thread.say(MARCO, Reaction("wamid.1", "👍"))
    assert thread.conversation.waiting_since == NOON
    thread.say(MARCO, Text("Hello"))
    assert thread.conversation.waiting_since is None


def test_a_customer_who_asks_a_human_wakes_no_bot() -> None:
    thread = Thread(a_conversation(speaker=BY_AGENT), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    assert thread.conversation.turn is None
    assert thread.conversation.unread_count == 1


def test_a_reaction_asks_for_no_answer() -> None:
    thread = Thread(a_conversation(), NOON)
    thread.hear(CUSTOMER, Reaction("wamid.1", "👍"))
    assert thread.conversation.turn is None
    assert thread.conversation.waiting_since is None
    assert thread.conversation.unread_count == 0


def test_every_change_of_speaker_is_a_new_epoch() -> None:
    thread = Thread(a_conversation(speaker=BY_AGENT), NOON)
    assert thread.speaker(SpeakerKind.AGENT, "other", "Giulia").epoch == 5
    assert thread.speaker(SpeakerKind.BOT).epoch == 6
    assert thread.say(BOT, Text("Hello")).epoch == 6


def test_when_a_human_speaks_no_turn_is_due() -> None:
    thread = Thread(a_conversation(), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    thread.speaker(SpeakerKind.AGENT, "m", "Marco")
    assert thread.conversation.turn is None


def test_the_bot_comes_back_to_a_clean_desk() -> None:
    thread = Thread(a_conversation(speaker=BY_AGENT, bot_seq=0), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    thread.speaker(SpeakerKind.BOT)
    assert thread.conversation.bot_seq == thread.conversation.seq
    assert thread.conversation.turn is None


def test_words_of_the_system_do_not_end_the_wait() -> None:
    thread = Thread(a_conversation(), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    thread.say(SYSTEM, Text("Somebody will come."))
    assert thread.conversation.waiting_since == NOON
    thread.say(MARCO, Text("Here I am."))
    assert thread.conversation.waiting_since is None


def test_notes_and_activities_are_no_last_message() -> None:
    thread = Thread(a_conversation(), NOON)
    thread.hear(CUSTOMER, Text("Hi"))
    thread.add(MARCO, Note("Be kind."), status="stored")
    thread.activity("assigned", by="Marco", to=None)
    assert thread.conversation.last_message.preview == "Hi"
    assert thread.added[-1].content == Activity("assigned", {"by": "Marco"})


def test_a_message_changed_in_the_commit_that_adds_it_is_added_as_it_became() -> None:
    thread = Thread(a_conversation(), NOON)
    message = thread.hear(CUSTOMER, Text("Hi"))
    thread.change(message, parse={"intent": {"name": "greet"}})
    assert [m.parse for m in thread.added] == [{"intent": {"name": "greet"}}]
    assert thread.changed == {}


def test_a_resolved_conversation_opens_with_the_bot() -> None:
    resolved = a_conversation(
        status=Status.RESOLVED, resolved_at=NOON, assignee_id="m", speaker=Speaker(SpeakerKind.BOT, epoch=5)
    )
    thread = Thread(resolved, NOON)
    thread.reopen()
    after = thread.conversation
    assert (after.status, after.speaker.kind, after.speaker.epoch) == (Status.OPEN, SpeakerKind.BOT, 5)
    assert (after.assignee_id, after.resolved_at, after.summary) == (None, None, None)


def test_a_snoozed_conversation_wakes_with_whoever_spoke() -> None:
    thread = Thread(a_conversation(status=Status.SNOOZED, speaker=BY_AGENT, assignee_id="m"), NOON)
    thread.reopen()
    assert thread.conversation.speaker == BY_AGENT
    assert thread.conversation.assignee_id == "m"


def test_a_conversation_moves_up_the_list_once_a_minute_at_most() -> None:
    conversation, listed = a_conversation(), NOON
    for seconds, moves in ((0, True), (30, False), (59, False), (60, True), (119, False), (200, True)):
        thread = Thread(conversation, NOON + timedelta(seconds=seconds))
        thread.hear(CUSTOMER, Text("Hello"))
        conversation = thread.conversation
        listed = thread.now if moves else listed
        assert (conversation.listed_at, conversation.last_message.at) == (listed, thread.now)
