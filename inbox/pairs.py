"""How often one customer may be written to: a bucket for each, refilled with time.

Each process keeps its own, since a conversation's messages leave by one process at a time and a bucket is
seldom empty. Where several took turns and were too fast together, the provider says so, and that conversation
alone waits.
"""

from collections import OrderedDict

_REMEMBERED = 50_000


class Pairs:
    """Lets `burst` messages through to one recipient at once, and one every `gap` seconds after that."""

    def __init__(self, burst: int, gap: float) -> None:
        self._burst = burst
        self._gap = gap
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def due_in(self, recipient: str, now: float) -> float:
        """Seconds until one more may go to this recipient."""
        level = self._level(recipient, now)
        return 0.0 if level >= 1 else (1 - level) * self._gap

    def take(self, recipient: str, now: float) -> None:
        """One goes to this recipient now."""
        level = self._level(recipient, now)
        self._levels.pop(recipient, None)
        self._levels[recipient] = (max(0.0, level - 1), now)
        if len(self._levels) > _REMEMBERED:
            self._levels.popitem(last=False)

    def _level(self, recipient: str, now: float) -> float:
        level, at = self._levels.get(recipient, (float(self._burst), now))
        return min(float(self._burst), level + (now - at) / self._gap)
