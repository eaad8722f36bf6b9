"""Whoever holds the line to an SMSC is killed at every command and every PDU of a long message's sending."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import Any

import pytest

from connectors.content import Text
from connectors.events import MessageReceived
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.session import Session
from inbox import binds as lines_held
from inbox.actions.receive import Arrival
from inbox.binds import Binds
from inbox.bus import Bus
from inbox.ingest import Ingest
from inbox.lines import Lines
from inbox.model.message import Author, AuthorKind, Message
from inbox.outbox import Outbox
from inbox.store import Store
from tests.connectors.sms.smpp.smscs import Smsc, an_smsc
from tests.inbox.dying import _WHOSE, lives
from tests.inbox.factories import NOON, Clock, phone
from tests.inbox.office import Office
from tests.inbox.test_binds import VAULT, a_channel
from tests.parley import until
from tests.stores import emptied

STORY = "".join(f"Sentence {number} of a long story. " for number in range(14))
"""Three parts."""


class Sender:
    """As much of a process as sending by a line needs."""

    def __init__(self, store: Store, clock: Clock) -> None:
        self.store = store
        no_http: Any = None  # SMPP asks nobody by HTTP
        bus, lines = Bus(), Lines(store, VAULT, no_http, clock)
        self._ingest = Ingest(store, bus, clock, reopen=timedelta(hours=24))
        self._binds = Binds(store, self._ingest, lines, clock)
        at = self._binds
        self.outbox = Outbox(store, bus, lines, clock, elsewhere=at.elsewhere, heard_since=at.heard_since)
        self.outbox.worker.steady_since = NOON  # it has been there all the time, but not at the line

    @asynccontextmanager
    async def at_the_line(self) -> AsyncIterator["Sender"]:
        """It holds the line, which is up."""
        self._ingest.start()
        self._binds.start()
        try:
            await until(lambda: self._binds._all and not self._binds.elsewhere(), within=60)
            yield self
        finally:
            await self._binds.stop()
            await self._ingest.stop()

    async def sends(self, message: Message, until_it_is: str) -> None:
        """All of its life, if nobody kills it."""
        async with self.at_the_line():
            await self.outbox.run(message.conversation_id)
            await until(lambda: self.finds(message, until_it_is), within=60)

    async def finds(self, message: Message, status: str) -> bool:
        found = await self.store.messages.get(message.id)
        return found is not None and found.status == status


@contextmanager
def pdus_last() -> Iterator[list[Any]]:
    """Kill before each PDU that leaves, and before each answer that is heard. Gives the dead's transports."""
    write, answer, hear, left = Session._write, Session._answer, Session._answered, []

    async def writes(session: Session, pdu: Pdu) -> Any:
        left.append(session._writer.transport)
        if life := _WHOSE.get():
            life.comes_to(f"write {pdu.command:x}")
        return await write(session, pdu)

    def answers(session: Session, pdu: Pdu) -> None:
        if life := _WHOSE.get():
            life.comes_to(f"answer {pdu.command:x}")
        answer(session, pdu)

    def hears(session: Session, pdu: Pdu) -> None:
        if life := _WHOSE.get():
            life.comes_to(f"hear {pdu.command:x}")
        hear(session, pdu)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Session, "_write", writes)
        patch.setattr(Session, "_answer", answers)
        patch.setattr(Session, "_answered", hears)
        patch.setattr(lines_held, "_LOOK_EVERY", 0.05)
        patch.setattr(lines_held, "_SURE", 600.0)
        patch.setattr(lines_held, "BEAT", 600.0)
        yield left


async def a_long_message(office: Office) -> Message:
    """To a customer who has written before, waiting to be sent."""
    hello = MessageReceived(
        external_id="in.1", identities=(phone(),), content=Text("Hello"), sent_at=NOON, account="+15550100"
    )
    await office.take(Arrival("sms", "smpp", hello))
    return (await office.says(STORY, author=Author(AuthorKind.BOT, None, "Bot")))[0]


def parts_of(smsc: Smsc) -> list[int]:
    """The numbers of the parts that the SMSC has taken, as they came."""
    return [int(each["udh"][0][-2:], 16) for each in smsc.told("submit")]


@pytest.mark.timeout(300)
@pytest.mark.parametrize("receipts", ["DELIVRD", ""])
async def test_wherever_it_was_killed_no_part_is_missing_and_none_is_sent_again_for_nothing(
    store: Store, receipts: str
) -> None:
    """One part alone may go twice: which the SMSC had taken while we had not yet written down its answer,
    and of which no receipt tells."""
    end = "delivered" if receipts else "sent"
    async with an_smsc(hex=True, persistent=True, persistent_after=150, receipts=receipts) as smsc:
        with pdus_last() as left:
            begins = 0
            async for life in lives(store):
                if 0 < life._at < begins:
                    continue  # the line is not up yet: that is told in test_binds.py
                smsc.events.clear()
                left.clear()
                office = Office(await emptied(store))
                await a_channel(office.store, VAULT, smsc)
                message = await a_long_message(office)
                await life.does(Sender(life.store, office.clock).sends(message, end))
                begins = begins or life.did.index("write 4")
                for transport in left:
                    transport.abort()
                await smsc.tells("closed", len(smsc.told("bind")), within=60)
                known = await office.store.shelf("sms", office.clock).get(f"out:{message.id}")
                unknown = {part for part in parts_of(smsc) if f"p{part}" not in known}

                office.clock.forward(seconds=60)  # for so long nobody had the line, and no receipt could come
                successor = Sender(office.store, office.clock)
                async with successor.at_the_line():
                    for _ in range(4):
                        await successor.outbox.run(message.conversation_id)
                        ids = [each["id"] for each in smsc.told("submit")] if receipts else []
                        for each in ids:
                            mark = f"receipt {int(each, 16)}"
                            await smsc.tells("answered", mark=mark, status=0, within=60)
                        office.clock.forward(seconds=31)
                    assert await successor.finds(message, end), life
                went = parts_of(smsc)
                assert set(went) == {1, 2, 3}, life
                again = {part for part in went if went.count(part) > 1}
                assert again <= (set() if receipts else unknown), f"{life}: {went}"
                assert all(went.count(part) <= 2 for part in went), f"{life}: {went}"
