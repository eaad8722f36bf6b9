"""One RCS agent at Google: takes messages, reports their fate, and brings what customers write."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
from aiohttp import web

from rehearsal.phones import Bubble, Customer
from rehearsal.rcs.checks import check
from rehearsal.rcs.drawing import drawn
from rehearsal.rcs.errors import EXPIRED, REVOKE_FAILED, UNSUBSCRIBE, RpcError, plight
from rehearsal.rcs.writing import Written, as_bubble, written
from rehearsal.stand_in import Refused, StandIn
from rehearsal.trouble import Trouble

Json = dict[str, Any]

TYPING = 20.0
FEATURES = [
    *("RICHCARD_STANDALONE", "RICHCARD_CAROUSEL", "ACTION_CREATE_CALENDAR_EVENT", "ACTION_DIAL"),
    *("ACTION_OPEN_URL", "ACTION_OPEN_URL_IN_WEBVIEW", "ACTION_SHARE_LOCATION", "ACTION_VIEW_LOCATION"),
]


class RcsStandIn(StandIn):
    """Google's end of one agent."""

    kind: ClassVar[str] = "rcs"

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """Google's RBM API and its sign-in below ``/rcs``."""
        from rehearsal.rcs.api import ROUTES  # it serves this class, so it imports this module

        return ROUTES

    @property
    def agent_id(self) -> str:
        """By what the API and webhooks name the agent."""
        return self.channel.settings["agent_id"]

    def number(self) -> str:
        """A number of fiction, the same for the same agent: phones show the agent's name instead."""
        digest = hashlib.sha256(self.agent_id.encode()).digest()
        return f"1555079{int.from_bytes(digest[:4]) % 10_000:04d}"

    def body(self, items: list[Any]) -> bytes:
        """Google sends each event by itself, in an envelope of Pub/Sub's form."""
        (item,) = items
        kind = "event" if "eventType" in item["event"] else "message"
        message = {
            "attributes": {"business_id": self.agent_id, "product": "RBM", "type": kind},
            "data": base64.b64encode(json.dumps(item["event"], ensure_ascii=False).encode()).decode(),
            "messageId": item["id"],
            "publishTime": item["at"],
        }
        whole = {"message": message, "subscription": "projects/rehearsal/subscriptions/rbm-sub"}
        return json.dumps(whole).encode()

    def sign(self, body: bytes) -> dict[str, str]:
        """Google's signature over the event itself, as it is before it is packed."""
        data = base64.b64decode(json.loads(body)["message"]["data"])
        digest = hmac.new(self.channel.settings["client_token"].encode(), data, hashlib.sha512).digest()
        return {
            "X-Goog-Signature": base64.b64encode(digest).decode(),
            "X-Goog-Webhook-Type": "agent_callback",
        }

    def summary(self, items: list[Any]) -> str:
        """The event's type, or what the message holds."""
        return ", ".join(_summary(item["event"]) for item in items)

    def set_trouble(self, trouble: Trouble) -> None:
        """Throw the switches. Google never sends several events as one."""
        super().set_trouble(msgspec.structs.replace(trouble, batch=0))

    def write(self, customer_id: str, action: Json) -> Bubble:
        """Do on a phone what the page asks, and put the webhook on its way. Raises `Refused`."""
        customer = self.phones.customers.get(customer_id)
        if customer is None:
            raise Refused("There is no such customer.")
        if customer.number is None:
            raise Refused("RCS needs a number: this customer hides theirs.")
        return self._wrote(customer, written(self, action))

    def take(self, number: str, message_id: str, body: Any) -> Json:
        """Take a message and give Google's answer. Raises `RpcError`."""
        name = f"phones/{number}/agentMessages/{message_id}"
        if (
            message_id in self.phones.bubbles
        ):  # “The platform ignores any message sent with an id used before”
            return {"name": name}
        check(body)
        fate = plight(self.trouble.fail) if self.trouble.fail else None
        if isinstance(fate, int):
            raise RpcError(fate)
        customer = self._customer(number)
        self.phones.set_typing(customer.id, 0)
        look = drawn(body["contentMessage"])
        bubble = Bubble(id=message_id, customer=customer.id, mine=False, at=time.time(), state="sent", **look)
        self.show(bubble)
        if "ttl" in body or fate not in (EXPIRED, REVOKE_FAILED):  # without an end it is held for 30 days
            self._report(bubble, number, fate)
        return {"name": name, "sendTime": _now(), "contentMessage": body["contentMessage"]}

    def show_event(self, number: str, body: Any) -> Json:
        """Take an event of the agent's: it has read, or it is typing. Raises `RpcError`."""
        kind = body.get("eventType") if isinstance(body, dict) else None
        customer = self._customer(number)
        if kind == "IS_TYPING":
            self.phones.set_typing(customer.id, TYPING)
            self.stage.changed(self.channel.id)
            return {"eventType": kind}
        seen = self.phones.bubbles.get(str(body.get("messageId"))) if kind == "READ" else None
        if seen is None or not seen.mine:
            raise RpcError(400, "The event needs an eventType, and READ the messageId of a user's message.")
        for bubble in self.phones.of(customer.id):
            if bubble.mine and bubble.at <= seen.at and bubble.state != "read":
                bubble.state = "read"
                self.show(bubble)
        return {"eventType": kind, "messageId": seen.id}

    def revoke(self, message_id: str) -> Json:
        """Take back what has not arrived; what has arrived stays. Raises `RpcError`."""
        bubble = self.phones.bubbles.get(message_id)
        if bubble is None or bubble.mine:
            raise RpcError(404)
        if bubble.state == "sent":
            bubble.state, bubble.remark = "failed", "Revoked"
            self.show(bubble)
        return {}

    def _wrote(self, customer: Customer, wrote: Written) -> Bubble:
        at, message_id = time.time(), f"Mx{secrets.token_urlsafe(16)}"
        customer.last_wrote = at
        self.phones.keep_customer(customer)
        bubble = as_bubble(wrote, message_id=message_id, customer=customer.id, at=at)
        key = "eventId" if "eventType" in wrote.said else "messageId"
        if wrote.bubble:
            self.show(bubble)
        self._put(f"+{customer.number}", wrote.said | {key: message_id}, mark=bubble.id)
        if wrote.then:
            self._wrote(customer, wrote.then)
        return bubble

    def _report(self, bubble: Bubble, number: str, fate: str | None) -> None:
        """Put the events about a message on their way: all at once, so that a restart loses none."""
        steps = [fate] if fate else ["DELIVERED"] + ([] if self.trouble.unread else ["READ"])
        if fate in (EXPIRED, REVOKE_FAILED):
            bubble.state = "sent" if fate == REVOKE_FAILED else "failed"
            bubble.remark = fate
        else:
            bubble.state = "delivered" if steps[-1] != "READ" else "read"
        self.show(bubble)
        for step, kind in enumerate(steps):
            said = {"eventType": kind, "eventId": f"Ev{secrets.token_urlsafe(12)}"}
            said |= {} if kind == UNSUBSCRIBE else {"messageId": bubble.id}
            self._put(number, said, after=(step + 0.5) * 0.7 * self.stage.pace)

    def _put(self, number: str, said: Json, *, after: float = 0.0, mark: str | None = None) -> None:
        who = "phoneNumber" if said.get("eventType") in (EXPIRED, REVOKE_FAILED) else "senderPhoneNumber"
        event = {who: number} | said | {"sendTime": _now(after), "agentId": self.agent_id}
        item = {"event": event, "id": str(secrets.randbelow(10**16)), "at": _now(after)}
        self.courier.put(item, after=after, mark=mark)

    def _customer(self, number: str) -> Customer:
        """The phone of that number; someone whom another sender of webhooks brought gets one."""
        digits = number.removeprefix("+")
        return self.phones.find(number=digits) or self.phones.add_customer(name=number, number=digits)


def _summary(event: Json) -> str:
    if "eventType" in event:
        return str(event["eventType"])
    return next(
        (key for key in ("text", "suggestionResponse", "location", "userFile") if key in event), "event"
    )


def _now(after: float = 0.0) -> str:
    """Google's time, to the nanosecond."""
    seconds, nanos = divmod(time.time_ns() + int(after * 1e9), 10**9)
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%dT%H:%M:%S}.{nanos:09d}Z"
