"""The judge sees what it is there to see: each fault of memory or manners is put before it once."""

import time
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from connectors.content import Text
from inbox.model.commit import Commit, ContactChange, change_of
from inbox.model.conversation import SpeakerKind, Work
from inbox.model.message import BOT, Author, AuthorKind, Message
from inbox.model.thread import Thread
from inbox.store import Store
from tests.faults.judge import Turns, judge
from tests.faults.ledger import Ledger, Rule, Trouble
from tests.inbox.factories import NOON, a_contact, a_conversation, phone

NUMBER = "15552220000"
MARCO = Author(AuthorKind.AGENT, "marco", "Marco")


class Story:
    """One customer's conversation as it should be, and then as a test spoils it."""

    def __init__(self) -> None:
        self.ledger = Ledger()
        self.turns: Turns = []
        self.contact = a_contact(phone(f"+{NUMBER}"))
        self.thread = Thread(a_conversation(contact_id=self.contact.id), NOON, is_new=True)
        self.customer("one")
        self.bot("one")
        self.customer("two")
        self.bot("two")
        self.agent("Hello")
        self.thread.set(turn=None, delivery=None)

    def customer(self, text: str) -> None:
        author = Author(AuthorKind.CONTACT, self.contact.id, "Ada")
        self.thread.hear(author, Text(text), external_id=text, external_key=f"ledger|{text}")
        self.ledger.said[NUMBER].append((text, text))

    def bot(self, text: str) -> None:
        self.turns.append({"turn_id": text, "conversation_id": self.thread.conversation.id, "text": text})
        self._say(BOT, f"You said: {text}")

    def agent(self, text: str) -> None:
        self.thread.speaker(SpeakerKind.AGENT, "marco", "Marco")
        self._say(MARCO, text)
        self.ledger.replied.append((NUMBER, "Marco", text))

    def _say(self, author: Author, text: str) -> None:
        message = self.thread.say(author, Text(text))
        self.thread.change(message, status="delivered")
        self.ledger.took(NUMBER, message.id, text)

    def message(self, text: str) -> Message:
        return next(m for m in self.thread.added if m.content.text == text)

    async def complaints(self, store: Store) -> list[str]:
        commit = Commit(contacts=[ContactChange(None, self.contact)], conversations=[change_of(self.thread)])

        async def work(session: Any) -> tuple[Commit, None]:
            return commit, None

        await store.change(work)
        return (await judge(self.ledger, store, self.turns)).complaints


def forgotten(story: Story) -> None:
    story.ledger.said[NUMBER].insert(1, ("lost", "lost"))


def invented(story: Story) -> None:
    story.ledger.said[NUMBER].pop()


def disordered(story: Story) -> None:
    story.ledger.said[NUMBER].reverse()


def sent_twice(story: Story) -> None:
    story.ledger.took(NUMBER, story.message("You said: one").id, "You said: one")


def sent_too_late(story: Story) -> None:
    story.ledger.taken.append(story.ledger.taken.pop(0))


def never_sent(story: Story) -> None:
    story.ledger.taken.pop(0)


def cancelled_but_sent(story: Story) -> None:
    story.thread.change(story.message("You said: one"), status="cancelled")


def never_told_of(story: Story) -> None:
    story.thread.change(story.message("You said: one"), status="sent")


def out_of_nowhere(story: Story) -> None:
    story.ledger.took(NUMBER, "nobody's", "Boo!")


def still_waiting(story: Story) -> None:
    story.thread.set(turn=Work(NOON))


def still_queued(story: Story) -> None:
    story.thread.change(story.message("You said: two"), status="queued")


def asked_twice(story: Story) -> None:
    again = {"turn_id": "x", "conversation_id": story.thread.conversation.id, "text": "one\ntwo"}
    story.turns[1] = again


def asked_backwards(story: Story) -> None:
    story.turns.reverse()


def talked_over(story: Story) -> None:
    story.ledger.rules.append(Rule(NUMBER, time.monotonic() - 60, time.monotonic() + 60))


def two_voices(story: Story) -> None:
    for message in (story.message("You said: two"), story.message("Hello")):
        story.thread.change(message, epoch=1)
    message = story.thread.add(BOT, Text("And I"), status="delivered", epoch=1)
    story.ledger.took(NUMBER, message.id, "And I")


def agent_unheard(story: Story) -> None:
    story.ledger.replied.append((NUMBER, "Marco", "Are you there?"))


def picture_never_fetched(story: Story) -> None:
    story.ledger.pictures.add("one")


SPOILS: dict[Callable[[Story], None], str] = {
    forgotten: "1 acknowledged messages are missing",
    invented: "1 messages are there that were never acknowledged",
    disordered: "not in the order in which they were sent",
    sent_twice: "arrived 2 times",
    sent_too_late: "in another order than they were written",
    never_sent: "is delivered but never arrived",
    cancelled_but_sent: "arrived but is cancelled",
    never_told_of: "was reported delivered but is sent",
    out_of_nowhere: "which nobody wrote",
    still_waiting: "work is left",
    still_queued: "is still queued",
    asked_twice: "was told “one” in two turns",
    asked_backwards: "heard the messages in another order",
    talked_over: "arrived while an agent spoke",
    two_voices: "two speak in epoch 1",
    agent_unheard: "is there 0 times",
    picture_never_fetched: "is not kept whole",
}


async def test_a_run_in_which_nothing_went_wrong_is_not_complained_of(store: Store) -> None:
    assert await Story().complaints(store) == []


@pytest.mark.parametrize("spoil", SPOILS, ids=lambda spoil: spoil.__name__)
async def test_what_went_wrong_is_told(store: Store, spoil: Callable[[Story], None]) -> None:
    story = Story()
    spoil(story)
    complaints = await story.complaints(store)
    assert any(SPOILS[spoil] in complaint for complaint in complaints), complaints


async def test_bytes_that_belong_to_no_message_are_told(store: Store) -> None:
    async def half_a_picture() -> AsyncIterator[bytes]:
        yield b"half a picture"

    await store.files.write("gone.1", half_a_picture())
    assert await Story().complaints(store) == ["1 pieces of pictures are left that belong to no message"]


def an_answer_lost(ledger: Ledger, ours: str) -> None:
    ledger.doubtful.add(ours)


def killed_with_the_answer_in_hand(ledger: Ledger, ours: str) -> None:
    at = next(taken.at for taken in ledger.taken if taken.ours == ours)
    ledger.troubles.append(Trouble(at + 0.01, at + 2))


@pytest.mark.parametrize("why", [an_answer_lost, killed_with_the_answer_in_hand])
async def test_a_double_that_nobody_could_know_of_is_stated_not_complained_of(
    store: Store, why: Callable[[Ledger, str], None]
) -> None:
    story = Story()
    sent_twice(story)
    (doubled,) = [ours for ours, count in story.ledger.arrivals.items() if count == 2]
    why(story.ledger, doubled)
    assert await story.complaints(store) == []
    assert (await judge(story.ledger, store, story.turns)).stated
    story.ledger.known.add(doubled)
    complaints = (await judge(story.ledger, store, story.turns)).complaints
    assert any("known to the store" in complaint for complaint in complaints)


async def test_trouble_long_after_a_message_was_taken_excuses_no_double(store: Store) -> None:
    story = Story()
    sent_twice(story)
    at = max(taken.at for taken in story.ledger.taken)
    story.ledger.troubles.append(Trouble(at + 60, at + 62))
    assert any("arrived 2 times" in complaint for complaint in await story.complaints(store))
