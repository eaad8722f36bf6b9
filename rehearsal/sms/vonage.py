"""Vonage's end: https://developer.vonage.com/en/api/sms and https://developer.vonage.com/en/api/messages"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any, ClassVar
from urllib.parse import urlencode

from aiohttp import web

from rehearsal.sms.api import basic, called, files, same, serve
from rehearsal.sms.stand_in import Fate, Json, Message, Refusal, SmsStandIn, Wire, compact, stamp

_NOBODY = Refusal(
    401, {"type": "https://developer.nexmo.com/api-errors#unauthorized", "title": "Unauthorized"}
)


class VonageStandIn(SmsStandIn):
    """One sender of a Vonage account, by the SMS API or by the Messages API."""

    kind: ClassVar[str] = "vonage"
    fates: ClassVar = {
        1: Fate("1 · throttled", 200),
        3: Fate("3 · invalid value", 200),
        4: Fate("4 · credentials not accepted", 200),
        5: Fate("5 · Vonage's own fault", 200),
        7: Fate("7 · number barred", 200),
        9: Fate("9 · no credit left", 200),
        12: Fate("12 · too long", 200),
        15: Fate("15 · sender not allowed", 200),
        102: Fate("2 · phone unreachable (later)", None, "2"),
        109: Fate("9 · customer has opted out (later)", None, "9"),
        152: Fate("52 · filtered by the carrier (later)", None, "52"),
    }

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The API below ``/vonage``."""
        return [
            web.post("/vonage/sms/json", send_sms),
            web.post("/vonage/v1/messages", send_message),
            web.get("/vonage/account/get-balance", balance),
            web.get("/vonage/files/{file_id}", files(cls, lambda request: True)),
        ]

    def an_id(self) -> str:
        return secrets.token_hex(8).upper()

    @property
    def by_messages(self) -> bool:
        """Whether the channel speaks the Messages API."""
        return self.channel.settings.get("api") == "messages"

    def webhook(self, items: list[Json]) -> Wire:
        """A form with `sig`, or JSON with a token."""
        (item,) = items
        key = self.channel.settings["signature_secret"].encode()
        if self.by_messages or item.get("file"):
            body = compact(self._message_event(item))
            return Wire("", body, {"Authorization": f"Bearer {_token(key, body)}"} | _JSON)
        fields = self._receipt(item) if item["kind"] == "report" else self._message(item)
        fields |= {"timestamp": str(int(time.time())), "nonce": secrets.token_hex(16)}
        joined = "".join(f"&{k}={v.replace('&', '_').replace('=', '_')}" for k, v in sorted(fields.items()))
        fields["sig"] = hmac.new(key, joined.encode(), hashlib.sha256).hexdigest()
        if self.trouble.drop_signature:
            del fields["sig"]
        return Wire("", urlencode(fields).encode(), {"Content-Type": "application/x-www-form-urlencoded"})

    def refused(self, code: int, fate: Fate) -> Refusal:
        if not self.by_messages:
            said = {"status": str(code), "error-text": fate.words}
            return Refusal(200, {"message-count": "1", "messages": [said]})
        kinds = {1: (429, "1000"), 4: (401, "unauthorized"), 5: (500, "1030"), 9: (402, "low-balance")}
        status, name = kinds.get(code, (422, "1150"))
        kind = f"https://developer.vonage.com/api-errors/messages#{name}"
        return Refusal(status, {"type": kind, "title": fate.words, "detail": fate.words, "instance": "x"})

    def accept_sms(self, form: Any) -> Json:
        """Take a call of the SMS API. Raises `Refusal`."""
        for name in ("from", "to", "text"):
            if not form.get(name):
                raise self.refused(2, Fate(f"Missing {name} parameter"))
        if len(form["text"]) > 3200:
            raise self.refused(12, Fate("Message too long"))
        identifier = self.take(Message(form["to"], form["text"], "", form.get("client-ref", "")))
        part = {"to": form["to"], "message-id": identifier, "status": "0", "remaining-balance": "7.5"}
        return {"message-count": "1", "messages": [part | {"message-price": "0.0333", "network": "310260"}]}

    def accept_message(self, said: Any) -> Json:
        """Take a call of the Messages API. Raises `Refusal`."""
        said = said if isinstance(said, dict) else {}
        kind = said.get("message_type")
        file = said.get(str(kind)) if isinstance(said.get(str(kind)), dict) else {}
        if not said.get("to") or not said.get("from") or (kind == "text") != bool(said.get("text")):
            raise self.refused(3, Fate("Invalid params"))
        words = said.get("text") or (file or {}).get("caption", "")
        sent = Message(str(said["to"]), words, (file or {}).get("url", ""), said.get("client_ref", ""))
        return {"message_uuid": self.take(sent)}

    def _message(self, item: Json) -> dict[str, str]:
        is_plain = item["text"].isascii()
        return {
            "msisdn": item["from"],
            "to": self.number(),
            "messageId": item["id"],
            "text": item["text"],
            "type": "text" if is_plain else "unicode",
            "keyword": item["text"].split()[0].upper() if item["text"].split() else "",
            "api-key": self.channel.settings["api_key"],
            "message-timestamp": stamp(item["at"], "%Y-%m-%d %H:%M:%S"),
        }

    def _receipt(self, item: Json) -> dict[str, str]:
        status = {"sent": "accepted"}.get(item["status"], item["status"])
        return {
            "msisdn": item["to"],
            "to": self.number(),
            "network-code": "310260",
            "messageId": item["id"],
            "price": "0.03330000",
            "status": status,
            "scts": stamp(item["at"], "%y%m%d%H%M"),
            "err-code": item["name"] or "0",
            "api-key": self.channel.settings["api_key"],
            "client-ref": item["reference"],
            "message-timestamp": stamp(item["at"], "%Y-%m-%d %H:%M:%S"),
        }

    def _message_event(self, item: Json) -> Json:
        at = stamp(item["at"]) + "Z"
        if item["kind"] == "report":
            status = {"sent": "submitted", "failed": "rejected"}.get(item["status"], item["status"])
            said = {"message_uuid": item["id"], "to": item["to"], "from": self.number(), "timestamp": at}
            said |= {"status": status, "client_ref": item["reference"], "channel": "sms"}
            error = {"type": "https://developer.vonage.com/api-errors/messages#1260", "title": "1260"}
            return said | ({"error": error} if status == "rejected" else {})
        said = {"channel": "sms", "message_uuid": item["id"], "to": self.number(), "from": item["from"]}
        said |= {"timestamp": at}
        file = item.get("file")
        if file:
            kind = file["mime_type"].split("/")[0]
            kind = kind if kind in ("image", "audio", "video") else "file"
            return said | {"channel": "mms", "message_type": kind, kind: {"url": self.place(file)}}
        return said | {"message_type": "text", "text": item["text"]}


