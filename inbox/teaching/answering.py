"""Which assistant answers a turn, in which language, and by which of its models."""

import asyncio
from typing import NamedTuple

import structlog
from msgspec.structs import replace

from inbox.dialogue import Turn
from inbox.model.assistant import DEFAULT, Assistant, language_of, the_default
from inbox.model.training import Publication
from inbox.spoken import Spoken
from inbox.store import Store, StoreError
from inbox.teaching.publishing import CANARY, LIVE, place_of

log = structlog.get_logger(__name__)

_FRESH = 1.0


class _Known(NamedTuple):
    """What was so a moment ago."""

    assistants: dict[str, Assistant]
    published: dict[str | None, Publication]
    channels: dict[str, str]


class Answering:
    """Asked once a turn; looks into the store once a second."""

    def __init__(self, store: Store, spoken: Spoken) -> None:
        self._store = store
        self._spoken = spoken
        self._known = _Known({DEFAULT: the_default()}, {}, {})
        self._at = -_FRESH
        self._has_looked = False

    async def routed(self, turn: Turn) -> Turn:
        """The turn with its assistant, its language if that can be told, its editions and its lane.

        A conversation stays with its assistant, and with its lane while the share is the same or grows.
        """
        await self._look()
        assistant = self._assistant(turn)
        language = turn.language
        if not language and turn.text and not turn.payload:
            several = assistant.languages if len(assistant.languages) > 1 else ()
            language = await self._spoken.of(turn.text, several)
        editions = self._editions(assistant, language)
        return replace(
            turn,
            assistant=assistant.id,
            language=language,
            editions=tuple(key or "" for key in editions),
            lane=self._lane(turn.conversation_id, editions[0]),
        )

    def _assistant(self, turn: Turn) -> Assistant:
        """The conversation's own, while there is one of that id, else its channel's, else the default one."""
        every = self._known.assistants
        if turn.assistant in every:
            return every[turn.assistant]
        chosen = self._known.channels.get(turn.channel["id"], DEFAULT)
        return every.get(chosen) or every[DEFAULT]

    def _editions(self, assistant: Assistant, language: str | None) -> list[str | None]:
        """The one of the language, if a model of it is live, then the base."""
        wanted = language_of(language)
        for tag in (wanted, wanted.partition("-")[0]):
            edition = next((each for each in assistant.editions if each.language == tag), None)
            if edition and not edition.is_base and self._publication(edition.key).model_id:
                return [edition.key, assistant.base.key]
        return [assistant.base.key]

    def _lane(self, conversation_id: str, edition: str | None) -> str:
        present = self._publication(edition)
        return CANARY if present.canary_id and place_of(conversation_id) < present.share else LIVE

    def _publication(self, edition: str | None) -> Publication:
        return self._known.published.get(edition) or Publication()

    async def _look(self) -> None:
        now = asyncio.get_running_loop().time()
        if now - self._at < _FRESH:
            return
        if self._has_looked:  # meanwhile the other turns go by what is known
            self._at = now
        try:
            assistants = {each.id: each for each in await self._store.assistants.all()}
            published = await self._store.publications.all()
            self._known = _Known(assistants, published, await self._store.channels.with_assistants())
            self._at, self._has_looked = now, True
        except StoreError:  # what was known is good enough, and the turn will find out by itself
            log.warning("publications not read")
