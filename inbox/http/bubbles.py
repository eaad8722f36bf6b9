"""How a channel shows what the bot says."""

from collections.abc import Callable
from typing import Any, NamedTuple

import msgspec

from connectors.content import Content, Media
from connectors.contract import Capabilities
from connectors.fitting import fit
from inbox.actions.errors import NotFound
from inbox.parts import Parts


class Shown(NamedTuple):
    """A channel's way; without a channel, as it was written."""

    kind: str
    carries: Capabilities | None
    language: str | None
    link: Callable[[Media], str | None] | None

    def of(self, contents: list[Content]) -> tuple[list[Any], list[str]]:
        """The contents as they arrive, and in words what was changed for it."""
        if self.carries is None:
            return [msgspec.to_builtins(content) for content in contents], []
        fitted = [fit(c, self.carries, language=self.language, link=self.link) for c in contents]
        arrive = [msgspec.to_builtins(c) for each in fitted for c in each.contents]
        return arrive, [change.words for each in fitted for change in each.changes]


async def shown_on(parts: Parts, channel_id: str | None, language: str | None) -> Shown:
    """The way of that channel, None for none. Raises `NotFound` if it cannot be used."""
    if channel_id is None:
        return Shown("webchat", None, language, parts.desk.link)
    channel = await parts.store.channels.get(channel_id)
    carries = await parts.lines.carries(channel_id) if channel else None
    if channel is None or carries is None:
        raise NotFound("There is no such channel, or it is switched off.")
    return Shown(channel.kind, carries, language, parts.desk.link)
