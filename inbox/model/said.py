"""All that people can read of a message, and the part of it that somebody looked for."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from inbox.model.words import marks

_NOT_SAID = frozenset(
    {"type", "url", "media_id", "sha256", "mime_type", "file_id", "payload", "external_id", "image", "source"}
    | {"event", "raw", "wa_id", "kind", "language", "problem"}
)
"""Fields of contents that are not for people to read."""

_WIDTH = 120
_BEFORE = 30
"""How many characters of an excerpt stand before what was looked for."""


class Excerpt(NamedTuple):
    """A part of a text, and where in it stands what was looked for: spans in code points."""

    text: str
    marks: list[tuple[int, int]]


def said_in(content: dict[str, Any]) -> str:
    """The texts of a content as the store keeps it, a line each; empty for an activity line."""
    return "" if content.get("type") == "activity" else "\n".join(_strings(content))


def excerpt(text: str, query: str) -> Excerpt:
    """About 120 characters of the text around the first place that has what is asked for."""
    line = " ".join(text.split())
    found = marks(line, query)
    start = max(0, found[0][0] - _BEFORE) if found and found[0][1] > _WIDTH else 0
    if start:
        start = line.find(" ", start, found[0][0]) + 1 or start
    part = line[start : start + _WIDTH]
    lead = "…" if start else ""
    shift = len(lead) - start
    inside = [(a + shift, min(b, start + _WIDTH) + shift) for a, b in found if a < start + _WIDTH]
    return Excerpt(lead + part + ("…" if start + _WIDTH < len(line) else ""), inside)


def _strings(value: Any) -> Iterator[str]:
    match value:
        case str():
            yield value
        case dict():
            for name, each in value.items():
                if name not in _NOT_SAID:
                    yield from _strings(each)
        case list():
            for each in value:
                yield from _strings(each)
