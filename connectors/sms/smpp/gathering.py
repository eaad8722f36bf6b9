"""Parts of long messages until all are there: 3GPP TS 23.040, 9.2.3.24.1, and SMPP 3.4, 5.3.2.22.

They come in any order, twice, and by several connections. Each is on the shelf before it is answered, so a
restart loses none; and the whole is known by an id that the first part was given, so none is doubled.
"""

import secrets
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from connectors.content import Content, Text
from connectors.contract import Clock
from connectors.lines import Shelf
from connectors.sms.coding import Concatenation
from connectors.sms.smpp.addresses import Address
from connectors.sms.smpp.texts import Piece, content_of, piece_of

REPEATED = timedelta(minutes=10)
"""For so long after the whole a part that is the same is a repetition; later it begins a new message."""

MISSING = "[…]"
"""Stands where parts never came."""

_OPEN = "open"


class Gathered(NamedTuple):
    """A message whose parts are together, or will not be any more."""

    key: str
    external_id: str
    content: Content
    source: Address
    destination: Address


class Gathering:
    """The long messages of one channel that are on their way."""

    def __init__(self, shelf: Shelf, clock: Clock, expiry: timedelta) -> None:
        """After `expiry` a message is taken as far as it has come."""
        self._shelf = shelf
        self._clock = clock
        self._expiry = expiry

    async def add(self, piece: Piece, source: Address, destination: Address) -> Gathered | None:
        """Put a part to its neighbours. The whole message if it was the last one; it may come again."""
        which = piece.which
        assert which is not None
        name = _name(which, source, destination)
        key = await self._place(name, which, piece)
        fields = {
            "id": f"{secrets.token_hex(12)}.{which.total}",
            "at": self._clock(),
            "total": which.total,
            "source": list(source),
            "destination": list(destination),
            f"p{which.number}": piece.kept(),
        }
        kept = await self._shelf.keep(key, fields, [name, _OPEN])
        is_late = "done" in kept and any(f"p{n}" not in kept for n in range(1, which.total + 1))
        if is_late:
            return _late(key, kept, which.number)
        return _gathered(key, kept) if all(f"p{n}" in kept for n in range(1, which.total + 1)) else None

    async def overdue(self) -> list[Gathered]:
        """Messages that have waited too long for their other parts."""
        now = self._clock()
        waiting = await self._shelf.find([_OPEN])
        return [
            _gathered(key, kept)
            for key, kept in waiting.items()
            if "done" not in kept and now - _time(kept["at"]) >= self._expiry
        ]

    async def done(self, gathered: Gathered) -> None:
        """The message is stored: it waits no longer. Its parts are still known if they come again."""
        await self._shelf.keep(gathered.key, {"done": self._clock()})
        await self._shelf.put(gathered.key, {}, without=[_OPEN])

    async def _place(self, name: str, which: Concatenation, piece: Piece) -> str:
        """Where the part belongs. References come round again: an older message may be in the way."""
        now = self._clock()
        for key, kept in sorted((await self._shelf.find([name])).items()):
            is_old = "done" in kept and now - _time(kept["done"]) >= REPEATED
            here = kept.get(f"p{which.number}")
            is_free = here is None or piece_of(here) == _plain(piece)
            if is_free and not is_old:
                return key
        return f"{name}:{int(now.timestamp() * 1000):012x}{secrets.token_hex(2)}"


def _name(which: Concatenation, source: Address, destination: Address) -> str:
    kind = "w" if which.wide else "n"
    return f"in:{source.value}|{destination.value}|{kind}{which.reference}|{which.total}"


def _plain(piece: Piece) -> Piece:
    return piece_of(piece.kept())


def _gathered(key: str, kept: dict[str, Any]) -> Gathered:
    numbers = range(1, int(kept["total"]) + 1)
    pieces = [piece_of(kept[f"p{n}"]) if f"p{n}" in kept else None for n in numbers]
    return Gathered(
        key, kept["id"], _content(pieces), Address(*kept["source"]), Address(*kept["destination"])
    )


def _late(key: str, kept: dict[str, Any], number: int) -> Gathered:
    """A part that came when its message had been taken without it: a message of its own."""
    content = _content([None, piece_of(kept[f"p{number}"]), None])
    ends = Address(*kept["source"]), Address(*kept["destination"])
    return Gathered(key, f"{kept['id']}.{number}", content, *ends)


def _content(pieces: list[Piece | None]) -> Content:
    if all(pieces):
        return content_of([piece for piece in pieces if piece])
    texts: list[str] = []
    run: list[Piece] = []
    for piece in [*pieces, None]:
        if piece:
            run.append(piece)
            continue
        if run:
            content = content_of(run)
            texts.append(content.text if isinstance(content, Text) else MISSING)
            run = []
        if not texts or texts[-1] != MISSING:
            texts.append(MISSING)
    ends_whole = pieces[-1] is not None and len(texts) > 1
    return Text(" ".join(texts[:-1] if ends_whole else texts))


def _time(value: Any) -> datetime:
    assert isinstance(value, datetime)
    return value
