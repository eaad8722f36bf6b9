"""What really happened, written down outside the product: by those who sent, received and were answered."""

import time
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import NamedTuple

_TO_WRITE = 20.0
"""Seconds within which a process that lives and has a store has written a receipt down."""


class Taken(NamedTuple):
    """A message that the provider accepted from us, each time that it did."""

    number: str
    ours: str
    """Our own id for it, which the provider gives back in its reports."""
    text: str
    at: float


class Trouble(NamedTuple):
    """A time in which whoever had heard an answer of the provider's could be kept from writing it down."""

    since: float
    until: float


class Rule(NamedTuple):
    """A time in which an agent surely speaks: from the answer to the take-over to the wish to hand back."""

    number: str
    since: float
    until: float


@dataclass
class Ledger:
    """One run's book. Times are `time.monotonic()` of the harness."""

    said: dict[str, list[tuple[str, str]]] = field(default_factory=lambda: defaultdict(list))
    """By customer: (id, text) of every message that was answered 200, in the order of sending."""
    unordered: set[str] = field(default_factory=set)
    """Customers whose webhooks were let loose at once: their order is nobody's promise."""
    pictures: set[str] = field(default_factory=set)
    """Ids of those messages that were pictures."""
    taken: list[Taken] = field(default_factory=list)
    doubtful: set[str] = field(default_factory=set)
    """Ours that the provider took without writing its answer."""
    known: set[str] = field(default_factory=set)
    """Ours that were sent once more though the store had the provider's id for them."""
    troubles: list[Trouble] = field(default_factory=list)
    reported: dict[str, float] = field(default_factory=dict)
    """When the inbox had first answered 200 to the provider's report on that message of ours."""
    replied: list[tuple[str, str, str]] = field(default_factory=list)
    """(customer, agent, text) of every reply of an agent that the API acknowledged."""
    rules: list[Rule] = field(default_factory=list)
    knocks: Counter[int] = field(default_factory=Counter)
    """How webhooks were answered: status, 0 for no answer."""
    longest_knock: float = 0.0
    """Seconds that the slowest answer to a webhook took, whatever it was."""
    longest_look: float = 0.0
    """The same for what an agent asked to see."""
    longest_act: float = 0.0
    """The same for what an agent asked to be done."""

    @property
    def arrivals(self) -> Counter[str]:
        """How often each message of ours reached its customer."""
        return Counter(taken.ours for taken in self.taken)

    def waited(self, method: str, seconds: float) -> None:
        """Note how long an agent waited for an answer, or for none."""
        if method == "GET":
            self.longest_look = max(self.longest_look, seconds)
        else:
            self.longest_act = max(self.longest_act, seconds)

    def took(self, number: str, ours: str, text: str) -> int:
        """Note that the provider accepted a message; how many it has accepted by now."""
        self.taken.append(Taken(number, ours, text, time.monotonic()))
        return len(self.taken)

    def course(self, ours: str) -> str:
        """When a message of ours was taken and reported on, in seconds since its first taking."""
        times = [taken.at for taken in self.taken if taken.ours == ours]
        told = self.reported.get(ours)
        report = "never reported" if told is None else f"reported at {told - times[0]:.1f} s"
        answer = "an answer lost" if ours in self.doubtful else "each answer written"
        if ours in self.known:
            answer += ", and known to the store"
        return f"at {', '.join(f'{at - times[0]:.1f} s' for at in times)}; {report}; {answer}"

    def is_unavoidable(self, ours: str) -> bool:
        """Whether a second sending of this message could not have been known to be one.

        The provider gives no idempotency, its report came too late to tell, and its answer was never written
        down: it was lost, or the process that had it, the store or the wire was hurt before it could be. That
        the answer was handed to the kernel here says nothing about that.
        """
        times = [taken.at for taken in self.taken if taken.ours == ours]
        told = self.reported.get(ours)
        if len(times) != 2 or ours in self.known or (told is not None and told <= times[1]):
            return False
        return ours in self.doubtful or any(
            trouble.since < times[0] + _TO_WRITE and trouble.until > times[0] for trouble in self.troubles
        )
