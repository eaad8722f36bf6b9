"""The bot is asked while the message is made durable, and whatever becomes of that, it is answered once."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import pytest
from motor.motor_asyncio import AsyncIOMotorClient

from connectors.content import Choice
from inbox.actions import converse
from inbox.actions.receive import Arrival
from inbox.ahead import Ahead
from inbox.app import now
from inbox.dialogue import Answer, BotError, BotNotReady, Turn
from inbox.ingest import Busy, Ingest
from inbox.model.commit import Commit
from inbox.pace import Pace
from inbox.store import Store, StoreError, one_go
from tests.faults.proxy import Proxy, Wire
from tests.inbox.dying import lives
from tests.inbox.factories import an_agent, heard
from tests.inbox.office import Office, says, working
from tests.inbox.stories import a_while_later
from tests.parley import until
from tests.stores import emptied

MARCO = an_agent("Marco")
_DAY = timedelta(hours=24)
_LONG = 60.0


class Remembering:
    """A bot that, as ours does, answers the same turn the same, and hears it once."""

    def __init__(self) -> None:
        self.heard: list[str | None] = []
        self.answers: dict[str, Answer] = {}

    def __call__(self, turn: Turn) -> Answer:
        if turn.turn_id not in self.answers:
            self.heard.append(turn.text)
            self.answers[turn.turn_id] = says(f"{len(self.heard)}. You said: {turn.text}")
        return self.answers[turn.turn_id]


class Moment:
    """The moment in which MongoDB has been asked, and has not been told what to write."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._write = one_go.write
        self._then: Callable[[], Any] | None = None
        self._loop = asyncio.get_running_loop()
        monkeypatch.setattr(one_go, "write", self._written)

    def brings(self, then: Callable[[], Any]) -> None:
        """Await what `then` gives, when a customer's message is about to be written for the next time."""
        self._then = then

    def _written(self, line: Any, commit: Commit) -> None:
        then, self._then = (self._then, None) if _is_heard(commit) else (None, self._then)
        if then:
            asyncio.run_coroutine_threadsafe(then(), self._loop).result(_LONG)
        self._write(line, commit)


def _is_heard(commit: Commit) -> bool:
    return any(m.direction == "in" for change in commit.conversations for m in change.added)


@pytest.fixture
async def moment(monkeypatch: pytest.MonkeyPatch) -> Moment:
    return Moment(monkeypatch)


@asynccontextmanager
async def taking_in(office: Office) -> AsyncIterator[Ingest]:
    """The office at work, with a door."""
    ingest = Ingest(office.store, office.bus, office.clock, reopen=_DAY, patience=_LONG, slow=_LONG)
    ingest.claims, ingest.ahead = office.turns.claim_at_birth, office.turns.ask_ahead
    ingest.start()
    async with working(office):
        yield ingest
    await ingest.stop()


async def answered(office: Office, count: int) -> list[tuple[str, str]]:
    """What was sent, once so many answers were and nothing is due."""

    async def is_quiet() -> bool:
        now = await office.conversation()
        return now.turn is None and now.delivery is None and len(await office.out()) >= count

    await until(is_quiet)
    return await office.out()


async def said(office: Office) -> list[str]:
    return [m.content.text for m in await office.thread() if m.direction == "in"]


async def a_customer_of_old(ingest: Ingest, office: Office) -> Remembering:
    """Who has written once, and was answered."""
    office.bot.script = bot = Remembering()
    await ingest.submit([heard("Hello", id="1")])
    assert await answered(office, 1) == [("1. You said: Hello", "sent")]
    return bot


async def test_the_bot_answers_while_the_message_is_being_written(office: Office, moment: Moment) -> None:
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        seen: list[Any] = []

        async def then() -> None:
            await until(lambda: len(bot.heard) == 2)
            await asyncio.sleep(0)
            seen.append((await said(office), list(office.provider.taken)))

        moment.brings(then)
        await ingest.submit([heard("And?")])
        assert seen == [(["Hello"], ["1. You said: Hello"])], "nothing is written, and nothing sent"
        assert (await answered(office, 2))[1:] == [("2. You said: And?", "sent")]
        assert [turn.text for turn in office.bot.turns] == ["Hello", "And?"], "it is asked once"


