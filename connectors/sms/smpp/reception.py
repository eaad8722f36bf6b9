"""What the SMSC sends us: read, gathered, stored, and only then answered."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta

import msgspec
import structlog

from connectors.content import Content
from connectors.contract import Clock
from connectors.events import Event, Identity, MessageReceived, Unreadable
from connectors.lines import LineHost
from connectors.sms.coding import MalformedHeader
from connectors.sms.people import number
from connectors.sms.smpp.addresses import Address, writer
from connectors.sms.smpp.gathering import Gathered, Gathering
from connectors.sms.smpp.ledger import Ledger
from connectors.sms.smpp.pdus import Pdu
from connectors.sms.smpp.receipts import is_receipt, read_receipt
from connectors.sms.smpp.redelivery import Redelivery
from connectors.sms.smpp.statuses import OK, TEMPORARY_FAULT
from connectors.sms.smpp.texts import Alphabet, content_of, read_piece
from connectors.tolerant import Malformed

log = structlog.get_logger(__name__)


class Reading(msgspec.Struct, frozen=True, kw_only=True):
    """How this SMSC's messages are read."""

    alphabet: Alphabet = Alphabet.GSM7
    region: str | None = None
    """The country of numbers without one, by its two letters."""
    expiry: timedelta = timedelta(hours=1)
    """How long a long message may wait for its parts."""


class Reception:
    """Takes what the sessions of one channel receive."""

    def __init__(self, host: LineHost, ledger: Ledger, reading: Reading, clock: Clock) -> None:
        self._host = host
        self._ledger = ledger
        self._reading = reading
        self._clock = clock
        self.redelivery = Redelivery(host, clock)
        self._gathering = Gathering(host.shelf, clock, reading.expiry)
        self._queues: dict[str, tuple[asyncio.Lock, list[None]]] = {}

    async def receive(self, octets: bytes, pdu: Pdu | None) -> int:
        """Store what came and give the status to answer. Whatever it raises, nothing was stored."""
        if pdu is None:
            return await self._set_aside("The SMSC's message breaks off.", octets)
        if is_receipt(pdu):
            return await self._receipt(octets, pdu)
        async with self._in_turn(str(pdu.fields.get("source_addr", ""))):
            try:
                return await self._message(pdu)
            except (Malformed, MalformedHeader) as error:
                return await self._set_aside(f"The short message cannot be read: {error}", octets)

    async def take_overdue(self) -> None:
        """Take long messages whose parts do not come any more, as far as they go."""
        for gathered in await self._gathering.overdue():
            await self._take_gathered(gathered)

    async def _receipt(self, octets: bytes, pdu: Pdu) -> int:
        try:
            with _our_faults_told():
                receipt = read_receipt(pdu)
        except Malformed as error:
            return await self._set_aside(f"The delivery receipt cannot be read: {error}", octets)
        if receipt is None:
            return await self._set_aside("A delivery receipt does not say for which message.", octets)
        event = await self._ledger.reported(receipt, self._people(pdu))
        if event:
            await self._host.take([event])
        return OK

    async def _message(self, pdu: Pdu) -> int:
        with _our_faults_told():  # before anything is kept
            source, destination = ends(pdu)
            piece = read_piece(pdu, self._reading.alphabet)
            writer(source, self._reading.region)
        if piece.which and piece.which.total > 1:
            gathered = await self._gathering.add(piece, source, destination)
            if gathered:
                await self._take_gathered(gathered)
            return OK
        with _our_faults_told():
            content = content_of([piece])
        external_id = await self.redelivery.id_of(pdu)
        event = self._event(external_id, source, destination, content)
        try:
            await self._host.take([event])
        except Exception:  # it may have been stored after all
            log.exception("message not stored")
            self.redelivery.refused(pdu, external_id)
            return TEMPORARY_FAULT
        return OK

    async def _take_gathered(self, gathered: Gathered) -> None:
        event = self._event(gathered.external_id, gathered.source, gathered.destination, gathered.content)
        await self._host.take([event])
        await self._gathering.done(gathered)

    def _event(self, external_id: str, source: Address, destination: Address, content: Content) -> Event:
        return MessageReceived(
            external_id=external_id,
            identities=(writer(source, self._reading.region),),
            content=content,
            sent_at=self._clock(),
            account=number(destination.value),
        )

    async def _set_aside(self, reason: str, octets: bytes) -> int:
        """Keep what cannot be read. The SMSC need not keep it as well, so it is told that all is well."""
        await self._host.take([Unreadable(reason=reason, raw={"hex": octets.hex()})])
        return OK

    def _people(self, pdu: Pdu) -> list[Identity]:
        """Whom a receipt is about: by custom its source, at some SMSCs its destination."""
        found = []
        for end in ends(pdu):
            try:
                found.append(writer(end, self._reading.region))
            except Malformed:
                continue
        return found

    @asynccontextmanager
    async def _in_turn(self, source: str) -> AsyncIterator[None]:
        """One message of a customer after the other, in the order in which they came."""
        lock, waiting = self._queues.setdefault(source, (asyncio.Lock(), []))
        waiting.append(None)
        try:
            async with lock:
                yield
        finally:
            waiting.pop()
            if not waiting:
                del self._queues[source]


def ends(pdu: Pdu) -> tuple[Address, Address]:
    """Source and destination of a message."""
    fields = pdu.fields
    source = Address(fields["source_addr_ton"], fields["source_addr_npi"], fields["source_addr"])
    destination = Address(fields["dest_addr_ton"], fields["dest_addr_npi"], fields["destination_addr"])
    return source, destination


@contextmanager
def _our_faults_told() -> Iterator[None]:
    """What fails while reading is `Malformed`: else the SMSC sends it for ever, and it fails for ever."""
    try:
        yield
    except (Malformed, MalformedHeader):
        raise
    except Exception as error:
        raise Malformed(f"Our reader failed with {type(error).__name__}.") from error
