"""What a body says of one event, as far as it can be said without knowing how the connector reads it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec


@dataclass(frozen=True)
class Claim:
    """`tags` are the contents that the event may have, `statuses` the delivery states; empty: any.

    `values` must all stand somewhere in the event.
    """

    values: tuple[Any, ...] = ()
    tags: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()
    names: tuple[str, ...] = field(default=())
    """Names of event types, for events without a content."""

    def unmet(self, event: Any) -> str | None:
        """Why the event is not the one that the body speaks of; None if it is."""
        said = msgspec.to_builtins(event)
        content = said.get("content")
        tag = content.get("type") if isinstance(content, dict) else None
        if self.names and type(event).__name__ not in self.names:
            return f"it became a {type(event).__name__}, not one of {', '.join(self.names)}"
        if self.tags and tag not in self.tags:
            return f"it became {tag or type(event).__name__}, not {' or '.join(self.tags)}"
        if self.statuses and said.get("status") not in self.statuses:
            return f"its status is {said.get('status')}, not {' or '.join(self.statuses)}"
        there = list(leaves(said))
        lost = next((value for value in self.values if not _is_in(value, there)), None)
        return None if lost is None else f"{lost!r} is lost: {said}"


UNREADABLE = Claim(names=("Unreadable",))
"""A part that lacks what it needs, or that is about nobody's message: it belongs into quarantine."""


def leaves(value: Any) -> Iterator[Any]:
    """All strings and numbers in a JSON value."""
    if isinstance(value, dict):
        for each in value.values():
            yield from leaves(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from leaves(each)
    elif value is not None:
        yield value


def under(value: Any, names: frozenset[str]) -> Iterator[Any]:
    """The strings and numbers that stand under one of the names, however deep."""
    if isinstance(value, dict):
        for name, each in value.items():
            if name in names and not isinstance(each, dict | list):
                yield each
            else:
                yield from under(each, names)
    elif isinstance(value, list):
        for each in value:
            yield from under(each, names)


def _is_in(value: Any, there: list[Any]) -> bool:
    if isinstance(value, bool) or value is None or value == "":
        return True
    alike = {str(each) for each in there}
    if str(value) in alike:
        return True
    try:
        return any(
            float(value) == float(each)
            for each in there
            if isinstance(each, int | float | str) and _digits(each)
        )
    except (TypeError, ValueError):
        return False


def _digits(value: Any) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True
