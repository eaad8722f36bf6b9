"""Which short messages the SMSC sends again, since they have no ids of their own.

An SMSC sends a message again if our answer did not reach it. That can only be in doubt for what came shortly
before a line broke or a process died. So each message gets an id of a digest of its octets and of the time;
and for some minutes after a new bind, what is the same as a message of the doubtful time is taken for it.
"""

import asyncio
import hashlib
import secrets
from datetime import datetime, timedelta
from typing import NamedTuple

from connectors.contract import Clock
from connectors.lines import LineHost
from connectors.sms.smpp.commands import Tag
from connectors.sms.smpp.pdus import Pdu

DOUBTFUL = timedelta(seconds=5)
"""How long before the end of a line an answer may have been lost on its way."""

WATCHED = 600.0
"""Seconds after a bind in which the SMSC is expected to send again what it had no answer for."""

_REMEMBERED = 1000

_TELLING = [
    "source_addr_ton",
    "source_addr_npi",
    "source_addr",
    "dest_addr_ton",
    "dest_addr_npi",
    "destination_addr",
    "esm_class",
    "protocol_id",
    "data_coding",
    "short_message",
]
_TELLING_TAGS = (
    Tag.MESSAGE_PAYLOAD,
    Tag.SAR_MSG_REF_NUM,
    Tag.SAR_TOTAL_SEGMENTS,
    Tag.SAR_SEGMENT_SEQNUM,
    Tag.USER_MESSAGE_REFERENCE,
)


class _Doubt(NamedTuple):
    """What was stored from `since` to `until` may come again before `over`, by the loop's clock."""

    since: str
    until: str
    over: float


class Redelivery:
    """Gives short messages their ids."""

    def __init__(self, host: LineHost, clock: Clock) -> None:
        self._host = host
        self._clock = clock
        self._refused: dict[str, tuple[str, float]] = {}
        self._found: set[str] = set()
        self._doubts: list[_Doubt] = []
        if host.left_at:
            self._doubt(host.left_at)

    def line_ended(self) -> None:
        """A line broke: what it brought last may come again."""
        self._doubt(self._clock())

    async def id_of(self, pdu: Pdu) -> str:
        """The message's id: a new one, unless it is one that comes again."""
        digest, now = _digest(pdu), asyncio.get_running_loop().time()
        refused, until = self._refused.pop(digest, ("", 0.0))
        if now < until:  # we asked the SMSC to send it again
            return refused
        self._doubts = [doubt for doubt in self._doubts if now < doubt.over]
        for doubt in self._doubts:
            for known in await self._host.taken(f"{digest}-", doubt.since):
                stamp = known.removeprefix(f"{digest}-")[: len(doubt.until)]
                if stamp <= doubt.until and known not in self._found:
                    self._found.add(known)
                    return known
        return f"{digest}-{_stamp(self._clock())}{secrets.token_hex(3)}"

    def refused(self, pdu: Pdu, external_id: str) -> None:
        """The message could not be stored, as far as we know; it comes again and must then have this id."""
        if len(self._refused) >= _REMEMBERED:
            self._refused.pop(next(iter(self._refused)))
        self._refused[_digest(pdu)] = external_id, asyncio.get_running_loop().time() + WATCHED

    def _doubt(self, ended: datetime) -> None:
        """A line ended then, or somewhat later: until now at the latest."""
        over = asyncio.get_running_loop().time() + WATCHED
        self._doubts = self._doubts[-9:]
        self._doubts.append(_Doubt(_stamp(ended - DOUBTFUL), _stamp(self._clock()), over))


def _digest(pdu: Pdu) -> str:
    told = [repr(pdu.fields.get(name)) for name in _TELLING]
    told += [repr(pdu.parameter(tag)) for tag in _TELLING_TAGS]
    return hashlib.sha256("|".join(told).encode("utf-8", "surrogatepass")).hexdigest()[:20]


def _stamp(moment: datetime) -> str:
    """Milliseconds since 1970 as twelve hexadecimal digits: text that sorts as time does."""
    return f"{int(moment.timestamp() * 1000):012x}"