async def test_of_several_that_come_together_each_part_is_a_turn(office: Office) -> None:
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        await ingest.submit([heard("one"), heard("two"), heard(Choice("Three", "/three"))])
        await answered(office, 3)
        assert bot.heard == ["Hello", "one\ntwo", "Three"]


async def test_a_new_conversation_is_not_asked_about_before_it_is_there(
    office: Office, moment: Moment
) -> None:
    office.bot.script = bot = Remembering()
    async with taking_in(office) as ingest:
        early: list[Any] = []

        async def then() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            early.extend(bot.heard)

        moment.brings(then)
        await ingest.submit([heard("Hello")])
        await answered(office, 1)
        assert (early, bot.heard) == ([], ["Hello"])


@pytest.fixture
async def wire(mongodb: str) -> AsyncIterator[Proxy]:
    """The wire to MongoDB."""
    wire = Proxy(urlsplit(mongodb).port or 0)
    await wire.start()
    yield wire
    await wire.stop()


@pytest.fixture
async def far_office(wire: Proxy, store: Store) -> AsyncIterator[Office]:
    """An office at the other end of the wire."""
    client: Any = AsyncIOMotorClient("127.0.0.1", wire.port, directConnection=True)
    far = Store(client, store._database.name)
    yield Office(far)
    await asyncio.to_thread(far.close)  # it says goodbye over the wire, which this loop serves


async def comes_again(ingest: Ingest, *arrivals: Arrival) -> None:
    """As from a provider: until it is taken."""

    async def is_taken() -> bool:
        with suppress(StoreError, Busy):
            await ingest.submit(list(arrivals))
            return True
        return False

    await until(is_taken)


async def fails_after_the_bot_was_asked(
    ingest: Ingest, arrival: Arrival, *, bot: Remembering, wire: Proxy, moment: Moment
) -> None:
    """All connections to MongoDB break when the bot has answered, before the message is written."""
    before = len(bot.heard)

    async def then() -> None:
        await until(lambda: len(bot.heard) > before)
        await wire.become(Wire.CUT)
        await wire.become(Wire.WHOLE)

    moment.brings(then)
    with pytest.raises(StoreError):
        await ingest.submit([arrival])


AGAIN: dict[str, tuple[list[list[str]], list[str]]] = {
    "by itself": ([["lost"]], ["lost"]),
    "after another at the same place": ([["other"], ["lost"]], ["other", "lost"]),
    "together with another": ([["other", "lost"]], ["other", "lost"]),
    "together, and first": ([["lost", "other"]], ["lost", "other"]),
}


@pytest.mark.parametrize("how", AGAIN)
async def test_a_message_that_was_asked_about_and_not_written_comes_again(
    far_office: Office, wire: Proxy, moment: Moment, how: str
) -> None:
    office = far_office
    batches, order = AGAIN[how]
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        await fails_after_the_bot_was_asked(
            ingest, heard("lost", id="lost"), bot=bot, wire=wire, moment=moment
        )
        for number, batch in enumerate(batches, 2):
            await comes_again(ingest, *(heard(text, id=text) for text in batch))
            if len(batch) == 1:
                await answered(office, number)
        sent = await answered(office, 1 + len(order))
        assert await said(office) == ["Hello", *order]
        assert bot.heard == ["Hello", "lost", *(text for text in order if text != "lost")], "each once"
        numbers = {"lost": 2, "other": 3}
        assert sent[1:] == [(f"{numbers[text]}. You said: {text}", "sent") for text in order]
        assert office.provider.taken == [text for text, _ in sent], "once, in that order"


async def test_another_process_asks_the_same_again(far_office: Office, wire: Proxy, moment: Moment) -> None:
    async with taking_in(far_office) as ingest:
        bot = await a_customer_of_old(ingest, far_office)
        await fails_after_the_bot_was_asked(
            ingest, heard("lost", id="lost"), bot=bot, wire=wire, moment=moment
        )
    heir = far_office.another()
    async with taking_in(heir) as ingest:
        await comes_again(ingest, heard("lost", id="lost"))
        assert (await answered(heir, 2))[1:] == [("2. You said: lost", "sent")]
    assert bot.heard == ["Hello", "lost"]
    assert len(heir.bot.turns) == 3, "the successor had to ask"
    assert heir.provider.taken == ["1. You said: Hello", "2. You said: lost"]


