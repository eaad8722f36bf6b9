"""Resolves by itself what customers have left."""

from datetime import datetime

from inbox.actions import silence
from inbox.actions.desk import Desk
from inbox.model.conversation import SpeakerKind


class Closing:
    """Looks through what is open, the longest quiet first, some at each step and then from the beginning.

    So what may not end yet is not looked at all the time, and what is set holds at once for all there is.
    """

    def __init__(self, desk: Desk, *, at_once: int = 200) -> None:
        self._desk = desk
        self._at_once = at_once
        self._after: dict[str, tuple[datetime, str]] = {}

    async def step(self) -> int:
        """Look at the next ones. How many were resolved."""
        wanted = await silence.present(self._desk.store)
        done = 0
        for speaker in (SpeakerKind.AGENT, SpeakerKind.BOT):
            span = wanted.shortest(speaker)
            if span is None:
                self._after.pop(speaker, None)
                continue
            found = await self._desk.store.conversations.quiet_since(
                speaker.value, self._desk.clock() - span, self._after.get(speaker), self._at_once
            )
            if len(found) < self._at_once:
                self._after.pop(speaker, None)
            else:
                self._after[speaker] = found[-1].at, found[-1].id
            done += await silence.close(self._desk, [one.id for one in found if one.is_settled], wanted)
        return done
