"""Where a text is cut.

An escape and what it escapes, or the two halves of a surrogate pair, must stay in one part, so a part may be
a unit short and the number of parts is found by doing, not by dividing.
"""

from bisect import bisect_left

from connectors.sms.coding.clusters import last_boundary
from connectors.sms.coding.header import Concatenation
from connectors.sms.coding.scheme import Scheme

MOST_PARTS = 255


class TooManyParts(ValueError):
    """The text does not fit in the 255 parts that a message may have."""

    def __init__(self, parts: int) -> None:
        super().__init__(f"The text would take {parts} SMS parts; a message has at most {MOST_PARTS}.")
        self.parts = parts


class Ruler:
    """Places in a text, in characters and in units; `doubles` are the characters that take two units."""

    def __init__(self, doubles: list[int]) -> None:
        self.doubles = doubles
        self._units = [character + number for number, character in enumerate(doubles)]

    def unit(self, character: int) -> int:
        """How many units there are before a character."""
        return character + bisect_left(self.doubles, character)

    def character_before(self, unit: int) -> int:
        """The last character that begins at or before a unit."""
        return unit - bisect_left(self._units, unit)

    def character_after(self, unit: int) -> int:
        """The first character that begins at or after a unit."""
        found = self.character_before(unit)
        return found if self.unit(found) == unit else found + 1


def cut(text: str, ruler: Ruler, scheme: Scheme, *, wide: bool = False) -> list[int]:
    """Where each part ends, counted in characters. Raises `TooManyParts`.

    The parts are as few as can be. Where there is room to spare, no part ends inside of what a reader sees
    as one character.
    """
    last = len(text)
    if ruler.unit(last) <= scheme.room():
        return [last]
    room = scheme.room(Concatenation(0, MOST_PARTS, 1, wide=wide))
    earliest = _earliest_starts(ruler, last, room)
    if len(earliest) > MOST_PARTS:
        raise TooManyParts(len(earliest))
    ends, start = [], 0
    for least in reversed(earliest[:-1]):
        most = ruler.character_before(ruler.unit(start) + room)
        start = last_boundary(text, least=max(least, start + 1), most=most) or most
        ends.append(start)
    return [*ends, last]


def _earliest_starts(ruler: Ruler, last: int, room: int) -> list[int]:
    """For 1, 2, 3 … parts, the earliest character from which on the rest of the text fits in them."""
    starts, start = [], last
    while start > 0:
        wanted = ruler.unit(start) - room
        start = ruler.character_after(wanted) if wanted > 0 else 0
        starts.append(start)
    return starts
