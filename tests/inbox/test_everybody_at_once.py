"""Two agents, the bot, the customer and the sweepers at once in one conversation, in orders left to chance.

Each has a process of its own. What they try may be refused; what was not refused must be there in the end.
"""

import asyncio
import os
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from itertools import groupby
from typing import Any

import pytest

from connectors.content import Text
from connectors.contract import Outbound
from inbox.actions import converse, later, triage
from inbox.actions.errors import ActionRefused
from inbox.model.commit import ConversationChange
from inbox.model.ids import new_id
from inbox.model.message import Message
from inbox.model.people import Principal
from inbox.store import Conflict, Store
from tests.inbox.factories import an_agent, heard, told
from tests.inbox.office import Office, says

SEED = int(os.environ.get("PARLEY_FAULTS_SEED", "1"))
ROUNDS, DEEDS = 5, 9


class Scene:
    """One round: the processes, what they were told had worked, and what the provider took."""

    def __init__(self, store: Store, chance: random.Random) -> None:
        self.chance = chance
        self.office = Office(store)
        self.processes = [self.office, self.office.another(), self.office.another()]
        self.said: list[str] = []
        """What the customer wrote, each once it was committed."""
        self.replied: list[str] = []
        """Ids of replies that an agent was told are there."""
        self.labels: set[str] = set()
        self.reports: list[Outbound] = []
        self.office.provider.answers = [self._take] * 500
        self.office.bot.script = self._think
        self.conversation_id = ""

    def process(self) -> Office:
        return self.chance.choice(self.processes)

    async def _pause(self) -> None:
        for _ in range(self.chance.randrange(4)):
            await asyncio.sleep(0)

    async def _take(self, message: Outbound) -> None:
        await self._pause()
        self.reports.append(message)

    async def _think(self, turn: Any) -> Any:
        await self._pause()
        return says(f"You said: {turn.text}", "Anything else?")

    # Who acts

    async def customer(self) -> None:
        words = f"no. {len(self.said)}"
        arrival = heard(words, id=f"wamid.in.{words}")
        again = [self.process().take(arrival)] if self.chance.random() < 0.3 else []
        await asyncio.gather(self._surely(lambda: self.process().take(arrival)), *map(_quietly, again))
        self.said.append(words)

    async def agent(self, who: Principal) -> None:
        desk, at = self.process().desk, self.conversation_id
        seen = await desk.store.conversations.get(at)
        assert seen
        client_id, label = new_id(), f"label {len(self.labels)}"

        async def replies() -> None:
            words = Text(f"{who.name} says {client_id}")
            twice = [
                converse.reply(self.process().desk, at, who, content=words, client_id=client_id)
                for _ in range(self.chance.choice((1, 1, 2)))
            ]
            found = await asyncio.gather(*twice, return_exceptions=True)
            there = {each.id for each in found if isinstance(each, Message)}
            assert len(there) < 2, "one reply was kept twice"
            self.replied += there
            for each in found:
                if isinstance(each, BaseException) and not isinstance(each, ActionRefused | Conflict):
                    raise each

        async def labels() -> None:
            self.labels.add(label)
            try:
                await triage.label(desk, at, who, add=[label])
            except (ActionRefused, Conflict):
                self.labels.discard(label)

        until = desk.clock() + timedelta(minutes=self.chance.choice((1, 600)))
        deeds: list[Callable[[], Awaitable[Any]]] = [
            *(replies, replies, labels),
            lambda: converse.take_over(desk, at, who, epoch=seen.speaker.epoch),
            lambda: converse.hand_back(desk, at, who, outcome="resolved", note=None),
            lambda: converse.note(desk, at, who, text="Careful", client_id=client_id),
            lambda: converse.resolve(desk, at, who),
            lambda: converse.reopen(desk, at, who),
            lambda: triage.mark_read(desk, at, who, seq=seen.seq),
            lambda: triage.snooze(desk, at, who, until=until),
            lambda: triage.prioritise(desk, at, who, priority=self.chance.choice(("high", "low", "none"))),
        ]
        await _quietly(self.chance.choice(deeds)())

    async def sweeper(self) -> None:
        process = self.process()
        await _quietly(triage.wake(process.desk))
        await _quietly(later.say_due(process.desk))
        await _quietly(process.turns.run(self.conversation_id))
        await _quietly(process.outbox.run(self.conversation_id))
        if self.reports:
            await self._report(self.reports.pop(self.chance.randrange(len(self.reports))))

    async def _report(self, message: Outbound) -> None:
        status = self.chance.choice(("sent", "delivered", "read"))
        arrival = told(f"wamid.{message.message_id}", status, message_id=message.message_id)
        await self._surely(lambda: self.process().take(arrival))

    async def _surely(self, work: Callable[[], Awaitable[None]]) -> None:
        """As a provider does: again until it is taken."""
        while True:
            try:
                return await work()
            except Conflict:
                await asyncio.sleep(0.01)

    async def all_at_once(self) -> None:
        await self.customer()
        self.conversation_id = (await self.office.conversation()).id

        async def acts(deed: Callable[[], Awaitable[None]]) -> None:
            for _ in range(DEEDS):
                await self._pause()
                await deed()
                self.office.clock.forward(seconds=self.chance.choice((0, 1, 2)))

        marco, laura = an_agent("Marco"), an_agent("Laura")
        await asyncio.gather(
            acts(self.customer),
            acts(lambda: self.agent(marco)),
            acts(lambda: self.agent(laura)),
            acts(self.sweeper),
            acts(self.sweeper),
        )
        for _ in range(12):  # nothing is held up for longer than the leases
            self.office.clock.forward(seconds=45)
            await self.sweeper()


