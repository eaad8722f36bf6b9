"""What masking made of a customer's message, kept for the next look at it: masking reads each word.

Only what was masked is kept, by the message's id and a hash of its text, never what was written.
"""

from threading import Lock

from inbox.teaching.masking import masked

_MOST = 20_000


class MaskedTexts:
    """The newest that were asked for. Any thread may ask."""

    def __init__(self, most: int = _MOST) -> None:
        self._most, self._lock = most, Lock()
        self._known: dict[tuple[str, int, tuple[str, ...]], str] = {}

    def of(self, message_id: str, text: str, names: tuple[str, ...]) -> str:
        """The text of that message as `masked` has it; a customer may have written it anew since."""
        key = (message_id, hash(text), names)
        found = self._known.get(key)
        if found is None:
            found = masked(text, names)
            with self._lock:
                self._known[key] = found
                while len(self._known) > self._most:
                    del self._known[next(iter(self._known))]
        return found
