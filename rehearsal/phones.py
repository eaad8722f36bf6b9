"""What the phones of one channel show: customers, bubbles, typing dots. Kept on disk."""

import itertools
import time
from pathlib import Path
from typing import Any

import msgspec

from rehearsal.shelf import Shelf

_REMEMBERED = 500
FIRST_NUMBER = 16505550100
"""Numbers from here on are reserved for fiction."""


class Customer(msgspec.Struct, kw_only=True):
    """The owner of a phone. Without a `number` the business knows them by `user_id` only."""

    user_id: str
    name: str
    number: str | None = None
    username: str | None = None
    last_wrote: float = 0.0

    @property
    def id(self) -> str:
        """By what the page names the customer."""
        return self.number or self.user_id


class Shown(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One answer that can be tapped, or a link."""

    id: str
    title: str
    description: str | None = None
    url: str | None = None


class Bubble(msgspec.Struct, kw_only=True, omit_defaults=True):
    """One message as the phone draws it, whatever the provider."""

    id: str
    customer: str
    mine: bool
    """Written on this phone, not by the business."""
    at: float
    state: str = "sending"
    """Of mine: sending, taken, read. Of the business: sent, delivered, read, failed."""
    text: str = ""
    header: str | None = None
    footer: str | None = None
    media: dict[str, Any] | None = None
    """`kind`, and what is known of `url`, `name` and `mime_type`."""
    location: dict[str, Any] | None = None
    cards: list[dict[str, Any]] = []
    panels: list[dict[str, Any]] = []
    """Cards side by side: `title`, `text`, `media`, and how many of the `choices`, in order, are on each."""
    choices: list[Shown] = []
    list_button: str | None = None
    """The choices open behind this button."""
    chosen: str | None = None
    reply_to: str | None = None
    reactions: dict[str, str] = {}
    """The emoji of ``me`` and of ``them``."""
    remark: str | None = None


class Phones:
    """All phones of one channel."""

    def __init__(self, home: Path) -> None:
        """`home` is the channel's own folder."""
        self._customers_shelf = Shelf(home / "customers.jsonl")
        self._bubbles_shelf = Shelf(home / "bubbles.jsonl")
        self.customers = {c.id: c for c in msgspec.convert(self._customers_shelf.values(), list[Customer])}
        self.bubbles = {b.id: b for b in msgspec.convert(self._bubbles_shelf.values(), list[Bubble])}
        self._typing: dict[str, float] = {}
        if not self.customers:
            self.add_customer(name="Giulia Bianchi")

    def add_customer(
        self, *, name: str = "", number: str | None = None, hidden: bool = False, user_id: str | None = None
    ) -> Customer:
        """A customer with the next free number of fiction, or a given one; `hidden` shows none."""
        free = (str(n) for n in itertools.count(FIRST_NUMBER + 1) if str(n) not in self._taken())
        number = number or next(free)
        customer = Customer(
            user_id=user_id or f"US.1349120865{number}",
            name=name or f"Customer {len(self.customers) + 1}",
            number=None if hidden else number,
            username=f"@customer{len(self.customers) + 1}" if hidden else None,
        )
        self.keep_customer(customer)
        return customer

    def keep_customer(self, customer: Customer) -> None:
        """Write the customer down."""
        self.customers[customer.id] = customer
        self._customers_shelf.put(customer.id, customer)

    def find(self, *, number: str | None = None, user_id: str | None = None) -> Customer | None:
        """The customer of that number, or else of that user id."""
        if number:
            return self.customers.get(number)
        return next((c for c in self.customers.values() if c.user_id == user_id), None)

    def keep(self, bubble: Bubble) -> None:
        """Show the bubble, or show it anew; the oldest ones are forgotten."""
        self.bubbles[bubble.id] = bubble
        self._bubbles_shelf.put(bubble.id, bubble)
        while len(self.bubbles) > _REMEMBERED:
            oldest = next(iter(self.bubbles))
            del self.bubbles[oldest]
            self._bubbles_shelf.drop(oldest)

    def of(self, customer: str) -> list[Bubble]:
        """A customer's bubbles, oldest first."""
        return [bubble for bubble in self.bubbles.values() if bubble.customer == customer]

    def set_typing(self, customer: str, seconds: float) -> None:
        """Show typing dots for so long; 0 takes them away."""
        self._typing[customer] = time.time() + seconds

    def typing_for(self, customer: str) -> float:
        """How many more seconds the business seems to type."""
        return max(0.0, self._typing.get(customer, 0.0) - time.time())

    def close(self) -> None:
        """Close the files."""
        self._customers_shelf.close()
        self._bubbles_shelf.close()

    def _taken(self) -> set[str]:
        return {customer.user_id[-11:] for customer in self.customers.values()} | set(self.customers)