async def _quietly(work: Awaitable[Any]) -> None:
    with suppress(ActionRefused, Conflict):
        await work


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_what_was_not_refused_is_there_once_and_in_order(store: Store, number: int) -> None:
    scene = Scene(store, random.Random(SEED * 1000 + number))
    await scene.all_at_once()
    conversation = await store.conversations.get(scene.conversation_id)
    assert conversation
    thread, _ = await store.messages.page(conversation.id, before_seq=None, limit=1000)
    assert [m.seq for m in thread] == list(range(1, conversation.seq + 1)), "the numbers have gaps"
    _each_word_is_there(scene, thread)
    _one_spoke(scene, thread)
    _each_change_was_told(scene, thread, conversation.rev)
    assert set(conversation.labels) == scene.labels, "a label was lost"
    assert conversation.turn is None and conversation.delivery is None, "something hangs"


def _each_word_is_there(scene: Scene, thread: list[Message]) -> None:
    heard = [m.content.text for m in thread if m.direction == "in"]  # type: ignore[union-attr]
    assert heard == scene.said
    ids = [m.id for m in thread]
    assert len(set(scene.replied)) == len(scene.replied)
    assert all(ids.count(each) == 1 for each in scene.replied), "a reply that was acknowledged is missing"
    asked = {turn.turn_id: turn.text for turn in scene.office.bot.turns}
    assert all(asked[turn.turn_id] == turn.text for turn in scene.office.bot.turns), "another turn by one id"
    words = [word for text in asked.values() for word in text.split("\n")]
    assert len(words) == len(set(words)), "the bot was asked twice"


def _one_spoke(scene: Scene, thread: list[Message]) -> None:
    """What left did so once and in the thread's order, and within an epoch nobody interrupts another.

    An epoch of the bot's may begin with what an agent had said before they handed back.
    """
    left = [message.message_id for message in scene.office.provider.asked]
    assert [key for key, count in Counter(left).items() if count > 1] == [], "a message left twice"
    out = {m.id: m for m in thread if m.direction == "out" and not m.is_internal}
    assert [key for key in out if key in set(left)] == left, "messages left in another order"
    for key, message in out.items():
        went = message.status in {"sent", "delivered", "read"}
        assert went == (key in left), f"{message.status}, but {'it left' if key in left else 'it never left'}"
        assert went or message.status in {"cancelled", "failed"}, f"{message.status} for ever"
    turns = [(out[key].epoch, out[key].author.kind, out[key].author.id) for key in left]
    spoke = [each for each, _ in groupby(turns)]
    assert len(spoke) == len(set(spoke)), f"somebody's words lie between another's: {spoke}"
    assert [out[key].epoch for key in left] == sorted(out[key].epoch for key in left)


def _each_change_was_told(scene: Scene, thread: list[Message], rev: int) -> None:
    """Each change of the conversation was published once, by whoever made it, and says what is kept."""
    told: list[ConversationChange] = [change for each in scene.processes for change in each.changes]
    revs = sorted(change.after.rev for change in told)
    assert revs == list(range(revs[0], rev + 1)), "a change was told twice, or not at all"
    added = Counter(message.id for change in told for message in change.added)
    assert added == Counter(message.id for message in thread), "a message was told twice, or not at all"
    last = {m.id: m for change in sorted(told, key=lambda c: c.after.rev) for m in change.added}
    last |= {m.id: m for change in sorted(told, key=lambda c: c.after.rev) for m in change.changed}
    assert {key: m.status for key, m in last.items()} == {m.id: m.status for m in thread}
