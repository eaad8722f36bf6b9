"""How one list becomes another: step by step, or as the same things in another order."""

from difflib import SequenceMatcher
from typing import NamedTuple


class Place(NamedTuple):
    """Where an item of a list stands in a text: from its dash to the end of its last line."""

    start: int
    end: int


def steps(old: list[str], new: list[str]) -> list[tuple[str, int, int, int, int]]:
    """The differences of two lists of lines; what is alike at both ends is passed over quickly."""
    least, head, tail = min(len(old), len(new)), 0, 0
    while head < least and old[head] == new[head]:
        head += 1
    while tail < least - head and old[-1 - tail] == new[-1 - tail]:
        tail += 1
    inner = SequenceMatcher(None, old[head : len(old) - tail], new[head : len(new) - tail], autojunk=False)
    return [
        (t, a + head, b + head, c + head, d + head) for t, a, b, c, d in inner.get_opcodes() if t != "equal"
    ]


def order(old: list[str], new: list[str]) -> list[int] | None:
    """Which of the old stands at each place of the new, where these are the same things; else None."""
    if old == new or sorted(old) != sorted(new):
        return None
    places: dict[str, list[int]] = {}
    for at, item in enumerate(old):
        places.setdefault(item, []).append(at)
    return [places[item].pop(0) for item in new]


def reordered(text: str, places: list[Place], wanted: list[int]) -> list[tuple[int, int, str]] | None:
    """Splices by which the items stand in another order, each as it was written, with its own comments.

    An item's own are the comments in the lines right above its dash, and those below that are indented more
    than it. What stands between two items stays there. None where two items share a line.
    """
    blocks = [_block(text, place) for place in places]
    if None in blocks:
        return None
    found = [block for block in blocks if block]
    return [
        (slot.start, slot.end, text[found[at].start : found[at].end])
        for slot, at in zip(found, wanted, strict=True)
        if slot != found[at]
    ]


def _block(text: str, place: Place) -> Place | None:
    start = text.rfind("\n", 0, place.start) + 1
    if text[start : place.start].strip():
        return None
    column = place.start - start
    while start and _is_comment(above := _line(text, text.rfind("\n", 0, start - 1) + 1)):
        if _indent(above) > column:
            break
        start = text.rfind("\n", 0, start - 1) + 1
    end = place.end
    while (after := text.find("\n", end) + 1) and _is_comment(below := _line(text, after)):
        if _indent(below) <= column:
            break
        end = after + len(below)
    return Place(start, end)


def _line(text: str, start: int) -> str:
    end = text.find("\n", start)
    return (text[start:] if end < 0 else text[start:end]).removesuffix("\r")


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _is_comment(line: str) -> bool:
    return line.lstrip().startswith("#")
