"""Infobip's end: https://www.infobip.com/docs/api/channels/sms"""

import secrets
from typing import Any, ClassVar
from urllib.parse import quote

from aiohttp import web

from rehearsal.sms.api import files, same, serve, stand_ins
from rehearsal.sms.stand_in import Fate, Json, Message, Refusal, SmsStandIn, Wire, compact, stamp

_REJECTED = {
    6: "REJECTED_NETWORK",
    10: "REJECTED_DND",
    12: "REJECTED_NOT_ENOUGH_CREDITS",
    13: "REJECTED_SENDER",
    20: "REJECTED_FLOODING_FILTER",
    21: "REJECTED_SYSTEM_ERROR",
    52: "REJECTED_INVALID_DESTINATION",
}
_NAMES = {401: "UNAUTHORIZED", 429: "TOO_MANY_REQUESTS", 500: "GENERAL_ERROR"}


class InfobipStandIn(SmsStandIn):
    """One sender of an Infobip account. Reports and messages come several in one."""

    kind: ClassVar[str] = "infobip"
    batches: ClassVar[bool] = True
    fates: ClassVar = {
        **{code: Fate(f"{code} · {name}", 200, name) for code, name in _REJECTED.items()},
        401: Fate("401 · API key not accepted", 401),
        429: Fate("429 · too many requests", 429),
        500: Fate("500 · Infobip's own fault", 500),
        1027: Fate("27 · phone unreachable (later)", None, "EC_ABSENT_SUBSCRIBER"),
        1001: Fate("1 · number unknown (later)", None, "EC_UNKNOWN_SUBSCRIBER"),
    }

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The API below ``/infobip``."""
        return [
            web.post("/infobip/sms/3/messages", send),
            web.get("/infobip/account/1/balance", balance),
            web.get("/infobip/files/{file_id}", files(cls, lambda request: _known(request) is not None)),
        ]

    def an_id(self) -> str:
        return str(secrets.randbelow(9 * 10**20) + 10**20)

    def webhook(self, items: list[Json]) -> Wire:
        """All items as results of one body; the secret stands in the address."""
        results = [self._report(each) if each["kind"] == "report" else self._message(each) for each in items]
        said = {"results": results, "messageCount": len(results), "pendingMessageCount": 0}
        secret = quote(self.channel.settings["callback_secret"], safe="")
        return Wire(f"secret={secret}", compact(said), {"Content-Type": "application/json"})

    def refused(self, code: int, fate: Fate) -> Refusal:
        if code in _REJECTED:
            return Refusal(200, {"bulkId": "b", "messages": [{"status": _status(5, "REJECTED", fate.name)}]})
        said = {"messageId": _NAMES.get(code, "BAD_REQUEST"), "text": fate.words}
        headers = {"Retry-After": "1"} if code == 429 else {}
        return Refusal(fate.status or 400, {"requestError": {"serviceException": said}}, headers)

    def accept(self, said: Any) -> Json:
        """Take a send call. An id that was used before is rejected. Raises `Refusal`."""
        try:
            message = said["messages"][0]
            to, text = message["destinations"][0], message["content"]["text"]
            number, given = str(to["to"]), to.get("messageId")
        except (LookupError, TypeError):
            raise self.refused(400, Fate("Bad request", 400)) from None
        if not number.isdigit() or not text:
            raise self.refused(52, self.fates[52])
        reference = message.get("webhooks", {}).get("callbackData", "")
        known = {"bulkId": "b", "messages": [{"messageId": given, "destination": number}]}
        if given and given in self.phones.bubbles:
            known["messages"][0]["status"] = _status(5, "REJECTED", "REJECTED_DUPLICATE_MESSAGE_ID")
            return known
        identifier = self.take(Message(number, text, "", reference, given or ""))
        known["messages"][0] |= {"messageId": identifier, "status": _status(1, "PENDING", "PENDING_ACCEPTED")}
        return known

    def _message(self, item: Json) -> Json:
        said = {
            "messageId": item["id"],
            "from": item["from"],
            "to": self.number(),
            "receivedAt": stamp(item["at"]) + ".000+0000",
            "smsCount": 1,
            "price": {"pricePerMessage": 0, "currency": "EUR"},
            "callbackData": None,
        }
        file = item.get("file")
        if not file:
            return said | {"text": item["text"], "cleanText": item["text"], "keyword": None}
        parts: list[Json] = [{"contentType": file["mime_type"], "url": self.place(file)}]
        if item["text"]:
            parts.insert(0, {"contentType": "text/plain", "value": item["text"]})
        return said | {"message": parts}

    def _report(self, item: Json) -> Json:
        groups = {
            "sent": (1, "PENDING", "PENDING_ENROUTE"),
            "delivered": (3, "DELIVERED", "DELIVERED_TO_HANDSET"),
            "failed": (2, "UNDELIVERABLE", "UNDELIVERABLE_NOT_DELIVERED"),
        }
        at = stamp(item["at"]) + ".000+0000"
        error = item["name"] or "NO_ERROR"
        return {
            "bulkId": "b",
            "messageId": item["id"],
            "to": item["to"],
            "from": self.number(),
            "sentAt": at,
            "doneAt": at,
            "smsCount": 1,
            "callbackData": item["reference"],
            "price": {"pricePerMessage": 0.01, "currency": "EUR"},
            "status": _status(*groups[item["status"]]),
            "error": {"groupId": 1 if item["name"] else 0, "groupName": "HANDSET_ERRORS", "name": error},
        }


def _status(group: int, name: str, status: str) -> Json:
    return {"groupId": group, "groupName": name, "id": 0, "name": status, "description": status.lower()}


def _known(request: web.Request) -> InfobipStandIn | None:
    scheme, _, key = request.headers.get("Authorization", "").partition(" ")
    for each in stand_ins(request, InfobipStandIn):
        if scheme == "App" and same(key, each.channel.settings["api_key"]):
            return each
    return None


def _find(request: web.Request, _: Any) -> InfobipStandIn:
    found = _known(request)
    if found is None:
        said = {"messageId": "UNAUTHORIZED", "text": "Invalid login details"}
        raise Refusal(401, {"requestError": {"serviceException": said}})
    return found


async def send(request: web.Request) -> web.StreamResponse:
    """``POST /sms/3/messages``."""
    return await serve(request, lambda said: _find(request, said), InfobipStandIn.accept)


async def balance(request: web.Request) -> web.StreamResponse:
    """``GET /account/1/balance``."""
    answer = {"balance": 7.5, "currency": "EUR"}
    return await serve(request, lambda said: _find(request, said), lambda stand_in, said: answer)
