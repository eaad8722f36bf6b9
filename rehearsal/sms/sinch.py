"""Sinch's end: https://developers.sinch.com/docs/sms/api-reference/"""

import base64
import hashlib
import hmac
import secrets
import time
from typing import Any, ClassVar

from aiohttp import web

from rehearsal.sms.api import called, files, same, serve
from rehearsal.sms.stand_in import Fate, Json, Message, Refusal, SmsStandIn, Wire, compact, stamp


class SinchStandIn(SmsStandIn):
    """One service plan of Sinch's, with signed callbacks."""

    kind: ClassVar[str] = "sinch"
    fates: ClassVar = {
        1: Fate("syntax_constraint_violation · invalid value", 400, "syntax_constraint_violation"),
        2: Fate("unprovisioned_region · country not allowed", 403, "unprovisioned_region"),
        3: Fate("unauthorized · token not accepted", 401, "unauthorized"),
        429: Fate("429 · too many requests", 429, "too_many_requests"),
        500: Fate("500 · Sinch's own fault", 500, "internal_error"),
        402: Fate("402 · no route (later)"),
        406: Fate("406 · phone unreachable for too long (later)"),
        408: Fate("408 · customer has opted out (later)"),
    }

    @classmethod
    def routes(cls) -> list[web.RouteDef]:
        """The API below ``/sinch``."""
        return [
            web.post("/sinch/xms/v1/{plan}/batches", send),
            web.get("/sinch/xms/v1/{plan}/batches", batches),
            web.get("/sinch/files/{file_id}", files(cls, lambda request: True)),
        ]

    def an_id(self) -> str:
        return "01" + secrets.token_hex(12).upper()

    def webhook(self, items: list[Json]) -> Wire:
        """JSON, signed over body, nonce and time."""
        (item,) = items
        body = compact(self._report(item) if item["kind"] == "report" else self._message(item))
        nonce, at = secrets.token_hex(13).upper(), str(int(time.time()))
        signed = b".".join((body, nonce.encode(), at.encode()))
        digest = hmac.new(self.channel.settings["callback_secret"].encode(), signed, hashlib.sha256).digest()
        name = "X-Sinch-Webhook-Signature"
        proofs = {name: base64.b64encode(digest).decode(), f"{name}-Nonce": nonce, f"{name}-Timestamp": at}
        proofs[f"{name}-Algorithm"] = "HmacSHA256"
        return Wire("", body, {"Content-Type": "application/json"} | proofs)

    def refused(self, code: int, fate: Fate) -> Refusal:
        headers = {"Retry-After": "1"} if code == 429 else {}
        return Refusal(fate.status or 400, {"code": fate.name or str(code), "text": fate.words}, headers)

    def accept(self, said: Any) -> Json:
        """Take a batch. Raises `Refusal`."""
        said = said if isinstance(said, dict) else {}
        to, body = said.get("to"), said.get("body")
        wrong = self.fates[1]
        if not isinstance(to, list) or len(to) != 1 or not str(to[0]).isdigit():
            raise self.refused(1, wrong)
        if said.get("type") == "mt_media" and isinstance(body, dict):
            words, media = body.get("message", ""), body.get("url", "")
        else:
            words, media = body, ""
        if not isinstance(words, str) or (not words and not media) or len(words) > 2000:
            raise self.refused(1, wrong)
        identifier = self.take(Message(to[0], words, media, said.get("client_reference", "")))
        return {"id": identifier, "to": to, "from": said.get("from"), "canceled": False, "body": body}

    def _message(self, item: Json) -> Json:
        at = stamp(item["at"]) + ".000Z"
        said = {"id": item["id"], "from": item["from"], "to": self.number(), "received_at": at}
        file = item.get("file")
        if not file:
            return said | {"type": "mo_text", "body": item["text"], "operator_id": "31026"}
        media = {"url": self.place(file), "content_type": file["mime_type"], "status": "Uploaded", "code": 0}
        return said | {"type": "mo_media", "body": {"message": item["text"], "media": [media]}}

    def _report(self, item: Json) -> Json:
        statuses = {
            "sent": ("Dispatched", 401),
            "delivered": ("Delivered", 0),
            "failed": ("Aborted", item["code"]),
        }
        status, code = statuses[item["status"]]
        return {
            "type": "recipient_delivery_report_sms",
            "batch_id": item["id"],
            "recipient": item["to"],
            "code": code,
            "status": status,
            "at": stamp(item["at"]) + ".000Z",
            "client_reference": item["reference"],
        }


def _find(request: web.Request, _: Any) -> SinchStandIn:
    unknown = Refusal(401, "")
    found = called(request, SinchStandIn, "service_plan_id", request.match_info["plan"], unknown)
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme != "Bearer" or not same(token, found.channel.settings["api_token"]):
        raise unknown
    return found


async def send(request: web.Request) -> web.StreamResponse:
    """``POST /xms/v1/{plan}/batches``."""
    return await serve(request, lambda said: _find(request, said), SinchStandIn.accept, status=201)


async def batches(request: web.Request) -> web.StreamResponse:
    """``GET /xms/v1/{plan}/batches``: the newest; how many, this stand-in does not keep."""
    empty: Json = {"count": 0, "page": 0, "page_size": 1, "batches": []}
    return await serve(request, lambda said: _find(request, said), lambda stand_in, said: empty)
