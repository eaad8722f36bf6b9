"""Twilio's end: https://www.twilio.com/docs/messaging/api/message-resource"""

import base64
import hashlib
import hmac
import secrets
from typing import Any, ClassVar
from urllib.parse import urlencode, urlsplit

from aiohttp import web

from rehearsal.sms.api import basic, called, files, same, serve, stand_ins
from rehearsal.sms.stand_in import Fate, Json, Message, Refusal, SmsStandIn, Wire

_VERSION = "/twilio/2010-04-01/Accounts/{account}"


class TwilioStandIn(SmsStandIn):
    """One sender of a Twilio account."""

    kind: ClassVar[str] = "twilio"
    stops_by_itself: ClassVar[bool] = True
    fates: ClassVar = {
        21610: Fate("21610 · customer has opted out", 400),
        21211: Fate("21211 · no such number", 400),
        21408: Fate("21408 · country not allowed", 403),
        21606: Fate("21606 · sender may not send", 400),
        20003: Fate("20003 · token not accepted", 401),
        20429: Fate("20429 · too many requests", 429),
        20500: Fate("20500 · Twilio's own fault", 500),
        30003: Fate("30003 · phone unreachable (later)"),
        30005: Fate("30005 · number unknown (later)"),
        30007: Fate("30007 · filtered by the carrier (later)"),
        63016: Fate("63016 · WhatsApp window closed (later)"),
    }

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The API below ``/twilio``."""
        may = files(cls, lambda request: _knows(request) is not None)
        return [
            web.post(_VERSION + "/Messages.json", send),
            web.get(_VERSION + ".json", describe),
            web.get(_VERSION + "/Messages/{message}/Media/{file_id}", may),
        ]

    def an_id(self) -> str:
        return "SM" + secrets.token_hex(16)

    def place(self, file: Json) -> str:
        account = self.channel.settings["account_sid"]
        base = f"{self.stage.inbox}/rehearsal/twilio/2010-04-01/Accounts/{account}"
        return f"{base}/Messages/MM{secrets.token_hex(16)}/Media/{file['id']}"

    def webhook(self, items: list[Json]) -> Wire:
        """A form, signed over the address that the business gave, which is the public one."""
        (item,) = items
        fields = self._message(item) if item["kind"] == "message" else self._report(item)
        query = item.get("reference", "")
        signed = self.address(self.stage.public, query)
        signed += "".join(name + fields[name] for name in sorted(fields))
        digest = hmac.new(
            self.channel.settings["auth_token"].encode(), signed.encode(), hashlib.sha1
        ).digest()
        headers = {
            "X-Twilio-Signature": base64.b64encode(digest).decode(),
            "Content-Type": "application/x-www-form-urlencoded; charset=utf-8",
        }
        return Wire(query, urlencode(fields).encode(), headers)

    def refused(self, code: int, fate: Fate) -> Refusal:
        return _error(code, fate.words, fate.status or 400)

    def accept(self, form: Any) -> Json:
        """Take a send call. Raises `Refusal`."""
        form = form if isinstance(form, dict) else {}
        sender, text = form.get("From", ""), form.get("Body", "")
        if not form.get("To"):
            raise _error(21604, "The 'To' phone number is required.")
        if not sender and not form.get("MessagingServiceSid"):
            raise _error(21603, "A 'From' phone number is required.")
        if not text and not form.get("MediaUrl") and not form.get("ContentSid"):
            raise _error(21619, "A text message body or media urls must be specified.")
        if len(text) > 1600:
            raise _error(21617, "The concatenated message body exceeds the 1600 character limit.")
        number = form["To"].removeprefix("whatsapp:").removeprefix("+")
        if not number.isdigit():
            raise _error(21211, f"Invalid 'To' Phone Number: {form['To'][:20]}")
        if number in self.stopped:
            raise _error(21610, "Attempt to send to unsubscribed recipient")
        reference = urlsplit(form.get("StatusCallback", "")).query
        template = f"Template {form.get('ContentSid')} {form.get('ContentVariables', '')}".strip()
        words = text or (template if "ContentSid" in form else "")
        sid = self.take(Message(form["To"], words, form.get("MediaUrl", ""), reference))
        return {
            "sid": sid,
            "status": "queued",
            "to": form["To"],
            "from": sender,
            "body": text,
            "error_code": None,
        }

    def _ours(self) -> str:
        given = self.channel.settings.get("from") or ""
        return given or f"+{self.number()}"

    def _theirs(self, number: str) -> str:
        return f"whatsapp:+{number}" if self._ours().startswith("whatsapp:") else f"+{number}"

    def _message(self, item: Json) -> dict[str, str]:
        file = item.get("file")
        fields = {
            "ToCountry": "US",
            "SmsMessageSid": item["id"],
            "NumMedia": "1" if file else "0",
            "SmsSid": item["id"],
            "SmsStatus": "received",
            "Body": item["text"],
            "NumSegments": "1",
            "MessageSid": item["id"],
            "AccountSid": self.channel.settings["account_sid"],
            "From": self._theirs(item["from"]),
            "To": self._ours(),
            "ApiVersion": "2010-04-01",
        }
        if file:
            fields |= {"MediaUrl0": self.place(file), "MediaContentType0": file["mime_type"]}
        if self._ours().startswith("whatsapp:"):
            fields |= {"ProfileName": item["name"], "WaId": item["from"]}
        return fields | ({"OptOutType": item["wish"]} if item["wish"] else {})

    def _report(self, item: Json) -> dict[str, str]:
        status = "undelivered" if item["status"] == "failed" else item["status"]
        fields = {
            "SmsSid": item["id"],
            "SmsStatus": status,
            "MessageStatus": status,
            "MessageSid": item["id"],
            "AccountSid": self.channel.settings["account_sid"],
            "From": self._ours(),
            "To": self._theirs(item["to"]),
            "ApiVersion": "2010-04-01",
        }
        return fields | ({"ErrorCode": str(item["code"])} if item["code"] else {})


def _error(code: int, message: str, status: int = 400) -> Refusal:
    more = f"https://www.twilio.com/docs/errors/{code}"
    headers = {"Retry-After": "1"} if status == 429 else {}
    return Refusal(status, {"code": code, "message": message, "more_info": more, "status": status}, headers)


def _knows(request: web.Request) -> TwilioStandIn | None:
    """The stand-in whose account and token the call brings."""
    user, password = basic(request)
    for each in stand_ins(request, TwilioStandIn):
        settings = each.channel.settings
        if same(user, settings["account_sid"]) and same(password, settings["auth_token"]):
            return each if request.match_info["account"] == user else None
    return None


def _find(request: web.Request, said: Any) -> TwilioStandIn:
    """Who is called, by the sender if several channels share the account. Raises `Refusal`."""
    found = _knows(request)
    if found is None:
        unknown = _error(20404, "The requested resource was not found", 404)
        called(request, TwilioStandIn, "account_sid", request.match_info["account"], unknown)
        raise _error(20003, "Authenticate", 401)
    sender = said.get("From") if isinstance(said, dict) else None
    account = found.channel.settings["account_sid"]
    for each in stand_ins(request, TwilioStandIn):
        if each.channel.settings["account_sid"] == account and each.channel.settings.get("from") == sender:
            return each
    return found


async def send(request: web.Request) -> web.StreamResponse:
    """``POST Messages.json``."""
    return await serve(request, lambda said: _find(request, said), TwilioStandIn.accept, status=201)


async def describe(request: web.Request) -> web.StreamResponse:
    """``GET Accounts/{sid}.json``."""

    def about(stand_in: TwilioStandIn, _: Any) -> Json:
        name, sid = stand_in.channel.name, stand_in.channel.settings["account_sid"]
        return {"sid": sid, "friendly_name": name, "status": "active", "type": "Full"}

    return await serve(request, lambda said: _find(request, said), about)
