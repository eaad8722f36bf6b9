"""Turns of many conversations, whose answers and receipts share their commits."""

import asyncio
import random
from collections import Counter
from itertools import groupby
from typing import Any

from connectors.content import Text
from connectors.events import Identity
from inbox.actions import converse
from inbox.actions.errors import ActionRefused
from inbox.dialogue import Answer
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.store import Conflict, Store
from tests.inbox.dying import lives
from tests.inbox.factories import an_agent, heard, phone
from tests.inbox.office import Office, says, working
from tests.inbox.stories import a_while_later
from tests.parley import until
from tests.stores import emptied

MARCO = an_agent("Marco")


def people(count: int) -> list[Identity]:
    return [phone(f"+1555{number:07}") for number in range(count)]


async def conversations(store: Store) -> list[Conversation]:
    return await store.conversations.page({}, after=None, limit=100)


async def is_quiet(store: Store, count: int) -> bool:
    every = await conversations(store)
    return len(every) == count and all(c.turn is None and c.delivery is None for c in every)


async def thread(store: Store, conversation: Conversation) -> list[Message]:
    found, _ = await store.messages.page(conversation.id, before_seq=None, limit=100)
    return found


def words(messages: list[Message]) -> list[tuple[str, str]]:
    said = [m for m in messages if m.direction == "out"]
    return [(m.content.text, m.status) for m in said if isinstance(m.content, Text)]


async def test_wherever_it_was_killed_each_of_them_is_answered_once(store: Store) -> None:
    """Five customers at once: their answers are two commits, and so are the receipts."""
    customers = people(5)

    async def answers_them(office: Office) -> None:
        arrivals = [heard("Hello", who, id=f"wamid.in.{who.value}") for who in customers]
        async with working(office):
            await office.take(*arrivals)
            await until(lambda: is_quiet(office.store, len(customers)), within=45)

    commits = None
    async for life in lives(store):
        office = Office(await emptied(store))
        await life.does(answers_them(office.another(life.store)))
        commits = commits or life.did.count("commitTransaction")
        if not await conversations(store):  # the provider had no answer, and sends it again
            await office.take(*(heard("Hello", who, id=f"wamid.in.{who.value}") for who in customers))
        await a_while_later(office)
        assert await is_quiet(store, len(customers)), life
        for conversation in await conversations(store):
            assert words(await thread(store, conversation)) == [("You said: Hello", "sent")], life
        assert len({turn.turn_id for turn in office.bot.turns}) == len(customers), life
        left = Counter(message.message_id for message in office.provider.asked)
        assert list(left.values()) == [1] * len(customers), life
    assert commits and commits < 1 + 2 * len(customers)


async def test_one_that_cannot_be_answered_holds_up_no_other(office: Office) -> None:
    customers = people(8)

    def answer(turn: Any) -> Answer:
        return says("half a pair: \ud83d") if turn.text == "poison" else says(f"You said: {turn.text}")

    office.bot.script = answer
    async with working(office):
        said = ["poison" if number == 3 else f"no. {number}" for number in range(8)]
        await office.take(*(heard(text, who) for text, who in zip(said, customers, strict=True)))
        await until(lambda: is_quiet(office.store, 8), within=60)
    answered = sorted(text for text in office.provider.taken if text.startswith("You said"))
    assert answered == [f"You said: no. {number}" for number in range(8) if number != 3]
    handed_over = [c.contact.address for c in await conversations(office.store) if c.speaker.kind == "nobody"]
    assert handed_over == [customers[3].value]


class Crowd:
    """Many customers who write to either of two processes, while an agent takes some of them over."""

    def __init__(self, office: Office, count: int) -> None:
        self.chance = random.Random(7)
        self.office = office
        self.processes = [office, office.another()]
        self.customers = people(count)
        self._under_way: set[str] = set()
        office.bot.script = self._think
        office.provider.answers = [self._take] * 1000

    async def _pause(self) -> None:
        for _ in range(self.chance.randrange(6)):
            await asyncio.sleep(0)

    async def _think(self, turn: Any) -> Answer:
        assert turn.conversation_id not in self._under_way, "two turns of one conversation at a time"
        self._under_way.add(turn.conversation_id)
        await self._pause()
        self._under_way.discard(turn.conversation_id)
        return says(f"You said: {turn.text}", "Anything else?")

    async def _take(self, message: Any) -> None:
        await self._pause()

    async def writes(self, who: Identity) -> None:
        for number in range(2):
            arrival = heard(f"no. {number}", who, id=f"wamid.{who.value}.{number}")
            await surely(lambda arrival=arrival: self.chance.choice(self.processes).take(arrival))
            await self._pause()

    async def takes_over(self, who: Identity) -> None:
        store = self.office.store
        await until(lambda: self._is_there(who), within=60)
        (contact,) = await store.contacts.known_as([who.key])
        (seen,) = await store.conversations.involved([], [contact.id])
        desk = self.chance.choice(self.processes).desk
        await surely(lambda: converse.take_over(desk, seen.id, MARCO, epoch=seen.speaker.epoch))

    async def _is_there(self, who: Identity) -> bool:
        return bool(await self.office.store.contacts.known_as([who.key]))


async def surely(work: Any) -> None:
    """As a provider does, or an agent: again until it is taken."""
    while True:
        try:
            return await work()
        except ActionRefused:
            return None
        except Conflict:
            await asyncio.sleep(0.01)


async def test_with_thirty_two_at_once_and_two_processes_each_is_answered_in_order(office: Office) -> None:
    crowd = Crowd(office, 32)
    async with working(crowd.processes[0]), working(crowd.processes[1]):
        await asyncio.gather(
            *(crowd.writes(who) for who in crowd.customers),
            *(crowd.takes_over(who) for who in crowd.customers[::4]),
        )
        await until(lambda: is_quiet(office.store, 32), within=90)
    left = [message.message_id for message in office.provider.asked]
    assert len(left) == len(set(left)), "a message left twice"
    asked = [turn.turn_id for turn in office.bot.turns]
    assert len(asked) == len(set(asked)), "the bot was asked twice"
    place = {key: number for number, key in enumerate(left)}
    for conversation in await conversations(office.store):
        messages = await thread(office.store, conversation)
        wrote = [m for m in messages if m.direction == "in"]
        assert [m.content.text for m in wrote] == ["no. 0", "no. 1"]
        out = [m for m in messages if m.direction == "out" and not m.is_internal]
        assert all((m.id in place) == (m.status == "sent") for m in out), words(out)
        went = [m for m in out if m.id in place]
        assert [place[m.id] for m in went] == sorted(place[m.id] for m in went), "in another order"
        spoke = [kind for kind, _ in groupby((m.epoch, m.author.kind) for m in went)]
        assert spoke == sorted(set(spoke)), "two spoke at once"
        if conversation.speaker.kind == "bot":
            assert conversation.bot_seq == wrote[-1].seq
