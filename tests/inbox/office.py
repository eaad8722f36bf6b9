"""An inbox without its doors: a real store, a provider and a bot that tests script, and a clock they move."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

from connectors.content import Text
from connectors.contract import Capabilities, Outbound, Receipt
from inbox.actions.converse import Desk
from inbox.actions.receive import Arrival, receive
from inbox.bus import Bus
from inbox.dialogue import Answer, Turn
from inbox.joint import Joint
from inbox.known import known_of
from inbox.lines import Line
from inbox.model.channel import Channel
from inbox.model.commit import Commit, change_of
from inbox.model.conversation import Conversation
from inbox.model.message import Message
from inbox.model.thread import Thread
from inbox.outbox import Outbox
from inbox.pace import Pace
from inbox.store import Store
from inbox.turns import Turns
from tests.inbox.factories import NOON, Clock, heard

_DAY = timedelta(hours=24)


class Provider:
    """A connector whose other side is the test: what it took, and what it answers next."""

    def __init__(self, *, idempotent: bool = False) -> None:
        self.capabilities = Capabilities(
            contents=frozenset({"text"}), text_length=4096, idempotent_send=idempotent
        )
        self.asked: list[Outbound] = []
        self.taken: list[str] = []
        self.answers: list[Exception | str | Callable[[Outbound], Any]] = []
        """What to do next: raise, answer with this id, or call. Nothing left: take the message."""

    async def send(self, message: Outbound) -> Receipt:
        self.asked.append(message)
        answer = self.answers.pop(0) if self.answers else f"wamid.{len(self.asked)}"
        if callable(answer):
            answer = await answer(message) or f"wamid.{len(self.asked)}"
        if isinstance(answer, Exception):
            raise answer
        self.taken.append(getattr(message.content, "text", type(message.content).__name__))
        return Receipt(external_id=answer)


class OneLine:
    """The one channel of the office, or none."""

    def __init__(self, provider: Provider) -> None:
        channel = Channel(id="whatsapp", kind="whatsapp", name="WhatsApp", created_at=NOON)
        self.line: Line | None = Line(channel, provider, Pace(None))

    async def get(self, channel_id: str) -> Line | None:
        return self.line


class Bot:
    """A bot that answers as the test says, and remembers what it was asked and told."""

    timeout = 8.0
    is_starting = False
    is_ready = True

    def __init__(self) -> None:
        self.turns: list[Turn] = []
        self.told: list[list[dict[str, Any]]] = []
        self.script: Callable[[Turn], Any] = lambda turn: says(f"You said: {turn.text}")

    async def turn(self, turn: Turn) -> Answer:
        self.turns.append(turn)
        answer = self.script(turn)
        return await answer if hasattr(answer, "__await__") else answer

    async def tell(self, conversation_id: str, event_id: str, events: list[dict[str, Any]]) -> None:
        self.told.append(events)


def says(*texts: str, **fields: Any) -> Answer:
    parse = {"intent": {"name": "inform", "confidence": 0.9}}
    return Answer(**{"replies": [Text(text) for text in texts], "parse": parse, **fields})


class Office:
    """The parts, and short ways to what a test does and sees."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.clock = Clock()
        self.bus = Bus()
        self.provider = Provider()
        self.lines = OneLine(self.provider)
        self.bot = Bot()
        self.desk = Desk(store, self.bus, self.clock)
        self.wire()
        self.changes: list[Any] = []
        self.bus.listen(self.changes.extend)

    def another(self, store: Store | None = None) -> "Office":
        """The same store as another process sees it, by a client of its own if one is given."""
        other = Office(store or self.store)
        other.clock, other.provider, other.lines, other.bot = self.clock, self.provider, self.lines, self.bot
        other.bus = Bus()
        other.desk = Desk(other.store, other.bus, other.clock)
        other.wire()
        other.bus.listen(other.changes.extend)
        return other

    def wire(self) -> None:
        """Put the outbox and the turns together as `inbox/app.py` does."""
        joint = Joint(self.store, self.bus)
        self.outbox = Outbox(self.store, self.bus, self.lines, self.clock, joint=joint)
        passages = self.outbox.passages
        ways = {"leave": passages.passage, "foresee": passages.foresee}
        self.turns = Turns(self.store, self.bus, self.bot, self.clock, joint=joint, **ways)

    async def take(self, *arrivals: Arrival) -> None:
        """Commit what arrived."""

        async def work(session: Any) -> tuple[Commit, Any]:
            known = await known_of(list(arrivals), self.store, session)
            commit, received = receive(list(arrivals), known, now=self.clock(), reopen=_DAY)
            return self.turns.claim_at_birth(commit), received

        commit, _ = await self.store.change(work)
        self.bus.publish(commit)

    async def hears(self, *texts: str) -> Conversation:
        """The customer writes; the conversation it is then."""
        await self.take(*(heard(text) for text in texts))
        return await self.conversation()

    async def says(self, *texts: str, author: Any) -> list[Message]:
        """Somebody's words are queued."""
        conversation = await self.conversation()

        async def work(session: Any) -> tuple[Commit, list[Message]]:
            thread = Thread(await self.store.conversations.get(conversation.id, session), self.clock())
            said = [thread.say(author, Text(text)) for text in texts]
            return Commit(conversations=[change_of(thread)]), said

        commit, said = await self.store.change(work)
        self.bus.publish(commit)
        return said

    async def conversation(self) -> Conversation:
        """The newest conversation."""
        return (await self.store.conversations.page({}, waiting=False, after=None, limit=1))[0]

    async def thread(self) -> list[Message]:
        """Its messages."""
        return (await self.store.messages.page((await self.conversation()).id, before_seq=None, limit=200))[0]

    async def out(self) -> list[tuple[str, str]]:
        """What we said: text and status."""
        return [
            (m.content.text, m.status) for m in await self.thread() if m.direction == "out" and _is_text(m)
        ]

    async def deliver(self) -> None:
        """Let the outbox look at the conversation once."""
        await self.outbox.run((await self.conversation()).id)

    async def turn(self) -> None:
        """Let the turns look at the conversation once."""
        await self.turns.run((await self.conversation()).id)


def _is_text(message: Message) -> bool:
    return hasattr(message.content, "text") and not message.is_internal


@asynccontextmanager
async def working(office: Office) -> AsyncIterator[Office]:
    """The office with its workers at work."""
    office.outbox.worker.start()
    office.turns.worker.start()
    try:
        yield office
    finally:
        await office.outbox.worker.stop(1)
        await office.turns.worker.stop(1)
