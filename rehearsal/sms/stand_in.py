"""What every provider of SMS has: phones that show texts, reports on what was sent, and reasons to refuse."""

import json
import re
import secrets
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, ClassVar, NamedTuple
from urllib.parse import quote

import msgspec

from rehearsal.files import File, a_picture, a_sound
from rehearsal.phones import Bubble, Customer
from rehearsal.shelf import Shelf
from rehearsal.sms.segments import segments
from rehearsal.stand_in import Channel, Refused, Stage, StandIn
from rehearsal.trouble import Trouble

Json = dict[str, Any]

LONGEST = 1600
"""Characters that a phone lets its owner type."""
STOPS, STARTS = ("STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT"), ("START", "UNSTOP", "YES")


class Fate(NamedTuple):
    """What befalls a message: the provider's `name` for it, and the status of the answer.

    Without a status the message is taken, and a report tells later.
    """

    words: str
    status: int | None = None
    name: str = ""


class Refusal(Exception):
    """The provider does not take a call: its answer, whatever form it has."""

    def __init__(self, status: int, body: Any, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(str(body))
        self.status, self.body, self.headers = status, body, headers or {}


class Wire(NamedTuple):
    """A webhook as it goes out: what stands behind the address, and its body with its headers."""

    query: str
    body: bytes
    headers: dict[str, str]


class Message(NamedTuple):
    """A message of the business's, whatever the provider calls its parts.

    `reference` is the sender's own word, to be carried back; `id` the id that the sender has given it.
    """

    to: str
    text: str
    media: str = ""
    reference: str = ""
    id: str = ""


class SmsStandIn(StandIn):
    """One sender of a provider of SMS."""

    batches: ClassVar[bool] = False
    """Whether the provider sends several events as one."""
    carries_files: ClassVar[bool] = True
    stops_by_itself: ClassVar[bool] = False
    """Whether the provider acts upon STOP, confirms it, and sends no more."""
    fates: ClassVar[Mapping[int, Fate]] = {}
    """What can be asked for by the switch that lets every message fail."""
    actions: ClassVar[tuple[str, ...] | None] = ("text", "image", "voice", "document")

    def __init__(self, channel: Channel, stage: Stage) -> None:
        super().__init__(channel, stage)
        home = stage.home / f"channel-{quote(channel.id, safe='')}"
        self._stopped = Shelf(Path(home) / "stopped.jsonl")
        self.stopped: set[str] = set(self._stopped.values())

    def webhook(self, items: list[Json]) -> Wire:
        """The items in the provider's form, signed as the provider signs."""
        raise NotImplementedError

    def refused(self, code: int, fate: Fate) -> Refusal:
        """The provider's answer to a message that meets this fate."""
        raise NotImplementedError

    def codes(self) -> dict[int, str]:
        """The fates by their codes, for the page."""
        return {code: fate.words for code, fate in self.fates.items()}

    def number(self) -> str:
        """The sender, without a plus sign; a number of fiction where the settings name none."""
        given = self.channel.settings.get("from") or self.channel.settings.get("sender") or ""
        return re.sub(r"[^0-9A-Za-z]", "", given.removeprefix("whatsapp:")) or "15550100200"

    def body(self, items: list[Any]) -> bytes:
        """The webhook's body."""
        return self.webhook(items).body

    def sign(self, body: bytes) -> dict[str, str]:
        """Signed in `webhook`: some of the proofs are in the address."""
        return {}

    def summary(self, items: list[Any]) -> str:
        """A word for each item."""
        return ", ".join("message" if each["kind"] == "message" else str(each["status"]) for each in items)

    def set_trouble(self, trouble: Trouble) -> None:
        """Throw the switches; few of these providers batch."""
        super().set_trouble(trouble if self.batches else msgspec.structs.replace(trouble, batch=0))

    def write(self, customer_id: str, action: Json) -> Bubble:
        """Do on a phone what the page asks, and put the webhook on its way. Raises `Refused`."""
        customer = self.phones.customers.get(customer_id)
        if customer is None or customer.number is None:
            raise Refused("A short message needs a number: this customer hides theirs.")
        text, file = str(action.get("text") or ""), self._file(action)
        if len(text) > LONGEST:
            raise Refused(f"This phone sends at most {LONGEST:,} characters.")
        if not text.strip() and file is None:
            raise Refused("There is nothing to send.")
        media = {"kind": _shown(file), "file": file.id, "name": file.name} if file else None
        bubble = Bubble(
            id=self.an_id(),
            customer=customer.id,
            mine=True,
            at=time.time(),
            text=text,
            media=media,
            remark=_counted(text),
        )
        self.show(bubble)
        wish = self._obey(customer, text)
        item: Json = {"kind": "message", "id": bubble.id, "from": customer.number, "text": text}
        item |= {"at": bubble.at, "name": customer.name, "wish": wish}
        self.courier.put(item | ({"file": msgspec.to_builtins(file)} if file else {}), mark=bubble.id)
        return bubble

    def take(self, message: Message) -> str:
        """Take a message and give its id. Raises `Refusal`."""
        number = message.to.removeprefix("whatsapp:").removeprefix("+").strip()
        fate = self.fates.get(self.trouble.fail) if self.trouble.fail else None
        if self.trouble.fail and (fate is None or fate.status is not None):
            raise self.refused(self.trouble.fail, fate or Fate("The stand-in was asked to fail.", 400))
        customer = self.phones.find(number=number) or self.phones.add_customer(
            name=f"+{number}", number=number
        )
        media = {"kind": "document", "link": message.media} if message.media else None
        bubble = Bubble(
            id=message.id or self.an_id(),
            customer=customer.id,
            mine=False,
            at=time.time(),
            state="failed" if fate else "delivered",
            text=message.text,
            media=media,
            remark=f"Failed: {fate.name or self.trouble.fail}" if fate else _counted(message.text),
        )
        self.show(bubble)
        steps = ["sent", "failed" if fate else "delivered"]
        for step, status in enumerate(steps):
            item: Json = {"kind": "report", "id": bubble.id, "to": number, "status": status}
            item |= {
                "reference": message.reference,
                "at": time.time(),
                "code": self.trouble.fail if fate else 0,
            }
            item |= {"name": fate.name if fate else ""}
            self.courier.put(item, after=(step + 0.5) * 0.7 * self.stage.pace)
        return bubble.id

    def an_id(self) -> str:
        """A new id in the provider's form."""
        return secrets.token_hex(16)

    def place(self, file: Json) -> str:
        """Where the provider keeps a file of a customer's."""
        return f"{self.stage.inbox}/rehearsal/{self.kind}/files/{file['id']}"

    def close(self) -> None:
        """Close the files."""
        super().close()
        self._stopped.close()

    def _posted(self, items: list[Any]) -> tuple[str, bytes, dict[str, str]]:
        wire = self.webhook(items)
        headers = {"User-Agent": "rehearsal"} | wire.headers
        query = wire.query
        if self.trouble.drop_signature:
            proofs = ("content-type", "user-agent")
            headers = {name: value for name, value in headers.items() if name.lower() in proofs}
            query = "&".join(each for each in query.split("&") if not each.startswith(("secret=", "sig=")))
        return self.address(self.stage.inbox, query), wire.body, headers

    def address(self, inbox: str, query: str) -> str:
        """The channel's hook below an inbox's address."""
        return f"{inbox}/hooks/{self.channel.id}{'?' if query else ''}{query}"

    def _obey(self, customer: Customer, text: str) -> str:
        """What the provider makes of a word that it acts upon by itself."""
        word = text.strip().upper()
        if not self.stops_by_itself or word not in (*STOPS, *STARTS, "HELP"):
            return ""
        wish, number = ("STOP" if word in STOPS else "START" if word in STARTS else "HELP"), customer.id
        if wish == "STOP":
            self.stopped.add(number)
            self._stopped.put(number, number)
        elif wish == "START":
            self.stopped.discard(number)
            self._stopped.drop(number)
        words = {
            "STOP": "You have successfully been unsubscribed. Reply START to resubscribe.",
            "START": "You have successfully been re-subscribed. Reply STOP to unsubscribe.",
            "HELP": "Reply STOP to unsubscribe. Msg&Data rates may apply.",
        }[wish]
        at = time.time()
        said = Bubble(id=self.an_id(), customer=number, mine=False, at=at, state="delivered", text=words)
        said.remark = "The provider’s own answer"
        self.show(said)
        return wish

    def _file(self, action: Json) -> File | None:
        kind = str(action.get("kind") or "text")
        if kind == "text":
            return None
        if kind not in (*(self.actions or ()), "audio", "video") or not self.carries_files:
            raise Refused("A short message cannot carry that.")
        if action.get("file"):
            found = self.stage.files.find(str(action["file"]))
            if found is None:
                raise Refused("There is no such file.")
            return found[0]
        mime_type, name, make = SAMPLES.get(kind, SAMPLES["document"])
        return self.stage.files.keep(make(), mime_type=mime_type, name=name)


SAMPLES: dict[str, tuple[str, str, Callable[[], bytes]]] = {
    "image": ("image/png", "evening.png", a_picture),
    "voice": ("audio/wav", "voice.wav", a_sound),
    "document": ("text/plain", "return-label.txt", lambda: b"Return label for order 48213\n"),
}


def compact(value: Any) -> bytes:
    """JSON as most providers write it."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False).encode()


def stamp(at: float, form: str = "%Y-%m-%dT%H:%M:%S") -> str:
    """A time in UTC."""
    return time.strftime(form, time.gmtime(at))


def _counted(text: str) -> str | None:
    """The number of short messages, where it is worth a word."""
    count = segments(text) if text else 0
    return f"{count} segments" if count > 1 else None


def _shown(file: File) -> str:
    major = file.mime_type.split("/")[0]
    return major if major in ("image", "audio", "video") else "document"