_JSON = {"Content-Type": "application/json"}


def _token(key: bytes, body: bytes) -> str:
    """A JSON Web Token about the body (RFC 7515)."""
    claims = {
        "iat": int(time.time()),
        "jti": secrets.token_hex(8),
        "iss": "Vonage",
        "payload_hash": hashlib.sha256(body).hexdigest(),
    }
    parts = [_encoded(compact({"alg": "HS256", "typ": "JWT"})), _encoded(compact(claims))]
    mark = hmac.new(key, ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _encoded(mark)])


def _encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def _by_form(request: web.Request, form: Any) -> VonageStandIn:
    form = form if isinstance(form, dict) else {}
    wrong = {"message-count": "1", "messages": [{"status": "4", "error-text": "Bad Credentials"}]}
    refusal = Refusal(200, wrong)
    found = called(request, VonageStandIn, "api_key", form.get("api_key", ""), refusal)
    if not same(form.get("api_secret", ""), found.channel.settings["api_secret"]):
        raise refusal
    return found


def _by_basic(request: web.Request, _: Any) -> VonageStandIn:
    user, password = basic(request)
    found = called(request, VonageStandIn, "api_key", user, _NOBODY)
    if not same(password, found.channel.settings["api_secret"]):
        raise _NOBODY
    return found


async def send_sms(request: web.Request) -> web.StreamResponse:
    """``POST /sms/json``: refusals too are answered with 200."""
    return await serve(request, lambda said: _by_form(request, said), VonageStandIn.accept_sms)


async def send_message(request: web.Request) -> web.StreamResponse:
    """``POST /v1/messages``."""
    return await serve(
        request, lambda said: _by_basic(request, said), VonageStandIn.accept_message, status=202
    )


async def balance(request: web.Request) -> web.StreamResponse:
    """``GET /account/get-balance``."""

    def find(_: Any) -> VonageStandIn:
        found = called(request, VonageStandIn, "api_key", request.query.get("api_key", ""), _NOBODY)
        if not same(request.query.get("api_secret", ""), found.channel.settings["api_secret"]):
            raise _NOBODY
        return found

    return await serve(request, find, lambda stand_in, said: {"value": 7.5, "autoReload": False})