async def test_who_takes_over_in_that_moment_is_not_talked_over(office: Office, moment: Moment) -> None:
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        elsewhere, at = office.another(), await office.conversation()

        async def then() -> None:
            await until(lambda: len(bot.heard) == 2)
            await converse.take_over(elsewhere.desk, at.id, MARCO, epoch=1)

        moment.brings(then)
        await ingest.submit([heard("And?")])
        assert await said(office) == ["Hello", "And?"]
        now = await office.conversation()
        assert (now.speaker.id, now.turn) == (MARCO.id, None)
        assert office.provider.taken == ["1. You said: Hello"], "its answer is thrown away"


async def test_what_another_process_takes_in_at_that_moment_comes_first(
    office: Office, moment: Moment
) -> None:
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        elsewhere = office.another()

        async def then() -> None:
            await until(lambda: len(bot.heard) == 2)
            await elsewhere.take(heard("other"))

        moment.brings(then)
        await ingest.submit([heard("And?")])
        office.clock.forward(seconds=1)
        sent = await answered(office, 3)
        assert await said(office) == ["Hello", "other", "And?"]
        assert bot.heard == ["Hello", "And?", "other"], "each once, and by itself"
        assert [text for text, _ in sent][1:] == ["3. You said: other", "2. You said: And?"]


async def test_wherever_it_was_killed_a_customer_of_old_is_answered_once(store: Store) -> None:
    async for life in lives(store):
        office = Office(await emptied(store))
        async with taking_in(former := office.another()) as ingest:
            bot = await a_customer_of_old(ingest, former)

        async def hears_more(victim: Office) -> None:
            async with taking_in(victim) as ingest:
                await ingest.submit([heard("And?", id="2")])
                await answered(victim, 2)

        await life.does(hears_more(office.another(life.store)))
        if await said(office) == ["Hello"]:  # the provider had no answer, and sends it again
            await office.take(heard("And?", id="2"))
        await a_while_later(office)
        assert await said(office) == ["Hello", "And?"], life
        assert bot.heard == ["Hello", "And?"], life
        assert await office.out() == [("1. You said: Hello", "sent"), ("2. You said: And?", "sent")], life
        assert office.provider.taken == ["1. You said: Hello", "2. You said: And?"], life


async def test_the_bot_hears_first_what_it_has_missed(office: Office, moment: Moment) -> None:
    async with taking_in(office) as ingest:
        bot = await a_customer_of_old(ingest, office)
        at = await office.conversation()
        await converse.take_over(office.desk, at.id, MARCO, epoch=1)
        await converse.hand_back(office.desk, at.id, MARCO, outcome="solved", note=None)
        early: list[Any] = []

        async def then() -> None:
            for _ in range(10):
                await asyncio.sleep(0)
            early.extend(bot.heard[1:])

        moment.brings(then)
        await ingest.submit([heard("And?")])
        await answered(office, 2)
        assert (early, bot.heard) == ([], ["Hello", "And?"])
        assert len(office.bot.told) == 1


async def test_the_answers_place_in_the_rate_is_had_while_the_bot_thinks(office: Office) -> None:
    asked: list[int] = []

    async def reserve(count: int, gap: timedelta, earliest: datetime) -> datetime:
        asked.append(count)
        return earliest

    async def thinks(turn: Turn) -> Answer:
        await until(lambda: asked, within=30)
        return says("Hi")

    assert office.lines.line
    office.lines.line = office.lines.line._replace(rate=Pace(80, now, reserve))
    office.bot.script = thinks
    async with taking_in(office) as ingest:
        await ingest.submit([heard("Hello")])
        assert await answered(office, 1) == [("Hi", "sent")]


async def test_what_was_asked_in_vain_is_asked_again() -> None:
    ahead = Ahead()

    async def fails() -> Answer:
        raise BotNotReady("gone")

    ahead.begin("1", fails())
    await until(lambda: not ahead.under_way)
    assert await ahead.answer("1") is None
    is_let = asyncio.Event()

    async def fails_later() -> Answer:
        await is_let.wait()
        raise BotError("500")

    ahead.begin("2", fails_later())
    waiting = asyncio.create_task(ahead.answer("2"))
    await asyncio.sleep(0)
    is_let.set()
    with pytest.raises(BotError, match="500"):
        await waiting
