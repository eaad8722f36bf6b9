"""What every stand-in for a provider has: phones, trouble, a courier and a log of the wire."""

import time
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar, Protocol
from urllib.parse import quote

import msgspec
from aiohttp import web

from rehearsal.courier import Attempt, Courier, Parcel
from rehearsal.files import Files
from rehearsal.phones import Bubble, Phones
from rehearsal.shelf import Shelf
from rehearsal.trouble import Trouble


class Channel(msgspec.Struct, frozen=True, kw_only=True):
    """A channel of the inbox that is to be rehearsed. `settings` are the plain ones of its connector."""

    id: str
    kind: str
    name: str
    settings: Mapping[str, str]


class Refused(Exception):
    """What someone asked of a phone cannot be done; the text says why."""


class Stage(Protocol):
    """What a stand-in needs from the application around it."""

    inbox: str
    public: str
    home: Path
    files: Files
    pace: float

    def changed(self, channel_id: str) -> None:
        """Let the pages know that something of this channel looks different now."""


class StandIn:
    """One channel's provider. A subclass speaks the provider's wire format; see `rehearsal/whatsapp`."""

    kind: ClassVar[str]
    actions: ClassVar[tuple[str, ...] | None] = None
    """What a phone of this kind can do, by the page's names; None: everything."""

    def __init__(self, channel: Channel, stage: Stage) -> None:
        """Opens the channel's files in the stage's home, so that a restart loses nothing."""
        self.channel, self.stage = channel, stage
        home = stage.home / f"channel-{quote(channel.id, safe='')}"
        self.phones = Phones(home)
        self.wire: deque[dict[str, Any]] = deque(maxlen=60)
        self._switches = Shelf(home / "trouble.jsonl")
        self.trouble = msgspec.convert(next(iter(self._switches.values()), {}), Trouble)
        self.courier = Courier(
            home / "parcels.jsonl",
            trouble=lambda: self.trouble,
            post=self._posted,
            tell=self._heard,
            pace=stage.pace,
        )

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The provider's own API, below the rehearsal's address."""
        raise NotImplementedError

    def number(self) -> str:
        """The business's number as a phone shows it."""
        raise NotImplementedError

    def codes(self) -> dict[int, str]:
        """What can be asked for by `Trouble.fail`, in words; empty: what the page knows by itself."""
        return {}

    def body(self, items: list[Any]) -> bytes:
        """The webhook that carries these items."""
        raise NotImplementedError

    def sign(self, body: bytes) -> dict[str, str]:
        """The headers that prove where the webhook comes from."""
        raise NotImplementedError

    def summary(self, items: list[Any]) -> str:
        """What a webhook with these items is about, in a word or two."""
        raise NotImplementedError

    def write(self, customer_id: str, action: dict[str, Any]) -> Bubble:
        """Do on a phone what the page asks, and put the webhook on its way. Raises `Refused`."""
        raise NotImplementedError

    def set_trouble(self, trouble: Trouble) -> None:
        """Throw the switches."""
        self.trouble = trouble
        self._switches.put("trouble", trouble)
        self.courier.look()
        self.stage.changed(self.channel.id)

    def show(self, bubble: Bubble) -> None:
        """Draw a bubble, or draw it anew."""
        self.phones.keep(bubble)
        self.stage.changed(self.channel.id)

    def log(self, **entry: Any) -> None:
        """Note what went over the wire: `what`, `status`, `sent`, `answer`."""
        self.wire.append({"at": time.time()} | entry)
        self.stage.changed(self.channel.id)

    def close(self) -> None:
        """Close the files."""
        self.phones.close()
        self.courier.close()
        self._switches.close()

    def _posted(self, items: list[Any]) -> tuple[str, bytes, dict[str, str]]:
        body = self.body(items)
        signed = {} if self.trouble.drop_signature else self.sign(body)
        headers = {"Content-Type": "application/json", "User-Agent": "rehearsal"} | signed
        return f"{self.stage.inbox}/hooks/{self.channel.id}", body, headers

    def _heard(self, attempt: Attempt, parcel: Parcel) -> None:
        times = f" (attempt {attempt.attempt})" if attempt.attempt > 1 else ""
        self.log(
            what=f"webhook: {self.summary(parcel.items)}{times}",
            status=attempt.status,
            sent=attempt.body.decode("utf-8", "replace")[:8000],
            answer=attempt.answer,
        )
        if attempt.status != 200:
            return
        for bubble in [self.phones.bubbles[m] for m in parcel.marks if m in self.phones.bubbles]:
            if bubble.state == "sending":
                bubble.state = "taken"
                self.show(bubble)
