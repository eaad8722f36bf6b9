"""One WhatsApp number at Meta: takes messages, reports their fate, and brings what customers write."""

import base64
import hashlib
import hmac
import json
import secrets
import time
from typing import Any, ClassVar

from aiohttp import web

from rehearsal.phones import Bubble, Customer
from rehearsal.stand_in import Refused, StandIn
from rehearsal.whatsapp.checks import check
from rehearsal.whatsapp.drawing import drawn
from rehearsal.whatsapp.errors import KNOWN, GraphError, in_webhook, is_told_later
from rehearsal.whatsapp.writing import written

Json = dict[str, Any]

SERVICE_WINDOW = 24 * 3600
TYPING = 25.0
_SILENT = ("reaction", "edit", "revoke")
"""What changes another bubble instead of showing one of its own."""


class WhatsAppStandIn(StandIn):
    """Meta's end of one number."""

    kind: ClassVar[str] = "whatsapp"

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """Meta's Graph API below ``/whatsapp``."""
        from rehearsal.whatsapp.graph import ROUTES  # it serves this class, so it imports this module

        return ROUTES

    def codes(self) -> dict[int, str]:
        """Meta's errors that can be asked for."""
        return {
            code: f"{code} · {known.title}{' (later)' if known.status is None else ''}"
            for code, known in sorted(KNOWN.items())
            if code
        }

    def number(self) -> str:
        """A number of fiction, the same for the same phone number id."""
        digest = hashlib.sha256(self.channel.settings["phone_number_id"].encode()).digest()
        return f"1555078{int.from_bytes(digest[:4]) % 10_000:04d}"

    def body(self, items: list[Any]) -> bytes:
        """One change for each item, escaped as Meta escapes: only ASCII, and no bare slash."""
        metadata = {
            "display_phone_number": self.number(),
            "phone_number_id": self.channel.settings["phone_number_id"],
        }
        frame = {"messaging_product": "whatsapp", "metadata": metadata}
        changes = [{"value": frame | item, "field": "messages"} for item in items]
        entry = {"id": self.channel.settings.get("waba_id") or "102290129340398", "changes": changes}
        whole = {"object": "whatsapp_business_account", "entry": [entry]}
        return json.dumps(whole, separators=(",", ":")).replace("/", "\\/").encode("ascii")

    def sign(self, body: bytes) -> dict[str, str]:
        """Meta's signature over the bytes as they are sent."""
        digest = hmac.new(self.channel.settings["app_secret"].encode(), body, hashlib.sha256).hexdigest()
        return {"X-Hub-Signature-256": f"sha256={digest}"}

    def summary(self, items: list[Any]) -> str:
        """The types of its messages and its statuses."""
        messages = [message["type"] for item in items for message in item.get("messages", [])]
        return ", ".join(messages + [each["status"] for item in items for each in item.get("statuses", [])])

    def write(self, customer_id: str, action: Json) -> Bubble:
        """Do on a phone what the page asks, and put the webhook on its way. Raises `Refused`."""
        customer = self.phones.customers.get(customer_id)
        if customer is None:
            raise Refused("There is no such customer.")
        kind, said, look, context = written(self, action)
        bubble = Bubble(
            id=_wamid(), customer=customer.id, mine=True, at=time.time(), reply_to=context, **look
        )
        message = {"id": bubble.id, "timestamp": str(int(bubble.at)), "type": kind, kind: said}
        if context:
            message["context"] = {"from": self.number(), "id": context}
        if kind == "unsupported":
            message["errors"] = in_webhook(131051)
        customer.last_wrote = bubble.at
        self.phones.keep_customer(customer)
        if kind not in _SILENT:
            self.show(bubble)
        names = {"from": customer.number, "from_user_id": customer.user_id}
        message |= {key: value for key, value in names.items() if value}
        self.courier.put({"contacts": [_contact(customer)], "messages": [message]}, mark=bubble.id)
        return bubble

    def take(self, body: Any) -> Json:
        """Take a send call and give Meta's answer. Raises `GraphError`."""
        check(body)
        if self.trouble.fail and not is_told_later(self.trouble.fail):
            raise GraphError(self.trouble.fail, "The stand-in was asked to fail.")
        customer = self._recipient(body)
        message_id = _wamid()
        self._draw(body, message_id, customer)
        self._report(message_id, customer, body)
        contact = {"input": body.get("to") or body.get("recipient")}
        contact |= {key: value for key, value in _contact(customer).items() if key != "profile"}
        return {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": message_id}]}

    def mark_read(self, body: Json) -> Json:
        """Show the customer's messages up to this one as read, and typing dots if asked."""
        seen = self.phones.bubbles.get(str(body.get("message_id")))
        if seen is None or not seen.mine:
            raise GraphError(131009, "The message_id is none that a customer wrote.")
        for bubble in self.phones.of(seen.customer):
            if bubble.mine and bubble.at <= seen.at and bubble.state != "read":
                bubble.state = "read"
                self.show(bubble)
        if "typing_indicator" in body:
            self.phones.set_typing(seen.customer, TYPING)
        self.stage.changed(self.channel.id)
        return {"success": True}

    def _recipient(self, body: Json) -> Customer:
        number = str(body["to"]).removeprefix("+") if body.get("to") else None
        found = self.phones.find(number=number, user_id=body.get("recipient"))
        if found is None and number is None:
            raise GraphError(131009, "The parameter recipient is no user id of this business.")
        return found or self._stranger(str(number))

    def _stranger(self, number: str) -> Customer:
        """Someone who is on no phone of ours: another sender of webhooks brought them, so they just wrote."""
        stranger = self.phones.add_customer(name=f"+{number}", number=number)
        stranger.last_wrote = time.time()
        self.phones.keep_customer(stranger)
        return stranger

    def _draw(self, body: Json, message_id: str, customer: Customer) -> None:
        self.phones.set_typing(customer.id, 0)
        if body.get("type") == "reaction":
            target = self.phones.bubbles.get(body["reaction"]["message_id"])
            if target is not None:
                target.reactions = {**target.reactions, "them": body["reaction"]["emoji"]}
                self.show(target)
            return
        look = drawn(body)
        at = time.time()
        self.show(Bubble(id=message_id, customer=customer.id, mine=False, at=at, state="sent", **look))

    def _report(self, message_id: str, customer: Customer, body: Json) -> None:
        """Put the status webhooks on their way: all at once, so that a restart loses none."""
        pace, code = self.stage.pace, self.trouble.fail
        is_template = body.get("type") == "template"
        if not code and not is_template and time.time() - customer.last_wrote > SERVICE_WINDOW:
            code = 131047
        steps = ["failed"] if code else ["sent", "delivered"] + ([] if self.trouble.unread else ["read"])
        bubble = self.phones.bubbles.get(message_id)
        if bubble is not None:
            bubble.state = steps[-1]
            bubble.remark = f"Failed: {code}" if code else bubble.remark
            self.show(bubble)
        for step, name in enumerate(steps):
            after = step * 0.7 * pace
            self.courier.put(
                {"statuses": [self._status(message_id, name, customer, body, after, code)]}, after=after
            )

    def _status(
        self, message_id: str, status: str, customer: Customer, body: Json, after: float, code: int
    ) -> Json:
        said: Json = {"id": message_id, "status": status, "timestamp": str(int(time.time() + after))}
        if customer.number:
            said["recipient_id"] = customer.number
        if status != "failed" or not body.get("to"):
            said["recipient_user_id"] = customer.user_id
        if body.get("biz_opaque_callback_data"):
            said["biz_opaque_callback_data"] = body["biz_opaque_callback_data"]
        if status == "failed":
            return said | {"errors": in_webhook(code)}
        category = "utility" if body.get("type") == "template" else "service"
        kind = "regular" if category == "utility" else "free_customer_service"
        pricing = {"billable": kind == "regular", "pricing_model": "PMP", "category": category, "type": kind}
        return said | {"pricing": pricing}


def _contact(customer: Customer) -> Json:
    profile = {"name": customer.name} | ({"username": customer.username} if customer.username else {})
    contact: Json = {"profile": profile, "user_id": customer.user_id}
    return contact | ({"wa_id": customer.number} if customer.number else {})


def _wamid() -> str:
    return "wamid.HBgL" + base64.b64encode(secrets.token_bytes(24)).decode()
