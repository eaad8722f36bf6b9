"""What the SMSC has taken of our messages, by its own ids, and which message a receipt is about.

Each part has an id and a receipt of its own. It is on the shelf before the message counts as sent: whoever
sends the message again, in whatever process, sends only what is missing.
"""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple

from connectors.contract import Clock, Outbound
from connectors.events import DeliveryStatus, Fault, Identity, IdentityKind, StatusChanged
from connectors.lines import LineHost
from connectors.sms.smpp.receipts import DELIVERED, ENROUTE, FAILURES, DeliveryReceipt, spellings

_HELD = 5.0
"""Seconds for which a receipt waits for the answer that tells its id: some SMSCs report first."""

_HELD_AT_ONCE = 100
_TEXT_OF_RECEIPT = 20
"""Characters of the message that a receipt repeats (appendix B), often fewer."""


class _Part(NamedTuple):
    key: str
    number: int
    fields: dict[str, Any]


class Ledger:
    """One channel's."""

    def __init__(
        self,
        host: LineHost,
        clock: Clock,
        *,
        expects_answers: Callable[[], bool],
        texts: Callable[[Outbound], list[str]],
    ) -> None:
        """`expects_answers` says whether the SMSC owes us any; `texts` are those of a message's parts."""
        self._texts = texts
        self._host = host
        self._clock = clock
        self._expects_answers = expects_answers
        self._held: dict[str, list[asyncio.Future[None]]] = {}

    async def parts_of(self, message_id: str) -> dict[int, str]:
        """Which parts of a message the SMSC has taken, with its ids; none if one of them failed later."""
        fields = await self._host.shelf.get(_key(message_id))
        if any(name[0] == "s" and state in FAILURES for name, state in fields.items()):
            return {}
        return {int(name[1:]): str(value) for name, value in fields.items() if name[0] == "p"}

    async def taken(self, message: Outbound, number: int, total: int, external_id: str, to: str) -> None:
        """The SMSC has taken a part, and calls it so."""
        names = [f"id:{form}" for form in spellings(external_id)[:1]]
        fields = {"total": total, "to": to, "at": self._clock(), f"p{number}": external_id}
        await self._host.shelf.put(_key(message.message_id), fields, names)
        for form in spellings(external_id):
            for waiting in self._held.pop(form, ()):
                if not waiting.done():
                    waiting.set_result(None)

    async def reported(self, receipt: DeliveryReceipt, people: list[Identity]) -> StatusChanged | None:
        """What a receipt says about a message of ours; None if it says nothing.

        `people` are those that the receipt names, the likelier customer first. A receipt that fits no message
        keeps the SMSC's id: the message's may be written yet.
        """
        if receipt.status is None or receipt.state is None:
            return None
        part = await self._part(receipt, people)
        if part is None:
            await self._answers(receipt)
            part = await self._part(receipt, people)
        if part is None and await self._settles(receipt, people):
            part = await self._part(receipt, people)
        if part is None:
            return self._event(receipt.id, receipt.status, receipt.fault)
        return await self._of_part(part, receipt)

    async def _part(self, receipt: DeliveryReceipt, people: list[Identity]) -> _Part | None:
        """The part that is meant. Two may fit, by different bases: the customer's number tells them apart."""
        forms = spellings(receipt.id)
        numbers = {person.value.removeprefix("+") for person in people}
        found = [
            _Part(key, int(name[1:]), fields)
            for key, fields in (await self._host.shelf.find([f"id:{form}" for form in forms])).items()
            for name, value in fields.items()
            if name[0] == "p" and spellings(str(value))[0] in forms
        ]

        def likeness(part: _Part) -> tuple[bool, bool, Any]:
            plain = spellings(str(part.fields[f"p{part.number}"]))[0]
            return part.fields.get("to") in numbers, plain == forms[0], part.fields["at"]

        return max(found, key=likeness, default=None)

    async def _answers(self, receipt: DeliveryReceipt) -> None:
        """Wait, but not for long, for the SMSC's answer that tells the receipt's id."""
        if not self._expects_answers() or len(self._held) >= _HELD_AT_ONCE:
            return
        told: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        forms = spellings(receipt.id)
        for form in forms:
            self._held.setdefault(form, []).append(told)
        await asyncio.wait([told], timeout=_HELD)
        for form in forms:
            waiting = [each for each in self._held.pop(form, ()) if each is not told]
            if waiting:
                self._held[form] = waiting

    async def _of_part(self, part: _Part, receipt: DeliveryReceipt) -> StatusChanged | None:
        """How far the whole message is: delivered when each of its parts is, failed as soon as one is.

        Until then nothing is said of it: that one part is taken does not say that the others are.
        """
        message_id = part.key.removeprefix(_key(""))
        total = int(part.fields["total"])
        status, fault = receipt.status or DeliveryStatus.SENT, receipt.fault
        fields: dict[str, Any] = {}
        if total > 1 or receipt.state in FAILURES:
            fields = await self._host.shelf.put(part.key, {f"s{part.number}": receipt.state})
        if total > 1:
            states = [fields.get(f"s{number}", ENROUTE) for number in range(1, total + 1)]
            if status is not DeliveryStatus.FAILED and any(state != DELIVERED for state in states):
                return None
            if fault:
                fault = Fault(fault.code, f"Part {part.number} of {total}: {fault.message}")
        first = str(part.fields.get("p1") or part.fields[f"p{part.number}"])
        return self._event(first, status, fault, message_id)

    async def _settles(self, receipt: DeliveryReceipt, people: list[Identity]) -> bool:
        """Whether it is about a part whose answer was lost: known by who it went to and how it begins.

        From here on that part counts as taken, and is not sent again.
        """
        for person in people:
            found: list[tuple[Outbound, int, int]] = []
            for message in await self._host.in_doubt(person) if person.kind is IdentityKind.PHONE else ():
                texts, known = self._texts(message), await self.parts_of(message.message_id)
                numbers = [n for n, text in enumerate(texts, 1) if n not in known and _may_be(receipt, text)]
                found += [(message, number, len(texts)) for number in numbers]
            if len(found) == 1:
                message, number, total = found[0]
                await self.taken(message, number, total, receipt.id, person.value.removeprefix("+"))
                return True
        return False

    def _event(
        self, external_id: str, status: DeliveryStatus, fault: Fault | None, message_id: str | None = None
    ) -> StatusChanged:
        return StatusChanged(
            external_id=external_id, status=status, at=self._clock(), message_id=message_id, fault=fault
        )


def _key(message_id: str) -> str:
    return f"out:{message_id}"


def _may_be(receipt: DeliveryReceipt, text: str) -> bool:
    """Whether the receipt repeats the beginning of the text, as far as any SMSC keeps it readable."""
    said, ours = (_letters(each[:_TEXT_OF_RECEIPT]) for each in (receipt.text, text))
    return not said or not ours or ours.startswith(said)


def _letters(text: str) -> str:
    return "".join(each for each in text.lower() if each.isascii() and each.isalnum())
